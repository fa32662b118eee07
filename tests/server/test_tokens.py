"""Tokens: which are accepted, what they say, and every way to forge one."""

import base64
import json
import time
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from server.key_sets import KeySet
from server.settings import IssuerSettings
from server.tokens import LONGEST_TOKEN, TokenError, Tokens
from tests.server.issuers import AUDIENCE, EC, ISSUER, OTHER_RSA, RSA, claims, jwk, token

OTHER = "https://other.example"
PEM = RSA.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)


def issuer(name: str = ISSUER, **changed: Any) -> IssuerSettings:
    usual: dict[str, Any] = {
        "issuer": name,
        "audience": AUDIENCE,
        "jwks_url": "https://id.example/jwks.json",
        "algorithms": ("RS256", "ES256"),
    }
    return IssuerSettings(**{**usual, **changed})


def key_set(*keys: Any) -> KeySet:
    async def fetch() -> bytes:
        return msgspec.json.encode({"keys": keys})

    return KeySet(fetch)


TOKENS = Tokens(
    [
        (issuer(), key_set(jwk(RSA, "one"), jwk(EC, "two"))),
        (issuer(OTHER, algorithms=("ES256",)), key_set(jwk(EC, "one"), jwk(OTHER_RSA, "rsa"))),
    ]
)


def raw(header: Any, payload: Any, signature: bytes = b"x") -> str:
    parts = (json.dumps(header).encode(), json.dumps(payload).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@pytest.mark.parametrize(
    "good",
    [
        token(),
        token(EC, "ES256", "two"),
        token(aud=[AUDIENCE, "elsewhere"]),
        token(EC, "ES256", "one", iss=OTHER),
    ],
)
async def test_good_tokens(good: str) -> None:
    caller = await TOKENS.caller(good)
    assert caller.name.endswith(" ada")
    assert (caller.scopes, caller.sources) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("claim", "scopes"),
    [
        ("raw:read card:read", {"raw:read", "card:read"}),
        (["raw:read", "card:read"], {"raw:read", "card:read"}),
        (["raw:read", 5, None], {"raw:read"}),
        ({"raw:read": True}, set()),
        (True, set()),
        ("", set()),
        (None, set()),
    ],
)
async def test_scopes(claim: Any, scopes: set[str]) -> None:
    assert (await TOKENS.caller(token(scope=claim))).scopes == scopes


@pytest.mark.parametrize(
    ("claim", "sources"),
    [
        (["a", "b"], {"a", "b"}),
        (["*"], None),
        ("*", None),
        (["a", "*"], None),
        (["a*"], {"a*"}),
        ([["*"]], set()),
        ({"*": 1}, set()),
        ([], set()),
        (None, set()),
    ],
)
async def test_sources(claim: Any, sources: set[str] | None) -> None:
    assert (await TOKENS.caller(token(sources=claim))).sources == sources


async def test_the_claims_names_can_be_set() -> None:
    settings = issuer(scopes_claim="permissions", sources_claim="accounts")
    tokens = Tokens([(settings, key_set(jwk()))])
    caller = await tokens.caller(token(permissions="raw:read", accounts=["a"], scope="card:read"))
    assert caller.scopes == {"raw:read"}
    assert caller.sources == frozenset({"a"})


