"""A pytest plugin: graphql-core runs compiled what nothing else is said for.

With BROKEN set it loses errors.
"""

import os
import sys
from typing import Any

from execution.executor import CompiledExecution
from execution.running import Run

core: Any = sys.modules["graphql.execution.execute"]  # the package's attribute is the function


class Compiled(CompiledExecution, core.IncrementalExecutor):  # type: ignore[misc]
    """As used by `execute`."""


class CompiledThrowing(CompiledExecution, core.ExecutorThrowingOnIncremental):  # type: ignore[misc]
    """As used by `subscribe`."""


core.IncrementalExecutor = Compiled
core.ExecutorThrowingOnIncremental = CompiledThrowing

if os.environ.get("BROKEN"):
    Run.fail = lambda *_: None  # type: ignore[method-assign]
