"""The order of what requests pass: the parts have their own tests."""

from server.authentication import Door
from server.middleware import at_the_graph, everywhere
from server.settings import AuthSettings, Limits, ServerSettings, Settings


def names(layers: object) -> list[str]:
    return [layer.cls.__name__ for layer in layers]  # type: ignore[attr-defined]


def test_from_the_outside_in() -> None:
    server = ServerSettings(cors_origins=("https://a.example",))
    open_door = Settings(server=server)
    locked = Settings(auth=AuthSettings())
    assert names(everywhere(open_door, Door(None))) == [
        *("SecurityHeaders", "CORSMiddleware", "LoopbackNames", "AuthenticationMiddleware")
    ]
    assert names(everywhere(locked, Door(None))) == ["SecurityHeaders", "AuthenticationMiddleware"]


def test_around_the_graph() -> None:
    limited = ServerSettings(limits=Limits(operations_per_minute=5))
    assert names(at_the_graph(ServerSettings(), None)) == ["OwnSiteReads", "CallersOnly"]
    assert names(at_the_graph(limited, None))[2:] == ["RateLimited"]
