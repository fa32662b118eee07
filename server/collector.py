"""The garbage collector, set for a server."""

import gc


def spare_the_collector() -> None:
    """Lets it forget what is there at the start, and look less often.

    An answer of 100 rows is more objects than its usual threshold. Larger ones would leave more of
    what was answered in memory: an operation's context is in a cycle with the rows that it read.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 5, 10)
