"""Where workers leave their figures, so that any of them can answer for all."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library looks there when a worker imports it


@contextmanager
def figures_of_workers(*, wanted: bool) -> Iterator[Callable[[int], None]]:
    """A folder for the workers that are started meanwhile, which inherit its name.

    Gives what takes a dead one, by its number, out of the figures of now.
    """
    if not wanted:
        yield lambda _: None
        return
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

    with TemporaryDirectory(prefix="pacioli-metrics-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield lambda pid: mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]
        finally:
            del os.environ[FOLDER]
