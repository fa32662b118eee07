"""The garbage collector, set for a server."""

import gc


def spare_the_collector() -> None:
    """Lets it forget what is there at the start, and look less often.

    An answer of 100 rows is more objects than its usual threshold, and hardly any are in cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
