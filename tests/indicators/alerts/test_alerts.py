from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from feedback.models import Rating
from indicators.alerts.alert_policy import choose
from indicators.alerts.alerts import mark_seen, mark_unseen, raise_due
from indicators.models import Alert, Sureness
from indicators.tallies.recount import drain_all
from partners.models import Intervention
from tests.factories import (
    ClientFactory,
    InterventionFactory,
    PartnerFactory,
    ServiceFactory,
    UserFactory,
)
from triangle.models import JournalEntry, Role
from triangle.periods import local_day

pytestmark = pytest.mark.django_db

APRIL_FIRST = datetime(2026, 4, 1, 2, tzinfo=UTC)
USUAL, FALLEN = (10, 10, 9, 8, 3), (2, 3, 2, 8, 3)
COMPLETED = {"completed": True}


def answer(month, scores, *, each=10, client=None, service=None, days=20):
    """Each of the scores so many times, spread over days from the 2nd of a month."""
    first = InterventionFactory(
        completed=True, client=client or ClientFactory(), service=service or ServiceFactory()
    )
    made = Intervention.objects.bulk_create(
        Intervention(
            **first.scope(),
            status="completed",
            scheduled_at=first.scheduled_at,
            scheduled_on=first.scheduled_on,
            completed_at=first.completed_at,
            completed_on=first.completed_on,
        )
        for _ in range(each * len(scores))
    )
    at = datetime(*month, 2, 12, tzinfo=UTC)
    Rating.objects.bulk_create(
        Rating(
            **one.scope(),
            intervention=one,
            score=scores[place % len(scores)],
            why="Because.",
            answered_at=at + timedelta(days=place % days),
            answered_on=local_day(at + timedelta(days=place % days)),
            source="phone",
        )
        for place, one in enumerate(made)
    )


def a_quiet_winter(**fields):
    for month in ((2025, 11), (2025, 12), (2026, 1), (2026, 2)):
        answer(month, USUAL, **fields)


def deliver(month, *, cancelled, planned=60):
    """Interventions over days from the 2nd of a month; the first so many are cancelled by us."""
    made = {"service": ServiceFactory(), "client": ClientFactory(), "partner": PartnerFactory()}
    at = datetime(*month, 2, 12, tzinfo=UTC)
    for place in range(planned):
        how = {"cancelled": True, "cancelled_by": "company"} if place < cancelled else COMPLETED
        InterventionFactory(scheduled_at=at + timedelta(days=place % 20), **how, **made)


def a_reliable_winter(cancelled=2):
    for month in ((2025, 11), (2025, 12), (2026, 1), (2026, 2)):
        deliver(month, cancelled=cancelled)


def raised(now=APRIL_FIRST):
    drain_all(now=now)
    return {alert.key: alert for alert in raise_due(now=now)}


def test_nothing_to_look_at():
    assert raised() == {}


def test_what_wavers_is_not_told():
    a_quiet_winter()
    answer((2026, 3), USUAL)
    assert raised() == {}


def test_a_fall_is_told_once_with_its_figures():
    a_quiet_winter()
    answer((2026, 3), FALLEN)
    alert = raised()["nps:all:2026-03-31"]
    assert (alert.before, alert.before_n, alert.after, alert.after_n) == (40, 200, -80, 50)
    assert (alert.first, alert.last, alert.is_fall) == (date(2026, 3, 2), date(2026, 3, 31), True)
    assert raised() == {}
    assert JournalEntry.objects.filter(kind="alert.raised").count() == Alert.objects.count()


def test_however_often_one_looks_a_shift_is_told_once():
    a_quiet_winter()
    answer((2026, 3), FALLEN)
    answer((2026, 4), FALLEN)
    mornings = [datetime(2026, 3, 1, 2, tzinfo=UTC) + timedelta(days=n) for n in range(62)]
    told = [key for now in mornings for key in raised(now) if key.startswith("nps:all")]
    assert len(told) == 1
    assert "nps:all:2026-03-05" < told[0] < "nps:all:2026-03-25"


def test_a_shift_that_lasts_is_the_new_normal_and_its_end_is_told():
    a_quiet_winter()
    service = ServiceFactory()
    for month in range(3, 7):
        answer((2026, month), FALLEN, service=service)
        assert bool(raised(datetime(2026, month + 1, 1, 2, tzinfo=UTC))) is (month == 3)
    answer((2026, 7), USUAL, service=service)
    back = raised(datetime(2026, 8, 1, 2, tzinfo=UTC))["nps:all:2026-07-31"]
    assert (back.before, back.after, back.is_fall) == (-80, 40, False)


@pytest.mark.parametrize(
    ("sureness", "told"),
    [(None, [("months", 2.8)]), (Sureness.MONTHS, [("months", 2.8)]), (Sureness.YEARS, [])],
)
def test_the_company_chooses_how_sure_an_alert_must_be(quality_lead, sureness, told):
    if sureness:
        choose(sureness, by=quality_lead, now=APRIL_FIRST)
    a_quiet_winter()
    answer((2026, 3), (10, 10, 8, 3, 3), each=12)  # z is -3.0
    raised()
    everybody = Alert.objects.filter(discipline=None, manager=None)
    assert list(everybody.values_list("sureness", "limit_z")) == told


def test_what_was_told_keeps_the_limit_it_was_raised_with(quality_lead):
    a_quiet_winter()
    answer((2026, 3), FALLEN)
    raised()
    choose(Sureness.YEARS, by=quality_lead, now=APRIL_FIRST)
    assert raised() == {}
    assert set(Alert.objects.values_list("sureness", "limit_z")) == {("months", 2.8)}


