"""The bundled files of the pages, at /static: what has its hash in its name never changes."""

import re
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"
_HASHED = re.compile(r"-[A-Z0-9]{8}\.")


class Bundles(StaticFiles):
    """Says how long a file may be kept: for ever, or until somebody asks whether it is the same.

    Where the pages are not built there are none.
    """

    async def check_config(self) -> None:
        try:
            await super().check_config()
        except RuntimeError:
            raise HTTPException(404) from None

    async def get_response(self, path: str, scope: Any) -> Response:
        response = await super().get_response(path, scope)
        kept = "public, max-age=31536000, immutable" if _HASHED.search(path) else "no-cache"
        response.headers["Cache-Control"] = kept
        return response
