"""The garbage collector, set for a server."""

import gc


def spare_the_collector() -> None:
    """Lets it forget what is there at the start, and look less often.

    An answer of 100 rows is more objects than its usual threshold. What an operation leaves to it
    are some twenty objects of the executor: its context lets go of what was read.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 5, 10)
