"""Things by the representations that a federated gateway has of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from resolvers.context import Context
from resolvers.errors import LimitError, UserInputError
from resolvers.nodes import KINDS, load_node, load_row, settled

ID = ("id",)
NATURAL = ("providerId", "source")
NAME = ("name",)
KEYS: Mapping[str, Sequence[Sequence[str]]] = {
    "ExportTask": (ID, NATURAL),
    "Invoice": (ID, NATURAL),
    "Payment": (ID, NATURAL),
    "SalesAggregate": (ID,),
    "Source": (ID, NAME),
}
"""The fields of each key of an entity's type, in alphabetical order."""


async def load_entities(context: Context, representations: Sequence[Any]) -> Sequence[Any]:
    """The things that representations stand for, in their order; what fails is an error there.

    Raises LimitError for more of them than are allowed.
    """
    if len(representations) > context.limits.max_ids:
        raise LimitError("representations", len(representations), context.limits.max_ids, "max_ids")
    return await settled(
        _load_entity(context, each, f"representations[{at}]")
        for at, each in enumerate(representations)
    )


async def _load_entity(context: Context, representation: Any, place: str) -> Any:
    """Raises UserInputError for what stands for nothing, and the source's UpstreamError."""
    if not isinstance(representation, dict):
        raise UserInputError(f"{place}: must be an object with __typename and a key")
    typename = representation.get("__typename")
    if not isinstance(typename, str) or typename not in KEYS:
        raise UserInputError(f"{place}.__typename: must be the type of an entity")
    names = tuple(sorted(representation.keys() - {"__typename"}))
    if names not in KEYS[typename]:
        raise UserInputError(f"{place}: must have the fields of one key, and no others")
    if names == ID:
        text = _text(representation["id"], f"{place}.id")
        return await load_node(context, text, typename=typename, argument=f"{place}.id")
    if names == NAME:
        return context.source(_text(representation["name"], f"{place}.name"))
    source = context.source(_source_name(representation["source"], f"{place}.source"))
    provider_id = _text(representation["providerId"], f"{place}.providerId")
    return source and await load_row(context, source, KINDS[typename], provider_id)


def _source_name(source: Any, place: str) -> str:
    """The name in what stands for a source inside of a key."""
    if not isinstance(source, dict) or source.keys() - {"__typename"} != set(NAME):
        raise UserInputError(f"{place}: must be an object with the source's name")
    if source.get("__typename", "Source") != "Source":
        raise UserInputError(f"{place}.__typename: must be Source")
    return _text(source["name"], f"{place}.name")


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value:
        raise UserInputError(f"{place}: must be a text")
    return value
