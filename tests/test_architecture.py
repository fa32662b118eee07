"""The rules of the house, held against the syntax tree of every module.

Each rule is a function from a module to complaints. Below they are tested on small modules that
break them, above all on the modules that are here.
"""

import ast
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from providers import REGISTRY

ROOT = Path(__file__).parents[1]
PACKAGES = ("execution", "providers", "resolvers", "schema", "server", "sandbox")
VENDORS = tuple(REGISTRY)

LONGEST_MODULE = 300
LONGER: Mapping[str, tuple[int, str]] = {
    # What may be longer, up to how many lines, and why.
    "providers.smartpay": (560, "declares every field of the largest document, twice over"),
    "providers.goedgeplaatst": (360, "declares every field of a payment and of its user"),
    "providers.life_pay": (330, "declares every column and filter of a report"),
}
LONGEST_FUNCTION = 40
EMPTY_NAMES = {"utils", "helpers", "common", "manager", "handler", "misc", "data"}
TALKING = {"asyncio", "http", "io", "os", "pathlib", "select", "shutil", "socket", "ssl"}
TALKING |= {"subprocess", "tempfile", "threading", "urllib.request"}

PURE = (
    "providers.amounts",
    "providers.base",
    "providers.columns",
    "providers.errors",
    "providers.inlining",
    "providers.money",
    "providers.narrowing",
    "providers.origin",
    "providers.paginators",
    "providers.queries",
    "providers.records",
    "providers.timestamps",
    "providers.views",
    "providers.wire",
)

READING = (  # how a request gets its answer
    "providers.answers",
    "providers.breaker",
    "providers.cache",
    "providers.channel",
    "providers.deadline",
    "providers.flights",
    "providers.observer",
    "providers.pace",
    "providers.retries",
)


class Imports(NamedTuple):
    """What the modules of one part may import beside the standard library."""

    of_ours: Sequence[str]
    of_theirs: Sequence[str]


IMPORTS: Mapping[str, Imports] = {
    # The first name that the module has or is inside of decides.
    **{f"providers.{vendor}": Imports(PURE, ("msgspec",)) for vendor in VENDORS},
    "providers.transport": Imports(("providers.errors", "providers.wire"), ("aiohttp", "msgspec")),
    **{name: Imports((*PURE, *READING), ()) for name in READING},
    "providers.client": Imports((*PURE, *READING), ("msgspec",)),
    "providers.cache": Imports(("providers.wire",), ("cachetools", "msgspec")),
    "providers.retries": Imports(("providers.deadline", "providers.errors"), ("stamina",)),
    "providers.__init__": Imports(
        ("providers.base", *(f"providers.{vendor}" for vendor in VENDORS)), ()
    ),
    "providers": Imports(PURE, ("msgspec",)),
    "execution": Imports(("execution",), ("graphql", "strawberry")),
    "resolvers": Imports(
        ("resolvers", "providers.client", "providers.answers", "providers.deadline", *PURE),
        ("msgspec", "strawberry.Info", "strawberry.dataloader"),
    ),
    "schema": Imports(
        ("schema", "resolvers", "execution", "providers.records", "providers.errors"),
        ("graphql", "strawberry"),
    ),
    "server.cli": Imports((*PACKAGES, "execution"), ("click", "msgspec", "starlette", "uvicorn")),
    "server.connections": Imports((), ("uvicorn", "websockets")),
    "server.diagnosis.printing": Imports(("server.diagnosis.report",), ("click",)),
    "server.shared": Imports(("providers.pace", "server.redis_pool"), ("redis",)),
    "server.telemetry.tracing": Imports(
        ("server", "providers.errors", "providers.observer"), ("opentelemetry",)
    ),
    "server.telemetry.logs": Imports(("server",), ("msgspec", "structlog")),
    "server.telemetry.messages": Imports(("server",), ("structlog",)),
    "server": Imports(
        ("server", "schema", "execution", "resolvers", "providers"),
        # cross_web has the request types of Strawberry's view, and comes with it.
        (
            *("cross_web", "google.protobuf", "graphql", "jwt", "limits", "msgspec", "redis"),
            *("cachetools", "prometheus_client", "starlette", "strawberry", "uvicorn"),
        ),
    ),
    "sandbox": Imports(("sandbox",), ("aiohttp", "msgspec", "starlette")),
}

