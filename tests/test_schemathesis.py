"""Schemathesis' own fuzzing of the whole schema, over HTTP, finds no error of the server."""

import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import Whole

EXAMPLES = 15  # of each field of Query


def test_no_error_of_the_server(whole: Whole, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("schemathesis")
    chosen = ["--checks", "not_a_server_error", "--continue-on-failure", "-n", str(EXAMPLES)]
    done = subprocess.run(
        [program, "run", f"{whole.graph.address}/graphql", *chosen, "--no-color"],
        cwd=tmp_path,  # it keeps its findings where it runs
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cases = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert cases is not None, done.stdout
    assert cases[1] == cases[2]
    assert int(cases[1]) > EXAMPLES
