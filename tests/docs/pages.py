"""The pages for people, taken apart: fenced blocks with what is said of them, links, headings.

A block's info string is its language and a note. `graphql` is asked of a server on the sandbox:
noted `fails CODE` it has to fail so, noted `Header: value` it is asked with that header, and noted
`client` it is one that a client of tests/frontend runs. `json
variables` after it are its variables, `json answer` is the shape of what comes back. In variables
and commands `<a.b.0.c>` stands for what the answer before gave at a.b.0.c. `toml` is loaded as a
configuration, `sh` is run. `console` shows what a terminal shows and is not run, nor is any other
language: `NOT_RUN` names each of these with a reason.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    ]
)
RUN = ("graphql", "json", "toml", "sh")
FENCE = re.compile(r"^ *```([a-z]*) *(.*)$")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")


class Block(NamedTuple):
    """One fenced block of a page, and in which line it begins."""

    line: int
    language: str
    note: str
    text: str

    @property
    def kind(self) -> str:
        """The language, and whether it is run elsewhere."""
        return f"{self.language} client" if self.note == "client" else self.language


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> Sequence[Block]:
    """The fenced blocks of a page."""
    return list(_blocks(page.read_text("utf-8").splitlines()))


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    opened: tuple[int, str, str] | None = None
    inside: list[str] = []
    for number, line in enumerate(lines, 1):
        fence = FENCE.match(line)
        if opened is None and fence:
            opened, inside = (number, fence[1], fence[2].strip()), []
        elif opened is not None and line.strip() == "```":
            yield Block(*opened, "".join(f"{each}\n" for each in inside))
            opened = None
        elif opened is not None:
            inside.append(line)
    assert opened is None, f"the block of line {opened} has no end"


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^ *```.*?^ *```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def indented_code(page: Path) -> Sequence[str]:
    """Lines that Markdown shows as code because they are indented, which nobody would run."""
    found, in_list, after_blank = [], False, True
    for line in prose(page).splitlines():
        if re.match(r" *([-*]|\d+\.) ", line):
            in_list = True
        elif line.strip() and not line.startswith(" "):
            in_list = False
        if line.startswith("    ") and line.strip() and not in_list and after_blank:
            found.append(line)
        after_blank = not line.strip()
    return found


def broken_tables(page: Path) -> Sequence[str]:
    """Rows that are in no table, or are not as wide as its head."""
    return list(_broken_rows(prose(page).splitlines()))


def _broken_rows(lines: Sequence[str]) -> Iterator[str]:
    width = 0
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if not line.lstrip().startswith("|"):
            width = 0
            continue
        cells = len(re.findall(r"(?<!\\)\|", line)) - 1
        if width == 0 and re.fullmatch(r" *\|( *:?-+:? *\|)+ *", following):
            width = cells
        if cells != width or not line.rstrip().endswith("|"):
            yield line


def anchors(page: Path) -> set[str]:
    """What `#...` may name on a page: its headings, as GitHub makes them addresses."""
    plain = (re.sub(r"[`*]|\]\([^)]*\)|\[", "", title) for title in HEADING.findall(prose(page)))
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in plain}


def links(page: Path) -> Sequence[str]:
    return LINK.findall(prose(page))


NOT_RUN: Mapping[tuple[str, str], tuple[int, str]] = {
    # How many blocks of this kind a page has, and why they are not run here.
    ("CONTRIBUTING.md", "console"): (1, "each command takes minutes; .ci/run runs the first two"),
    ("README.md", "console"): (
        2,
        "make run is what every other test stands on; serve does not end",
    ),
    ("docs/accounts/README.md", "console"): (
        1,
        "serve does not end; tests/server/test_cli.py has it",
    ),
    ("docs/adding-a-provider.md", "console"): (1, "writes into the repository"),
    ("docs/check.md", "console"): (1, "shows accounts that are configured wrongly"),
    ("docs/dashboard.md", "ts"): (2, "tests/frontend/test_docs.py finds it in the page's source"),
    ("docs/deployment.md", "console"): (
        5,
        "wants Docker or a cluster; tests/test_deploy.py reads the files",
    ),
    ("docs/federation.md", "console"): (1, "serve does not end; tests/server/test_cli.py has it"),
    ("docs/releasing.md", "console"): (5, "publishes; tests/test_packaging.py builds and installs"),
    ("docs/running.md", "console"): (1, "serve does not end; tests/server/test_serving.py has it"),
    ("docs/start.md", "console"): (
        3,
        "sets up and serves, as the test did before it reads the page",
    ),
}
RUN_BY_CLIENTS = ("graphql client", "js", "jsx", "ts")
"""What docs/clients shows is code that tests/frontend ran, which its test_docs.py sees to."""
