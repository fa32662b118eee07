"""LIFE PAY: the tasks that export revenue reports, with pages by opaque tokens.

Its oddities, kept on purpose: headers that name the client are required; a page has 20 tasks
whatever is asked; a token goes only with the filters and the order it was made for, and the
end is a null, an empty or an absent one; totals are at times 0 or absent; an empty page is
null; every refusal has the same shape.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime, time
from hashlib import blake2b
from random import Random
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from sandbox.export_tasks import Listed, Tasks
from sandbox.exports import ORG_GUID
from sandbox.upstream import Row, Scenario, Upstream, json_response

# No secrets: they open nothing but this sandbox.
API_KEY = "sandbox-life-pay-key"
TOKEN = "sandbox-life-pay-token"  # noqa: S105
LIST = "/orgs/{org_guid}/async/exports/revenuereports"
PAGE_SIZE = 20
CLIENT_TYPES = ("Unknown", "App", "WebApp", "Service", "Android")
REQUIRED = ("X-LP-Client-Identifier", "X-LP-Client-Type", "Accept-Language")
LEFT_OUT_OF_COMPACT = {"parameters", "resolutions", "organization", "meta", "meta_data"}
ENDS: tuple[Row, ...] = ({"next_page_token": None}, {"next_page_token": ""}, {})
SEAL = 9  # bytes
REFUSALS = {  # of each status: the code, and the message in Russian and in English
    400: ("BadRequest", "Некорректный запрос", "Bad request"),
    401: ("Unauthorized", "Требуется авторизация", "Authorization is required"),
    403: ("NoPermissions", "Недостаточно прав", "Not enough permissions"),
    404: ("NotFound", "Объект не найден", "The object is not found"),
    405: ("NotAllowed", "Метод не поддерживается", "The method is not allowed"),
    422: ("RequestIsNotValid", "Запрос не прошёл проверку", "The request is not valid"),
    429: ("TooManyRequests", "Слишком много запросов", "Too many requests"),
}
FAILURE = ("InternalServerError", "Внутренняя ошибка сервера", "Internal server error")

EARLIEST = datetime.combine(date.min, time.min, UTC)
LATEST = datetime.combine(date.max, time.max, UTC)
Instant = Annotated[datetime, Meta(tz=True)]
Status = Literal["InQueue", "InProgress", "WaitingForFeedback", "Completed", "Canceled"]


class Asked(msgspec.Struct, frozen=True):
    """The query of a request; all bounds are inclusive."""

    page_token: str = ""
    presentation: Literal["compact", "full"] = "full"
    created_from: Instant = EARLIEST
    created_to: Instant = LATEST
    updated_from: Instant = EARLIEST
    updated_to: Instant = LATEST
    order_by: Literal["created_at_asc", "created_at_desc", "updated_at_asc", "updated_at_desc"] = (
        "created_at_desc"
    )
    task_status: frozenset[Status] = frozenset()

    @property
    def fingerprint(self) -> bytes:
        """What a token is bound to."""
        bounds = (self.created_from, self.created_to, self.updated_from, self.updated_to)
        instants = [bound.astimezone(UTC) for bound in bounds]
        return msgspec.json.encode([self.order_by, instants, sorted(self.task_status)])

    def has(self, task: Listed) -> bool:
        """Whether the task is asked for."""
        return (
            self.created_from <= task.created <= self.created_to
            and self.updated_from <= task.updated <= self.updated_to
            and (not self.task_status or task.row["status"] in self.task_status)
        )

    def place(self, task: Listed) -> tuple[datetime, int]:
        """What the task is sorted by; those of one moment are in the order of their making."""
        by_creation = self.order_by.startswith("created")
        return (task.created if by_creation else task.updated, task.number)

    def is_after(self, task: Listed, position: "Position") -> bool:
        """Whether the task comes after the position."""
        place, last = self.place(task), (position.moment, position.number)
        return place < last if self.order_by.endswith("desc") else place > last


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page begins: its number, and the place of the last task before it."""

    page: int
    moment: datetime
    number: int

    def token(self, asked: Asked, seed: int) -> str:
        """The position as callers get it."""
        position = msgspec.json.encode(self)
        seal = blake2b(asked.fingerprint + position, digest_size=SEAL, key=str(seed).encode())
        return urlsafe_b64encode(seal.digest() + position).decode().rstrip("=")

    @staticmethod
    def read(asked: Asked, seed: int) -> "Position | None":
        """The position in a token, which must be one of ours and for these filters."""
        if not asked.page_token:
            return None
        try:
            text = urlsafe_b64decode(asked.page_token + "=" * (-len(asked.page_token) % 4))
            position = msgspec.json.decode(text[SEAL:], type=Position)
        except ValueError as error:
            raise ValueError("page_token is not known") from error
        if position.token(asked, seed) != asked.page_token:
            raise ValueError("page_token is not known, or belongs to other filters")
        return position


