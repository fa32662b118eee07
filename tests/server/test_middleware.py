"""The order of what requests pass: the parts have their own tests."""

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from server.authentication import Door
from server.middleware import Ahead, at_the_graph, everywhere
from server.rate_limits import Rates
from server.settings import AuthSettings, ServerSettings, Settings
from server.telemetry.metrics import Metrics
from server.telemetry.watching import Telemetry


def names(layers: object) -> list[str]:
    return [layer.cls.__name__ for layer in layers]  # type: ignore[attr-defined]


def test_from_the_outside_in() -> None:
    server = ServerSettings(cors_origins=("https://a.example",))
    open_door = Settings(server=server)
    locked = Settings(auth=AuthSettings())
    watched, unwatched = Telemetry(Metrics()), Telemetry()
    assert names(everywhere(open_door, Door(None), watched)) == [
        *("SecurityHeaders", "CORSMiddleware", "Masked", "Watched", "LoopbackNames"),
        "AuthenticationMiddleware",
    ]
    assert names(everywhere(locked, Door(None), unwatched)) == [
        *("SecurityHeaders", "Masked", "AuthenticationMiddleware")
    ]


def test_around_the_graph() -> None:
    settings = ServerSettings()
    assert names(at_the_graph(settings, None)) == ["OwnSiteReads", "CallersOnly"]
    assert names(at_the_graph(settings, Rates(5)))[2:] == ["RateLimited"]


async def test_a_path_ahead_of_all_routes() -> None:
    came: list[str] = []

    def layer(app: ASGIApp, name: str) -> ASGIApp:
        async def pass_on(scope: Scope, receive: Receive, send: Send) -> None:
            came.append(name)
            if app is not None:
                await app(scope, receive, send)

        return pass_on

    outer, inner = (Middleware(layer, name=name) for name in ("outer", "inner"))
    others, own = layer(None, "others"), layer(None, "own")  # type: ignore[arg-type]
    ahead = Ahead(others, "/graphql", own, [outer, inner])
    scopes = [{"type": kind, "path": "/graphql"} for kind in ("http", "websocket")]
    for scope in (*scopes, {"type": "http", "path": "/graphql/"}, {"type": "lifespan"}):
        await ahead(scope, None, None)  # type: ignore[arg-type]
    assert came == [*["outer", "inner", "own"] * 2, "others", "others"]
