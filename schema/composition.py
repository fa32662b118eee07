"""What types are to the other subgraphs of a supergraph."""

from collections.abc import Sequence
from dataclasses import replace

from graphql import DefinitionNode, ObjectTypeDefinitionNode, TypeDefinitionNode, parse, print_ast
from strawberry import UNSET
from strawberry.federation.schema_directives import Inaccessible, Key, Shareable
from strawberry.federation.types import FieldSet

NATURAL = "source { name } providerId"


def _keys(*fields: str) -> Sequence[Key]:
    return [Key(fields=FieldSet(each), resolvable=UNSET) for each in fields]


ROW_KEYS = _keys("id", NATURAL)
"""Of rows that other services may know by the provider's own id."""
ID_KEY = _keys("id")
SOURCE_KEYS = _keys("id", "name")
SHAREABLE = [Shareable()]
"""Of values, which another subgraph may have too."""
INACCESSIBLE = [Inaccessible(), Shareable()]
"""Of what a supergraph cannot offer: each subgraph finds its own ids alone.

Shareable, or no other subgraph could have a field of that name.
"""

_IMPORT = ', "@requiresScopes"'
_OWN = "directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION"


def for_any_gateway(sdl: str) -> str:
    """A subgraph's schema with @requiresScopes for people only, not for gateways.

    A supergraph with federation's is refused by gateways that do not enforce it themselves.
    """
    return f"{sdl.replace(_IMPORT, '')}\n\n{_OWN}"


def without_protocol(sdl: str) -> str:
    """A subgraph's schema without what a gateway adds itself: `_entities`, `_Any` and the like."""
    definitions = parse(sdl, no_location=True).definitions
    return "\n\n".join(print_ast(_without_protocol(each)) for each in definitions if _stays(each))


def _stays(node: DefinitionNode) -> bool:
    return not (isinstance(node, TypeDefinitionNode) and node.name.value.startswith("_"))


def _without_protocol(node: DefinitionNode) -> DefinitionNode:
    if not isinstance(node, ObjectTypeDefinitionNode):
        return node
    fields = [each for each in node.fields or () if not each.name.value.startswith("_")]
    return replace(node, fields=tuple(fields))