def test_cancellations_by_the_company_that_rise_are_told_once():
    a_reliable_winter()
    deliver((2026, 3), cancelled=15)
    alert = raised()["cancellations:all:2026-03-31"]
    assert (alert.before_n, alert.after_n) == (240, 60)
    assert (round(alert.before, 3), alert.after) == (0.033, 0.25)
    assert (alert.is_worse, alert.limit_z, alert.indicator) == (True, 3.1, "cancellations")
    assert raised() == {}


def test_cancellations_that_become_fewer_are_no_alert():
    a_reliable_winter(cancelled=15)
    deliver((2026, 3), cancelled=0)
    assert raised() == {}


def test_a_score_and_cancellations_have_a_normal_of_their_own():
    a_reliable_winter()
    deliver((2026, 3), cancelled=15)
    an_alert(last=date(2026, 3, 30))  # of the score, whose normal begins with the day after
    assert "cancellations:all:2026-03-31" in raised()


def test_too_few_answers_say_nothing():
    a_quiet_winter()
    answer((2026, 3), FALLEN, each=5)
    assert raised() == {}


def test_each_discipline_and_each_portfolio_is_looked_at():
    manager, service = UserFactory(role=Role.MANAGER), ServiceFactory()
    client = ClientFactory(manager=manager)
    a_quiet_winter(service=service, client=client)
    a_quiet_winter()
    answer((2026, 3), FALLEN, service=service, client=client)
    answer((2026, 3), USUAL, each=100)
    assert set(raised()) == {
        f"nps:discipline:{service.discipline_id}:2026-03-31",
        f"nps:manager:{manager.pk}:2026-03-31",
    }


def test_whom_an_alert_concerns(quality_lead, manager):
    for number, fields in enumerate(({}, {"manager": manager}, {"manager": UserFactory()})):
        an_alert(key=str(number), **fields)
    assert set(Alert.objects.visible_to(quality_lead).values_list("key", flat=True)) == {*"012"}
    assert set(Alert.objects.visible_to(manager).values_list("key", flat=True)) == {"1"}
    assert not Alert.objects.visible_to(UserFactory(role=Role.RECRUITER)).exists()


def an_alert(**fields):
    return Alert.objects.create(
        **{
            "key": "one",
            "indicator": "nps",
            "raised_at": APRIL_FIRST,
            "first": date(2026, 3, 1),
            "last": date(2026, 3, 31),
            "before": 40,
            "before_n": 200,
            "after": 10,
            "after_n": 80,
            "p": 0.001,
            **fields,
        }
    )


def test_seen_once_and_taken_back_once(quality_lead):
    alert = an_alert()
    assert [mark_seen(alert, by=quality_lead, now=APRIL_FIRST) for _ in "12"] == [True, False]
    assert [mark_unseen(alert, by=quality_lead, now=APRIL_FIRST) for _ in "12"] == [True, False]
    kinds = JournalEntry.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["alert.seen", "alert.unseen"]


@pytest.mark.parametrize(("now", "state"), [("2026-05-31", "open"), ("2026-06-02", "closed")])
def test_an_alert_is_closed_when_it_is_past(now, state):
    an_alert()
    raise_due(now=datetime.fromisoformat(f"{now}T02:00Z"))
    assert Alert.objects.get().state == state


@pytest.mark.parametrize(
    "wrong",
    [
        {"last": date(2026, 2, 28)},
        {"state": "seen"},
        {"key": "one"},
    ],
)
def test_what_the_database_refuses(wrong):
    an_alert()
    with pytest.raises(IntegrityError), transaction.atomic():
        an_alert(**{"key": "two", **wrong})


def test_one_scope_at_most(manager):
    with pytest.raises(IntegrityError), transaction.atomic():
        an_alert(manager=manager, discipline=ServiceFactory().discipline)


def test_today_shows_the_alert_with_its_act_and_undo(as_quality_lead):
    alert = an_alert()
    page = as_quality_lead.get("/today/").content.decode()
    assert "NPS from +40 to +10" in page
    answer = as_quality_lead.post(
        f"/today/alerts/{alert.pk}/seen/", headers={"HX-Request": "true"}
    ).content.decode()
    assert f"/today/alerts/{alert.pk}/unseen/" in answer
    assert "NPS from" not in as_quality_lead.get("/today/").content.decode()
    as_quality_lead.post(f"/today/alerts/{alert.pk}/unseen/")
    assert "NPS from" in as_quality_lead.get("/today/").content.decode()


def test_cancellations_are_told_as_a_share_of_the_interventions(as_quality_lead):
    an_alert(indicator="cancellations", before=0.031, after=0.088)
    for address in ("/today/", "/alerts/"):
        assert "8.8" in as_quality_lead.get(address).content.decode()
    page = as_quality_lead.get("/today/").content.decode()
    assert "All clients: cancelled by us, from 3.1" in page
    assert "80 interventions against 200" in page
    assert "tag-bad" in page


def test_an_alert_of_others_does_not_exist(as_manager):
    alert = an_alert(manager=UserFactory())
    assert as_manager.post(f"/today/alerts/{alert.pk}/seen/").status_code == 404
    assert "NPS from" not in as_manager.get("/today/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_number_of_queries(
    as_quality_lead, django_assert_num_queries, count
):
    for number in range(count):
        an_alert(key=f"manager-{number}", manager=UserFactory())
    with django_assert_num_queries(QUERIES):
        assert as_quality_lead.get("/alerts/").status_code == 200


QUERIES = 8


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_other_roles_have_no_such_page(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/alerts/").status_code == 404
