from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from feedback.models import Rating, RatingCriterion
from indicators import zone_journal
from indicators.formulas.mapping import MappingPoint
from indicators.models import ZoneChange
from indicators.tallies.recount import drain_all
from indicators.zone_journal import Change, changes
from partners.models import Intervention
from tests.factories import InterventionFactory, UserFactory

JULY = datetime(2026, 7, 10, tzinfo=UTC)
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def point(zone, *, n=20, importance_n=20, decided=True):
    return MappingPoint("kind", 4, 3.9, 4.1, 4, 3.9, 4.1, n, importance_n, zone, decided)


def told(*points):
    months = [date(2026, 1 + place, 1) for place in range(len(points))]
    return list(changes(zip(months, ([one] for one in points), strict=True)))


@pytest.mark.parametrize("zones", [[], ["watch"], ["watch", "watch"]])
def test_who_stays_makes_no_line(zones):
    assert told(*map(point, zones)) == []


def test_a_move_is_told_with_both_zones():
    found = told(point("watch"), point("watch"), point("act_now"))
    assert found == [Change(date(2026, 3, 1), "kind", "watch", "act_now", True)]


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("after", [True, False])
def test_a_move_is_decided_when_both_ends_are(before, after):
    [found] = told(point("watch", decided=before), point("act_now", decided=after))
    assert found.decided == (before and after)


@pytest.mark.parametrize("few", [{"n": 7}, {"importance_n": 7}])
def test_a_month_with_few_answers_says_nothing(few):
    assert told(point("watch"), point("act_now", **few), point("watch")) == []
    [found] = told(point("watch"), point("act_now", **few), point("strength"))
    assert (found.from_zone, found.month) == ("watch", date(2026, 3, 1))


def test_a_month_without_a_zone_says_nothing():
    assert told(point("watch"), point(None), point("watch")) == []


@pytest.fixture
def slots(db):
    return list(RatingCriterion.objects.order_by("slot").values_list("slot", flat=True)[:2])


def rated(slots, month, first, second, *, n=10, **fields):
    """Satisfaction with two equally important criteria; the less pleasing one is to be acted on."""
    at = datetime(month.year, month.month, 15, 12, tzinfo=UTC)
    one = InterventionFactory(completed=True, scheduled_at=at, **fields)
    same = {name: getattr(one, name) for name in ("status", "scheduled_at", "scheduled_on")}
    made = Intervention.objects.bulk_create(
        Intervention(**one.scope(), **same, completed_at=at) for _ in range(n)
    )
    marks = dict(zip(slots, (first, second), strict=True))
    Rating.objects.bulk_create(
        Rating(
            **each.scope(),
            intervention=each,
            score=9,
            answered_at=at,
            answered_on=at.date(),
            source="import",
            **{f"satisfaction_{slot}": mark for slot, mark in marks.items()},
            **{f"importance_{slot}": 4 for slot in slots},
        )
        for each in made
    )
    return one.service


def journal(discipline=None, until=JUNE):
    return [
        (line.month, line.criterion.slot, line.from_zone, line.to_zone)
        for line in ZoneChange.objects.of(discipline, until=until)
    ]


def test_the_journal_is_written_once_for_all_and_for_the_discipline(slots):
    service = rated(slots, MAY, 5, 1)
    rated(slots, JUNE, 1, 5, service=service)
    drain_all(now=JULY)
    first, second = slots
    moves = [
        (JUNE, first, "strength", "act_now"),
        (JUNE, second, "act_now", "strength"),
    ]
    assert zone_journal.write(now=JULY) == 4
    assert (journal(), journal(service.discipline_id)) == (moves, moves)
    assert zone_journal.write(now=JULY) == 0


def test_a_month_still_open_is_not_told(slots):
    rated(slots, MAY, 5, 1)
    rated(slots, JUNE, 1, 5)
    drain_all(now=JULY)
    assert zone_journal.write(now=datetime(2026, 7, 3, tzinfo=UTC)) == 0
    assert zone_journal.write(now=datetime(2026, 7, 4, tzinfo=UTC)) == 2


def test_what_the_facts_no_longer_tell_is_taken_back(slots):
    rated(slots, MAY, 5, 1)
    rated(slots, JUNE, 1, 5)
    drain_all(now=JULY)
    zone_journal.write(now=JULY)
    Rating.objects.filter(answered_on__gte=JUNE).update(is_current=False)
    drain_all(now=JULY)
    assert zone_journal.write(now=JULY) == 2
    assert journal() == []


@pytest.mark.parametrize(
    "wrong", [{"month": date(2026, 5, 2)}, {"to_zone": "watch"}, {"discipline": None}]
)
def test_the_database_refuses_a_line_that_cannot_be(db, wrong):
    line = {
        "month": MAY,
        "criterion": RatingCriterion.objects.first(),
        "from_zone": "watch",
        "to_zone": "act_now",
        "decided": True,
    }
    if "discipline" in wrong:
        ZoneChange.objects.create(**line)
    with pytest.raises(IntegrityError), transaction.atomic():
        ZoneChange.objects.create(**{**line, **wrong})


@pytest.fixture
def as_lead(db, client):
    client.force_login(UserFactory(role="quality_lead"))
    return client


def test_the_dashboard_tells_the_journal_beside_the_mapping(as_lead, slots):
    rated(slots, MAY, 5, 1)
    service = rated(slots, JUNE, 1, 5)
    drain_all(now=JULY)
    zone_journal.write(now=JULY)
    days = "from=2026-05-01&to=2026-06-30"
    page = as_lead.get(f"/dashboard/?{days}").content.decode()
    assert "from Strengths to <b>Act now</b>" in page
    assert page.count('id="zone-changes-table"') == 1
    narrowed = as_lead.get(f"/dashboard/?{days}&service={service.pk}").content.decode()
    assert "zone-changes-table" not in narrowed
