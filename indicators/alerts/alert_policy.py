"""How sure an alert must be before anybody is told: the company's choice, with what each costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from indicators.formulas.shifts import ONCE_IN_TWENTY_MONTHS, ONCE_IN_TWENTY_YEARS, Limit
from indicators.models import AlertPolicy, Sureness
from triangle import journal
from triangle.models import User

LIMITS: dict[Sureness, Limit] = {
    Sureness.MONTHS: ONCE_IN_TWENTY_MONTHS,
    Sureness.YEARS: ONCE_IN_TWENTY_YEARS,
}
NAMES: dict[Sureness, str | Promise] = {
    Sureness.MONTHS: pgettext_lazy("alerts", "Sooner"),
    Sureness.YEARS: pgettext_lazy("alerts", "Surer"),
}


@dataclass(frozen=True)
class Offer:
    """What one sureness means to who hears of so many scopes."""

    sureness: Sureness
    scopes: int
    is_chosen: bool

    @property
    def name(self) -> str | Promise:
        return NAMES[self.sureness]

    @property
    def risen(self) -> tuple[float, float]:
        return LIMITS[self.sureness].risen

    @property
    def how_often(self) -> str:
        return often(self.scopes * LIMITS[self.sureness].false_a_year)


@dataclass(frozen=True)
class Found:
    """Shares of falls by 15 points found within 30 and within 60 days, of each offer."""

    answers_a_month: int
    shares: list[tuple[float, float]]


def offers(policy: AlertPolicy, *, scopes: int) -> list[Offer]:
    return [Offer(one, scopes, one == policy.sureness) for one in Sureness]


def found(offers: Sequence[Offer]) -> list[Found]:
    limits = [LIMITS[offer.sureness] for offer in offers]
    return [Found(n, [limit.found[n] for limit in limits]) for n in limits[0].found]


def often(a_year: float) -> str:
    """About 8 a year, or about one in 25 years."""
    if a_year > 2 / 3:
        count = round(a_year)
        return ngettext("about %(n)s a year", "about %(n)s a year", count) % {"n": count}
    return _("about one in %(n)s years") % {"n": round(1 / a_year)}


@transaction.atomic
def choose(sureness: Sureness, *, by: User, now: datetime) -> AlertPolicy:
    """It holds from the next night on; what was told stays as it was told."""
    stored = AlertPolicy.objects.select_for_update().filter(pk=1).first()
    if stored and stored.sureness == sureness:
        return stored
    chosen = {"sureness": sureness, "by": by, "saved_at": now}
    policy, _is_new = AlertPolicy.objects.update_or_create(pk=1, defaults=chosen)
    journal.record("alert_policy.chosen", policy, now=now, actor=by, sureness=str(sureness))
    return policy
