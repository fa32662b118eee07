"""How long browsers may keep the files of the pages."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from server.static_files import Bundles
from tests.conftest import PLAIN, Stages

FOR_EVER = "public, max-age=31536000, immutable"
ASK = "no-cache"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("main-JPHZNTM4.js", FOR_EVER),
        ("main-JPHZNTM4.js.LEGAL.txt", FOR_EVER),
        ("graphiql.js", ASK),
        ("graphiql-plugin.js", ASK),
    ],
)
def test_a_name_with_a_hash_never_means_another_file(
    stages: Stages, tmp_path: Path, name: str, kept: str
) -> None:
    (tmp_path / name).write_text("// nothing")
    app = Starlette(routes=[Mount("/", Bundles(directory=tmp_path))])
    with stages.show(app) as address, httpx.Client(base_url=address, **PLAIN) as http:
        response = http.get(name)
        assert response.headers["cache-control"] == kept
        again = http.get(name, headers={"If-None-Match": response.headers["etag"]})
        assert again.status_code == 304
        assert again.headers["cache-control"] == kept
        assert "cache-control" not in http.get(f"missing-{name}").headers
