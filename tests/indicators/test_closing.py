import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback import ratings
from feedback.models import Invitation, Rating
from indicators import as_closed, closing
from indicators.closing import close_due, closes_at, due, rebuild, verify
from indicators.document import document
from indicators.figures import figures
from indicators.late_answers import late_answers, late_counts
from indicators.models import ClosedMonth
from indicators.tallies.recount import drain_all
from partners.models import Intervention
from partners.scope import Scope
from tests.factories import (
    DisciplineFactory,
    InterventionFactory,
    InvitationFactory,
    RatingCriterionFactory,
    RatingFactory,
    ServiceFactory,
)
from tests.indicators.market import Market
from triangle.models import JournalEntry

pytestmark = pytest.mark.django_db

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
AFTER_MARCH = datetime(2026, 4, 4, 1, tzinfo=UTC)
AFTER_APRIL = datetime(2026, 5, 4, 1, tzinfo=UTC)


def read(closed):
    return json.loads(closed.figures)


def answered(instant, **fields):
    return RatingFactory(answered_at=datetime.fromisoformat(instant), **fields)


def close(now=AFTER_MARCH):
    return close_due(now=now)[-1]


@pytest.mark.parametrize(
    ("zone", "month", "instant"),
    [
        ("Europe/Paris", date(2026, 3, 1), "2026-04-03T22:00Z"),  # summer time since the 29th
        ("Europe/Paris", date(2025, 10, 1), "2025-11-03T23:00Z"),  # winter time since the 26th
        ("Europe/Paris", date(2025, 12, 1), "2026-01-03T23:00Z"),
        ("America/New_York", date(2026, 10, 1), "2026-11-04T04:00Z"),  # an hour more on the 1st
        ("America/Sao_Paulo", date(2026, 2, 1), "2026-03-04T03:00Z"),
    ],
)
def test_a_month_is_closed_72_hours_that_pass_after_its_end(settings, zone, month, instant):
    settings.TIME_ZONE = zone
    timezone.get_default_timezone.cache_clear()
    try:
        assert closes_at(month) == datetime.fromisoformat(instant)
    finally:
        timezone.get_default_timezone.cache_clear()


def test_nothing_to_close_where_nothing_happened():
    assert close_due(now=AFTER_MARCH) == []


@pytest.mark.parametrize(("minutes", "months"), [(-1, []), (0, [MARCH])])
def test_neither_a_minute_too_early_nor_too_late(minutes, months):
    RatingFactory()
    assert list(due(now=closes_at(MARCH) + timedelta(minutes=minutes))) == months


def test_twice_closes_nothing_more():
    RatingFactory()
    assert [one.month for one in close_due(now=AFTER_MARCH)] == [MARCH]
    assert close_due(now=AFTER_MARCH) == []
    assert JournalEntry.objects.filter(kind="month.closed").count() == 1


def test_months_missed_are_made_up_and_one_without_facts_is_its_own_state():
    answered("2026-03-10T10:00Z")
    answered("2026-05-10T10:00Z")
    closed = close_due(now=datetime(2026, 6, 30, tzinfo=UTC))
    assert [f"{one.month:%m}" for one in closed] == ["03", "04", "05"]
    empty = read(closed[1])["figures"]
    assert (empty["all"]["nps"]["value"], empty["discipline"]) == (None, {})


@pytest.mark.parametrize(
    ("instant", "month"),
    [
        ("2026-03-31T21:59Z", "2026-03"),
        ("2026-03-31T22:01Z", "2026-04"),
        ("2025-10-26T00:30Z", "2025-10"),  # the hour that comes twice
        ("2025-10-31T22:59Z", "2025-10"),
        ("2025-10-31T23:01Z", "2025-11"),
    ],
)
def test_an_answer_belongs_to_its_local_month(instant, month):
    scheduled_at = datetime.fromisoformat(instant) - timedelta(hours=2)
    answered(instant, intervention=InterventionFactory(completed=True, scheduled_at=scheduled_at))
    closed = close_due(now=datetime(2026, 6, 30, tzinfo=UTC))
    n = {read(one)["month"]: read(one)["figures"]["all"]["nps"]["n"] for one in closed}
    assert {name: count for name, count in n.items() if count} == {month: 1}


