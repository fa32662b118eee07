"""The programs of others that the tests run, out of a folder that npm fills from its lock file."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest

HERE = Path(__file__).parent
INSTALLED = HERE / "node_modules" / ".installed"
PLACES = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))


def needed(*names: str) -> Path:
    """The first program of these names. Where there is none the test is left out, but not in CI."""
    found = [path for name in names if (path := shutil.which(name, path=PLACES))]
    if not found:
        leave_out(f"{' or '.join(names)} is not installed (make setup, make system-packages)")
    return Path(found[0])


def leave_out(reason: str) -> NoReturn:
    """Ends the test: as skipped, with the reason, or as failed where everything has to run."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def install() -> None:
    """Fills node_modules with what the lock file names, unless it holds just that."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if INSTALLED.exists() and INSTALLED.read_text() == lock:
        return
    npm = [str(needed("npm")), "ci", "--silent"]
    if subprocess.run(npm, cwd=HERE, check=False, timeout=300).returncode:
        leave_out("npm cannot install what tests/frontend needs")
    INSTALLED.write_text(lock)


def output(script: str, *arguments: str, **options: Any) -> list[Any]:
    """What a script of this folder prints: a JSON value a line."""
    node = needed("node")
    install()
    environment: Mapping[str, str] = {**os.environ, "PATH": PLACES}
    ran = subprocess.run(
        [node, script, *arguments, json.dumps(options)],
        cwd=HERE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return [json.loads(line) for line in ran.stdout.splitlines()]
