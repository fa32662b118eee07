// What every open row has: how it is read, what the caller may not see, the provider's own record.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { counted, title } from "../format/words";
import { RawDocument, type TypedDocumentString } from "../generated/graphql";
import type { FieldError } from "../graph/ask";
import { failure as failureOf } from "../graph/ask";
import { written } from "../graph/json";
import { Boundary } from "../shell/boundary";
import { Failure, Notice } from "../shell/notice";
import { type Reading, useAnswer } from "./answer";
import { Drawer } from "./drawer";

interface RecordProps<Result, Row> {
  readonly kind: string;
  readonly id: string;
  readonly document: TypedDocumentString<Result, { id: string }>;
  readonly row: (result: Result) => Row | null;
  readonly children: (row: Row, errors: readonly FieldError[]) => ComponentChildren;
}

export function Record<Result, Row>({
  kind,
  id,
  document,
  row,
  children,
}: RecordProps<Result, Row>) {
  const reading = useAnswer(document, { id });
  return (
    <Drawer title={kind}>
      <Read reading={reading}>
        {({ data, errors }) => {
          const found = row(data);
          if (found === null) return <Missing errors={errors} again={reading.again} />;
          return (
            <>
              <Boundary>{children(found, errors)}</Boundary>
              <Withheld errors={errors} />
              <Raw id={id} />
            </>
          );
        }}
      </Read>
    </Drawer>
  );
}

interface ReadProps<Result> {
  readonly reading: Reading<Result>;
  readonly children: (answer: { data: Result; errors: readonly FieldError[] }) => ComponentChildren;
}

function Read<Result>({ reading: { answer, failure, again }, children }: ReadProps<Result>) {
  if (failure) return <Failure of={failure} again={again} />;
  return <>{answer ? children(answer) : <p role="status">Reading…</p>}</>;
}

interface MissingProps {
  readonly errors: readonly FieldError[];
  readonly again: () => void;
}

function Missing({ errors, again }: MissingProps) {
  if (errors.length > 0) return <Failure of={failureOf(errors)} again={again} />;
  return <Notice tone="warning">There is no such row.</Notice>;
}

/** Fields that are null because of an error, such as those for which a scope is missing. */
function Withheld({ errors }: { readonly errors: readonly FieldError[] }) {
  if (errors.length === 0) return null;
  return (
    <details class="withheld">
      <summary>Not shown: {counted(errors.length, "field")}</summary>
      <dl class="facts">
        {errors.map(({ path = [], message }) => (
          <div key={path.join(".")}>
            <dt>{title(String(path.at(-1) ?? ""))}</dt>
            <dd>{message}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Read only when it is asked for. */
function Raw({ id }: { readonly id: string }) {
  const [isWanted, setWanted] = useState(false);
  return (
    <details class="raw" onToggle={({ currentTarget }) => setWanted(currentTarget.open)}>
      <summary>The provider's record as received</summary>
      {isWanted && <Received id={id} />}
    </details>
  );
}

function Received({ id }: { readonly id: string }) {
  const reading = useAnswer(RawDocument, { id });
  return (
    <Read reading={reading}>
      {({ data: { node }, errors }) => {
        const raw = node && "raw" in node ? node.raw : null;
        if (raw === null) return <Missing errors={errors} again={reading.again} />;
        return <pre tabIndex={0}>{written(raw)}</pre>;
      }}
    </Read>
  );
}