TESTED_ELSEWHERE: Mapping[str, str] = {
    # Nothing of what they do shows but in the answers.
    "execution.completion": "tests/execution/test_differential.py",
    "execution.executor": "tests/execution/test_operations.py",
    "execution.generation": "tests/execution/test_differential.py",
    "execution.places": "tests/execution/test_differential.py",
    "execution.planning": "tests/execution/test_operations.py",
    "execution.resolving": "tests/execution/test_graphql_core.py",
    # Walks in the ways that these page are held against one model.
    "resolvers.export_tasks": "tests/resolvers/test_styles.py",
    "resolvers.sales": "tests/resolvers/test_styles.py",
    "resolvers.payments": "tests/resolvers/test_links.py",
    # Declarations: what they say is compared with the contract, what they show with the rows.
    "schema.__init__": "tests/test_contract.py",
    "schema.connection": "tests/test_contract.py",
    "schema.invoice": "tests/test_end_to_end.py",
    "schema.money": "tests/test_end_to_end.py",
    "schema.node": "tests/test_end_to_end.py",
    "schema.scopes": "tests/server/test_authorization.py",
    "schema.query": "tests/test_end_to_end.py",
    "schema.source": "tests/test_end_to_end.py",
    "schema.export_task": "tests/test_end_to_end.py",
    "schema.payment": "tests/test_end_to_end.py",
    "schema.sales_aggregate": "tests/test_end_to_end.py",
    "schema.subscription": "tests/frontend/test_subscriptions.py",
    "schema.details.goedgeplaatst": "tests/test_end_to_end.py",
    "schema.details.smartpay": "tests/test_end_to_end.py",
    "schema.details.yume": "tests/test_end_to_end.py",
    "providers.amounts": "tests/providers/test_views.py",
    "providers.inlining": "tests/execution/test_inlining.py",
    "providers.origin": "tests/providers/test_views.py",
    "providers.__init__": "tests/conformance/test_providers.py",
    "providers.records": "tests/conformance/test_providers.py",
}


class Module(NamedTuple):
    """A module's dotted name (that of a package ends in `__init__`) and its text."""

    name: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def imported(self) -> Iterator[str]:
        """Dotted names: of `from a.b import c` it is a.b.c."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                start = "." * node.level + (node.module or "")
                yield from (f"{start}.{alias.name}" for alias in node.names)

    @property
    def vendor(self) -> str | None:
        """The provider that this is the file of."""
        last = self.name.rpartition(".")[2]
        own = self.name in (f"providers.{last}", f"schema.details.{last}", f"sandbox.{last}")
        return last if own and last in VENDORS else None


def within(name: str, places: Sequence[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def forbidden_imports(module: Module) -> Iterator[str]:
    allowed = next(rule for part, rule in IMPORTS.items() if within(module.name, (part,)))
    for name in module.imported:
        root = name.partition(".")[0]
        known = root in sys.stdlib_module_names or within(name, allowed.of_theirs)
        if not known and not within(name, allowed.of_ours):
            yield f"imports {name}"


def talking_vendors(module: Module) -> Iterator[str]:
    """A provider's file under providers/ is values and pure functions."""
    if module.vendor is None or not module.name.startswith("providers."):
        return
    yield from (f"imports {name}" for name in module.imported if within(name, tuple(TALKING)))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith | ast.Await):
            yield f"line {node.lineno} is asynchronous"
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("open", "print", "input"):
            yield f"line {node.lineno} does I/O"


def headers_below_the_server(module: Module) -> Iterator[str]:
    """Who asks is known from the context; only providers know headers: those of upstreams."""
    below = within(module.name, ("providers", "resolvers", "schema"))
    if below and any(within(name, ("starlette",)) for name in module.imported):
        yield "imports starlette"
    if within(module.name, ("resolvers", "schema")):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr == "headers":
                yield f"line {node.lineno} touches headers"


def vendor_cases(module: Module) -> Iterator[str]:
    """No `if provider == ...` outside of that provider's files."""
    others = {vendor for vendor in VENDORS if vendor != module.vendor}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                yield from (f"line {node.lineno} asks for {name}" for name in named(side, others))
        elif isinstance(node, ast.MatchValue):
            yield from (f"line {node.lineno} asks for {each}" for each in named(node.value, others))


