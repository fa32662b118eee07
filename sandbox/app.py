"""Puts the simulated providers and the control endpoint into one application.

Each provider is under its name: Yume's list is at /yume/v1/billing/invoices/.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount

from sandbox import goedgeplaatst, life_pay, smartpay, yandex_ofd, yume
from sandbox.control import Control, Simulation
from sandbox.upstream import Scenario, Upstream

SEED = 1494  # the year Pacioli printed his book
LARGEST_BODY = 1_000_000
PROVIDERS: dict[str, Callable[[Scenario], Upstream]] = {
    "goedgeplaatst": goedgeplaatst.simulate,
    "life_pay": life_pay.simulate,
    "smartpay": smartpay.simulate,
    "yandex_ofd": yandex_ofd.simulate,
    "yume": yume.simulate,
}


def create_app(scale: int = 1, seed: int = SEED, now: datetime | None = None) -> Starlette:
    """The sandbox with `scale` times the usual rows; with `now` its clock stands still there."""
    if scale < 1:
        raise ValueError(f"The scale must be 1 or more, not {scale}")
    if now is not None and now.tzinfo is None:
        raise ValueError("The time given as now must have a zone")
    scenario = Scenario(scale, seed, lambda: now or datetime.now(UTC))
    simulations = {name: Simulation(simulate(scenario)) for name, simulate in PROVIDERS.items()}
    mounts = [Mount(f"/{name}", simulation.journal) for name, simulation in simulations.items()]
    return Starlette(
        routes=[*Control(simulations).routes, *mounts],
        exception_handlers={HTTPException: _refuse},
        max_body_size=LARGEST_BODY,
    )


async def _refuse(request: Request, error: Exception) -> Response:
    refused = cast(HTTPException, error)  # the only error that this is registered for
    return JSONResponse({"error": refused.detail}, refused.status_code, refused.headers)
