"""A partner's scorecard: figures with interval and n, beside the network, and their inputs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from feedback.models import Rating
from indicators.figures import Figures, figures
from indicators.formulas import estimates
from indicators.formulas.estimates import Band, Rate
from partners import grids
from partners.grids import Holding
from partners.models import Intervention, Partner
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.models import User

INPUTS = 8  # answers shown under the figures
SHOWN = 8  # interventions of each kind


@dataclass(frozen=True)
class Scorecard:
    """`band` is None with fewer answers than the minimum: nothing is ranked on so few."""

    partner: Partner
    choice: PeriodChoice
    now: Figures
    network: Figures
    band: Band | None
    minimum: int
    holdings: list[Holding]
    inputs: list[Rating]
    ahead: list[Intervention]
    past: list[Intervention]

    @property
    def has_enough(self) -> bool:
        return self.now.nps.n >= self.minimum

    @property
    def network_has_enough(self) -> bool:
        return self.network.nps.n >= self.minimum

    @property
    def cancelled(self) -> Rate:
        """What the partner cancelled among all that was confirmed; no side of anybody else."""
        return _cancelled_by_partner(self.now)

    @property
    def network_cancelled(self) -> Rate:
        return _cancelled_by_partner(self.network)

    @property
    def query(self) -> str:
        """The same partner and period on the pages that count."""
        chosen = self.choice.as_query() or f"period={self.choice.name}"
        return f"partner={self.partner.pk}&{chosen}"


def scorecard(partner: Partner, choice: PeriodChoice, *, user: User, today: date) -> Scorecard:
    """The same number of queries whatever there is; a manager reads their portfolio."""
    scope = Scope.of(user, partner=[partner.pk])
    now = figures(scope, choice.period)
    network = figures(Scope.of(user), choice.period)
    minimum = settings.PARTNER_MINIMUM_ANSWERS
    enough = now.nps.n >= minimum
    days = (choice.period.first, choice.period.last)
    answers = Rating.objects.visible_to(user).current().filter(partner=partner)
    mine = Intervention.objects.visible_to(user).filter(partner=partner).for_list()
    return Scorecard(
        partner=partner,
        choice=choice,
        now=now,
        network=network,
        band=estimates.band(now.nps.low, now.nps.high, network.nps.value) if enough else None,
        minimum=minimum,
        holdings=grids.holdings(partner, today=today),
        inputs=list(answers.filter(answered_on__range=days).for_list()[:INPUTS]),
        ahead=list(mine.ahead(today=today)[:SHOWN]),
        past=list(mine.behind(today=today)[:SHOWN]),
    )


def _cancelled_by_partner(found: Figures) -> Rate:
    cancellation = found.cancellation
    return estimates.wilson(cancellation.by_side["partner"], cancellation.base)
