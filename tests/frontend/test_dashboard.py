"""The dashboard in a browser: what people do with it, on the sandbox, under its strict policy."""

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from sandbox.app import create_app as create_sandbox
from sandbox.configuration import toml
from server.api_keys import hashed
from server.app import create_app
from server.configuration import parse
from server.static_files import STATIC
from tests.conftest import NOW, PLAIN, Graph, Stages, Whole, served_graph
from tests.frontend.programs import HERE, leave_out, needed, output

PICTURES = HERE / "pictures"
ROOT = HERE.parents[1]
QUIET: Mapping[str, Sequence[str]] = {"complaints": [], "elsewhere": []}
LARGEST_BUNDLE = 300_000
KEY = "a key that is long enough for anybody to believe in"
AUTH = f"""
[[auth.api_keys]]
name = "reporting"
hash = "{hashed(KEY)}"
sources = ["*"]
"""


@pytest.fixture(scope="module")
def built() -> None:
    """Leaves out what needs the bundle where it could not be built."""
    if not (STATIC / "dashboard.html").exists():
        leave_out("The pages are not built (make setup)")


@pytest.fixture(scope="module")
def browser(built: None) -> str:
    PICTURES.mkdir(exist_ok=True)
    return needed("chromium", "chromium-browser", "google-chrome")


def seen(script: str, served: Whole, browser: str, **options: Any) -> Sequence[Mapping[str, Any]]:
    """What a scenario saw, step by step."""
    return output(
        f"dashboard/{script}.mjs",
        url=f"{served.graph.address}/dashboard",
        control=f"{served.sandbox.base_url}/control",
        browser=browser,
        now=NOW.isoformat(),
        pictures=str(PICTURES),
        **options,
    )


