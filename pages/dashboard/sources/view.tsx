// Each account behind the graph: how it does, when it was last read, what it last refused.
import { useEffect, useState } from "preact/hooks";

import { ago } from "../format/moments";
import type { DateTime } from "../graph/scalars";
import { Facts } from "../record/fields";
import { Moment, State } from "../shell/facts";
import { Failure } from "../shell/notice";
import { type Account, accounts, failure, refresh } from "./accounts";
import { PROVIDERS } from "./providers";

export function SourcesView() {
  const failed = failure.value && <Failure of={failure.value} again={refresh} />;
  if (accounts.value === null) return failed ?? <p role="status">Reading…</p>;
  return (
    <>
      {failed}
      <Accounts of={accounts.value} />
    </>
  );
}

function Accounts({ of }: { readonly of: readonly Account[] }) {
  if (of.length === 0) return <p>No source that you may read is configured.</p>;
  return (
    <ul class="accounts">
      {of.map((account) => (
        <li key={account.id} class="card">
          <h2>
            {account.name} <State of={account.state} />
          </h2>
          <Facts
            of={[
              ["Provider", PROVIDERS[account.provider]],
              ["Last read", <LastRead at={account.lastSuccessAt} />],
            ]}
          />
          {account.lastError && <LastError of={account.lastError} />}
        </li>
      ))}
    </ul>
  );
}

function LastRead({ at }: { readonly at: DateTime | null }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  if (at === null) return <>not yet</>;
  return (
    <>
      {ago(at, now)} (<Moment at={at} />)
    </>
  );
}

function LastError({ of }: { readonly of: NonNullable<Account["lastError"]> }) {
  const { code, message, httpStatus, providerCode, retryable } = of;
  return (
    <>
      <h3>Last error</h3>
      <p>
        {message} {retryable ? "It may pass." : "It will not pass by itself."}
      </p>
      <p>
        <code>{code}</code> {httpStatus !== null && <code>HTTP {httpStatus}</code>}{" "}
        {providerCode !== null && <code>{providerCode}</code>}
      </p>
    </>
  );
}
