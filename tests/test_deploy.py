"""What deploy/ has, read by the tools that it is for, and held against itself and the server."""

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from redis import Redis
from redis.exceptions import AuthenticationError

from server.configuration import load
from server.settings import ServerSettings, Settings
from tests.conftest import StartGraph
from tests.programs import RedisServer, free_port, needed

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
SECRETS = "/run/secrets/pacioli"
STYLE = (
    "{extends: default, rules: {line-length: disable, document-start: disable,"
    " comments: {min-spaces-from-content: 1}}}"
)
MADE = {"gateway/supergraph.graphql"}
"""By `make supergraph`."""


def says(program: str, *arguments: str | Path) -> tuple[int, str]:
    """The exit code and the output of a program."""
    ran = subprocess.run(
        [needed(program), *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def passes(program: str, *arguments: str | Path) -> None:
    code, output = says(program, *arguments)
    assert code == 0, output


def documents(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text("utf-8")))


COMPOSE = documents(DEPLOY / "compose.yaml")[0]
KUSTOMIZATION = documents(DEPLOY / "kustomization.yaml")[0]
RESOURCES = {
    (each["kind"], each["metadata"]["name"]): each for path in MANIFESTS for each in documents(path)
}


# ---------------------------------------------------------------- the tools


@pytest.mark.parametrize("image", ["Dockerfile", "deploy/gateway/Dockerfile"])
def test_the_images_are_linted(image: str) -> None:
    passes("hadolint", ROOT / image)


def test_the_gateway_is_the_one_that_the_tests_run() -> None:
    built, tested = (
        json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
        for folder in (DEPLOY / "gateway", ROOT / "tests" / "federation")
    )
    assert "node_modules/@graphql-hive/gateway" in built
    for name in built.keys() - {""}:
        assert built[name]["version"] == tested[name]["version"], name
    dockerfile = (DEPLOY / "gateway" / "Dockerfile").read_text("utf-8")
    assert "RUN npm ci " in dockerfile


def test_the_compose_file_is_one() -> None:
    passes("check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


@pytest.mark.parametrize("oldest", [("-k", "1.30"), ()], ids=["oldest", "newest"])
def test_kubernetes_takes_the_manifests(oldest: tuple[str, ...]) -> None:
    passes("kubernetes-validate", "--strict", *oldest, *MANIFESTS)


def test_all_yaml_is_linted() -> None:
    passes("yamllint", "--strict", "-d", STYLE, DEPLOY)


def test_prometheus_takes_its_configuration() -> None:
    passes("promtool", "check", "config", DEPLOY / "prometheus" / "prometheus.yml")


@pytest.mark.parametrize(
    ("program", "arguments", "file", "right", "wrong", "complaint"),
    [
        ("hadolint", (), "../Dockerfile", "python:3.11-slim", "python", "DL3006"),
        (
            "check-jsonschema",
            ("--builtin-schema", "vendor.compose-spec"),
            "compose.yaml",
            "healthcheck:",
            "healthcheque:",
            "healthcheque",
        ),
        (
            "kubernetes-validate",
            ("--strict",),
            "kubernetes/deployment.yaml",
            "readinessProbe:",
            "readynessProbe:",
            "readynessProbe",
        ),
        ("yamllint", ("-d", STYLE), "compose.yaml", "restart:", "user:", "duplication"),
        (
            "promtool",
            ("check", "config"),
            "prometheus/prometheus.yml",
            "dns_sd_configs",
            "dns_sd",
            "dns_sd",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalpha() else "",
)
def test_the_tools_notice_mistakes(
    tmp_path: Path,
    program: str,
    arguments: tuple[str, ...],
    file: str,
    right: str,
    wrong: str,
    complaint: str,
) -> None:
    text = (DEPLOY / file).read_text("utf-8")
    assert right in text
    broken = tmp_path / Path(file).name
    broken.write_text(text.replace(right, wrong))
    code, output = says(program, *arguments, broken)
    assert code != 0
    assert complaint in output


# ---------------------------------------------------------------- the image


def test_the_image_has_two_stages_and_is_nobodys() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    assert sum(line.startswith("FROM ") for line in lines) == 2
    last = lines[max(at for at, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert "USER 10001:10001" in last
    assert any(line.startswith("HEALTHCHECK ") for line in last)
    assert not [line for line in lines if line.startswith("ARG ")]


# ---------------------------------------------------------------- compose


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_services_are_confined_and_watched(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["user"] not in {"0", "root"}
    assert {"test", "interval", "timeout"} <= service["healthcheck"].keys()
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert "environment" not in service  # where a secret could be


def test_ports_are_open_to_this_machine_only() -> None:
    ports = [port for each in COMPOSE["services"].values() for port in each.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_two_replicas_are_asked_by_the_gateway_and_scraped_one_by_one() -> None:
    assert COMPOSE["services"]["pacioli"]["deploy"]["replicas"] == 2
    (scraped,) = documents(DEPLOY / "prometheus" / "prometheus.yml")[0]["scrape_configs"]
    (found,) = scraped["dns_sd_configs"]
    assert (found["names"], found["type"], found["port"]) == (["pacioli"], "A", 8000)
    assert set(COMPOSE["services"]) == {"pacioli", "valkey", "gateway", "prometheus"}


def test_its_files_are_here() -> None:
    named = {each["file"] for each in COMPOSE["configs"].values()}
    assert {name for name in named if not (DEPLOY / name).exists()} <= MADE
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {each["file"].partition("/")[0] for each in COMPOSE["secrets"].values()} == {"secrets"}
    assert "deploy/secrets/" in ignored


def test_valkey_starts_as_it_is_told_and_asks_for_the_password(tmp_path: Path) -> None:
    (tmp_path / "valkey_conf").write_text("requirepass open-sesame\n")
    program, config, *options = COMPOSE["services"]["valkey"]["command"]
    assert (program, config) == ("valkey-server", "/run/secrets/valkey_conf")
    port = free_port()
    where = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path)]
    command = [needed("valkey-server", "redis-server"), tmp_path / "valkey_conf", *options, *where]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert any("Ready to accept connections" in line for line in process.stdout)
            with Redis(port=port) as stranger, pytest.raises(AuthenticationError):
                stranger.ping()
            with Redis.from_url(f"redis://:open-sesame@127.0.0.1:{port}/0") as known:
                kept = known.config_get("maxmemory") | known.config_get("maxmemory-policy")
            assert kept == {"maxmemory": str(256 * 2**20), "maxmemory-policy": "allkeys-lru"}
        finally:
            process.kill()


# ---------------------------------------------------------------- the configuration


MOUNTED = {each["target"]: each["source"] for each in COMPOSE["services"]["pacioli"]["secrets"]}
SHIPPED = (DEPLOY / "pacioli.toml").read_text("utf-8")


def configured(folder: Path, text: str, cache: str = "redis://:x@valkey:6379/0") -> Settings:
    """What the server makes of a configuration whose secrets are files of this folder."""
    for target in MOUNTED:
        value = cache if target.endswith("_url") else f"sha256:{'0' * 64}"
        (folder / Path(target).name).write_text(f"{value}\n")
    file = folder / "pacioli.toml"
    file.write_text(text.replace(SECRETS, str(folder)))
    return load(file, {})


def test_the_configuration_is_right_and_its_secrets_are_files(tmp_path: Path) -> None:
    settings = configured(tmp_path, SHIPPED)
    assert settings.auth
    assert settings.cache.url
    assert [each.name for each in settings.sources] == ["sber-main", "goed"]
    assert all(f'"file:{target}"' in SHIPPED for target in MOUNTED)
    assert SHIPPED.count("file:") == len(MOUNTED)
    assert all(COMPOSE["secrets"][name]["file"] for name in MOUNTED.values())


@pytest.mark.parametrize("name", ["sber-main", "goed"])
def test_an_account_may_be_deleted(tmp_path: Path, name: str) -> None:
    first, *blocks = SHIPPED.split("[[sources]]\n")
    kept = [block for block in blocks if f'name = "{name}"' in block]
    text = "[[sources]]\n".join((first, *kept)).replace('settles = ["sber-main"]\n', "")
    assert [each.name for each in configured(tmp_path, text).sources] == [name]


def test_prometheus_may_scrape_a_server_so_configured(
    tmp_path: Path, redis: RedisServer, start_graph: StartGraph
) -> None:
    (scraped,) = documents(DEPLOY / "prometheus" / "prometheus.yml")[0]["scrape_configs"]
    assert scraped.keys() == {"job_name", "dns_sd_configs"}  # no path and no credentials
    graph = start_graph(configured(tmp_path, SHIPPED, redis.url))
    answer = graph.http.get("/metrics")
    assert answer.status_code == 200
    assert "pacioli_operations_in_flight" in answer.text
    assert graph.ask("{ sources { name } }").codes == ["UNAUTHENTICATED"]


def test_kustomize_has_all_manifests_and_the_same_configuration() -> None:
    assert KUSTOMIZATION["resources"] == [f"kubernetes/{path.name}" for path in MANIFESTS]
    (generated,) = KUSTOMIZATION["configMapGenerator"]
    assert generated["files"] == ["pacioli.toml"]
    volumes = RESOURCES["Deployment", "pacioli"]["spec"]["template"]["spec"]["volumes"]
    assert {"name": generated["name"]} in [each.get("configMap") for each in volumes]


# ---------------------------------------------------------------- the version


def test_every_image_of_ours_has_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (image,) = KUSTOMIZATION["images"]
    assert (image["name"], image["newTag"]) == ("pacioli", project["version"])
    (container,) = RESOURCES["Deployment", "pacioli"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == image["name"]
    tag = f"pacioli:{project['version']}"
    assert COMPOSE["services"]["pacioli"]["image"] == tag
    assert f"--tag {tag} " in says("make", "--directory", ROOT, "--dry-run", "image")[1]
    pages = (path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md"))
    named = {tag for text in pages for tag in re.findall(r"\bpacioli:\d+\.\d+\.\d+", text)}
    assert named == {tag}


# ---------------------------------------------------------------- kubernetes


def pods() -> Iterator[Mapping[str, Any]]:
    for (kind, _), each in RESOURCES.items():
        if kind == "Deployment":
            yield each["spec"]["template"]


def test_pods_are_confined_and_limited() -> None:
    names = []
    for pod in pods():
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
        assert pod["spec"]["automountServiceAccountToken"] is False
        (container,) = pod["spec"]["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"].keys() == {"requests", "limits"}
        assert {"livenessProbe", "readinessProbe"} <= container.keys()
        assert "env" not in container  # where a secret could be
        names.append(container["name"])
    assert names == ["pacioli", "valkey"]


def test_the_manifests_mean_each_other() -> None:
    labels = [pod["metadata"]["labels"] for pod in pods()]
    selectors = [
        each["spec"]["selector"].get("matchLabels", each["spec"]["selector"])
        for (kind, _), each in RESOURCES.items()
        if kind in {"Service", "Deployment", "PodDisruptionBudget"}
    ]
    selectors += [
        each["spec"]["podSelector"]["matchLabels"]
        for (kind, _), each in RESOURCES.items()
        if kind == "NetworkPolicy"
    ]
    assert len(selectors) == 8
    assert all(selector in labels for selector in selectors)
    target = RESOURCES["HorizontalPodAutoscaler", "pacioli"]["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) in RESOURCES


def test_probes_ask_what_the_server_has() -> None:
    (container,) = RESOURCES["Deployment", "pacioli"]["spec"]["template"]["spec"]["containers"]
    asked = {
        name: container[name]["httpGet"]["path"] for name in container if name.endswith("Probe")
    }
    assert asked == {
        "startupProbe": "/healthz",
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }


def test_a_replica_has_the_time_to_drain() -> None:
    pod = RESOURCES["Deployment", "pacioli"]["spec"]["template"]["spec"]
    pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    drain = ServerSettings().drain_seconds
    assert pod["terminationGracePeriodSeconds"] > pause + drain
    grace = COMPOSE["services"]["pacioli"]["stop_grace_period"]
    assert float(grace.removesuffix("s")) > drain
