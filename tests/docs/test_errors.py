"""The page about errors has each code that the server can say, and no other."""

import re

from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "errors.md").read_text("utf-8")
CODE = r"(?:BAD|GRAPHQL|INTERNAL|LIMIT|OPERATION|PERSISTED|RATE|READ|SERVICE|UPSTREAM)_[A-Z_]+"
SAID = re.compile(rf'"({CODE}|FORBIDDEN|UNAUTHENTICATED)"')
PARTS = ("execution", "providers", "resolvers", "schema", "server")


def test_each_code() -> None:
    modules = (module for part in PARTS for module in (ROOT / part).rglob("*.py"))
    said = {code for module in modules for code in SAID.findall(module.read_text("utf-8"))}
    told = set(re.findall(r"^\| ([A-Z_]{5,})(?: \(HTTP \d+\))? \|", PAGE, re.MULTILINE))
    assert told == said
