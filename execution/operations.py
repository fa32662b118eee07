"""Compiled operations, kept as long as there is room for them."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any, NamedTuple

from graphql import DirectiveNode, VariableNode, Visitor, visit
from graphql.execution import Executor

from execution.planning import Compiled, UnsupportedError, compiled

MAX_OPERATIONS = 1000
MAX_FIELDS_KEPT = 30_000  # of all compiled operations together; each takes some 2 kB
NODES_A_FIELD = 4  # so many syntax nodes take as much as a compiled field


class Kept(NamedTuple):
    """What is kept of one operation.

    The trees are kept so that no others get their identity. `variants` has what was compiled for
    the values of `conditions`, the variables that decide what `@skip` and `@include` leave of it.
    The trees count as `weight` fields.
    """

    trees: Sequence[Any]
    conditions: Sequence[str]
    weight: int
    variants: dict[Hashable, Compiled | None]


class Operations:
    """The operations that ran last, found by the identity of their syntax trees."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return sum(len(each.variants) for each in self._kept.values())

    def find(self, executor: Executor[Any]) -> Compiled | None:
        """The compiled operation that an executor is for; None if graphql-core has to run it."""
        trees = (executor.schema, executor.operation, *executor.fragment_definitions.values())
        same = tuple(map(id, trees))
        with self._lock:
            kept = self._kept.get(same)
            if kept is None:
                kept = self._kept[same] = Kept(trees, *_conditions(trees[1:]), {})
                self._grow(kept.weight)
                if same not in self._kept:  # it is larger than all that may be kept
                    return None
            self._kept.move_to_end(same)
            values = executor.variable_values.coerced
            decisions = tuple([values.get(name) for name in kept.conditions])
            if decisions and not all(isinstance(each, bool) for each in decisions):
                return None
            if decisions not in kept.variants:
                return self._add(kept, decisions, executor)
            return kept.variants[decisions]

    def _add(self, kept: Kept, decisions: Hashable, executor: Executor[Any]) -> Compiled | None:
        operation: Compiled | None = None
        with suppress(UnsupportedError):
            operation = compiled(executor)
        kept.variants[decisions] = operation
        self._grow(_size(operation))
        return operation

    def _grow(self, fields: int) -> None:
        self._size += fields
        while len(self._kept) > MAX_OPERATIONS or self._size > MAX_FIELDS_KEPT:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.weight + sum(map(_size, oldest.variants.values()))


def _size(operation: Compiled | None) -> int:
    return 1 + (operation.fields if operation else 0)


class _Conditions(Visitor):
    """Collects the variables that directives name, and counts the nodes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.nodes = 0

    def enter(self, *_: Any) -> None:
        self.nodes += 1

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        values = (argument.value for argument in node.arguments or ())
        self.names += [each.name.value for each in values if isinstance(each, VariableNode)]


def _conditions(trees: Sequence[Any]) -> tuple[Sequence[str], int]:
    visitor = _Conditions()
    for tree in trees:
        visit(tree, visitor)
    return sorted(set(visitor.names)), visitor.nodes // NODES_A_FIELD