def simulate(scenario: Scenario) -> Upstream:
    """The upstream and its tasks."""
    tasks = Tasks(scenario)
    router = Router([Route(LIST, View(tasks, scenario))], redirect_slashes=False, default=_nowhere)
    return Upstream(router, refusal, {"tasks": tasks})


def refusal(
    status: int, retry_after: int | None = None, info: str | None = None, language: str = "ru"
) -> Response:
    """What is said with this status; `info` says what it is about."""
    code, russian, english = REFUSALS.get(status, FAILURE)
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    message = english if language.lower().startswith("en") else russian
    return json_response({"code": code, "message": message, "info": info}, status, headers)


async def _nowhere(scope: AsgiScope, receive: Receive, send: Send) -> None:
    await refusal(404)(scope, receive, send)


class View:
    """Answers GET: the credentials are looked at first, then the organisation, then the rest."""

    def __init__(self, tasks: Tasks, scenario: Scenario) -> None:
        self._tasks = tasks
        self._scenario = scenario

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await self._answer(request)(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        language = request.headers.get("Accept-Language", "")
        if request.method != "GET":
            return refusal(405, language=language)
        if not _authorized(request):
            return refusal(401, language=language)
        if request.path_params["org_guid"].lower() != ORG_GUID:
            return refusal(404, info="org_guid", language=language)
        try:
            _check_headers(request)
            return json_response(self._page(_asked(request)))
        except (ValueError, OverflowError) as error:  # msgspec's errors are ValueErrors too
            return refusal(422, info=str(error), language=language)

    def _page(self, asked: Asked) -> Row:
        tasks = sorted(filter(asked.has, self._tasks.present()), key=asked.place)
        if asked.order_by.endswith("desc"):
            tasks.reverse()
        start = Position.read(asked, self._scenario.seed)
        rest = [task for task in tasks if start is None or asked.is_after(task, start)]
        page = start.page if start else 1
        draw = self._scenario.draw("life_pay", asked.fingerprint, page)
        body: Row = {"items": [_shown(task.row, asked) for task in rest[:PAGE_SIZE]] or None}
        if len(rest) > PAGE_SIZE:
            following = Position(page + 1, *asked.place(rest[PAGE_SIZE - 1]))
            body["next_page_token"] = following.token(asked, self._scenario.seed)
        else:
            body |= draw.choice(ENDS)
        body |= {"page_number": page, "items_per_page": PAGE_SIZE, "type_of": "ExportTaskList"}
        return body | _totals(len(tasks), draw)


def _authorized(request: Request) -> bool:
    given = request.headers.get("Authorization", "").strip()
    scheme, _, token = given.partition(" ")
    return given == API_KEY or (scheme.lower() == "bearer" and token.strip() == TOKEN)


def _check_headers(request: Request) -> None:
    missing = [name for name in REQUIRED if not request.headers.get(name, "").strip()]
    if missing:
        raise ValueError(f"Header {missing[0]} is required")
    if request.headers["X-LP-Client-Type"] not in CLIENT_TYPES:
        raise ValueError(f"Header X-LP-Client-Type must be one of {', '.join(CLIENT_TYPES)}")


def _asked(request: Request) -> Asked:
    """An empty parameter is as good as none."""
    given: Row = {name: value for name, value in request.query_params.items() if value}
    statuses = [status for status in request.query_params.getlist("task_status") if status]
    return msgspec.convert(given | {"task_status": statuses}, Asked)


def _shown(row: Row, asked: Asked) -> Row:
    if asked.presentation == "full":
        return row
    return {key: value for key, value in row.items() if key not in LEFT_OUT_OF_COMPACT}


def _totals(count: int, draw: Random) -> Row:
    """The totals as stated: truly, as 0, or not at all."""
    stated: Row = {"items_total": count, "pages_total": -(-count // PAGE_SIZE)}
    unstated: tuple[Row, Row] = ({"items_total": 0, "pages_total": 0}, {})
    return draw.choice((stated, *unstated))
