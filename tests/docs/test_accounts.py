"""The pages of the providers say what their code does."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from providers import REGISTRY
from providers.base import Account, Listing, Provider
from providers.paginators import Offset, PageNumber
from providers.queries import EVERYTHING
from providers.wire import Request
from server.configuration import parse
from tests.docs.pages import ROOT, blocks
from tests.docs.reading import Environment

ACCOUNTS = ROOT / "docs" / "accounts"
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
HERE = "here"
NOWHERE = "matches none of its rows, without a call"
PROVIDER, SEVERAL = "the provider", "the provider, one request a status"
PARTLY = "the provider roughly, the rest here"
ALWAYS = {"start", "end", "interval", "orders", "by_update", "direction"}  # these are no filters

provider = pytest.mark.parametrize("provider", REGISTRY.values(), ids=list(REGISTRY))


def page(provider: Provider) -> str:
    return (ACCOUNTS / f"{provider.name}.md").read_text("utf-8")


def rows(text: str, heading: str) -> Mapping[str, tuple[str, ...]]:
    """A table of a page by its first column."""
    table = re.search(
        rf"^\| {re.escape(heading)} \|.*\n\|[ -|]+\n((?:\|.*\n)+)", text, re.MULTILINE
    )
    assert table is not None, heading
    lines = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()
    )
    return {cells[0].strip("`"): tuple(cells[1:]) for cells in lines}


def account(provider: Provider) -> Account:
    """One as the page of the provider configures it."""
    block = next(
        block for block in blocks(ACCOUNTS / f"{provider.name}.md") if block.language == "toml"
    )
    (source,) = parse(block.text, ACCOUNTS / "pacioli.toml", Environment()).sources
    return Account(source.name, source.credentials, source.time_zone)


@provider
def test_the_page_configures_an_account_of_the_provider(provider: Provider) -> None:
    (table,) = tomllib.loads(
        next(
            block.text
            for block in blocks(ACCOUNTS / f"{provider.name}.md")
            if block.language == "toml"
        )
    )["sources"]
    assert table["provider"] == provider.name


@provider
def test_the_page_names_each_credential(provider: Provider) -> None:
    told = set(
        re.findall(r"`([a-z_]+)`", " ".join(re.findall(r"^\|.*?\|", page(provider), re.MULTILINE)))
    )
    assert {field.encode_name for field in msgspec.structs.fields(provider.credentials)} <= told
    assert provider.base_url is None or f"`{provider.base_url}`" in page(provider)


@provider
def test_the_page_tells_how_it_is_asked(provider: Provider) -> None:
    told = rows(page(provider), "list")
    assert {kind: told[kind] for kind in provider.listings} == dict(asked(provider))
    assert told.keys() == provider.listings.keys()


def asked(provider: Provider) -> Iterator[tuple[str, tuple[str, ...]]]:
    for kind, listing in provider.listings.items():
        (lane,) = listing.plan(EVERYTHING[kind](NOW), account(provider)).lanes
        path = re.sub(r"/orgs/[^/]+/", "/orgs/…/", lane.path)
        order = "on request" if listing.sorts else "as configured"
        by_id = "a request of its own" if listing.single else "in a list, narrowed by the id's hint"
        yield kind, (f"`{lane.method} {path}`", paging(listing), order, by_id)


def paging(listing: Listing) -> str:
    paginator = listing.paginator
    if isinstance(paginator, PageNumber):
        return f"`{paginator.number}` from {paginator.first}, `{paginator.size}`"
    if isinstance(paginator, Offset):
        return f"`{paginator.offset}` and `{paginator.limit}`"
    return f"by `{paginator.token}`, of its own size"  # type: ignore[attr-defined]


LISTS = [(each, kind) for each in REGISTRY.values() for kind in each.listings]


@pytest.mark.parametrize(
    ("provider", "kind"), LISTS, ids=[f"{each.name} {kind}" for each, kind in LISTS]
)
def test_the_page_tells_who_applies_which_filter(provider: Provider, kind: str) -> None:
    assert {
        name: who for name, (who,) in rows(page(provider), f"filter of {kind}").items()
    } == dict(filters(provider, kind))


def filters(provider: Provider, kind: str) -> Iterator[tuple[str, str]]:
    everything, one = EVERYTHING[kind](NOW), account(provider)
    listing = provider.listings[kind]
    (whole,) = listing.plan(everything, one).lanes
    for name, hint in get_type_hints(type(everything)).items():
        if name in ALWAYS:
            continue
        query = replace(everything, **{name: sample(hint, name)})
        plan = listing.plan(query, one)
        yield camel(name), who_applies(name, plan.lanes, plan.applied, whole)


def who_applies(
    name: str, lanes: tuple[Request, ...], applied: frozenset[str], whole: Request
) -> str:
    if not lanes:
        return NOWHERE
    if name in applied:
        return SEVERAL if len(lanes) > 1 else PROVIDER
    return HERE if lanes == (whole,) else PARTLY


def sample(hint: Any, name: str) -> Any:
    """A value that restricts a query: of words two that the provider may know."""
    kinds = {kind for kind in get_args(hint) if kind is not type(None)} or {hint}
    kind = kinds.pop()
    inner = get_args(kind)
    if inner and isinstance(inner[0], type) and issubclass(inner[0], Enum):
        return frozenset(list(inner[0])[2:4])
    if inner:
        return frozenset({"EUR" if name == "currencies" else "1"})
    return {datetime: NOW, Decimal: Decimal("10.50"), str: "1234"}[kind]


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def test_every_provider_has_a_page_and_is_in_the_index() -> None:
    pages = {each.stem for each in ACCOUNTS.glob("*.md")} - {"README"}
    index = (ACCOUNTS / "README.md").read_text("utf-8")
    assert pages == REGISTRY.keys()
    assert all(f"({name}.md)" in index for name in pages)
