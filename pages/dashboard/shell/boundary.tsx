// Where what cannot be drawn ends: the rest of the page stays.
import type { ComponentChildren } from "preact";
import { useErrorBoundary } from "preact/hooks";

import { Notice } from "./notice";

export function Boundary({ children }: { readonly children: ComponentChildren }) {
  const [error] = useErrorBoundary((thrown) => console.error(thrown));
  if (error === undefined) return <>{children}</>;
  return (
    <Notice tone="error">This cannot be shown: the page has a fault. ({String(error)})</Notice>
  );
}
