"""Issuers of tokens: their keys, their key set over HTTP, and tokens good and bad."""

import json
import time
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ISSUER, AUDIENCE = "https://id.example", "pacioli"
RSA, OTHER_RSA = (rsa.generate_private_key(65537, 2048) for _ in range(2))
EC = ec.generate_private_key(ec.SECP256R1())


def trusted(address: str) -> dict[str, Any]:
    """How the configuration names an issuer that publishes its keys at an address."""
    return {
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "jwks_url": f"{address}/jwks.json",
        "algorithms": ["RS256", "ES256"],
    }


def claims(**changed: Any) -> dict[str, Any]:
    """What a good token says; a claim that is None is left out."""
    now = int(time.time())
    usual = {"iss": ISSUER, "aud": AUDIENCE, "exp": now + 86400, "nbf": now - 60, "sub": "ada"}
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


def token(key: Any = RSA, alg: str = "RS256", kid: Any = "one", **changed: Any) -> str:
    """A token that is good unless something is changed."""
    return jwt.encode(claims(**changed), key, alg, headers={} if kid is None else {"kid": kid})


def jwk(key: Any = RSA, kid: str | None = "one", **members: Any) -> Mapping[str, Any]:
    """The public half of a key as it stands in a key set."""
    algorithm = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    public = json.loads(algorithm.to_jwk(key.public_key()))
    return {**public, **members} if kid is None else {**public, "kid": kid, **members}


class Issuer:
    """Publishes keys; `asked` counts how often they were fetched."""

    def __init__(self, *keys: Mapping[str, Any]) -> None:
        self.keys, self.status, self.asked = list(keys), 200, 0
        self.app = Starlette(routes=[Route("/{path:path}", self._answer)])

    def _answer(self, _: Request) -> Response:
        self.asked += 1
        return JSONResponse({"keys": self.keys}, self.status)
