"""The order of what requests pass: the parts have their own tests."""

from server.authentication import Door
from server.middleware import at_the_graph, everywhere


def names(layers: object) -> list[str]:
    return [layer.cls.__name__ for layer in layers]  # type: ignore[attr-defined]


def test_from_the_outside_in() -> None:
    assert names(everywhere(Door(None))) == ["AuthenticationMiddleware"]
    assert names(at_the_graph()) == ["CallersOnly"]