NOW = int(time.time())
FORGED = {
    "expired": token(exp=NOW - 60),
    "of tomorrow": token(nbf=NOW + 3600),
    "issued tomorrow": token(iat=NOW + 3600),
    "without iss": token(iss=None),
    "without aud": token(aud=None),
    "without exp": token(exp=None),
    "without nbf": token(nbf=None),
    "of a foreign issuer": token(iss="https://evil.example"),
    "for another audience": token(aud="elsewhere"),
    "iss is a list": token(iss=None, ISS=ISSUER),
    "signed by another key": token(OTHER_RSA),
    "of a key of another issuer": token(OTHER_RSA, kid="rsa"),
    "with another issuer's kid": token(EC, "ES256", "one"),
    "of an algorithm that this issuer may not use": token(OTHER_RSA, "RS256", "rsa", iss=OTHER),
    "of a key for another algorithm": token(RSA, "RS256", "two"),
    "without kid where there are two": token(kid=None),
    "with an unknown kid": token(kid="three"),
    "with a path for a kid": token(kid="../../../../dev/null"),
    "with SQL for a kid": token(kid="' UNION SELECT 'secret"),
    "with an empty kid": token(kid=""),
    "none": raw({"alg": "none", "kid": "one"}, claims(), b""),
    "none in other letters": raw({"alg": "nOnE", "kid": "one"}, claims(), b""),
    "without alg": raw({"kid": "one"}, claims()),
    "alg is a list": raw({"alg": ["RS256"], "kid": "one"}, claims()),
    "kid is a list": raw({"alg": "RS256", "kid": ["one"]}, claims()),
    "kid is an object": raw({"alg": "RS256", "kid": {"a": 1}}, claims()),
    "iss is an object": raw({"alg": "RS256", "kid": "one"}, claims(iss={"a": 1})),
    "with its own key": raw({"alg": "RS256", "jwk": dict(jwk(OTHER_RSA))}, claims()),
    "with an address of a key": raw({"alg": "RS256", "jku": "http://127.0.0.1:9/"}, claims()),
    "critical": raw({"alg": "RS256", "kid": "one", "crit": ["exp"]}, claims()),
    "detached": raw({"alg": "RS256", "kid": "one", "b64": False, "crit": ["b64"]}, claims()),
    "infinite": raw({"alg": "RS256", "kid": "one"}, claims(exp=float("inf"))),
    "no object": raw([], []),
    "deep": raw({}, {}).replace(".", "." + "W1tb" * 1500, 1),
    "long": "a" * (LONGEST_TOKEN + 1),
    "no token": "abc",
    "two dots": "..",
    "no base64": "a.b.c",
    "no text": "\x00.\xff.é",
    "unsigned": token().rpartition(".")[0] + ".",
    "signed for other claims": ".".join(
        (*token(sub="eve").split(".")[:2], token().rpartition(".")[2])
    ),
}


@pytest.mark.parametrize("name", FORGED)
async def test_forged_tokens(name: str) -> None:
    with pytest.raises(TokenError) as caught:
        await TOKENS.caller(FORGED[name])
    expected = {"expired": "The token has expired.", "long": "The token is too long."}
    assert str(caught.value) == expected.get(name, "The token is not accepted.")


async def test_the_public_key_is_no_secret() -> None:
    """HMAC with the issuer's public key, as if it were a shared secret."""
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').rstrip(b"=")
    payload = base64.urlsafe_b64encode(json.dumps(claims()).encode()).rstrip(b"=")
    algorithm = jwt.get_algorithm_by_name("HS256")
    signature = algorithm.sign(header + b"." + payload, PEM)
    forged = b".".join((header, payload, base64.urlsafe_b64encode(signature).rstrip(b"=")))
    with pytest.raises(TokenError):
        await TOKENS.caller(forged.decode())


async def test_a_secret_in_a_key_set_is_not_used() -> None:
    secret = b"s" * 32
    published = {"kty": "oct", "kid": "one", "k": base64.urlsafe_b64encode(secret).decode()}
    tokens = Tokens([(issuer(), key_set(published))])
    with pytest.raises(TokenError):
        await tokens.caller(token(secret, "HS256"))
    with pytest.raises(TokenError):
        await tokens.caller(token())


async def test_a_key_is_for_its_own_algorithm() -> None:
    tokens = Tokens([(issuer(algorithms=("RS256", "RS512")), key_set(jwk(alg="RS512")))])
    assert (await tokens.caller(token(alg="RS512"))).name
    with pytest.raises(TokenError):
        await tokens.caller(token(alg="RS256"))


async def test_short_keys_are_refused() -> None:
    short = rsa.generate_private_key(65537, 1024)
    tokens = Tokens([(issuer(), key_set(jwk(short)))])
    with pytest.warns(match="below"), pytest.raises(TokenError):
        await tokens.caller(token(short))


async def named(**changed: Any) -> str:
    return (await TOKENS.caller(token(**changed))).name


@pytest.mark.parametrize("claim", ["sub", "client_id", "azp", "jti"])
async def test_callers_are_told_apart_by_what_their_tokens_say(claim: str) -> None:
    one, other = {"sub": None, claim: "one"}, {"sub": None, claim: "other"}
    assert await named(**one) == await named(**one, nbf=1)
    assert await named(**one) != await named(**other)


async def test_tokens_that_say_nothing_of_their_caller_are_callers_of_their_own() -> None:
    assert await named(sub=None) != await named(sub=None, nbf=1)
    assert await named(sub="", nbf=2) != await named(sub="", nbf=1)
    same = {"sub": None, "exp": 9_999_999_999, "nbf": 1}
    assert await named(**same) == await named(**same)
