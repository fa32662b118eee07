// Answers in place of the graph: what no provider of the sandbox sends.
/** Answers an operation, by its name, with what `told` makes of its variables; the rest is asked. */
export async function answering(page, told) {
  await page.route("**/graphql", async (route) => {
    const { query, variables } = route.request().postDataJSON();
    const [, name] = /query (\w+)/.exec(query);
    const answer = await told[name]?.(variables);
    if (answer === undefined) return route.fallback();
    const { status = 200, headers = {}, body = JSON.stringify(answer) } = answer;
    return route.fulfill({ status, headers, body, contentType: answer.type ?? "application/json" });
  });
}

export const money = (amount) => ({ amount, currency: "RUB" });

export const outcome = (name, status = "OK") => ({
  source: { name },
  status,
  fetchedAt: null,
  error: status === "OK" ? null : { code: "UPSTREAM_TIMEOUT", message: "No answer in time." },
});

export const invoice = (id, fields = {}) => ({
  id,
  providerId: id,
  number: null,
  status: "PAID",
  description: "A thing",
  createdAt: "2026-11-20T10:00:00+03:00",
  total: money("5.00"),
  source: { name: "one" },
  ...fields,
});

/** A page of a list that ends, or goes on after a cursor. */
export const connection = (nodes, sources, endCursor = null) => ({
  nodes,
  pageInfo: { hasNextPage: endCursor !== null, endCursor },
  totalCount: null,
  sources,
});
