// Where the server wants to know who asks: a token is pasted, and kept in memory only.
import type { TargetedSubmitEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { isSendable, plainToken, signIn } from "../graph/session";

export function SignIn({ why }: { readonly why: string }) {
  const input = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => input.current?.focus(), [why]); // `autofocus` is for new pages alone
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get("token");
    if (typeof given !== "string") return;
    const token = plainToken(given);
    if (isSendable(token)) return signIn(token);
    setFault("This is no token: it has signs other than Latin letters, digits and marks.");
    input.current?.focus();
  };
  return (
    <main id="main" class="sign-in">
      <h1>Pacioli</h1>
      <form class="card" onSubmit={submit}>
        <p role="status">{fault ?? why}</p>
        <label class="field">
          Token or API key
          <input name="token" type="password" autocomplete="off" required ref={input} />
        </label>
        <p class="quiet">It is kept until this page is closed, and nowhere else.</p>
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
    </main>
  );
}
