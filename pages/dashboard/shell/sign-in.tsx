// Where the server wants to know who asks: a token is pasted, and kept in memory only.
import type { TargetedSubmitEvent } from "preact";

import { signIn } from "../graph/session";

export function SignIn({ why }: { readonly why: string }) {
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get("token");
    if (typeof given === "string") signIn(given.trim());
  };
  return (
    <main id="main" class="sign-in">
      <h1>Pacioli</h1>
      <form class="card" onSubmit={submit}>
        <p role="status">{why}</p>
        <label class="field">
          Token or API key
          <input name="token" type="password" autocomplete="off" required autofocus />
        </label>
        <p class="quiet">It is kept until this page is closed, and nowhere else.</p>
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
    </main>
  );
}
