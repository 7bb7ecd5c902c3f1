"""How the corners of the triangle are computed, with the figures of the page put in."""

from __future__ import annotations

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from indicators.figures import Figures
from indicators.formulas.estimates import Mean
from indicators.gaps import Triangle, half_width
from partners.scoring import BRIEF_WEIGHT, WEIGHTS
from triangle import typography


def triangle_how(triangle: Triangle, now: Figures) -> list[tuple[str, str]]:
    """Names and definitions: of the four sides, then of the gaps between them."""
    return [
        (pgettext("quality", "Expected"), _expected(now)),
        (pgettext("quality", "Delivered"), _delivered(now)),
        (pgettext("quality", "Perceived"), _perceived(now)),
        (_("Partner’s view"), _returned(now)),
        (_("The gaps"), _gaps(triangle)),
    ]


def _expected(now: Figures) -> str:
    return _(
        "Mean over the interventions whose partner was assessed: %(figures)s. Of each, the share "
        "of the grid in force when the partner was assigned: on each criterion the level held, the "
        "mean of the assessors, over the highest level; by the weight of the criteria. It stays as "
        "it was, whatever becomes of the grid."
    ) % {"figures": _figures(now.expected)}


def _delivered(now: Figures) -> str:
    sides = now.cancellation.by_side
    figures: dict[str, str] = {
        **{str(step): str(weight) for step, weight in WEIGHTS.items()},
        "figures": _figures(now.delivered),
        "brief": str(BRIEF_WEIGHT),
        "done": _number(now.volume.completed),
        "late": _number(now.volume.late),
        "partner": _number(sides["partner"]),
        "company": _number(sides["company"]),
    }
    said = _(
        "Mean over the interventions of which something is known: %(figures)s. Of each, the share "
        "kept of what was to be done, by weight: confirmed %(confirmed)s, introduced "
        "%(introduced)s, brief refined %(brief_refined)s, started in time %(started)s, completed "
        "on the planned day %(completed)s, and the brief as the debrief found it fulfilled "
        "%(brief)s. Late counts half, missed nothing; what nobody noted is left out. Cancelled by "
        "the partner or by us: 0. Here %(done)s were completed, %(late)s of them late; partners "
        "cancelled %(partner)s, we %(company)s."
    )
    return said % figures


def _perceived(now: Figures) -> str:
    return _(
        "Mean score, 0 to 10, of answers with a why: %(figures)s. The corner shows their NPS."
    ) % {"figures": _figures(now.perceived)}


def _returned(now: Figures) -> str:
    figures = {"figures": _figures(now.returns.mean)}
    return _("Mean score, 0 to 10, of the debriefs: %(figures)s.") % figures


def _gaps(triangle: Triangle) -> str:
    gap = triangle.partner_client
    said = _(
        "The first mean minus the second; the interval adds the squares of the two half-widths, "
        "each by Student’s t. Certain when it leaves 0 out; undecided while one side has fewer "
        "than %(minimum)s answers."
    ) % {"minimum": _number(gap.minimum)}
    shown = triangle.widest or next((one for one in triangle.gaps if one.is_decided), None)
    if shown is None:
        return said
    worked = _(
        "Here %(first)s − %(second)s = %(gap)s, and √(%(one)s² + %(other)s²) = %(margin)s."
    ) % {
        "first": _number(shown.first.value, 2),
        "second": _number(shown.second.value, 2),
        "gap": typography.signed(shown.value, _language(), places=2),
        "one": _number(half_width(shown.first), 2),
        "other": _number(half_width(shown.second), 2),
        "margin": _number(shown.margin, 2),
    }
    return f"{said} {worked}"


def _figures(mean: Mean) -> str:
    """7.95 (7.91 to 7.99, n 792), or a dash."""
    if mean.value is None:
        return typography.DASH
    return _("%(value)s (%(low)s to %(high)s, n %(n)s)") % {
        "value": _number(mean.value, 2),
        "low": _number(mean.low, 2),
        "high": _number(mean.high, 2),
        "n": _number(mean.n),
    }


def _number(value: float | None, places: int = 0) -> str:
    return typography.number(value, _language(), places=places)


def _language() -> str:
    return get_language() or "en"
