// The page: where to go, and the view that the address names.
import { useEffect } from "preact/hooks";

import { Exports } from "../exports/view";
import { phrase } from "../format/words";
import { isSignedIn, signOut, wanted } from "../graph/session";
import { Invoices } from "../invoices/view";
import { Payments } from "../payments/view";
import { Sales } from "../sales/view";
import { unwell, watch } from "../sources/accounts";
import { SourcesView } from "../sources/view";
import { address, link, VIEWS, type View } from "./address";
import { Boundary } from "./boundary";
import { OpenRow } from "./open-row";
import { SignIn } from "./sign-in";

const SHOWN: Readonly<Record<View, () => preact.JSX.Element>> = {
  sales: Sales,
  invoices: Invoices,
  payments: Payments,
  exports: Exports,
  sources: SourcesView,
};

export function App() {
  return wanted.value === null ? <Dashboard /> : <SignIn why={wanted.value} />;
}

function Dashboard() {
  const { view } = address.value;
  const Shown = SHOWN[view];
  useEffect(watch, []);
  useEffect(() => {
    document.title = `${phrase(view)} · Pacioli`;
    return () => document.getElementById("main")?.focus(); // where the next view begins
  }, [view]);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <a class="brand" href="./">
          Pacioli
        </a>
        <Navigation />
        {isSignedIn.value && (
          <button type="button" class="quiet" onClick={signOut}>
            Sign out
          </button>
        )}
      </header>
      <main id="main" tabIndex={-1}>
        <h1>{phrase(view)}</h1>
        <Boundary key={view}>
          <Shown />
        </Boundary>
        <Boundary key={`${view} row`}>
          <OpenRow />
        </Boundary>
      </main>
    </>
  );
}

function Navigation() {
  return (
    <nav aria-label="Views">
      <ul>
        {VIEWS.map((view) => (
          <li key={view}>
            <a href={link(view)} aria-current={view === address.value.view ? "page" : undefined}>
              {phrase(view)}
              {view === "sources" && unwell.value.length > 0 && (
                <span class="count" title="sources that are not well">
                  {unwell.value.length} <span class="unseen">not well</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
