"""The benchmarks of the product: ratios measured side by side in one run, in a scratch database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from indicators.bench import (
    answering,
    dashboards,
    embedded,
    exact,
    fresh,
    importing,
    labelling,
    memory,
    pages,
    recounting,
    sending,
    touching,
)

Result = dict[str, Any]

BENCHES: dict[str, Callable[[int], Result]] = {
    "dashboard": dashboards.run,
    "memory": memory.run,
    "recount_one": touching.run,
    "recount": recounting.run,
    "answer": answering.run,
    "fresh": fresh.run,
    "exact": exact.run,
    "import": importing.run,
    "send": sending.run,
    "pages": pages.run,
    "embedded": embedded.run,
    "label": labelling.run,
}

# Each leaves to those after it the market it found: one database, filled once, serves them all.
SHARING = ("dashboard", "memory", "recount_one", "recount")
