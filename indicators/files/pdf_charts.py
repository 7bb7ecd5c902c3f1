"""Numbers and labels of the drawings in a PDF, as the page shows them; `report.typ` draws.

The tables of the same file hold the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from indicators.charts.mapping import axis_span, label_places
from indicators.charts.trend import Marker, Month
from indicators.dashboard import Dashboard
from indicators.files.report import CORNERS
from indicators.formulas.estimates import Nps
from indicators.formulas.mapping import mean_cut
from indicators.gap_words import amount, headline
from indicators.gaps import Corner, Gap, Triangle
from triangle import typography

LABELS = 12  # months named under the axis
TICKS = (0.1, 0.25, 0.5, 1.0)  # steps of an axis, of which it takes the least that leaves
MOST_TICKS = 7

Drawing = dict[str, Any]


def dashboard_charts(page: Dashboard) -> dict[str, Drawing | None]:
    sides = sorted(page.sides, key=lambda side: -side[2])
    found = page.now.cancellation
    base = {
        "cancelled": _number(found.cancelled),
        "base": _number(found.base),
        "rate": typography.percent(found.rate.value, _language(), places=1),
    }
    return {
        "triangle": _triangle(page.triangle),
        "months": _months(page),
        "scores": {
            "title": _("Scores 0 to 10"),
            "note": " · ".join([_("answers"), *(_shares(page) if page.now.nps.n else [])]),
            "bars": [{"name": str(score), "value": n} for _rows, score, n in page.scores],
        },
        "mapping": _mapping(page),
        "sides": {
            "title": _("Cancellations by side"),
            "note": _("cancelled interventions")
            + " · "
            + _("%(cancelled)s of %(base)s = %(rate)s. Disputed ones join no rate until decided.")
            % base,
            "bars": [{"name": name, "value": n} for _rows, name, n in sides],
        },
    }


def _triangle(found: Triangle) -> Drawing:
    """Corners, the gaps between them, and the side that leads back."""
    views = found.partner_client
    days = found.review_days
    return {
        "title": _("The triangle"),
        "note": _("0 to 10 unless named"),
        "said": headline(found),
        "corners": {
            "expected": _corner("expected", found.expected, _("grid met"), _("no assessment yet")),
            "delivered": _corner("delivered", found.delivered, _("steps kept"), _("no step known")),
            "perceived": {
                **_corner("perceived", found.perceived, _("NPS"), _("no answer yet")),
                **_in_points(found.nps),
            },
        },
        "sides": {
            "delivered_expected": _side(found.delivered_expected, _("delivered against expected")),
            "perceived_delivered": _side(found.perceived_delivered, _("felt against delivered")),
        },
        "views": {
            **_side(views, _("Widest gap") if views.is_widest else _("Two views")),
            "lines": [
                " ".join([name, _view(views, voice.value, voice.n)])
                for name, voice in (
                    (_("partner’s view"), views.first),
                    (_("client’s view"), views.second),
                )
            ],
        },
        "loop": {
            "said": ""
            if days is None
            else ngettext("%(days)s day", "%(days)s days", days) % {"days": days},
            "name": _("no grid yet") if days is None else _("since the grid review"),
        },
    }


def _corner(key: str, corner: Corner, note: str, missing: str) -> Drawing:
    return {
        "name": str(CORNERS[key]),
        "note": note,
        "value": _number(corner.value, 1) if corner.is_known else "",
        "unit": typography.margin(corner.low, corner.high, _language(), places=1),
        "foot": f"n {_number(corner.n)}" if corner.is_known else missing,
    }


def _in_points(score: Nps) -> Drawing:
    if score.value is None:
        return {}
    margin = typography.margin(score.low, score.high, _language())
    return {"value": typography.signed(score.value, _language()), "unit": margin}


def _side(gap: Gap, name: str) -> Drawing:
    is_widest = gap.is_widest
    return {"said": amount(gap), "name": name, "is_widest": is_widest, "width": gap.width}


def _view(gap: Gap, value: float | None, n: int) -> str:
    return _number(value, 1) if gap.is_decided else f"n {_number(n)}"


def _months(page: Dashboard) -> Drawing:
    known = [month for month in page.months if month.nps.value is not None]
    every = max(1, ceil(len(page.months) / LABELS))
    return {
        "title": _("NPS by month, with 95 %% interval") % {},
        "note": _("NPS, points"),
        "points": [_point(month) for month in page.months] if known else [],
        "names": [_named(page.months, place, every) for place in range(len(page.months))],
        "every": every,
        "beside": page.beside and {"value": page.beside.value, "label": page.beside.label},
        "markers": [_marker(marker, page.months) for marker in page.markers],
    }


def _point(month: Month) -> Drawing:
    score, aim = month.nps, typography.signed(month.target, _language())
    return {
        "value": score.value,
        "low": score.low,
        "high": score.high,
        "said": typography.signed(score.value, _language()),
        "target": month.target,
        "aim": _("target %(value)s") % {"value": aim},
    }


def _named(months: Sequence[Month], place: int, every: int) -> str:
    """Its month; with its year where it is the first, a January, or stands alone among others."""
    day = months[place].starts_on
    has_year = place == 0 or day.month == 1 or every > 1
    return " ".join([typography.short_month(day, _language()), *([str(day.year)] * has_year)])


def _marker(marker: Marker, months: Sequence[Month]) -> Drawing:
    """`at` counts months from the first, with the part of its own that had passed."""
    first = months[0].starts_on
    whole = (marker.day.year - first.year) * 12 + marker.day.month - first.month
    return {"at": whole + (marker.day.day - 1) / 31, "label": marker.label}


def _shares(page: Dashboard) -> list[str]:
    said = {
        name: typography.percent(share, _language(), places=0)
        for name, share in page.shares.items()
    }
    return [
        _("Detractors %(share)s") % {"share": said["detractors"]},
        _("Passives %(share)s") % {"share": said["passives"]},
        _("Promoters %(share)s") % {"share": said["promoters"]},
    ]


def _mapping(page: Dashboard) -> Drawing | None:
    """None where nothing was placed."""
    cut = mean_cut(page.now.criterion_counts())
    placed = [point for point in page.now.mapping if point.zone]
    if not placed or cut is None:
        return None
    names = page.now.criterion_names
    return {
        "title": _("Satisfaction mapping"),
        "note": _("cut at the mean · hollow = undecided"),
        "x": _axis([point.satisfaction for point in placed], cut.satisfaction),
        "y": _axis([point.importance for point in placed], cut.importance),
        "x_title": _("satisfaction, 0 to 5"),
        "y_title": _("importance, 0 to 5"),
        "zones": {
            "act_now": "! " + pgettext("zone", "Act now"),
            "strength": pgettext("zone", "Strengths"),
            "medium_term": pgettext("zone", "Medium-term plan"),
            "watch": pgettext("zone", "Watch for over-quality"),
        },
        "points": [
            {
                "name": names[point.criterion],
                "x": [point.satisfaction_low, point.satisfaction, point.satisfaction_high],
                "y": [point.importance_low, point.importance, point.importance_high],
                "is_decided": point.decided,
                "is_below": where.startswith("bottom"),
            }
            for point, where in zip(placed, label_places(placed), strict=True)
        ],
    }


def _axis(values: Sequence[float | None], cut: float) -> Drawing:
    low, high = axis_span(values, cut)
    step = next((step for step in TICKS if (high - low) / step <= MOST_TICKS), TICKS[-1])
    ticks = [at * step for at in range(ceil(low / step), floor(high / step) + 1)]
    places = 2 if step == 0.25 else 1
    return {
        "low": low,
        "high": high,
        "cut": cut,
        "ticks": [{"at": tick, "name": _number(tick, places)} for tick in ticks],
    }


def _number(value: float | None, places: int = 0) -> str:
    return typography.number(value, _language(), places=places)


def _language() -> str:
    return get_language() or "en"
