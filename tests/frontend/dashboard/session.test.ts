// Who asks: what was pasted is understood, and a late refusal of another is not heeded.
import "./browser";

import assert from "node:assert/strict";
import { test } from "node:test";

import { SourcesDocument } from "../../../pages/dashboard/generated/graphql";
import { ask, explained } from "../../../pages/dashboard/graph/ask";
import {
  authorization,
  isSendable,
  plainToken,
  signIn,
  signOut,
  wanted,
} from "../../../pages/dashboard/graph/session";

const BOUNDS = { from: "2026-11-20T00:00:00Z", to: "2026-11-21T00:00:00Z" } as never;

function answering(answer: () => Response | Promise<Response>): void {
  globalThis.fetch = async () => answer();
}

const refusal = (): Response =>
  Response.json({ errors: [{ message: "This token has ended." }] }, { status: 401 });

test("what was pasted is a token, with or without the header's words", () => {
  for (const pasted of ["abc", " abc\n", "Bearer abc", "bearer  abc", "Authorization: Bearer abc"])
    assert.equal(plainToken(pasted), "abc");
});

test("only what a header may have is sent", () => {
  assert.ok(isSendable("a-key of_words.123"));
  for (const wrong of ["", "ключ", "a\nb", "–"]) assert.ok(!isSendable(wrong));
});

test("a refusal asks who it is", async () => {
  signIn("old");
  answering(refusal);
  await assert.rejects(ask(SourcesDocument, BOUNDS));
  assert.equal(wanted.value, "This token has ended.");
});

test("a late refusal of an old token leaves the new session", async () => {
  let refuse: (answer: Response) => void = () => undefined;
  answering(() => new Promise((resolve) => (refuse = resolve)));
  signIn("old");
  const late = ask(SourcesDocument, BOUNDS);
  signOut();
  signIn("new");
  refuse(refusal());
  await assert.rejects(late);
  assert.equal(wanted.value, null);
  assert.deepEqual(authorization(), { Authorization: "Bearer new" });
});

test("a refusal in HTML is a refusal", async () => {
  signIn("new");
  answering(() => new Response("<html>", { status: 401 }));
  await assert.rejects(ask(SourcesDocument, BOUNDS));
  assert.equal(wanted.value, "What you gave was not accepted.");
});

test("a server that wants to rest says for how long", async () => {
  signIn("new");
  const headers = { "Retry-After": "7" };
  for (const body of ['{"errors": [{"message": "Too often."}]}', "<html>"]) {
    const type = body.startsWith("{") ? "application/json" : "text/html";
    answering(
      () => new Response(body, { status: 429, headers: { ...headers, "Content-Type": type } }),
    );
    const error = await ask(SourcesDocument, BOUNDS).then(() => null, explained);
    assert.equal(error?.retryAfter, 7);
    assert.notEqual(error?.code, "UNREACHABLE");
  }
});
