// Relay walks a list with usePaginationFragment, forwards and backwards, and reads one row of it
// again by its id. The components are rendered into jsdom.
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("<main></main>", { pretendToBeVisual: true });
const { document, navigator } = window;
for (const [name, value] of Object.entries({ window, document, navigator })) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

require("@babel/register")({
  extensions: [".js", ".jsx"],
  ignore: [/node_modules/, __filename],
  cache: false,
  plugins: [
    "relay",
    ["@babel/plugin-transform-react-jsx", { runtime: "automatic" }],
    "@babel/plugin-transform-modules-commonjs",
  ],
});
const { Suspense, act, createElement } = require("react");
const { createRoot } = require("react-dom/client");
const { RelayEnvironmentProvider } = require("react-relay");
const { Environment, Network, RecordSource, Store } = require("relay-runtime");
const { Invoices, refetchers } = require("./invoices.jsx");

const { url, size, filter } = JSON.parse(process.argv.at(-1));
const asked = [];

async function fetchFunction({ name, text: query }, variables) {
  asked.push(name);
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

const environment = () =>
  new Environment({
    network: Network.create(fetchFunction),
    store: new Store(new RecordSource()),
  });

async function until(happened) {
  while (!happened()) await act(() => new Promise((go) => setTimeout(go, 10)));
}

async function walk(variables, more) {
  let list;
  const root = createRoot(window.document.querySelector("main"));
  const element = createElement(
    RelayEnvironmentProvider,
    { environment: environment() },
    createElement(
      Suspense,
      { fallback: null },
      createElement(Invoices, { ...variables, filter, show: (now) => (list = now) }),
    ),
  );
  await act(() => root.render(element));
  await until(() => list);
  let pages = 1;
  while (more(list)) {
    await act(() => new Promise((onComplete) => more(list)(size, { onComplete })));
    pages += 1;
  }
  return { pages, ids: list.edges.map(({ node }) => node.id), root };
}

async function refetched(id) {
  asked.length = 0;
  let done = false;
  const onComplete = () => (done = true);
  await act(() => refetchers.get(id)({}, { fetchPolicy: "network-only", onComplete }));
  await until(() => done);
  return { asked: [...asked], status: window.document.getElementById(id).textContent };
}

(async () => {
  const forwards = await walk({ first: size }, ({ hasNext, loadNext }) => hasNext && loadNext);
  const refetch = await refetched(forwards.ids[0]);
  await act(() => forwards.root.unmount());
  const backwards = await walk(
    { last: size },
    ({ hasPrevious, loadPrevious }) => hasPrevious && loadPrevious,
  );
  await act(() => backwards.root.unmount());
  const { pages, ids } = forwards;
  console.log(JSON.stringify({ pages, ids, backwards: backwards.ids, refetch }));
  process.exit(); // timers of jsdom would keep it alive
})();
