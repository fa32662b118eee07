"""Bearer tokens: signed by an issuer that the configuration names, and saying who asks (RFC 7519).

Of a token nothing is believed before its signature: the issuer that it claims only chooses which
keys, algorithms and audience it is held against.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import jwt
from starlette.authentication import AuthenticationError

from resolvers.callers import Caller
from server.key_sets import KeySet
from server.settings import IssuerSettings

LONGEST_TOKEN = 8192
LEEWAY_SECONDS = 5  # of the issuers' clocks
REQUIRED = ["iss", "aud", "exp", "nbf"]
TELLING = ("client_id", "azp", "jti")  # claims that tell callers apart where there is no sub
MALFORMED = (jwt.PyJWTError, ValueError, TypeError, ArithmeticError, RecursionError)
"""What PyJWT raises of a token that is made to confuse it, beside its own errors."""


class TokenError(AuthenticationError):
    """A token that is not accepted; the message may be shown."""


class Tokens:
    """Tokens of several issuers."""

    def __init__(self, issuers: Iterable[tuple[IssuerSettings, KeySet]]) -> None:
        self._issuers = {settings.issuer: (settings, keys) for settings, keys in issuers}

    async def caller(self, token: str) -> Caller:
        """The caller that a token is of. Raises TokenError."""
        try:
            return await self._verified(token)
        except jwt.ExpiredSignatureError:
            raise TokenError("The token has expired.") from None
        except MALFORMED:
            raise TokenError("The token is not accepted.") from None

    async def _verified(self, token: str) -> Caller:
        if len(token) > LONGEST_TOKEN:
            raise TokenError("The token is too long.")
        unverified = jwt.decode_complete(token, options={"verify_signature": False})
        header = unverified["header"]
        settings, keys = self._issuers.get(_text(unverified["payload"].get("iss")), (None, None))
        if settings is None or keys is None or header.get("alg") not in settings.algorithms:
            raise jwt.InvalidTokenError
        key = await keys.key(header.get("kid"))
        if key is None or key.get("alg", header["alg"]) != header["alg"]:
            raise jwt.InvalidTokenError
        claims = jwt.decode(
            token,
            jwt.PyJWK(dict(key), header["alg"]),
            algorithms=list(settings.algorithms),
            audience=settings.audience,
            issuer=settings.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED, "enforce_minimum_key_length": True},
        )
        return _caller(claims, settings)


def _caller(claims: Mapping[str, Any], settings: IssuerSettings) -> Caller:
    sources = _words(claims.get(settings.sources_claim))
    return Caller(
        f"{settings.issuer} {_subject(claims)}",
        _words(claims.get(settings.scopes_claim)),
        None if "*" in sources else sources,
        float(claims["exp"]) + LEEWAY_SECONDS,
    )


def _subject(claims: Mapping[str, Any]) -> str:
    """What tells a caller from others of its issuer: rates and subscriptions are counted by it."""
    if subject := _text(claims.get("sub")):
        return subject
    named = (f"{name} {_text(claims[name])}" for name in TELLING if _text(claims.get(name)))
    everything = json.dumps(claims, sort_keys=True).encode()  # not its text: that has variants
    return next(named, f"claims {sha256(everything).hexdigest()}")


def _words(claim: Any) -> frozenset[str]:
    """A claim that is a list, or one text with spaces; anything else says nothing."""
    words = claim.split() if isinstance(claim, str) else claim
    if not isinstance(words, list):
        return frozenset()
    return frozenset(word for word in words if isinstance(word, str))


def _text(claim: Any) -> str:
    return claim if isinstance(claim, str) else ""
