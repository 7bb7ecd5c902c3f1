"""The benchmarks of the product: ratios measured side by side in one run, in a scratch database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from indicators.bench import answering, dashboards, importing, labelling, recounting, sending

Result = dict[str, Any]

BENCHES: dict[str, Callable[[int], Result]] = {
    "dashboard": dashboards.run,
    "recount": recounting.run,
    "answer": answering.run,
    "import": importing.run,
    "send": sending.run,
    "label": labelling.run,
}
