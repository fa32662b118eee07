"""What strangers are not told."""

import pytest
from graphql import GraphQLError, OperationDefinitionNode, parse

from server.discretion import INVALID, MISFIT, NO_ENTITY, uniform, without_suggestions
from server.errors import coded

INVALID_ONE = coded(GraphQLError("Cannot query field 'x'."), "GRAPHQL_VALIDATION_FAILED")
OF_A_FIELD = GraphQLError("first: 5", path=["invoices"], extensions={"code": "BAD_USER_INPUT"})
MINE = "Value ' Did you mean '"  # of which a client may send as many as fit into a body
OF_A_VARIABLE = GraphQLError("Variable '$f' got invalid value 1; Field 'x' is not defined.")


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("Cannot query field 'a'. Did you mean 'b'?", "Cannot query field 'a'."),
        ("Cannot query field 'a'. Did you mean 'b', 'c', or 'd'?", "Cannot query field 'a'."),
        ("Value 'A' does not exist. Did you mean the enum value 'B'?", "Value 'A' does not exist."),
        ("x' Did you mean 'y' is wrong.", "x' Did you mean 'y' is wrong."),
        ("Nothing else.", "Nothing else."),
        (MINE * 50_000 + " Did you mean 'A'?", MINE * 50_000),
        (MINE * 50_000 + "!", MINE * 50_000 + "!"),
    ],
    ids=lambda text: str(text)[:40],
)
def test_suggestions(message: str, told: str) -> None:
    error = GraphQLError(message, path=["a"], extensions={"code": "X"})
    (quiet,) = without_suggestions([error])
    assert (quiet.message, quiet.path, quiet.extensions) == (told, ["a"], {"code": "X"})
    assert error.message == message  # it is kept, and may be told to others


def test_uniform() -> None:
    (error,) = uniform([INVALID_ONE, INVALID_ONE])
    assert (error.message, error.locations) == (INVALID, None)
    assert error.extensions == {"code": "GRAPHQL_VALIDATION_FAILED"}
    (error,) = uniform([OF_A_VARIABLE])
    assert (error.message, error.extensions) == (MISFIT, {"code": "BAD_USER_INPUT"})


def test_representations() -> None:
    query = "{ a: _entities(representations: []) { __typename } }"
    (definition,) = parse(query).definitions
    assert isinstance(definition, OperationDefinitionNode)
    told = [
        GraphQLError(
            message, [*definition.selection_set.selections], path=["a", 0], extensions=given
        )
        for message in ("no such type", "no such key")
        for given in ({"code": "BAD_USER_INPUT"}, {"code": "UPSTREAM_TIMEOUT"})
    ]
    messages = [(each.message, each.path) for each in uniform(told)]
    assert messages == [
        (text, ["a", 0]) for text in (NO_ENTITY, "no such type", NO_ENTITY, "no such key")
    ]


def test_what_names_nothing_is_told() -> None:
    assert uniform([OF_A_FIELD]) == [OF_A_FIELD]
