"""Turns an operation, for given values of the variables of its directives, into functions."""

from typing import Any, NamedTuple

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import (
    CollectedFields,
    FieldDetailsList,
    collect_fields,
    collect_subfields,
)

from execution.completion import abstract, checked, items, leaf
from execution.generation import Generator, Member
from execution.inlining import inlined
from execution.places import Complete, Field, Place
from execution.resolving import expression, in_place

MAX_FIELDS = 3000
"""Of one operation, each counted as often as it is selected. More are not worth their memory."""


class UnsupportedError(Exception):
    """Something of an operation is left to graphql-core."""


class Compiled(NamedTuple):
    """What runs an operation; `plain` are the classes of values seen so far, see `completion`."""

    root: Complete
    plain: set[type]
    fields: int


def compiled(executor: Executor[Any]) -> Compiled:
    """The operation that an executor was built for. Raises UnsupportedError."""
    try:
        return _Planner(executor).compiled()
    except (GraphQLError, RecursionError) as error:
        raise UnsupportedError from error


class _Planner:
    def __init__(self, executor: Executor[Any]) -> None:
        self._schema, self._executor = executor.schema, executor
        self._generator = Generator(getattr(executor, "objects", None))
        self._count = 0

    def compiled(self) -> Compiled:
        executor = self._executor
        root_type = self._schema.get_root_type(executor.operation.operation)
        if root_type is None:
            raise UnsupportedError
        collected = collect_fields(
            self._schema,
            executor.fragments,
            executor.variable_values,
            root_type,
            executor.operation,
            executor.hide_suggestions,
        )
        root = self._fields(root_type, collected, None, whole=None)
        return Compiled(root, self._generator.plain, self._count)

    def _fields(
        self,
        type_: GraphQLObjectType,
        collected: CollectedFields,
        parent: Place | None,
        whole: Place | None,
    ) -> Complete:
        """What completes objects of one type; see `Generator.define` for `whole`."""
        if collected.new_defer_usages:
            raise UnsupportedError
        members = [
            self._member(type_, key, details, parent)
            for key, details in collected.grouped_field_set.items()
            if self._schema.get_field(type_, details[0].node.name.value)
        ]
        if parent is not None:
            parent.members[type_.name] = members
        return self._generator.define(type_.name, members, whole)

    def _member(
        self, type_: GraphQLObjectType, key: str, details: FieldDetailsList, parent: Place | None
    ) -> Member:
        self._count += 1
        name = details[0].node.name.value
        if self._count > MAX_FIELDS or name in {"__schema", "__type"}:
            raise UnsupportedError
        if name == "__typename":
            return Member(key, None, repr(type_.name))
        definition = self._schema.get_field(type_, name)
        assert definition is not None
        nodes = [each.node for each in details]
        if any(each.name.value == "stream" for node in nodes for each in node.directives or ()):
            raise UnsupportedError
        place = Place(parent, key, definition.type, Field(definition, details, nodes, type_))
        self._complete(place)
        evaluated = expression(self._schema, place, self._generator.bind)
        return Member(key, place, evaluated, *in_place(self._schema, place, self._generator.bind))

    def _complete(self, place: Place) -> None:
        type_: Any = get_nullable_type(place.type)
        if is_list_type(type_):
            item = place.item = Place(place, None, type_.of_type, place.field)
            self._complete(item)
            place.complete = items(place, item)
        elif is_leaf_type(type_):
            place.complete = leaf(type_, place)
        elif is_abstract_type(type_):
            possible = self._schema.get_possible_types(type_)
            types = {each.name: self._object(each, place) for each in possible}
            place.complete = abstract(type_, place, types)
        else:
            place.complete = self._object(type_, place)

    def _object(self, type_: GraphQLObjectType, place: Place) -> Complete:
        executor = self._executor
        collected = collect_subfields(
            self._schema,
            executor.fragments,
            executor.variable_values,
            executor.operation,
            type_,
            place.field.details,
            executor.hide_suggestions,
        )
        if type_.is_type_of is None:
            return self._fields(type_, collected, place, place)
        fields = self._fields(type_, collected, place, None)

        def inline(kind: type) -> Complete:
            members = place.members[type_.name]
            return inlined(self._schema, self._generator, kind, members, fields)

        return checked(type_, place, fields, inline)
