"""What a server sets of the garbage collector."""

import subprocess
import sys

PROGRAM = """
import gc
from server.collector import spare_the_collector
spare_the_collector()
print(gc.get_freeze_count() > 1000, gc.get_threshold()[0] > 700, gc.isenabled())
"""


def test_it_keeps_off_what_was_there() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    assert done.stdout.split() == [b"True"] * 3
