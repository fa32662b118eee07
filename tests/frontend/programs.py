"""The programs of others that are clients of the server."""

from pathlib import Path

from tests.node import Workspace
from tests.programs import leave_out, needed

__all__ = ["HERE", "install", "leave_out", "needed", "output"]

HERE = Path(__file__).parent
_WORKSPACE = Workspace(HERE)
install, output = _WORKSPACE.install, _WORKSPACE.output
