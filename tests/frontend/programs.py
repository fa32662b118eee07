"""The programs of others that the tests run, out of a folder that npm fills from its lock file."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
INSTALLED = HERE / "node_modules" / ".installed"
NODE = 18  # the least that will do
PLACES = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))


def needed(*names: str) -> Path:
    """The first program of these names. Where there is none the test is left out, but not in CI."""
    for name in names:
        if path := shutil.which(name, path=PLACES):
            return Path(path)
    missing = f"{' or '.join(names)} is not installed (make system-packages)"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


def install() -> None:
    """Fills node_modules with what the lock file names, unless it holds just that."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if INSTALLED.exists() and INSTALLED.read_text() == lock:
        return
    subprocess.run([needed("npm"), "ci", "--silent"], cwd=HERE, check=True, timeout=300)
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