def test_frozen_figures_are_those_of_the_dashboard():
    market = Market()
    drain_all(now=AFTER_MARCH)
    for closed in close_due(now=datetime(2025, 7, 1, tzinfo=UTC)):
        frozen = read(closed)["figures"]
        for code, scope in scopes(market):
            shown = document(figures(scope, closing.whole(closed.month)))
            found = frozen["discipline"].get(code) if code else frozen["all"]
            for name in ("nps", "nps_all", "cancellation", "volume", "response", "mapping"):
                if found:
                    assert found[name] == json.loads(json.dumps(shown[name])), (code, name)


def scopes(market):
    yield "", Scope()
    for service in market.services:
        yield service.discipline.code, Scope(discipline=(service.discipline_id,))


def test_a_rebuilt_month_has_the_same_bytes():
    Market()
    for closed in close_due(now=datetime(2025, 7, 1, tzinfo=UTC)):
        built = rebuild(closed)
        assert built.figures.encode() == closed.figures.encode()
        assert built.input_hash == closed.input_hash
        assert verify(closed, now=timezone.now()).verdict == "same"


def test_a_late_import_changes_nothing_frozen_and_is_listed():
    answered("2026-03-10T10:00Z")
    closed = close()
    late = answered("2026-03-20T10:00Z", source=Rating.Source.IMPORT)
    assert rebuild(closed).figures == closed.figures
    assert list(late_answers(closed)) == [late]
    assert late_counts([closed]) == {MARCH: 1}


def test_late_answers_join_the_next_run_once():
    intervention = answered("2026-03-10T10:00Z").intervention
    close()
    Rating.objects.update(is_current=False)
    answered("2026-03-20T10:00Z", score=3, intervention=intervention)
    late = read(close(AFTER_APRIL))["late"]["2026-03"]
    assert late["rows"] == {"rating": 1}
    assert (sum(late["scores"]), late["scores"][3]) == (1, 1)
    InterventionFactory(scheduled_at=datetime(2026, 5, 2, tzinfo=UTC))
    assert read(close(datetime(2026, 6, 10, tzinfo=UTC)))["late"] == {}


def test_each_answer_is_in_one_run():
    market, runs = Market(interventions=80), []
    for day in ("2025-02-20", "2025-03-20", "2025-07-01"):
        runs += [read(one) for one in close_due(now=datetime.fromisoformat(f"{day}T00:00Z"))]
        known = Rating.objects.current().count()
        market.add(20)
    counted = sum(sum(run["figures"]["all"]["nps_all"]["distribution"]) for run in runs)
    late = [month["scores_all"] for run in runs for month in run["late"].values()]
    assert counted + sum(map(sum, late)) == known
    assert late


def test_a_revision_after_the_closing_counts_in_its_own_month():
    rating = answered("2026-03-31T10:00Z", score=2)
    closed = close()
    ratings.revise(rating, score=9, why="It was settled.", reason="settled", now=AFTER_MARCH)
    assert not Rating.objects.get(pk=rating.pk).is_current
    assert rebuild(closed).figures == closed.figures
    assert late_counts([closed]) == {MARCH: 0}


def test_an_answer_after_the_closing_does_not_move_the_response_rate_of_its_cohort():
    at = datetime(2026, 3, 31, 10, tzinfo=UTC)
    fact = InterventionFactory(completed=True, scheduled_at=at - timedelta(hours=4))
    invitation = InvitationFactory(intervention=fact, sent=True, due_at=at)
    closed = close()
    ratings.answer(
        invitation, score=9, why="Very good indeed.", now=AFTER_MARCH + timedelta(hours=1)
    )
    assert Invitation.objects.get().status == "answered"
    assert rebuild(closed).figures == closed.figures


