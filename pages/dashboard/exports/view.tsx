// All export tasks, newest first; those that run are watched.
import { type ExportTaskFilter, ExportsDocument, ExportTaskStatus } from "../generated/graphql";
import { among, chosen } from "../listing/chosen";
import { Filters, OneOrMore, Period, Sources } from "../listing/filters";
import { List } from "../listing/list";
import { reader } from "../listing/listing";
import { address, type Choices } from "../shell/address";
import { holders } from "../sources/accounts";
import { COLUMNS } from "./columns";

export function Exports() {
  const { choices } = address.value;
  const filter = filterOf(choices);
  return (
    <>
      <Filters>
        <OneOrMore legend="Status" choice="status" values={Object.values(ExportTaskStatus)} />
        <Sources among={holders("exports")} />
        <Period />
      </Filters>
      <List
        key={JSON.stringify(filter)}
        name="Exports"
        columns={COLUMNS}
        read={reader(ExportsDocument, filter, ({ exportTasks }) => exportTasks)}
      />
    </>
  );
}

function filterOf(choices: Choices): ExportTaskFilter {
  const { sources, period } = chosen(choices);
  return {
    sources,
    statuses: among(ExportTaskStatus, choices.status),
    createdFrom: period?.from,
    createdTo: period?.to,
  };
}
