"""What a document would cost, measured before it is validated.

Each fragment is measured once, however often it is spread, so that a document of twice the length
takes twice the steps; what it stands for may still be a thousand times as much, and is counted.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TokenKind,
    get_named_type,
    is_interface_type,
    is_introspection_type,
    is_object_type,
)

from server.introspection import ROOTS, lengths

Definition = OperationDefinitionNode | FragmentDefinitionNode
CEILING = 10**12  # more than this is as much as this
DEEPEST = 100  # selections in selections, which are not entered any further


class Measure(NamedTuple):
    """How much a selection asks for, with its fragments in place.

    `rows` are those that could be asked for: the size of each list, times those that it is nested
    in. `calls` are the requests to upstreams that these may take, if one is enough for a list.
    `told` are the values that introspection would tell of the schema.
    """

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    roots: int = 0
    rows: int = 0
    calls: int = 0
    told: int = 0

    @property
    def cost(self) -> int:
        return self.rows + self.calls


NOTHING = Measure()


class Sizes(NamedTuple):
    """The rows of a list that does not say how many, the most rows, and the most ids."""

    usual: int
    largest: int
    most_ids: int


class Ruler:
    """Measures one document.

    `operations` has the measure of each, with its name; `fields` is the sum over all of the
    document, `directives` the most at one place; `cyclic` if a fragment spreads itself, which is
    not followed; `steps` is how many selections were looked at.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, sizes: Sizes) -> None:
        self.steps = self.directives = 0
        self.cyclic = False
        self._level = 0
        self._schema, self._sizes = schema, sizes
        self._fragments = fragments(document)
        self._measured: dict[str, Measure | None] = {}
        self.operations = [
            (_name(each), self._definition(each, schema.get_root_type(each.operation)))
            for each in operations(document)
        ]
        unused = [name for name in self._fragments if name not in self._measured]
        self._roots = [each.selection_set for each in operations(document)]
        self._roots += [self._fragments[name].selection_set for name in unused]
        measures = [measure for _, measure in self.operations] + [*map(self._fragment, unused)]
        self.fields = sum(measure.fields for measure in measures)

    def overlaps(self) -> int:
        """How many pairs of fields are one and the same in an answer: validation compares each.

        To be asked only of a document that has few `fields` and is not cyclic: it enters fragments
        for each spread.
        """
        return sum(self._overlaps([each]) for each in self._roots)

    def _overlaps(self, sets: list[SelectionSetNode]) -> int:
        groups: dict[str, list[FieldNode]] = {}
        entered: set[str] = set()
        waiting = list(sets)
        while waiting:
            for node in waiting.pop().selections:
                self.steps += 1
                if isinstance(node, FieldNode):
                    groups.setdefault((node.alias or node.name).value, []).append(node)
                elif isinstance(node, InlineFragmentNode):
                    waiting.append(node.selection_set)
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in entered:
                    entered.add(node.name.value)
                    if node.name.value in self._fragments:
                        waiting.append(self._fragments[node.name.value].selection_set)
        pairs = sum(len(group) * (len(group) - 1) // 2 for group in groups.values())
        inner = (
            [each.selection_set for each in group if each.selection_set]
            for group in groups.values()
        )
        return pairs + sum(self._overlaps(each) for each in inner if each)

    def _definition(self, node: Definition, kind: Any) -> Measure:
        self.directives = max(self.directives, len(node.directives or ()))
        return self._set(node.selection_set, kind)

    def _fragment(self, name: str) -> Measure:
        """The measure of a fragment; nothing for one that is missing or spreads itself."""
        if name not in self._fragments:
            return NOTHING
        if name not in self._measured:
            self._measured[name] = None  # for as long as it is not known
            fragment = self._fragments[name]
            kind = self._schema.get_type(fragment.type_condition.name.value)
            self._measured[name] = self._definition(fragment, kind)
        measured = self._measured[name]
        self.cyclic = self.cyclic or measured is None
        return measured or NOTHING

    def _set(self, selections: SelectionSetNode, parent: Any) -> Measure:
        if self._level == DEEPEST:
            return Measure(depth=CEILING)
        self._level += 1
        parts = [self._selection(each, parent) for each in _distinct(selections)]
        self._level -= 1
        if not parts:
            return NOTHING
        depths, *others = zip(*parts, strict=True)
        return Measure(max(depths), *(min(sum(each), CEILING) for each in others))

    def _selection(self, node: SelectionNode, parent: Any) -> Measure:
        self.steps += 1
        self.directives = max(self.directives, len(node.directives or ()))
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            kind = self._schema.get_type(condition.name.value) if condition else parent
            return self._set(node.selection_set, kind)
        assert isinstance(node, FieldNode)
        return self._field(node, parent)

    def _field(self, node: FieldNode, parent: Any) -> Measure:
        name = node.name.value
        known = is_object_type(parent) or is_interface_type(parent)
        field = parent.fields.get(name) if known else None
        kind = get_named_type(field.type) if field else ROOTS.get(name)
        inner = self._set(node.selection_set, kind) if node.selection_set else NOTHING
        times, calls = self._reach(node, field, kind, parent) if field else (1, 0)
        rows = times if calls else 0
        return Measure(
            1 + inner.depth,
            1 + inner.fields,
            inner.aliases + (node.alias is not None),
            1,
            min(rows + times * inner.rows, CEILING),
            min(calls + times * inner.calls, CEILING),
            min(self._told(node, parent, inner.told), CEILING),
        )

    def _told(self, node: FieldNode, parent: Any, inner: int) -> int:
        """What a field of introspection tells: a list as often as it is long."""
        name = node.name.value
        if name in ROOTS or (parent and is_introspection_type(parent)):
            inner = inner // 2 if name == "ofType" else inner  # few types are of another one
            return lengths(self._schema).get(name, 1) * (1 + inner)
        return 0

    def _reach(
        self, node: FieldNode, field: GraphQLField, kind: Any, parent: Any
    ) -> tuple[int, int]:
        """How often what is inside of a field comes, and how many calls the field takes."""
        if kind.name.endswith("Connection"):
            return self._size(node), 1
        for name in ("ids", "representations"):
            if name in field.args:
                length = self._length(node, name)
                return length, length
        return 1, int(_fetches(kind, parent))

    def _size(self, node: FieldNode) -> int:
        """The rows of a list: a variable may say as many as are allowed."""
        given = {each.name.value: each.value for each in node.arguments or ()}
        value = given.get("first", given.get("last"))
        if value is None:
            return self._sizes.usual
        if not isinstance(value, IntValueNode) or len(value.value) > 9:
            return self._sizes.largest
        return min(max(int(value.value), 0), self._sizes.largest)

    def _length(self, node: FieldNode, name: str) -> int:
        value = next((each.value for each in node.arguments or () if each.name.value == name), None)
        return len(value.values) if isinstance(value, ListValueNode) else self._sizes.most_ids


def _fetches(kind: GraphQLNamedType, parent: GraphQLNamedType) -> bool:
    """Whether a field is a row that may have to be fetched, and is not a list's own row."""
    names = {each.name for each in getattr(kind, "interfaces", ())} | {kind.name}
    listed = parent.name.endswith(("Connection", "Edge"))
    return "Node" in names and kind.name != "Source" and not listed


def _distinct(selections: SelectionSetNode) -> Iterator[SelectionNode]:
    """The selections, but of spreads of one fragment only the first: the others add nothing."""
    spread: set[str] = set()
    for each in selections.selections:
        if isinstance(each, FragmentSpreadNode):
            if each.name.value in spread:
                continue
            spread.add(each.name.value)
        yield each


def _name(operation: OperationDefinitionNode) -> str | None:
    return operation.name.value if operation.name else None


def fragments(document: DocumentNode) -> Mapping[str, FragmentDefinitionNode]:
    """The fragments of a document by their names."""
    found = (each for each in document.definitions if isinstance(each, FragmentDefinitionNode))
    return {each.name.value: each for each in found}


def longest_name(document: DocumentNode) -> int:
    """How many characters the longest name has: answers and errors repeat names."""
    longest, token = 0, document.loc.start_token if document.loc else None
    while token is not None:
        if token.kind is TokenKind.NAME:
            longest = max(longest, token.end - token.start)
        token = token.next
    return longest


def operations(document: DocumentNode) -> Iterator[OperationDefinitionNode]:
    """The operations of a document."""
    return (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