def test_an_expired_or_bounced_invitation_moves_nothing_frozen():
    at = datetime(2026, 3, 31, 10, tzinfo=UTC)
    invitations = [
        InvitationFactory(
            intervention=InterventionFactory(completed=True, scheduled_at=at), sent=True, due_at=at
        )
        for _each in range(2)
    ]
    closed = close()
    Invitation.objects.filter(pk=invitations[0].pk).update(status="expired")
    Invitation.objects.filter(pk=invitations[1].pk).update(bounced_at=AFTER_APRIL)
    assert rebuild(closed).figures == closed.figures


def test_erasing_words_and_names_changes_no_hash():
    answered("2026-03-10T10:00Z")
    closed = close()
    Rating.objects.update(why="(erased)")
    Intervention.objects.update(brief="", place="", cancel_reason="")
    assert rebuild(closed).input_hash == closed.input_hash


def test_losing_the_why_altogether_is_seen():
    answered("2026-03-10T10:00Z")
    closed = close()
    Rating.objects.update(why="")
    assert rebuild(closed).input_hash != closed.input_hash


@pytest.mark.parametrize(
    "change", [{"score": 1}, {"partner_score": 3}, {"satisfaction_2": 4}, {"not_applicable": 4}]
)
def test_a_changed_fact_is_found_by_family_and_day(change):
    answered("2026-03-10T10:00Z")
    closed = close()
    Rating.objects.update(**change)
    found = verify(closed, now=AFTER_APRIL)
    assert found.verdict == "differs"
    assert found.differences == [{"family": "rating", "day": "2026-03-10", "then": 1, "now": 1}]
    assert ClosedMonth.objects.get().figures_hash == closed.figures_hash


def test_a_lost_fact_is_found():
    answered("2026-03-10T10:00Z")
    closed = close()
    Rating.objects.all().delete()
    [lost] = verify(closed, now=AFTER_APRIL).differences
    assert (lost["then"], lost["now"]) == (1, 0)


def test_what_is_regrouped_later_moves_no_frozen_month():
    rating = answered("2026-03-10T10:00Z", satisfaction_2=4)
    closed = close()
    service = rating.service
    service.discipline = DisciplineFactory()
    service.save()
    ServiceFactory()
    RatingCriterionFactory()
    assert rebuild(closed).figures == closed.figures


def test_newer_formulas_are_told_from_other_facts(monkeypatch):
    RatingFactory()
    closed = close()
    monkeypatch.setattr(closing, "FORMULAS", closing.FORMULAS + 1)
    assert verify(closed, now=AFTER_APRIL).verdict == "formulas"
    Rating.objects.update(score=1)
    assert verify(closed, now=AFTER_APRIL).verdict == "differs"


def test_the_formulas_of_this_version_give_these_figures():
    """When this fails, the same counts give other figures: raise closing.FORMULAS."""
    for score in (10, 9, 7, 3):
        RatingFactory(score=score, company_score=4, satisfaction_2=score % 6, importance_2=3)
    InterventionFactory(cancelled=True)
    frozen = read(close())["figures"]["all"]
    assert frozen["nps"]["value"] == 25.0
    del frozen["counts"]
    assert (closing.FORMULAS, closing._hash(closing._canonical(frozen))[:16]) == GOLDEN


GOLDEN = (2, "55996c409c0c9ff7")


def test_reading_a_month_asks_the_same_number_of_queries_for_any_size():
    RatingFactory()
    closed = close()
    with CaptureQueriesContext(connection) as few:
        rebuild(closed)
    for _each in range(5):
        RatingFactory()
    Market(interventions=40)
    with CaptureQueriesContext(connection) as many:
        rebuild(closed)
    assert len(few) == len(many)


def test_rows_are_read_as_a_stream(monkeypatch):
    """No more than this many rows are ever held, however large the month."""
    monkeypatch.setattr(as_closed, "ROWS_AT_ONCE", 2)
    for _each in range(5):
        answered("2026-03-10T10:00Z")
    closed = close()
    monkeypatch.setattr(as_closed, "ROWS_AT_ONCE", 2_000)
    assert rebuild(closed).input_hash == closed.input_hash
