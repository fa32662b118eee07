"""GraphiQL in a browser: it runs what it offers, offline, under the page's own strict policy."""

import pytest

from server.static_files import STATIC
from tests.conftest import Whole
from tests.frontend.programs import HERE, leave_out, needed, output

PICTURES = HERE / "pictures"
TABS = [
    "NewestInvoices",
    "NextPage",
    "FailedPayments",
    "SalesOfAMonth",
    "RunningExports",
    "WatchExport",
    "WhoIsDown",
    "Explain",
]


@pytest.fixture
def browser() -> str:
    return needed("chromium", "chromium-browser", "google-chrome")


def test_a_person_works_with_it(own_whole: Whole, browser: str) -> None:
    if not (STATIC / "graphiql.js").exists():
        leave_out("GraphiQL is not built (make setup)")
    PICTURES.mkdir(exist_ok=True)
    export_id = own_whole.export(status="InProgress", progress=11)
    address = own_whole.address_of(export_id)
    seen = output(
        "graphiql.mjs",
        url=f"{own_whole.graph.address}/graphql",
        browser=browser,
        pictures=str(PICTURES),
        exportId=export_id,
        move=[
            (11, (address, {"status": "InProgress", "progress": 64})),
            (64, (address, {"status": "Completed", "progress": 100})),
            (100, None),
        ],
    )
    assert seen == [
        {"tabs": TABS},
        {"shown": ["answer", "documentation", "explorer"]},
        {"progress": 11},
        {"progress": 64},
        {"progress": 100},
        {"complaints": [], "elsewhere": []},
    ]
