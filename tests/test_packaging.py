"""What is installed is what is here, exactly locked, and without addresses of registries."""

import importlib
import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from sandbox.configuration import toml
from schema import sdl

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")
WORKSPACES = ("pages", "tests/frontend", "tests/federation", "benchmarks/peers", "deploy/gateway")
PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)", re.MULTILINE)


def pinned(lock: str) -> dict[str, str]:
    return dict(PINNED.findall((ROOT / lock).read_text("utf-8")))


def canonical(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("name", PACKAGES)
def test_packages_are_ours(name: str) -> None:
    # The package index has a distribution called schema, which would shadow ours.
    assert importlib.import_module(name).__file__ == str(ROOT / name / "__init__.py")


def test_every_package_is_in_the_wheel() -> None:
    folders = {module.parent.name for module in ROOT.glob("*/__init__.py")}
    assert set(PACKAGES) == folders - {"tests", "benchmarks"}


def test_every_package_is_in_the_image() -> None:
    kept = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {f"!{name}" for name in PACKAGES} <= set(kept)


def test_the_command_exists() -> None:
    module, _, name = PROJECT["project"]["scripts"]["pacioli"].partition(":")
    assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    requirements = text.replace("\\\n", " ").splitlines()
    assert requirements
    for requirement in requirements:
        assert PINNED.match(requirement)
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", requirement), requirement


@pytest.mark.parametrize("folder", WORKSPACES)
def test_locks_of_npm_hold_hashes_and_no_registry(folder: str) -> None:
    lock = json.loads((ROOT / folder / "package-lock.json").read_text("utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert package["integrity"].startswith("sha512-"), name
    settings = (ROOT / folder / ".npmrc").read_text("utf-8").splitlines()
    assert "omit-lockfile-registry-resolved=true" in settings
    assert "ignore-scripts=true" in settings


def test_the_bundle_goes_into_the_wheel_and_not_into_the_repository() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["artifacts"] == ["server/static"]
    assert "server/static/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert "npm run build" in (ROOT / "Dockerfile").read_text("utf-8")


def test_locks_cover_what_is_asked_for() -> None:
    asked = set(map(canonical, PROJECT["project"]["dependencies"]))
    tools = set(map(canonical, PROJECT["dependency-groups"]["dev"]))
    assert asked <= pinned("requirements.lock").keys()
    assert tools <= pinned("requirements-dev.lock").keys()


def test_tests_run_on_what_is_shipped() -> None:
    assert pinned("requirements.lock").items() <= pinned("requirements-dev.lock").items()


def test_continuous_integration_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel and the source distribution, built without any network."""
    return built(ROOT, tmp_path_factory.mktemp("dist"))


def built(source: Path, folder: Path, *targets: str) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder), *targets]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    return folder


def files_of(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(distributions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel, and our dependencies beside it."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home)
    (wheel,) = distributions.glob("*.whl")
    programs = home / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "install"]
    options = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-compile"]
    subprocess.run([*pip, *options, str(wheel)], check=True, timeout=120)
    (packages,) = home.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return programs


def ran(programs: Path, folder: Path, *command: str) -> str:
    program, *arguments = command
    output = subprocess.run(
        [str(programs / program), *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return output.stdout


def test_the_wheel_works(installed: Path, tmp_path: Path) -> None:
    version = ran(installed, tmp_path, "pacioli", "--version")
    assert version == f"pacioli, version {PROJECT['project']['version']}\n"
    assert ran(installed, tmp_path, "pacioli", "schema") == sdl().rstrip("\n") + "\n"
    where = "import server, schema; print(server.__file__, schema.__file__)"
    for file in ran(installed, tmp_path, "python", "-c", where).split():
        assert Path(file).is_relative_to(installed.parent)
    (tmp_path / "pacioli.toml").write_text(toml("http://127.0.0.1:9"))
    assert "no mistakes" in ran(installed, tmp_path, "pacioli", "check", "--offline")


def test_the_wheel_holds_the_packages_and_nothing_else(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    folders = {name.split("/")[0] for name in files_of(wheel)}
    assert folders == {*PACKAGES, f"pacioli-{PROJECT['project']['version']}.dist-info"}


def test_the_source_distribution_makes_the_same_wheel(distributions: Path, tmp_path: Path) -> None:
    (archive,) = distributions.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    assert (source / "requirements.lock").exists()
    assert not list(source.rglob("node_modules"))
    (again,) = built(source, tmp_path / "dist", "--target", "wheel").glob("*.whl")
    (wheel,) = distributions.glob("*.whl")
    assert files_of(again) == files_of(wheel)


def test_the_changelog_keeps_its_form() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
    versions = [line for line in lines if line.startswith("## ")]
    parts = {line for line in lines if line.startswith("### ")}
    kinds = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
    assert versions[0] == "## [Unreleased]"
    assert all(
        re.fullmatch(r"## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", each) for each in versions[1:]
    )
    assert parts <= {f"### {kind}" for kind in kinds}


WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")


def test_the_workflow_is_one_that_github_understands() -> None:
    schema = ["--builtin-schema", "vendor.github-workflows"]
    file = str(ROOT / ".github" / "workflows" / "ci.yml")
    command = [sys.executable, "-m", "check_jsonschema", *schema, file]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


def test_the_workflow_runs_make_targets_and_may_only_read() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    steps = re.findall(r"- run: (.+)", WORKFLOW)
    assert {"make system-packages", "make test"} <= set(steps)
    assert set(steps) <= {f"make {target}" for target in targets}
    assert WORKFLOW.count("run:") == len(steps)
    assert re.findall(r"^permissions:\n  (.+)\n\n", WORKFLOW, re.MULTILINE) == ["contents: read"]
    assert all(re.fullmatch(r"[a-z/-]+@v\d+", use) for use in re.findall(r"uses: (\S+)", WORKFLOW))


def test_the_workflow_tests_every_python_that_is_promised() -> None:
    (matrix,) = re.findall(r"python: (\[.+\])", WORKFLOW)
    named = [each.split(" :: ")[-1] for each in PROJECT["project"]["classifiers"]]
    assert json.loads(matrix) == [each for each in named if each.startswith("3.")]
    assert PROJECT["project"]["requires-python"] == f">={json.loads(matrix)[0]}"
