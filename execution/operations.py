"""Compiled operations, kept as long as there is room for them."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from contextlib import suppress
from typing import Any

from graphql import DirectiveNode, VariableNode, Visitor, visit
from graphql.execution import Executor

from execution.planning import Compiled, UnsupportedError, compiled

MAX_OPERATIONS = 1000
MAX_FIELDS_KEPT = 30_000  # of all compiled operations together; each takes some 2 kB


class Operations:
    """The operations that ran last, found by the identity of their syntax trees.

    An operation is compiled once for each combination of the variables that decide what `@skip` and
    `@include` leave of it. None stands for what graphql-core has to run.
    """

    def __init__(self) -> None:
        self._conditions: OrderedDict[Hashable, tuple[Sequence[Any], Sequence[str]]] = OrderedDict()
        self._compiled: OrderedDict[Hashable, Compiled | None] = OrderedDict()
        self._fields = 0

    def __len__(self) -> int:
        return len(self._compiled)

    def find(self, executor: Executor[Any]) -> Compiled | None:
        """The compiled operation that an executor is for."""
        trees = (executor.schema, executor.operation, *executor.fragment_definitions.values())
        same = tuple(map(id, trees))
        if same not in self._conditions:
            self._conditions[same] = trees, _conditions(trees[1:])  # kept, so are the ids
        values = executor.variable_values.coerced
        decisions = tuple(values.get(name) for name in self._conditions[same][1])
        if not all(isinstance(each, bool) for each in decisions):
            return None
        key = (same, decisions)
        if key not in self._compiled:
            self._add(key, executor)
        self._conditions.move_to_end(same)
        self._compiled.move_to_end(key)
        return self._compiled[key]

    def _add(self, key: Hashable, executor: Executor[Any]) -> None:
        operation: Compiled | None = None
        with suppress(UnsupportedError):
            operation = compiled(executor)
        self._compiled[key] = operation
        self._fields += operation.fields if operation else 0
        while len(self._compiled) > MAX_OPERATIONS or self._fields > MAX_FIELDS_KEPT:
            _, oldest = self._compiled.popitem(last=False)
            self._fields -= oldest.fields if oldest else 0
        while len(self._conditions) > MAX_OPERATIONS:
            self._conditions.popitem(last=False)


class _Conditions(Visitor):
    """Collects the variables that directives name."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        values = (argument.value for argument in node.arguments or ())
        self.names += [each.name.value for each in values if isinstance(each, VariableNode)]


def _conditions(trees: Sequence[Any]) -> Sequence[str]:
    visitor = _Conditions()
    for tree in trees:
        visit(tree, visitor)
    return sorted(set(visitor.names))
