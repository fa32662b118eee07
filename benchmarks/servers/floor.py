"""The floor: fetch, decode into structs, encode these. Nobody decides anything, no GraphQL."""

import sys
from typing import Any

import aiohttp
import msgspec
from starlette.types import Receive, Scope, Send

from benchmarks.servers.rows import HEADERS, LIST
from benchmarks.servers.serving import serve
from providers.smartpay import InvoiceRow, PaymentInfoRow


class Row(InvoiceRow):
    """The row with its part that the project decodes only when it is asked for."""

    payment_info: PaymentInfoRow | None = None  # type: ignore[assignment]


class Narrow(msgspec.Struct):
    """What Q2 needs of a row."""

    invoice_id: int | str
    invoice_status: str | None = None


class Floor:
    """Answers `/wide`, `/narrow` and `/none`: with what Q1, Q2 and Q4 read."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._session: aiohttp.ClientSession | None = None
        self._decoders = {
            f"/{name}": msgspec.json.Decoder(msgspec.defstruct("Page", [("invoices", list[kind])]))  # type: ignore[valid-type]
            for name, kind in (("wide", Row), ("narrow", Narrow))
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        body = await self._body(scope["path"])
        length = str(len(body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _body(self, path: str) -> bytes:
        if path == "/none":
            return b"{}"
        if self._session is None:
            self._session = aiohttp.ClientSession(self._upstream, headers=HEADERS)
        async with self._session.get(LIST) as response:
            page: Any = self._decoders[path].decode(await response.read())
        return msgspec.json.encode(page)


if __name__ == "__main__":
    serve(Floor(sys.argv[1]), lifespan="off")
