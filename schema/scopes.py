"""What only some callers may read: enforced here, and told to a federated gateway."""

from typing import Any

from strawberry import Info
from strawberry.extensions.field_extension import SyncExtensionResolver
from strawberry.federation.schema_directives import RequiresScopes
from strawberry.types.field import StrawberryField

from execution.guards import Guard
from resolvers.callers import RAW, Scope
from resolvers.context import Context


class Requires(Guard):
    """A field that is null, with an error at its path, for callers without all of these scopes."""

    def __init__(self, *scopes: Scope) -> None:
        self._scopes = scopes

    def apply(self, field: StrawberryField) -> None:
        directive = RequiresScopes(scopes=[[scope.value for scope in self._scopes]])
        if directive not in field.directives:  # each schema that is built applies it again
            field.directives = [*field.directives, directive]

    def admits(self, context: Context) -> bool:
        return context.caller.may(*self._scopes)

    def resolve(
        self, next_: SyncExtensionResolver, source: Any, info: Info[Context, None], **given: Any
    ) -> Any:
        caller = info.context.caller
        if not caller.may(*self._scopes):  # asked before the name is made: there are many rows
            caller.demand(*self._scopes, what=info.field_name)
        return next_(source, info, **given)


REQUIRES_RAW = Requires(*RAW)
REQUIRES_CARD = Requires(Scope.CARD)
REQUIRES_PERSONAL = Requires(Scope.PERSONAL)
