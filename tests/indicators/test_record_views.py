"""The pages of one client, partner and intervention, and the acts of a manager."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.client_sheet import client_sheet
from indicators.scorecard import scorecard
from indicators.tallies import recount
from partners.models import Intervention
from partners.period_choice import PeriodChoice
from tests.factories import (
    NOON,
    ClientFactory,
    ContactFactory,
    DebriefFactory,
    InterventionFactory,
    InvitationFactory,
    PartnerFactory,
    RatingFactory,
    UserFactory,
)
from triangle.models import JournalEntry
from triangle.periods import local_day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON + timedelta(days=2), tick=False):
        yield


@pytest.fixture
def confirmed(manager):
    return InterventionFactory(client=ClientFactory(manager=manager))


def usual():
    return PeriodChoice.from_query({"period": "12_months"}, today=local_day(NOON))


def read_client(intervention, user):
    client_sheet(intervention.client, usual(), user=user, today=local_day(NOON))


def read_partner(intervention, user):
    scorecard(intervention.partner, usual(), user=user, today=local_day(NOON))


CLIENT_QUERIES, PARTNER_QUERIES = 11, 16


def act(intervention, name):
    return reverse("intervention-act", args=[intervention.pk, name])


def page_of(name, intervention):
    keys = {"client": intervention.client_id, "partner": intervention.partner_id}
    return reverse(name, args=[keys.get(name, intervention.pk)])


def everything_once_more(first):
    same = {"client": first.client, "partner": first.partner, "service": first.service}
    done = InterventionFactory(completed=True, contact=first.contact, **same)
    RatingFactory(intervention=done)
    DebriefFactory(intervention=done)
    InvitationFactory(intervention=done, sent=True)
    InterventionFactory(scheduled_at=NOON + timedelta(days=9), **same)


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(
    ("read", "queries"), [(read_client, CLIENT_QUERIES), (read_partner, PARTNER_QUERIES)]
)
def test_what_a_page_reads_is_the_same_queries(quality_lead, read, queries, n):
    first = InterventionFactory(completed=True)
    for _ in range(n):
        everything_once_more(first)
    with CaptureQueriesContext(connection) as asked:
        read(first, quality_lead)
    assert len(asked) == queries


@pytest.mark.parametrize("name", ["client", "partner"])
def test_a_page_asks_nothing_more_for_more_rows(as_quality_lead, name):
    first = InterventionFactory(completed=True)
    asked = []
    for _ in range(3):
        everything_once_more(first)
        with CaptureQueriesContext(connection) as queries:
            assert as_quality_lead.get(page_of(name, first)).status_code == 200
        asked.append(len(queries))
    assert len(set(asked[1:])) == 1


def test_an_act_is_done_and_told(as_manager, confirmed):
    answer = as_manager.post(act(confirmed, "start"), follow=True)
    confirmed.refresh_from_db()
    assert confirmed.status == "in_progress"
    assert "The intervention is under way." in answer.content.decode()
    assert answer.redirect_chain == [(page_of("intervention", confirmed), 302)]


@pytest.mark.parametrize("name", ["introduce", "start", "complete", "no-show"])
def test_an_act_twice_writes_once(as_manager, confirmed, name):
    for _ in range(2):
        as_manager.post(act(confirmed, name))
    assert JournalEntry.objects.about(confirmed).count() == 1


def test_who_acted_is_noted(as_manager, manager, confirmed):
    as_manager.post(act(confirmed, "start"))
    assert JournalEntry.objects.about(confirmed).get().actor == manager


def test_a_partner_of_the_discipline_is_assigned(as_manager, manager):
    alone = InterventionFactory(client=ClientFactory(manager=manager), partner=None)
    fitting, other = PartnerFactory(), PartnerFactory()
    fitting.disciplines.add(alone.service.discipline)
    assert as_manager.post(act(alone, "assign"), {"partner": other.pk}).status_code == 422
    as_manager.post(act(alone, "assign"), {"partner": fitting.pk})
    alone.refresh_from_db()
    assert alone.partner == fitting


@pytest.mark.parametrize(
    "typed",
    [
        {"side": "client", "reason": ""},
        {"side": "client", "reason": "...."},
        {"side": "", "reason": "Office closed"},
        {"side": "weather", "reason": "Office closed"},
        {"side": "client", "reason": "x" * 501},
    ],
)
def test_a_cancellation_needs_a_side_and_a_reason(as_manager, confirmed, typed):
    answer = as_manager.post(act(confirmed, "cancel"), typed)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert typed["reason"] in answer.content.decode()
    confirmed.refresh_from_db()
    assert confirmed.status == "confirmed"


def test_a_cancellation_shows_its_side(as_manager, confirmed):
    typed = {"side": "client", "reason": "Office closed that day"}
    page = as_manager.post(act(confirmed, "cancel"), typed, follow=True).content.decode()
    assert "Office closed that day" in page
    assert Intervention.objects.get().cancelled_by == "client"


def test_what_is_no_longer_possible_is_said_on_the_page(as_manager, manager):
    gone = InterventionFactory(client=ClientFactory(manager=manager), cancelled=True)
    answer = as_manager.post(act(gone, "start"))
    assert (answer.status_code, Intervention.objects.get().status) == (422, "cancelled")
    assert "no longer possible" in answer.content.decode()


def test_getting_an_act_does_nothing(as_manager, confirmed):
    assert as_manager.get(act(confirmed, "start")).status_code == 405
    assert as_manager.post(act(confirmed, "explode")).status_code == 404
    assert Intervention.objects.get().status == "confirmed"


def test_the_record_shows_both_voices(as_manager, manager):
    done = InterventionFactory(completed=True, client=ClientFactory(manager=manager))
    RatingFactory(intervention=done, why="Quite <b>late</b> & rude", score=3)
    DebriefFactory(intervention=done, why="All went well")
    page = as_manager.get(page_of("intervention", done)).content.decode()
    assert "Quite &lt;b&gt;late&lt;/b&gt; &amp; rude" in page
    assert "All went well" in page


def test_too_few_answers_are_no_score(as_quality_lead):
    done = InterventionFactory(completed=True)
    RatingFactory(intervention=done, score=10, answered_at=NOON)
    recount.recount_all(now=NOON)
    page = as_quality_lead.get(page_of("partner", done)).content.decode()
    assert "not enough answers (1 of 8)" in page
    assert "+100" not in page


def test_eight_answers_are_a_score(as_quality_lead):
    partner = PartnerFactory()
    for _ in range(8):
        done = InterventionFactory(completed=True, partner=partner)
        RatingFactory(intervention=done, score=10, answered_at=NOON)
    recount.recount_all(now=NOON)
    answer = as_quality_lead.get(reverse("partner", args=[partner.pk]))
    card = answer.context["card"]
    assert (card.now.nps.value, card.has_enough, card.band) == (100, True, "as_expected")
    assert "not enough answers (8" not in answer.content.decode()


def test_a_managers_scorecard_counts_the_own_portfolio(as_manager, manager):
    partner = PartnerFactory()
    mine = InterventionFactory(
        completed=True, partner=partner, client=ClientFactory(manager=manager)
    )
    foreign = InterventionFactory(
        completed=True, partner=partner, client=ClientFactory(manager=UserFactory())
    )
    RatingFactory(intervention=mine, why="Seen by me", answered_at=NOON)
    RatingFactory(intervention=foreign, why="Not my business", answered_at=NOON)
    recount.recount_all(now=NOON)
    answer = as_manager.get(reverse("partner", args=[partner.pk]))
    assert answer.context["card"].now.nps_all.n == 1
    assert "Seen by me" in answer.content.decode()
    assert "Not my business" not in answer.content.decode()


def test_a_recruiter_reads_no_clients_words(client):
    client.force_login(UserFactory(role="recruiter"))
    done = InterventionFactory(completed=True)
    RatingFactory(intervention=done, why="Between us", answered_at=NOON)
    page = client.get(page_of("partner", done)).content.decode()
    assert "Between us" not in page
    assert done.client.name not in page


def test_the_clients_page_holds_contacts_answers_and_what_is_ahead(as_manager, manager):
    client = ClientFactory(manager=manager, requirements="Badge at the desk")
    contact = ContactFactory(client=client)
    done = InterventionFactory(completed=True, client=client, contact=contact)
    RatingFactory(intervention=done, why="Kind and on time", wants_contact=True)
    InterventionFactory(client=client, scheduled_at=NOON + timedelta(days=30))
    answer = as_manager.get(reverse("client", args=[client.pk]))
    page = answer.content.decode()
    for words in ("Badge at the desk", "Nadia Ferrand", "Kind and on time", "called back"):
        assert words in page
    sheet = answer.context["sheet"]
    assert (len(sheet.ahead), len(sheet.past)) == (1, 1)


def test_what_a_partner_cancelled_is_a_share_with_its_interval(as_quality_lead, quality_lead):
    partner = PartnerFactory()
    for side in ("partner", "client", "external"):
        InterventionFactory(partner=partner, cancelled=True, cancelled_by=side)
    InterventionFactory(partner=partner, completed=True)
    recount.recount_all(now=NOON)
    card = scorecard(partner, usual(), user=quality_lead, today=local_day(NOON))
    assert (card.cancelled.successes, card.cancelled.n, card.cancelled.value) == (1, 4, 0.25)
    page = as_quality_lead.get(f"/partners/{partner.pk}/").content.decode()
    assert "4.6\xa0% … 69.9\xa0%" in page
    assert "confirmed or later = 1 / 4 = 25.0\xa0%" in page


def test_a_scorecard_works_out_no_score_of_too_few(as_quality_lead):
    partner = PartnerFactory()
    page = f"/partners/{partner.pk}/"
    for answers in (7, 1):
        assert "promoters − detractors" not in as_quality_lead.get(page).content.decode()
        for _one in range(answers):
            RatingFactory(score=9, intervention__partner=partner)
        recount.recount_all(now=NOON)
    assert "= 100 × (8 − 0) / 8 = +100.0" in as_quality_lead.get(page).content.decode()
