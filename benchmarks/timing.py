"""How long a piece of work takes, by the quickest of several goes: what else the machine does only makes it longer."""

import time
from collections.abc import Callable


def quickest(work: Callable[[], object], repeats: int) -> float:
    """Seconds of the quickest of several goes."""
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)
