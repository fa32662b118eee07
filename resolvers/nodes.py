"""Things by their global ids."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterable, Mapping, Sequence
from typing import Any

from strawberry.dataloader import DataLoader

from providers.base import Key
from providers.client import Source
from providers.errors import UpstreamError
from providers.views import Record
from resolvers.context import Context
from resolvers.errors import LimitError, UserInputError
from resolvers.identifiers import GlobalId, parse
from resolvers.loaders import records_by_key, records_by_provider_id

KINDS: Mapping[str, str] = {
    "Invoice": "invoices",
    "Payment": "payments",
    "SalesAggregate": "sales",
    "ExportTask": "export_tasks",
}
"""The list that holds the rows of a graph type."""


async def load_node(
    context: Context, text: str, *, typename: str | None = None, argument: str = "id"
) -> Any:
    """The thing that a global id names, None where there is none (any more).

    Raises UserInputError for what is no id or one of another type, and the source's UpstreamError.
    """
    source, wanted = _located(context, text, typename, argument)
    if source is None or wanted.typename == "Source":
        return source
    return await _load_record(context, source, wanted)


async def watch_export_task(context: Context, text: str) -> AsyncGenerator[Record, None]:
    """The export task that a global id names, as it is now and then at every change.

    Raises UserInputError for what is no id of one or of none, and the source's UpstreamError.
    """
    source, wanted = _located(context, text, "ExportTask", "id")
    if source is None or KINDS["ExportTask"] not in source.spec.listings:
        raise UserInputError("id: there is no such export task")
    assert context.watch is not None, "a server that has subscriptions can watch"
    return await context.watch(source, Key(wanted.provider_id, wanted.hint or None))


def _located(
    context: Context, text: str, typename: str | None, argument: str
) -> tuple[Source | None, GlobalId]:
    """The parts of a global id and its source, None where the caller has no such source."""
    wanted = parse(text, argument)
    if wanted.typename not in ("Source", *KINDS):
        raise UserInputError(f"{argument}: this is not an id of this graph")
    if typename is not None and wanted.typename != typename:
        raise UserInputError(f"{argument}: this is the id of a {wanted.typename}, not {typename}")
    return context.source(wanted.source), wanted


async def _load_record(context: Context, source: Source, wanted: GlobalId) -> Any:
    kind = KINDS[wanted.typename]
    if kind not in source.spec.listings:
        return None
    key = Key(wanted.provider_id, wanted.hint or None)
    return await _used(context, records_by_key(context, source, kind), key)


async def load_row(context: Context, source: Source, kind: str, provider_id: str) -> Any:
    """The row that a source knows by the provider's id, None where there is none."""
    if kind not in source.spec.listings:
        return None
    return await _used(context, records_by_provider_id(context, source, kind), Key(provider_id))


async def _used(context: Context, loader: DataLoader[Key, Any], key: Key) -> Any:
    record = await asyncio.shield(loader.load(key))  # others may wait for the same row
    if record is not None:
        context.use([record])
    return record


async def load_nodes(context: Context, texts: Sequence[str]) -> Sequence[Any]:
    """The things that global ids name, in their order; what fails is an error in its place.

    Raises LimitError for more ids than are allowed.
    """
    if len(texts) > context.limits.max_ids:
        raise LimitError("ids", len(texts), context.limits.max_ids, "max_ids")
    return await settled(
        load_node(context, text, argument=f"ids[{at}]") for at, text in enumerate(texts)
    )


async def settled(loads: Iterable[Awaitable[Any]]) -> Sequence[Any]:
    """What the loads give, or each in its place the error that an item may fail with alone."""
    results = await asyncio.gather(*loads, return_exceptions=True)
    for result in results:
        expected = isinstance(result, UpstreamError | UserInputError)
        if isinstance(result, BaseException) and not expected:
            raise result
    return results