def named(side: ast.expr, vendors: set[str]) -> Iterator[str]:
    """The vendors that one side of a comparison names, alone or in a list of values."""
    values = side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
    for value in values:
        word = value.value if isinstance(value, ast.Constant) else None
        word = value.attr if isinstance(value, ast.Attribute) else word
        if isinstance(word, str) and word.lower() in vendors:
            yield word.lower()


def missing_docstrings(module: Module) -> Iterator[str]:
    if ast.get_docstring(module.tree) is None:
        yield "has no docstring"
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None:
            yield f"class {node.name} has no docstring"


def excessive_length(module: Module) -> Iterator[str]:
    lines = len(module.text.splitlines())
    longest, _ = LONGER.get(module.name, (LONGEST_MODULE, ""))
    if lines > longest:
        yield f"has {lines} lines"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{node.name} has {lines} lines"


def empty_names(module: Module) -> Iterator[str]:
    for part in module.name.split("."):
        if part in EMPTY_NAMES:
            yield f"is called {part}"


RULES: Sequence[Callable[[Module], Iterator[str]]] = (
    forbidden_imports,
    talking_vendors,
    headers_below_the_server,
    vendor_cases,
    missing_docstrings,
    excessive_length,
    empty_names,
)


def modules() -> Iterator[Module]:
    """What there is."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield Module(name, path.read_text("utf-8"))


HOUSE = tuple(modules())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_keeps_the_rule(rule: Callable[[Module], Iterator[str]]) -> None:
    broken = [f"{module.name} {complaint}" for module in HOUSE for complaint in rule(module)]
    assert broken == []


DETAILED = {"invoices", "payments"}
"""The kinds of rows that have a part which only their provider has."""


def listed(vendor: str) -> set[str]:
    return set(REGISTRY[vendor].listings)


def test_no_module_is_overlooked() -> None:
    assert {module.name for module in HOUSE} >= {
        *(f"{package}.__init__" for package in PACKAGES),
        *(f"{part}.{vendor}" for part in ("providers", "sandbox") for vendor in VENDORS),
        *(f"schema.details.{vendor}" for vendor in VENDORS if DETAILED & listed(vendor)),
        "providers.transport",
        "resolvers.merge",
        "server.app",
    }


@pytest.mark.parametrize(
    "module",
    [module for module in HOUSE if len(module.tree.body) > 1],  # else it is only a docstring
    ids=lambda module: module.name,
)
def test_every_module_has_its_tests(module: Module) -> None:
    folder, _, last = module.name.replace(".", "/").rpartition("/")
    usual = f"tests/{folder}/test_{last}.py"
    tests = ROOT / TESTED_ELSEWHERE.get(module.name, usual)
    assert tests.exists(), f"{module.name} has no {usual}"
    assert "def test_" in tests.read_text("utf-8")


def test_no_exception_outlives_its_module() -> None:
    assert TESTED_ELSEWHERE.keys() | LONGER.keys() <= {module.name for module in HOUSE}


def test_no_module_may_be_longer_without_need() -> None:
    lengths = {module.name: len(module.text.splitlines()) for module in HOUSE}
    assert all(lengths[name] > LONGEST_MODULE for name in LONGER)
    assert all(reason for _, reason in LONGER.values())


DOC = '"""Words."""\n'


@pytest.mark.parametrize(
    ("rule", "name", "text", "complaint"),
    [
        (forbidden_imports, "providers.yume", "import aiohttp", "imports aiohttp"),
        (forbidden_imports, "providers.yume", "from providers import transport", None),
        (forbidden_imports, "providers.yume", "from providers.client import Source", None),
        (forbidden_imports, "providers.base", "from providers.yume import YUME", None),
        (forbidden_imports, "providers.client", "import aiohttp", "imports aiohttp"),
        (forbidden_imports, "providers.money", "import resolvers", "imports resolvers"),
        (forbidden_imports, "resolvers.merge", "from providers import REGISTRY", None),
        (forbidden_imports, "resolvers.merge", "from providers import yume", None),
        (forbidden_imports, "resolvers.merge", "import providers.transport", None),
        (forbidden_imports, "resolvers.merge", "import schema.query", "imports schema.query"),
        (forbidden_imports, "resolvers.merge", "from strawberry import type", None),
        (forbidden_imports, "resolvers.merge", "from . import rows", "imports ..rows"),
        (forbidden_imports, "schema.query", "from providers.client import Source", None),
        (forbidden_imports, "schema.query", "import server.app", "imports server.app"),
        (forbidden_imports, "server.app", "import aiohttp", "imports aiohttp"),
        (forbidden_imports, "server.app", "def f():\n from sandbox import app", None),
        (forbidden_imports, "sandbox.yume", "from providers import yume", None),
        (forbidden_imports, "sandbox.yume", "import server", "imports server"),
        (talking_vendors, "providers.yume", "async def f(): pass", "line 2 is asynchronous"),
        (talking_vendors, "providers.yume", "open('x')", "line 2 does I/O"),
        (talking_vendors, "providers.yume", "import asyncio", "imports asyncio"),
        (talking_vendors, "providers.yume", "import urllib.request", None),
        (headers_below_the_server, "resolvers.merge", "x.headers", "line 2 touches headers"),
        (headers_below_the_server, "schema.query", "f(x.y.headers)", "line 2 touches headers"),
        (headers_below_the_server, "providers.wire", "import starlette.requests", None),
        (vendor_cases, "resolvers.merge", "if x == 'yume': pass", "line 2 asks for yume"),
        (vendor_cases, "resolvers.merge", "x is ProviderName.YUME", "line 2 asks for yume"),
        (vendor_cases, "server.app", "x in ('a', 'yume')", "line 2 asks for yume"),
        (vendor_cases, "schema.query", "match x:\n case 'yume': pass", "line 3 asks for yume"),
        (missing_docstrings, "schema.query", "class A: pass", "class A has no docstring"),
        (excessive_length, "schema.query", "\n" * 300, "has 301 lines"),
        (excessive_length, "providers.life_pay", "\n" * 330, "has 331 lines"),
        (excessive_length, "schema.query", "def f():" + "\n pass" * 40, "f has 41 lines"),
        (excessive_length, "schema.query", "async def f():" + "\n pass" * 40, "f has 41 lines"),
        (empty_names, "schema.utils", "", "is called utils"),
        (empty_names, "schema.data.query", "", "is called data"),
    ],
)
def test_breaches_are_noticed(
    rule: Callable[[Module], Iterator[str]], name: str, text: str, complaint: str | None
) -> None:
    complaints = list(rule(Module(name, DOC + text)))
    assert len(complaints) == 1
    assert complaint is None or complaints == [complaint]


def test_a_missing_module_docstring_is_noticed() -> None:
    assert list(missing_docstrings(Module("schema.query", "x = 1"))) == ["has no docstring"]


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        (forbidden_imports, "providers.yume", "import re, msgspec\nfrom providers.wire import x"),
        (forbidden_imports, "providers.yume", "from providers.views import Record"),
        (forbidden_imports, "providers.transport", "import aiohttp\nfrom providers import wire"),
        (forbidden_imports, "resolvers.merge", "from strawberry import Info\nimport resolvers.a"),
        (forbidden_imports, "server.cli", "from sandbox.app import create_app"),
        (forbidden_imports, "server.app", "from providers import REGISTRY"),
        (talking_vendors, "providers.transport", "async def f(): open('x')"),
        (headers_below_the_server, "providers.wire", "x.headers"),
        (headers_below_the_server, "server.app", "import starlette\nx.headers"),
        (vendor_cases, "providers.yume", "x == 'yume'"),
        (vendor_cases, "sandbox.app", "x = {'yume': y.YUME}\nx == 'else'"),
        (missing_docstrings, "schema.query", "class _A: pass\ndef f(): pass"),
        (excessive_length, "schema.query", "\n" * 299),
        (excessive_length, "providers.life_pay", "\n" * 329),
        (excessive_length, "schema.query", "def f():" + "\n pass" * 39),
        (empty_names, "schema.metadata", ""),
    ],
)
def test_what_is_allowed_passes(
    rule: Callable[[Module], Iterator[str]], name: str, text: str
) -> None:
    assert list(rule(Module(name, DOC + text))) == []
