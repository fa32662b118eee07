"""What requests pass on their way to the graph, from the outside in."""

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware

from server.authentication import CallersOnly, Door, unauthenticated


def everywhere(door: Door) -> Sequence[Middleware]:
    """Around all paths."""
    return [Middleware(AuthenticationMiddleware, backend=door, on_error=unauthenticated)]


def at_the_graph() -> Sequence[Middleware]:
    """Around /graphql only."""
    return [Middleware(CallersOnly)]