def joined(steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All that was seen, by its name; a name is used once."""
    named = {name: value for step in steps for name, value in step.items()}
    assert len(named) == sum(map(len, steps))
    return named


def walked(graph: Graph, field: str, arguments: str, most: int) -> list[str]:
    """The ids of a list, page by page."""
    found: list[str] = []
    after = "null"
    while len(found) < most:
        asked = f"{field}(first: 90, after: {after}, {arguments})"
        page = graph.data(
            f"{{ {asked} {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )
        page = page[field]
        found += [node["id"] for node in page["nodes"]]
        after = json.dumps(page["pageInfo"]["endCursor"])
        if not page["pageInfo"]["hasNextPage"]:
            break
    return found[:most]


# The reader of the scenarios is in Amsterdam, on the 20th of November.
OCTOBER = 'from: "2026-10-01T00:00:00+02:00", to: "2026-11-01T00:00:00+01:00"'
WEEK = 'createdFrom: "2026-11-14T00:00:00+01:00", createdTo: "2026-11-21T00:00:00+01:00"'


def test_what_is_shown_is_what_the_graph_says(whole: Whole, browser: str) -> None:
    steps = seen("looking", whole, browser)
    assert steps[-1] == QUIET
    first, days, months, back, newest, filtered, before, wrong, payments, empty, none = steps[:-1]
    query = f"""{{ salesAggregates(first: 100, filter: {{{OCTOBER}}}) {{
        nodes {{ id }}
        summary {{
          income {{ total {{ amount }} }}
          incomeReturn {{ total {{ amount }} }}
          incomeAverage {{ amount }}
        }}
    }} }}"""
    sales = whole.graph.data(query)["salesAggregates"]
    (total,) = sales["summary"]
    amounts = (total["income"]["total"], total["incomeReturn"]["total"], total["incomeAverage"])
    assert first == {"cards": [money["amount"] for money in amounts]}
    assert days == {"days": len(sales["nodes"])}
    assert months == {
        "months": ["Oct 2026"],
        "asked": "#/sales?period=last+month&by=MONTH",
    }
    assert back == {"back": "#/sales?period=last+month"}

    assert newest == {"ids": walked(whole.graph, "invoices", "filter: {}", 200)}
    chosen = 'sources: ["sber-main"], statuses: [REFUNDED]'
    rich = walked(whole.graph, "invoices", f'filter: {{{chosen}, totalFrom: "1500.45"}}', 10_000)
    assert rich
    assert filtered["filtered"] == rich
    assert filtered["asked"].endswith("?status=REFUNDED&source=sber-main&least=1500.45")
    all_ = walked(whole.graph, "invoices", f"filter: {{{chosen}}}", 10_000)
    assert before == {
        "before": len(all_),
        "asked": "#/invoices?status=REFUNDED&source=sber-main",
    }
    assert wrong == {"wrong": 1}
    assert empty == {"empty": 0}
    assert none == {"none": "Nothing matches these filters."}
    paid = f"filter: {{statuses: [PAID], {WEEK}}}"
    assert payments == {"payments": walked(whole.graph, "payments", paid, 10_000)}


def test_a_source_goes_down_and_comes_back(own_whole: Whole, browser: str) -> None:
    everything = walked(own_whole.graph, "invoices", f"filter: {{{WEEK}}}", 10_000)
    others = f'filter: {{{WEEK}, sources: ["sber-main"]}}'
    remaining = walked(own_whole.graph, "invoices", others, 10_000)
    assert remaining
    assert len(remaining) < len(everything)

    steps = seen("failing", own_whole, browser)
    assert steps[-1] == QUIET
    told = joined(steps[:-1])
    assert told["without"] == remaining
    assert "yume-rental does not answer" in told["said"]
    assert "UPSTREAM_UNAVAILABLE" in told["said"]
    assert told["account"] == ["UPSTREAM_UNAVAILABLE", "HTTP 503"]
    assert told["unwell"].startswith("1")
    assert "sber-main and yume-rental did not answer" in told["failure"]
    assert sorted(told["within"]) == sorted(everything)
    (recalled,) = told["recalled"]
    assert "yume-rental did not answer for a while" in recalled
    assert "ofd-shops did not answer" in told["sales"]
    assert told["recovered"] == 4


def test_a_task_ticks_to_its_end(own_whole: Whole, browser: str) -> None:
    export_id = own_whole.export(status="InProgress", progress=11)
    moves = [
        (11, {"status": "InProgress", "progress": 64}),
        (64, {"status": "Completed", "progress": 100}),
        (100, None),
    ]
    address = own_whole.address_of(export_id)
    steps = seen("exporting", own_whole, browser, exportId=export_id, address=address, moves=moves)
    assert steps == [
        {"status": "In progress", "bar": "11"},
        {"status": "In progress", "bar": "64"},
        {"status": "Completed", "bar": "100"},
        QUIET,
    ]


def test_a_row_is_opened_by_keyboard_alone(whole: Whole, browser: str) -> None:
    assert seen("opening", whole, browser) == [
        {"skipped": "main"},
        {"focused": True},
        {"raw": True},
        {"returned": True},
        {"linked": 1, "address": "#/payments"},
        QUIET,
    ]


def test_the_start_page_leads_to_it(whole: Whole, browser: str) -> None:
    assert seen("starting", whole, browser) == [{"styled": "640px"}, QUIET]


def test_the_focus_and_the_way_back_are_kept(own_whole: Whole, browser: str) -> None:
    steps = seen("returning", own_whole, browser)
    assert steps == [
        {"closed": [True, True]},
        {"again": False},
        {"linked": [True, True, True]},
        {"back": "#/sources"},
        {"refreshed": "Refresh"},
        {"begun": ["#/payments?period=7+days", "main"]},
        {"asked": "end"},
        {"tried": "main"},
        QUIET,
    ]


def test_what_is_missing_is_said_and_nothing_is_read_into_text(whole: Whole, browser: str) -> None:
    steps = seen("telling", whole, browser)
    assert steps[-1] == QUIET
    told = joined(steps[:-1])
    assert told["said"].startswith("two did not answer at first")
    assert told["income"] == "1.00"
    assert told["starts"] == ["1 Nov 2026", "2 Nov 2026"]
    assert told["whole"] == "3.00"
    assert told["refreshed"] == "1.00"
    assert "Total of 1 row: This is no amount." in told["flaws"]
    assert told["unread"] == "It could not be read."
    assert told["shown"] == {
        "Description": "2026-13-45",
        "Number": "2026-11-05",
        "Provider status": "2026-11-05T10:00:00Z",
        "Tenant ID": "2026-11-05",
        "Captured at": "5 Nov 2026, 11:00",
        "Extra": '{\n  "amount": 5,\n  "currency": "RUB"\n}',
        "Price": "RUB\xa07.50",
    }
    assert told["raw"] == '{\n  "id": 9007199254740993,\n  "sum": 0.10,\n  "text": "0.10"\n}'


def test_filters_mean_what_is_typed(whole: Whole, browser: str) -> None:
    steps = seen("typing", whole, browser)
    assert steps[-1] == QUIET
    told = joined(steps[:-1])
    assert "1500 or 1,500" in told["unclear"]
    assert told["kept"] == "1500"
    assert told["shown"] == "1500,5"
    assert told["typing"] == ["2026-11-01..2026-11-10"]
    assert told["typed"] == "2025-05-05..2026-11-10"
    assert told["later"] == "The period ends before it begins."
    assert told["moved"] == 0
    assert told["period"] == "2025-05-05..2026-11-10"
    assert "2026-02-30..2026-13-45" in told["impossible"]


def test_nobody_is_left_with_nothing(own_whole: Whole, browser: str) -> None:
    export_id = own_whole.export(status="InProgress", progress=11)
    steps = seen("keeping", own_whole, browser, exportId=export_id)
    assert steps[-1] == QUIET
    told = joined(steps[:-1])
    assert told["kept"].startswith("one")
    assert "Not now." in told["why"]
    assert told["gone"]
    assert told["cleared"] == "#/invoices"
    period, amount = told["unclear"]
    assert "someday" in period
    assert "abc" in amount
    assert told["day"] == 24
    assert told["reread"] == 0
    assert told["next"] == 24
    assert told["again"]


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(own_whole: Whole, browser: str, size: str, scheme: str) -> None:
    own_whole.export(status="InProgress", progress=42)
    *pages, last = seen("access", own_whole, browser, size=size, scheme=scheme)
    assert last == QUIET
    assert len(pages) == 7
    assert [page for page in pages if page["found"] or page["wide"]] == []


@pytest.mark.parametrize("width", [360, 640, 1280])
def test_everything_fits_the_screen(own_whole: Whole, browser: str, width: int) -> None:
    own_whole.export(status="InProgress", progress=42)
    *views, last = seen("fitting", own_whole, browser, width=width)
    assert last == QUIET
    assert len(views) == 5
    assert [
        view for view in views if any(what for name, what in view.items() if name != "view")
    ] == []


def test_forced_colours_leave_what_colours_told(own_whole: Whole, browser: str) -> None:
    own_whole.export(status="InProgress", progress=42)
    assert seen("forced", own_whole, browser) == [
        {"tabs": True, "present": False},
        {"bars": ["solid"]},
        {"swatches": 6},
        QUIET,
    ]


class Guarded(NamedTuple):
    """A server that wants to know who asks, over a sandbox of its own."""

    whole: Whole
    export_id: str
    address: str


@pytest.fixture
def guarded(stages: Stages) -> Iterator[Guarded]:
    with (
        stages.show(create_sandbox(now=NOW)) as address,
        httpx.Client(base_url=address, **PLAIN) as sandbox,
    ):
        app = create_app(parse(f"{toml(address)}{AUTH}", Path("pacioli.toml"), {}))
        with served_graph(stages, app) as graph:
            graph.http.headers["Authorization"] = f"Bearer {KEY}"
            whole = Whole(graph, sandbox)
            export_id = whole.export(status="InProgress", progress=11)
            yield Guarded(whole, export_id, whole.address_of(export_id))


def test_who_is_asked_signs_in(guarded: Guarded, browser: str) -> None:
    whole, export_id, address = guarded
    steps = seen("signing-in", whole, browser, key=KEY, exportId=export_id, address=address)
    assert steps == [
        {"focused": True},
        {"live": True},
        {"withheld": ["Card expiry", "Cardholder", "Device info", "Masked pan"]},
        {"raw": "FORBIDDEN"},
        {"kept": False},
        {"refocused": True},
        {"forgotten": True},
        QUIET,
    ]


@pytest.mark.usefixtures("built")
def test_it_is_small() -> None:
    page = (STATIC / "dashboard.html").read_text("utf-8")
    files = re.findall(r'(?:src|href)="static/([^"]+)"', page)
    assert [Path(file).suffix for file in files] == [".svg", ".css", ".js"]
    assert sum(len(gzip.compress((STATIC / file).read_bytes())) for file in files) < LARGEST_BUNDLE


@pytest.mark.usefixtures("built")
def test_its_types_are_right() -> None:
    assert output("types.mjs") == []


@pytest.mark.usefixtures("built")
def test_its_logic_keeps_its_laws() -> None:
    told = output("units.mjs")
    assert len(told) > 20
    assert [test for test in told if not test["passed"]] == []


def test_its_page_shows_code_that_is_there() -> None:
    text = (ROOT / "docs" / "dashboard.md").read_text("utf-8")
    sources = [path.read_text("utf-8") for path in (ROOT / "pages" / "dashboard").rglob("*.ts")]
    blocks = re.findall(r"^```ts\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 2
    assert all(any(block in source for source in sources) for block in blocks)
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / "docs" / target).exists(), target


@pytest.mark.parametrize(
    "name", re.findall(r"docs/pictures/[\w-]+\.png", (ROOT / "README.md").read_text("utf-8"))
)
def test_pictures_are_small(name: str) -> None:
    assert 10_000 < (ROOT / name).stat().st_size < 200_000
