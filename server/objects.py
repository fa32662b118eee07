"""Objects of answers, made in less time and encoded faster than dicts are."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from weakref import WeakValueDictionary

import msgspec

from execution.executor import CompiledExecutor


class Selected(msgspec.Struct):
    """An object with the keys that were selected: like a dict for whoever fills in what is late."""

    attributes: ClassVar[Mapping[str, str]]

    def __getitem__(self, key: str) -> Any:
        return getattr(self, self.attributes[key])

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, self.attributes[key], value)


_known: WeakValueDictionary[Sequence[str], type[Selected]] = WeakValueDictionary()
"""Each lasts for as long as a compiled operation has it: these are bounded by their size."""


def selected(keys: Sequence[str]) -> type[Selected]:
    """The class of objects with these keys, made of their values in that order."""
    kind = _known.get(keys)
    if kind is None:
        kind = _known[keys] = _made(keys)
    return kind


def _made(keys: Sequence[str]) -> type[Selected]:
    names = [f"value{number}" for number in range(len(keys))]
    fields = [(name, Any, msgspec.field(name=key)) for name, key in zip(names, keys, strict=True)]
    attributes = dict(zip(keys, names, strict=True))
    kind: Any = msgspec.defstruct(
        "Object", fields, bases=(Selected,), namespace={"attributes": attributes}, gc=False
    )
    return kind  # type: ignore[no-any-return]


class EncodingExecutor(CompiledExecutor):
    """Runs operations compiled, with results that are only good to be encoded by msgspec."""

    objects = staticmethod(selected)
