"""The control endpoint: sets faults, adds and removes rows, shows what was asked.

GET /control · PUT, DELETE /control/faults/{provider} · GET, DELETE
/control/requests/{provider} · POST /control/{provider}/{rows} · PATCH, DELETE
/control/{provider}/{rows}/{id}. A refusal is JSON with an `error` in plain words.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.faults import FIELDS, Fault, Faults
from sandbox.journal import Journal
from sandbox.upstream import ChangeableRows, Rows, Upstream


class Simulation:
    """One upstream with what the control endpoint turns: its rows, faults and journal.

    The journal is the outermost layer, so it has also what a fault answers.
    """

    def __init__(self, upstream: Upstream) -> None:
        self.rows = upstream.rows
        self.refuses_in_200 = upstream.refuses_in_200
        self.faults = Faults(upstream.app, upstream.refusal)
        self.journal = Journal(self.faults)


class Control:
    """Answers the requests to /control."""

    def __init__(self, simulations: Mapping[str, Simulation]) -> None:
        self._simulations = simulations

    @property
    def routes(self) -> list[Route]:
        """The paths; `/control/faults` and `/control/requests` go before any provider's."""
        return [
            Route("/control", self.overview),
            Route("/control/faults/{provider}", self.set_fault, methods=["PUT"]),
            Route("/control/faults/{provider}", self.clear_fault, methods=["DELETE"]),
            Route("/control/requests/{provider}", self.show_requests),
            Route("/control/requests/{provider}", self.clear_requests, methods=["DELETE"]),
            Route("/control/{provider}/{rows}", self.insert_row, methods=["POST"]),
            Route("/control/{provider}/{rows}/{row_id}", self.change_row, methods=["PATCH"]),
            Route("/control/{provider}/{rows}/{row_id}", self.remove_row, methods=["DELETE"]),
        ]

    async def overview(self, request: Request) -> Response:
        """The present fault and the number of requests of each provider."""
        known = self._simulations.items()
        return JSONResponse(
            {
                "faults": {name: _shown(simulation.faults.present) for name, simulation in known},
                "requests": {name: simulation.journal.count for name, simulation in known},
            }
        )

    async def set_fault(self, request: Request) -> Response:
        """Make the provider misbehave."""
        simulation = self._simulation(request)
        try:
            fault = msgspec.json.decode(await request.body(), type=Fault)
        except msgspec.DecodeError as error:
            return JSONResponse(
                {"error": f"This is not a fault: {error}.", "a_fault_may_have": FIELDS}, 400
            )
        if fault.refused and not simulation.refuses_in_200:
            raise HTTPException(400, "This provider has no refusals inside a 200.")
        simulation.faults.set(fault)
        return JSONResponse(_shown(fault))

    async def clear_fault(self, request: Request) -> Response:
        """Make the provider behave well again."""
        self._simulation(request).faults.set(None)
        return Response(status_code=204)

    async def show_requests(self, request: Request) -> Response:
        """How many requests the provider had, and the latest of them, oldest first."""
        journal = self._simulation(request).journal
        return JSONResponse({"count": journal.count, "requests": list(journal.requests)})

    async def clear_requests(self, request: Request) -> Response:
        """Count from zero."""
        self._simulation(request).journal.clear()
        return Response(status_code=204)

    async def insert_row(self, request: Request) -> Response:
        """Add a row as of now; a JSON object in the body replaces fields of it."""
        rows = self._rows(request)
        with _row_expected():
            row = rows.insert(_fields(await request.body()))
        return JSONResponse(row, 201)

    async def change_row(self, request: Request) -> Response:
        """Replace fields of a row by those in the body, where the provider's rows allow it."""
        rows, row_id = self._rows(request), request.path_params["row_id"]
        if not isinstance(rows, ChangeableRows):
            raise HTTPException(405, "These rows cannot be changed, only added and removed.")
        with _row_expected():
            row = rows.change(row_id, _fields(await request.body()))
        if row is None:
            raise HTTPException(404, f"There is no row {row_id}.")
        return JSONResponse(row)

    async def remove_row(self, request: Request) -> Response:
        """Take one row away."""
        row_id = request.path_params["row_id"]
        if not self._rows(request).remove(row_id):
            raise HTTPException(404, f"There is no row {row_id}.")
        return Response(status_code=204)

    def _simulation(self, request: Request) -> Simulation:
        name = request.path_params["provider"]
        if name not in self._simulations:
            known = ", ".join(sorted(self._simulations))
            raise HTTPException(404, f"There is no provider {name}. Known are: {known}.")
        return self._simulations[name]

    def _rows(self, request: Request) -> Rows:
        rows = self._simulation(request).rows
        name = request.path_params["rows"]
        if name not in rows:
            known = ", ".join(sorted(rows))
            raise HTTPException(404, f"This provider has no {name} to change. It has: {known}.")
        return rows[name]


@contextmanager
def _row_expected() -> Iterator[None]:
    try:
        yield
    except ValueError as error:  # msgspec's errors are ValueErrors too
        raise HTTPException(400, f"This is not a row: {error}.") from error


def _fields(body: bytes) -> dict[str, object]:
    return msgspec.json.decode(body or b"{}", type=dict[str, object])


def _shown(fault: Fault | None) -> object:
    return msgspec.to_builtins(fault)
