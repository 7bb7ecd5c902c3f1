"""Expected and delivered: what they are made of, and that the page says so with its figures."""

from datetime import timedelta

import pytest
from django.utils import timezone

from indicators.dashboard import dashboard
from indicators.tallies import recount
from partners import debriefs, grids, interventions
from partners.models import Criterion
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from tests.factories import NOON, InterventionFactory, PartnerFactory, ServiceFactory, UserFactory
from triangle.periods import local_day

pytestmark = pytest.mark.django_db

MARCH = "from=2026-03-01&to=2026-03-31"
DAY = timedelta(days=1)


def grid_of(service, *weights, on):
    criteria = [
        Criterion(name_en=f"C{at}", name_fr=f"C{at}", weight_percent=weight, asked=3)
        for at, weight in enumerate(weights)
    ]
    return grids.publish(
        discipline=service.discipline, criteria=criteria, valid_from=local_day(on), now=on
    )


def assess(partner, grid, *levels, now):
    rows = grid.criteria.order_by("name_en")
    scores = dict(zip(rows, levels, strict=True))
    grids.assess(partner, grid, scores=scores, now=now, assessor=UserFactory())


def corners():
    recount.recount_all(now=timezone.now())
    choice = PeriodChoice.from_query(
        {"from": "2026-03-01", "to": "2026-03-31"}, today=local_day(NOON)
    )
    return dashboard(Scope(), choice, today=local_day(NOON)).triangle


def test_expected_is_what_was_held_of_the_grid_in_force_then():
    """70 parts of 4 / 5, of assessors 3 and 5, and 30 of 2 / 5: 68 %, whatever comes later."""
    service, partner = ServiceFactory(), PartnerFactory()
    grid = grid_of(service, 70, 30, on=NOON - 30 * DAY)
    assess(partner, grid, 3, 2, now=NOON - 20 * DAY)
    assess(partner, grid, 5, 2, now=NOON - 19 * DAY)
    first = InterventionFactory(service=service, partner=None, status="requested")
    interventions.assign(first, partner, now=NOON - 10 * DAY)
    later = grid_of(service, 100, on=NOON - 5 * DAY)
    assess(partner, later, 0, now=NOON - 4 * DAY)
    interventions.confirm(first, now=NOON - 3 * DAY)
    assert corners().expected.value == pytest.approx(6.8)
    second = InterventionFactory(service=service, partner=None, status="requested")
    interventions.assign(second, partner, now=NOON - 2 * DAY)
    interventions.confirm(second, now=NOON - DAY)
    found = corners().expected
    assert (found.value, found.n) == (pytest.approx(3.4), 2)


def test_delivered_is_completion_punctuality_no_cancellation_of_ours_and_the_brief():
    """In time 10, late 5, in time but of a brief not fulfilled 5.6, cancelled by us 0: 5.15."""
    kept, late, unfulfilled, ours, theirs = InterventionFactory.create_batch(5)
    interventions.complete(kept, now=NOON)
    interventions.complete(late, now=NOON + 2 * DAY)
    interventions.complete(unfulfilled, now=NOON)
    debriefs.file(unfulfilled, score=8, why="Nobody knew we came", now=NOON, brief_accuracy=0)
    interventions.cancel(ours, side="company", reason="Our mistake", now=NOON)
    interventions.cancel(theirs, side="client", reason="Ill", now=NOON)
    found = corners().delivered
    assert (found.value, found.n) == (pytest.approx((10 + 5 + 5.6 + 0) / 4), 4)


def test_the_page_says_so_with_its_figures(as_quality_lead):
    for percent in (60, 80):
        InterventionFactory(completed=True, expected_percent=percent, delivered_percent=percent)
    InterventionFactory(cancelled=True, cancelled_by="company", delivered_percent=0)
    recount.recount_all(now=timezone.now())
    page = as_quality_lead.get(f"/dashboard/?{MARCH}").content.decode()
    assert "whose partner was assessed: 7.00 (0.00 to 10.00, n 2). Of each, the share" in page
    assert "of which something is known: 4.67 (0.00 to 10.00, n 3)." in page
    assert "confirmed 15, introduced 25, brief refined 15, started in time 20, completed" in page
    assert "the brief as the debrief found it fulfilled 20" in page
    assert "Here 2 were completed, 0 of them late; partners cancelled 0, we 1." in page
    assert "undecided while one side has fewer than 8 answers." in page
