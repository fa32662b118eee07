"""Who asks: proved by a bearer token or an API key, at the door and once."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.authentication import (
    AuthCredentials,
    AuthenticationBackend,
    AuthenticationError,
    BaseUser,
)
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from providers.transport import Transport
from resolvers.callers import TRUSTED, Caller
from server.api_keys import ApiKeys
from server.errors import refused
from server.graphiql import wants_page
from server.key_sets import KeySet, fetcher
from server.settings import AuthSettings

if TYPE_CHECKING:
    from server.tokens import Tokens

CREDENTIALS_NEEDED = "Credentials are needed: Authorization: Bearer, with a token or an API key."


class User(BaseUser):
    """A caller, as Starlette keeps it on the request."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    @property
    def is_authenticated(self) -> bool:
        return True


class Door(AuthenticationBackend):
    """Lets in whoever shows a token or a key that the settings name; without settings everybody.

    The server is then on the loopback address only.
    """

    def __init__(self, settings: AuthSettings | None) -> None:
        self._settings = settings
        self._keys = ApiKeys(settings.api_keys if settings else ())
        self._tokens: Tokens | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Lets the issuers' keys be fetched, until the context ends."""
        issuers = self._settings.issuers if self._settings else ()
        async with AsyncExitStack() as stack:
            keys = []
            for issuer in issuers:
                transport = Transport(issuer.jwks_url, {})
                keys.append(KeySet(fetcher(await stack.enter_async_context(transport))))
            if issuers:
                from server.tokens import Tokens  # noqa: PLC0415 - it takes 10 MB

                self._tokens = Tokens(zip(issuers, keys, strict=True))
            yield

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        if self._settings is None:
            return _TRUSTED
        given = conn.headers.getlist("authorization")
        if not given:
            return None
        if len(given) > 1:
            raise AuthenticationError("There is more than one Authorization header.")
        return _admitted(await self.caller(given[0]))

    async def caller(self, authorization: str | None) -> Caller:
        """Whose credentials an Authorization header holds. Raises AuthenticationError."""
        scheme, _, secret = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            raise AuthenticationError(CREDENTIALS_NEEDED)
        known = self._keys.caller(secret)
        if known is not None:
            return known
        if self._tokens is None:
            raise AuthenticationError("The token is not accepted.")
        return await self._tokens.caller(secret)


def _admitted(caller: Caller) -> tuple[AuthCredentials, BaseUser]:
    return AuthCredentials(sorted(caller.scopes)), User(caller)


_TRUSTED = _admitted(TRUSTED)


def caller_of(connection: HTTPConnection) -> Caller | None:
    """The caller that a request's headers proved, if any."""
    user = connection.scope.get("user")
    return user.caller if isinstance(user, User) else None


async def admit(connection: HTTPConnection, parameters: Any) -> Caller:
    """The caller of a WebSocket: a browser can send no header there, so connection_init may say it.

    What the handshake proved is not overruled. Remembers the caller on the connection, whose app
    has the door as `state.door`. Raises AuthenticationError.
    """
    known = caller_of(connection)
    if known is not None:
        return known
    given = parameters if isinstance(parameters, Mapping) else {}
    authorization = given.get("Authorization", given.get("authorization"))
    text = authorization if isinstance(authorization, str) else None
    door: Door = connection.app.state.door
    caller = await door.caller(text)
    connection.scope["user"] = User(caller)
    return caller


def unauthenticated(_: HTTPConnection, error: Exception) -> Response:
    """The answer to credentials that are none of ours."""
    challenge = 'Bearer realm="pacioli", error="invalid_token"'
    return refused(401, str(error), "UNAUTHENTICATED", {"WWW-Authenticate": challenge})


class CallersOnly:
    """Answers requests for operations only to callers; the page for people has no secrets.

    WebSockets pass: their connection_init may still tell who asks.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = scope["type"] != "http" or caller_of(HTTPConnection(scope)) is not None
        if known or wants_page(Request(scope)):
            await self._app(scope, receive, send)
            return
        challenge = {"WWW-Authenticate": 'Bearer realm="pacioli"'}
        response = refused(401, CREDENTIALS_NEEDED, "UNAUTHENTICATED", challenge)
        await response(scope, receive, send)
