"""One run of a compiled operation: its errors, and the awaitables that it waits for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo, located_error
from graphql.execution import Executor
from graphql.execution.values import get_argument_values

from execution.guards import Guard
from execution.places import Complete, Indices, Place

_TURNS = 2
"""Of the event loop that an error takes in graphql-core to what is around its object: what goes
wrong beside it until then is told as well."""


class Pending:
    """A position that is filled when an awaitable is done."""

    __slots__ = ("abandoned", "at", "awaitable", "complete", "place", "started")

    def __init__(
        self, awaitable: Awaitable[Any], place: Place, at: Indices, complete: Complete
    ) -> None:
        self.awaitable, self.place, self.at, self.complete = awaitable, place, at, complete
        self.started = self.abandoned = False

    def beneath(self, place: Place, at: Indices) -> bool:
        depth = place.depth
        return place in self.place.line and self.at[:depth] == at[:depth]


class Run:
    """The state of one run; generated functions get it as `r`.

    All awaitables that are met on the way down are started together, so that a batch loader sees
    all keys of a level. Meanwhile their positions hold None. What an awaitable leads to is started
    as soon as it is done, not when its whole level is.
    """

    def __init__(self, executor: Executor[Any], root: Complete, plain: set[type]) -> None:
        self.executor, self._root, self.plain = executor, root, plain
        self.is_awaitable = executor.is_awaitable
        self._arguments: dict[Place, dict[str, Any]] = {}
        self._held: dict[Place, bool] = {}
        self._admitted: dict[Guard, bool] = {}
        self._queue: list[Pending] = []
        self._tasks: dict[Pending, asyncio.Task[None]] = {}
        self._idle: asyncio.Future[None] | None = None
        self._data: Any = None

    # ---------------------------------------------------------------- what generated code calls

    def info(self, place: Place, at: Indices) -> GraphQLResolveInfo[Any]:
        field = place.field
        return self.executor.build_resolve_info(
            field.definition, field.nodes, field.parent_type, place.field_path(at)
        )

    def arguments(self, place: Place) -> dict[str, Any]:
        """The arguments of a field, coerced anew: what gets them may change them."""
        definition, details, nodes, _ = place.field
        values, suggestions = self.executor.variable_values, self.executor.hide_suggestions
        scope = details[0].fragment_variable_values
        return get_argument_values(definition, nodes[0], values, scope, suggestions)

    def shared_arguments(
        self, place: Place, convert: Callable[[dict[str, Any]], dict[str, Any]] = dict
    ) -> dict[str, Any]:
        """The same, made once: for arguments that cannot be changed.

        Those that no variable has a part in are the same in all runs.
        """
        known = self._arguments if place.varies else place.arguments
        if place not in known:
            known[place] = convert(self.arguments(place))
        return known[place]

    def admits(self, guard: Guard) -> bool:
        """Whether a guard has nothing to refuse in this run."""
        if guard not in self._admitted:
            self._admitted[guard] = guard.admits(self.executor.context_value)
        return self._admitted[guard]

    def holds(
        self,
        when: Callable[..., bool],
        place: Place,
        convert: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> bool:
        """Whether a resolver, as called in this run, is what it says that it is in place."""
        if place not in self._held:
            try:
                arguments = self.shared_arguments(place, convert)
                self._held[place] = when(self.executor.context_value, **arguments)
            except Exception:  # noqa: BLE001 - the resolver will say the same, at its place
                self._held[place] = False
        return self._held[place]

    def fail(self, place: Place, cause: Exception, at: Indices) -> Any:
        """The null of a position that failed; raises the error to what is around what cannot be."""
        path = place.path(at)
        error = located_error(cause, place.field.nodes, path.as_list())
        if not place.nullable:
            raise error
        self._forget(place, at)
        self.executor.collected_errors.add(error, path)

    def later(
        self, awaitable: Awaitable[Any], place: Place, at: Indices, complete: Complete | None = None
    ) -> Any:
        """The null that stands in a position until the awaitable is done."""
        self._queue.append(Pending(awaitable, place, at, complete or place.complete))

    # ---------------------------------------------------------------- the run itself

    def start(self, source: Any) -> Any:
        """The result, or an awaitable of it if there is anything to wait for."""
        try:
            self._data = self._root(source, (), self)
        except GraphQLError as error:
            self._background(self._queue)
            self.executor.collected_errors.add(error, None)
        return self._finish() if self._queue else self._result()

    def _result(self) -> ExecutionResult:
        return self.executor.build_response(self._data)  # type: ignore[return-value]

    async def _finish(self) -> ExecutionResult:
        try:
            while len(self._queue) == 1:
                await self._settle(self._queue.pop())
            self._start_all()
            if self._tasks:
                self._idle = asyncio.get_running_loop().create_future()
                await self._idle
        except BaseException:
            await self._cancel()
            raise
        return self._result()

    def _start_all(self) -> None:
        queue, self._queue = self._queue, []
        for pending in queue:
            self._tasks[pending] = asyncio.create_task(self._follow(pending))

    async def _follow(self, pending: Pending) -> None:
        """Settles a pending position, and what that leads to."""
        try:
            await self._settle(pending)
            while len(self._queue) == 1:
                following = self._queue.pop()
                self._tasks[following] = self._tasks.pop(pending)
                pending = following
                await self._settle(pending)
            self._start_all()
        except asyncio.CancelledError:
            if not pending.abandoned and self._idle and not self._idle.done():
                self._idle.cancel()  # not by us: the whole run is given up, as in graphql-core
        finally:
            del self._tasks[pending]
            if not self._tasks and self._idle and not self._idle.done():
                self._idle.set_result(None)

    async def _settle(self, pending: Pending) -> None:
        place, at = pending.place, pending.at
        pending.started = True
        try:
            value = await pending.awaitable
            if type(value) not in self.plain and self.is_awaitable(value):
                completed = await self.executor.complete_value(*self._completion(place, at, value))
            else:
                completed = pending.complete(value, at, self)
        except Exception as error:  # noqa: BLE001 - whatever a resolver raises is its field's error
            if place.boundary is not place and len(self._within(place.boundary, at)) > 1:
                for _ in range(_TURNS):
                    await asyncio.sleep(0)
            self._fail_late(place, error, at)
        else:
            self._put(place, at, completed)

    def interpret(self, value: Any, place: Place, at: Indices) -> Any:
        """Completes a value of a kind that is too rare to be compiled, in graphql-core's way."""
        completed = self.executor.complete_value(*self._completion(place, at, value))
        if self.is_awaitable(completed):
            return self.later(completed, place, at, _as_it_is)
        return completed

    def _completion(self, place: Place, at: Indices, value: Any) -> tuple[Any, ...]:
        return place.type, place.field.details, self.info(place, at), place.path(at), value, None

    # ---------------------------------------------------------------- what failures undo

    def _fail_late(self, place: Place, cause: Exception, at: Indices) -> None:
        """Notes the error of a position that was pending, and empties what it makes null."""
        error = located_error(cause, place.field.nodes, place.path(at).as_list())
        boundary = place.boundary
        if boundary is None:
            position, self._data = None, None
        else:
            position = boundary.path(at)
            self._forget(boundary, at)
            self._put(boundary, at, None)
        if boundary is not place:
            self._abandon(self._within(boundary, at))
        self.executor.collected_errors.add(error, position)

    def _within(self, place: Place | None, at: Indices) -> list[Pending]:
        """What is under way within a position, or at all."""
        return [each for each in self._tasks if place is None or each.beneath(place, at)]

    def _put(self, place: Place, at: Indices, value: Any) -> None:
        """Fills a position, if there is nothing null around it."""
        *outer, last = place.keys(at)
        container = self._data
        for key in outer:
            if container is None:
                return
            container = container[key]
        if container is not None:
            container[last] = value

    def _forget(self, place: Place, at: Indices) -> None:
        """Lets what is not started yet within a position that failed run for nothing.

        Objects are walked depth first, so that all of it is at the end of the queue.
        """
        forgotten = []
        while self._queue and self._queue[-1].beneath(place, at):
            forgotten.append(self._queue.pop())
        self._background(forgotten)

    def _background(self, pendings: list[Pending]) -> None:
        if pendings:
            self.executor.settle_in_background([each.awaitable for each in pendings])
            pendings.clear()

    def _abandon(self, pendings: list[Pending]) -> None:
        """Cancels what is under way."""
        current = asyncio.current_task()
        for pending in pendings:
            task = self._tasks[pending]
            if task is not current:
                pending.abandoned = True
                task.cancel()
                if not pending.started:  # its task will not even begin, so nor end by itself
                    del self._tasks[pending]
                    if asyncio.iscoroutine(pending.awaitable):
                        pending.awaitable.close()

    async def _cancel(self) -> None:
        tasks = list(self._tasks.values())
        self._abandon(self._within(None, ()))
        await asyncio.gather(*tasks, return_exceptions=True)


def _as_it_is(value: Any, _: Indices, __: Any) -> Any:
    return value
