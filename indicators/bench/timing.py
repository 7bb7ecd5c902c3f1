"""How long work takes: medians of several runs, in milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import median
from time import perf_counter

RUNS = 5  # at least, for every median


def once(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def runs(work: Callable[[], object], times: int = RUNS) -> float:
    return middle(once(work) for _ in range(times))


def middle(durations: Iterable[float]) -> float:
    return round(median(durations), 2)


def percentile(durations: Iterable[float], percent: int) -> float:
    ordered = sorted(durations)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 2)


def per_second(rows: int, duration_ms: float) -> int:
    return round(rows / duration_ms * 1000)


def ratio(one: float, other: float) -> float:
    return round(one / other, 3) if other else 0.0
