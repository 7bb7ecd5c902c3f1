"""The tiles of the dashboard: value and interval, change and verdict, and how it is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from indicators import changes
from indicators.changes import Change, change, counted
from indicators.differences import Differences
from indicators.figures import Figures
from indicators.formulas.estimates import Mean, Nps, Rate
from triangle import typography


@dataclass(frozen=True)
class Tile:
    """`rows` names the list of facts behind the number; `trend` has a value or None by month."""

    key: str
    name: str
    n: int
    value: str
    unit: str
    interval: str
    note: str
    trend: list[float | None]
    change: Change | None
    how: str
    rows: str
    later: str = ""  # address of a part that the page fetches when it stands
    target: str = ""
    is_met: bool | None = None
    few: str = ""  # why the value is not told

    @property
    def is_empty(self) -> bool:
        return self.n == 0

    @property
    def is_count(self) -> bool:
        """The value is its own n."""
        return self.key == "completed"


def tiles(now: Figures, moved: Differences, months: Sequence[Figures]) -> list[Tile]:
    """`moved` is empty where nothing is compared."""
    return [
        _nps(now, moved, months),
        _satisfaction("company", _("Company service"), now, moved, months),
        _satisfaction("partner", _("Partner satisfaction"), now, moved, months),
        _cancellations(now, moved, months),
        _response(now, moved, months),
        _completed(now, moved, months),
        _returns(now, moved, months),
        _punctuality(now, moved, months),
    ]


def _nps(now: Figures, moved: Differences, months: Sequence[Figures]) -> Tile:
    score, everyone = now.nps, now.nps_all
    return Tile(
        key="nps",
        name=_("NPS"),
        n=score.n,
        value=_signed(score.value),
        unit="",
        interval=_margin(score.low, score.high),
        few=_few(now, score),
        note=_("all incl. unexplained %(nps)s (n %(n)s)")
        % {
            "nps": f"{_signed(everyone.value)} {_margin(everyone.low, everyone.high)}".strip(),
            "n": _number(everyone.n),
        },
        trend=[month.nps.value for month in months],
        change=change(moved.get("nps"), better="up", text=changes.whole),
        how=_(
            "100 × (promoters − detractors) / answers with a why = "
            "100 × (%(promoters)s − %(detractors)s) / %(n)s = %(value)s. "
            "Promoters gave 9 or 10, detractors 0 to 6. "
            "95 %% interval from %(low)s to %(high)s, by the adjusted Wald method."
        )
        % {
            "promoters": _number(score.promoters),
            "detractors": _number(score.detractors),
            "n": _number(score.n),
            "value": _signed(score.value, 1),
            "low": _signed(score.low, 1),
            "high": _signed(score.high, 1),
        },
        rows="explained",
    )


def _few(now: Figures, score: Nps | Mean) -> str:
    if not 0 < score.n < now.minimum:
        return ""
    said = _("not enough answers (%(n)s of %(minimum)s)")
    return said % {"n": _number(score.n), "minimum": _number(now.minimum)}


def _satisfaction(
    key: Literal["company", "partner"],
    name: str,
    now: Figures,
    moved: Differences,
    months: Sequence[Figures],
) -> Tile:
    def mean(figures: Figures) -> Mean:
        return figures.company if key == "company" else figures.partner

    value = mean(now)
    return Tile(
        key=key,
        name=name,
        n=value.n,
        value=_number(value.value, 2),
        unit="/ 5",
        interval=_margin(value.low, value.high, 2),
        few=_few(now, value) if key == "partner" else "",
        note="",
        trend=[mean(month).value for month in months],
        change=change(moved.get(key), better="up", text=changes.hundredths),
        how=_(
            "Mean of the answers from 0 to 5, n %(n)s = %(value)s. “Not applicable” is left out, "
            "never counted as 0. 95 %% interval from %(low)s to %(high)s, by Student’s t."
        )
        % {
            "n": _number(value.n),
            "value": _number(value.value, 2),
            "low": _number(value.low, 2),
            "high": _number(value.high, 2),
        },
        rows=key,
    )


def _cancellations(now: Figures, moved: Differences, months: Sequence[Figures]) -> Tile:
    found = now.cancellation
    return Tile(
        key="cancellations",
        name=_("Cancellations"),
        n=found.base,
        value=_percent(found.rate.value),
        unit="",
        interval=_range(found.rate),
        note="",
        trend=[month.cancellation.rate.value for month in months],
        change=change(moved.get("cancellations"), better="down", text=changes.points),
        how=_(
            "Cancelled / all that were confirmed or later = %(cancelled)s / %(base)s = %(rate)s. "
            "%(disputed)s disputed ones join no rate until decided. 95 %% Wilson interval."
        )
        % {
            "cancelled": _number(found.cancelled),
            "base": _number(found.base),
            "rate": _percent(found.rate.value),
            "disputed": _number(found.disputed),
        },
        rows="cancelled",
    )


def _response(now: Figures, moved: Differences, months: Sequence[Figures]) -> Tile:
    found = now.response
    return Tile(
        key="response",
        name=_("Response rate"),
        n=found.delivered,
        value=_percent(found.rate.value),
        unit="",
        interval=_range(found.rate),
        note=_("coverage %(rate)s") % {"rate": _percent(found.coverage.value)},
        trend=[month.response.rate.value for month in months],
        change=change(moved.get("response"), better="up", text=changes.points),
        how=_(
            "Answered / delivered invitations sent in the period = %(answered)s / %(delivered)s = "
            "%(rate)s. Coverage: invited / eligible = %(invited)s / %(eligible)s = %(coverage)s. "
            "95 %% Wilson interval."
        )
        % {
            "answered": _number(found.answered),
            "delivered": _number(found.delivered),
            "invited": _number(found.invited),
            "eligible": _number(found.eligible),
            "rate": _percent(found.rate.value),
            "coverage": _percent(found.coverage.value),
        },
        rows="answered",
    )


def _completed(now: Figures, moved: Differences, months: Sequence[Figures]) -> Tile:
    count = now.volume.completed
    return Tile(
        key="completed",
        name=pgettext("count", "Completed"),
        n=count,
        value=_number(count),
        unit="",
        interval="",
        note=_("of %(planned)s planned") % {"planned": _number(now.volume.planned)},
        trend=[float(month.volume.completed) for month in months],
        change=counted(moved.get("completed")),
        how=_(
            "%(completed)s of the %(planned)s interventions scheduled in the period were "
            "completed; a count has no interval. Repeat rate: clients who ordered again within 90 "
            "days of one of them / clients with one of which the 90 days are over. An order is one "
            "that was not cancelled, by the day it starts. 95 %% Wilson interval."
        )
        % {"completed": _number(count), "planned": _number(now.volume.planned)},
        rows="completed",
        later="repeat",
    )


def _returns(now: Figures, moved: Differences, months: Sequence[Figures]) -> Tile:
    rate = now.returns.positive
    return Tile(
        key="returns",
        name=_("Positive returns"),
        n=rate.n,
        value=_percent(rate.value, 0),
        unit="",
        interval=_range(rate),
        note="",
        trend=[month.returns.positive.value for month in months],
        change=change(moved.get("returns"), better="up", text=changes.points),
        how=_(
            "Debriefs with 9 or 10 / all debriefs = %(positive)s / %(n)s = %(rate)s. "
            "95 %% Wilson interval."
        )
        % {
            "positive": _number(rate.successes),
            "n": _number(rate.n),
            "rate": _percent(rate.value),
        },
        rows="debriefs",
    )


def _punctuality(now: Figures, moved: Differences, months: Sequence[Figures]) -> Tile:
    rate = now.volume.punctuality
    return Tile(
        key="punctuality",
        name=_("On the planned day"),
        n=rate.n,
        value=_percent(rate.value),
        unit="",
        interval=_range(rate),
        note=_("%(late)s late") % {"late": _number(now.volume.late)},
        trend=[month.volume.punctuality.value for month in months],
        change=change(moved.get("punctuality"), better="up", text=changes.points),
        how=_(
            "Completed on or before the planned local day / completed = "
            "(%(completed)s − %(late)s) / %(completed)s = %(rate)s. 95 %% Wilson interval."
        )
        % {
            "completed": _number(now.volume.completed),
            "late": _number(now.volume.late),
            "rate": _percent(rate.value),
        },
        rows="late",
    )


def _language() -> str:
    return get_language() or "en"


def _number(value: float | None, places: int = 0) -> str:
    return typography.number(value, _language(), places=places)


def _signed(value: float | None, places: int = 0) -> str:
    return typography.signed(value, _language(), places=places)


def _percent(value: float | None, places: int = 1) -> str:
    return typography.percent(value, _language(), places=places)


def _margin(low: float | None, high: float | None, places: int = 0) -> str:
    return typography.margin(low, high, _language(), places=places)


def _range(rate: Rate) -> str:
    """Both bounds in percent, since the interval of a share is not even."""
    if rate.low is None or rate.high is None:
        return ""
    places = 1 if rate.low < 0.1 or rate.high - rate.low < 0.02 else 0
    low, high = (_number(100 * bound, places) for bound in (rate.low, rate.high))
    return f"{low}–{high}"
