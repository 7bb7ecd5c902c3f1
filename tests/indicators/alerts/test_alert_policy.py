"""How sure an alert must be: one row, chosen by who leads quality, told with what it costs."""

import re

import pytest
from django.db import IntegrityError, transaction

from indicators.alerts import alert_policy
from indicators.alerts.alert_policy import choose, found, offers, often
from indicators.models import AlertPolicy, Sureness
from tests.factories import NOON, DisciplineFactory, UserFactory
from tests.indicators.alerts.test_alerts import an_alert
from triangle.models import JournalEntry, Role

pytestmark = pytest.mark.django_db


def test_the_usual_one_where_nothing_is_stored():
    assert AlertPolicy.objects.current().sureness == "months"


def test_chosen_twice_is_noted_once(quality_lead):
    for _twice in range(2):
        choose(Sureness.YEARS, by=quality_lead, now=NOON)
    policy = AlertPolicy.objects.current()
    assert (policy.sureness, policy.by, policy.saved_at) == ("years", quality_lead, NOON)
    [entry] = JournalEntry.objects.filter(kind="alert_policy.chosen")
    assert (entry.actor, entry.data) == (quality_lead, {"sureness": "years"})


def test_there_is_one_row(quality_lead):
    choose(Sureness.YEARS, by=quality_lead, now=NOON)
    choose(Sureness.MONTHS, by=quality_lead, now=NOON)
    assert AlertPolicy.objects.get().sureness == "months"
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertPolicy.objects.create(pk=2, saved_at=NOON)


@pytest.mark.parametrize(
    ("a_year", "words"),
    [
        (0.04, "about one in 25 years"),
        (0.42, "about one in 2 years"),
        (0.66, "about one in 2 years"),
        (0.68, "about 1 a year"),
        (7.98, "about 8 a year"),
    ],
)
def test_how_often(a_year, words):
    assert often(a_year) == words


def test_what_each_offer_costs_and_finds():
    made = offers(AlertPolicy(sureness="years"), scopes=19)
    assert [(str(one.name), one.is_chosen) for one in made] == [("Sooner", False), ("Surer", True)]
    assert [one.how_often for one in made] == ["about 8 a year", "about 1 a year"]
    assert [(row.answers_a_month, row.shares[0]) for row in found(made)] == [
        (100, (0.26, 0.53)),
        (200, (0.51, 0.82)),
        (400, (0.85, 0.98)),
    ]


def test_each_sureness_has_its_limit_and_its_name():
    assert set(alert_policy.LIMITS) == set(alert_policy.NAMES) == set(Sureness)


def test_who_leads_quality_chooses_on_the_page_of_alerts(as_quality_lead, quality_lead):
    DisciplineFactory()
    UserFactory(role=Role.MANAGER)
    page = as_quality_lead.get("/alerts/").content.decode()
    assert "False alarms in all, on the 3 that are watched" in page
    assert re.findall(r'value="(\w+)"[^>]*checked', page) == ["months"]
    answer = as_quality_lead.post("/alerts/sureness/", {"sureness": "years"}, follow=True)
    assert "it holds from the next night on" in answer.content.decode()
    assert f"Chosen by {quality_lead}" in answer.content.decode()
    assert AlertPolicy.objects.get().sureness == "years"


@pytest.mark.parametrize("typed", ["", "never", "months\x00"])
def test_another_choice_is_said_beside_the_field(as_quality_lead, typed):
    answer = as_quality_lead.post("/alerts/sureness/", {"sureness": typed})
    assert (answer.status_code, AlertPolicy.objects.count()) == (422, 0)
    assert 'id="id_sureness_error"' in answer.content.decode()


def test_a_manager_reads_it_and_does_not_choose(as_manager):
    page = as_manager.get("/alerts/").content.decode()
    assert "False alarms on your portfolio" in page
    assert "about one in 2 years" in page
    assert 'name="sureness"' not in page
    assert as_manager.post("/alerts/sureness/", {"sureness": "years"}).status_code == 404
    assert as_manager.get("/alerts/sureness/").status_code == 405


def test_an_alert_says_how_seldom_chance_alone_raises_it(as_quality_lead):
    an_alert(sureness="months", limit_z=2.8)
    an_alert(key="two")
    for address in ("/alerts/", "/today/"):
        page = as_quality_lead.get(address).content.decode()
        assert "at most once in twenty months" in page
        assert "at most once in twenty years" in page
