"""Programs that run on node, out of folders that npm fills from their lock files."""

import hashlib
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.programs import PLACES, leave_out, needed


class Workspace:
    """A folder with a package.json, a lock file and scripts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._installed = folder / "node_modules" / ".installed"

    def install(self) -> None:
        """Fills node_modules with what the lock file names, unless it holds just that."""
        lock = hashlib.sha256((self.folder / "package-lock.json").read_bytes()).hexdigest()
        if self._installed.exists() and self._installed.read_text() == lock:
            return
        npm = [needed("npm"), "ci", "--silent"]
        if subprocess.run(npm, cwd=self.folder, check=False, timeout=300).returncode:
            leave_out(f"npm cannot install what tests/{self.folder.name} needs")
        self._installed.write_text(lock)

    def command(self, script: str, *arguments: str, **options: Any) -> Sequence[str]:
        """What runs a script of this folder, which reads its options as JSON."""
        node = needed("node")
        self.install()
        return [node, script, *arguments, json.dumps(options)]

    def output(self, script: str, *arguments: str, **options: Any) -> list[Any]:
        """What a script of this folder prints: a JSON value a line."""
        ran = subprocess.run(
            self.command(script, *arguments, **options),
            cwd=self.folder,
            env={**os.environ, "PATH": PLACES},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr + ran.stdout
        return [json.loads(line) for line in ran.stdout.splitlines()]
