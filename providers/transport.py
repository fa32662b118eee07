"""The one module that talks: sends a request to one upstream and gives its whole answer.

One aiohttp session a source, so that no connection, cookie or credential is ever shared between
accounts. Redirects are not followed: aiohttp would send our key headers along to another host.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Self
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
from aiohttp.http_exceptions import ContentEncodingError

from providers.errors import MalformedError, NoAnswerError, UnavailableError
from providers.wire import Request, Response

MAX_RESPONSE_BYTES = 32 * 2**20
Headers = Callable[[], Mapping[str, str]]


class Transport:
    """HTTP to one upstream, with bounds on time and size.

    `added` gives headers of the moment; they never take the place of others.
    """

    def __init__(
        self, base_url: str, headers: Mapping[str, str], added: Headers | None = None
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers, self._added = headers, added
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept": "application/json", "User-Agent": "pacioli"},
            json_serialize=lambda body: msgspec.json.encode(body).decode(),
        )
        # A second attempt, which aiohttp makes by itself, would escape the count of ours.
        self._session._retry_connection = False
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, request: Request, seconds: float) -> Response:
        """The upstream's answer, whatever its status, if it is there whole within the time.

        Raises NoAnswerError, UnavailableError, or MalformedError for what is no HTTP answer.
        """
        try:
            return await self._exchange(request, seconds)
        except TimeoutError:
            raise NoAnswerError(f"no answer within {seconds:.3g} s") from None
        except aiohttp.ClientResponseError:
            raise MalformedError("the answer is not HTTP as it should be") from None
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error.__cause__, ContentEncodingError):
                raise MalformedError("the answer cannot be decompressed") from None
            raise UnavailableError("the provider cannot be reached") from None

    async def _exchange(self, request: Request, seconds: float) -> Response:
        assert self._session is not None, "a transport is used inside `async with`"
        answer = await self._session.request(
            request.method,
            _address(self._base_url, request.path, request.query),
            json=dict(request.body) if request.body else None,
            headers={**self._added(), **self._headers} if self._added else self._headers,
            allow_redirects=False,
            timeout=_within(seconds),
        )
        try:
            body = await _read(answer.content)
        except BaseException:
            answer.close()  # who reads to the end gives the connection back by that
            raise
        return Response(answer.status, answer.headers, body, request.rows_as)


async def _read(content: aiohttp.StreamReader) -> bytes:
    """The body, decompressed. Raises MalformedError past the cap, without reading on."""
    pieces, size = [], 0
    while piece := await content.readany():
        pieces.append(piece)
        size += len(piece)
        if size > MAX_RESPONSE_BYTES:
            raise MalformedError(f"the answer is larger than {MAX_RESPONSE_BYTES >> 20} MiB")
    return b"".join(pieces)  # mostly there is one, and nothing to copy


@lru_cache(maxsize=256)
def _address(base: str, path: str, query: tuple[tuple[str, str], ...]) -> str:
    """As text, of which aiohttp makes an URL once."""
    return f"{base}{path}?{urlencode(query, quote_via=quote)}" if query else base + path


@lru_cache(maxsize=16)
def _within(seconds: float) -> aiohttp.ClientTimeout:
    """Mostly the source's own time limit."""
    return aiohttp.ClientTimeout(total=seconds)
