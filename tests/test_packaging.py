"""What is installed is what is here, exactly locked, and without addresses of registries."""

import importlib
import json
import os
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")
FRONTENDS = ("pages", "tests/frontend")
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


@pytest.mark.parametrize("folder", FRONTENDS)
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
