"""graphql-core's own tests of execution, run against compiled execution.

They are in its source distribution, which is fetched once into `.venv`; the lock file says what it
has to be. They run in a process of their own; the plugin makes compiled execution the default.
"""

import re
import subprocess
import sys
import sysconfig
import tarfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from graphql import version

ROOT, HERE = Path(__file__).parents[2], Path(__file__).parent
PLUGIN = "compiled_by_default"  # by this name as their package is called tests, too
EXCEPTIONS: Mapping[str, str] = {
    # Why a test of theirs does not pass.
    "describe_nulls_a_complex_tree_of_nullable_fields_each::throws": (
        "wants the errors in the order of their turns of the event loop; all that is awaited is "
        "started in the same turn here, so that batch loaders see whole levels"
    ),
}
CONFIG = "[pytest]\nmarkers =\n  slow\n  timeout\n"


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked source distribution."""
    kept = Path(sysconfig.get_path("data")) / "sdist"
    archive = kept / f"graphql_core-{version}.tar.gz"
    if not archive.exists():
        fetch(kept, tmp_path_factory.mktemp("lock") / "requirement.txt")
    folder = tmp_path_factory.mktemp("sources")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / f"graphql_core-{version}"


def fetch(folder: Path, requirement: Path) -> None:
    lock = (ROOT / "requirements-dev.lock").read_text("utf-8")
    pinned = re.search(r"^graphql-core==.*\n(?:    --hash.*\n)+", lock, re.MULTILINE)
    assert pinned is not None
    requirement.write_text(pinned[0].replace("\\\n    --hash", " --hash"), "utf-8")
    options = ("--no-deps", "--no-binary", "graphql-core", "--require-hashes")
    command = (sys.executable, "-m", "pip", "download", *options, "-r", requirement, "-d", folder)
    subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL)


def outcomes(sources: Path, folder: Path, *, broken: str = "") -> Mapping[str, bool]:
    """Which of their tests pass."""
    config, report = folder / "pytest.ini", folder / "report.xml"
    config.write_text(CONFIG, "utf-8")
    subprocess.run(
        (
            *(sys.executable, "-m", "pytest", "-c", config, "--rootdir", sources),
            *("-p", "no:cacheprovider", "-p", "no:asyncio", "-p", PLUGIN),
            *("--ignore", "tests/execution/incremental", "--junitxml", report, "-q"),
            "tests/execution",
        ),
        cwd=sources,
        env={"PYTHONPATH": f"{ROOT}:{HERE}", "BROKEN": broken},
        timeout=180,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    return dict(read(report))


def read(report: Path) -> Iterator[tuple[str, bool]]:
    for case in ET.parse(report).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}".replace(".", "::")
        yield name, case.find("failure") is None and case.find("error") is None


def test_it_passes_the_tests_of_graphql_core(sources: Path, tmp_path: Path) -> None:
    passed = outcomes(sources, tmp_path)
    failed = [name for name, ok in passed.items() if not ok]
    unexpected = [name for name in failed if not any(map(name.endswith, EXCEPTIONS))]
    assert unexpected == []
    assert len(failed) == len(EXCEPTIONS), "an exception is none any more"
    assert len(passed) > 400


def test_a_broken_executor_does_not(sources: Path, tmp_path: Path) -> None:
    passed = outcomes(sources, tmp_path, broken="yes")
    assert list(passed.values()).count(False) > 20
