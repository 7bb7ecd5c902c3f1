"""The page of what will leave: what it foresees is what sending then does."""

from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.urls import reverse

from feedback import invitations
from feedback.models import ContactPolicy, Delivery, Invitation, Rule, Suppression
from feedback.sending import ahead_board, deliveries, suppressions
from tests.factories import (
    NOON,
    ClientFactory,
    ContactFactory,
    InterventionFactory,
    InvitationFactory,
    RatingFactory,
    UserFactory,
)
from triangle.models import Role

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PAGE = "/invitations/ahead/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOON, tick=False):
        yield


def waiting(contact=None, *, due_at=NOON + HOUR, priority=5, **fields) -> Delivery:
    contact = contact or ContactFactory()
    intervention = InterventionFactory(completed=True, client=contact.client, contact=contact)
    one = InvitationFactory(intervention=intervention, due_at=due_at, **fields)
    one.rule = Rule.objects.filter(priority=priority).first() or Rule.objects.create(
        survey=one.survey, priority=priority
    )
    one.save()
    return Delivery.objects.create(invitation=one, due_at=due_at)


def page_of(browser, query=""):
    return browser.get(PAGE + query)


def words(browser, query=""):
    return " ".join(page_of(browser, query).content.decode().split())


def test_an_empty_page_says_what_will_stand_there(as_manager):
    assert "Nothing waits to leave." in words(as_manager)


def test_it_says_who_is_written_to_when_and_about_what(as_quality_lead):
    one = waiting().invitation
    html = words(as_quality_lead)
    for said in (one.contact.name, one.client.name, "After the intervention", "13:00", "leaves"):
        assert said in html
    assert one.contact.email not in html


def test_only_what_leaves_can_be_left_out(as_quality_lead):
    contact = ContactFactory()
    one = waiting(contact).invitation
    waiting(contact, due_at=NOON + 2 * HOUR)
    html = words(as_quality_lead)
    assert html.count("Do not ask") == 1
    as_quality_lead.post(reverse("leave-out", args=[one.pk]), {"reason": "spoken"})
    html = words(as_quality_lead)
    assert (html.count("Ask after all"), html.count("Do not ask")) == (1, 1)


def test_it_says_who_is_not_and_why(as_quality_lead):
    contact = ContactFactory()
    waiting(contact), waiting(contact, due_at=NOON + 2 * HOUR)
    waiting(ContactFactory(email=""))
    barred = waiting().invitation.contact.email
    suppressions.suppress(barred, reason=Suppression.Reason.OPT_OUT, now=NOON)
    InvitationFactory(status="skipped", skip_reason="bounced", due_at=NOON + DAY)
    html = words(as_quality_lead)
    for said in ("asked too recently", "may be asked again on 24", "no address", "opted out"):
        assert said in html
    board = page_of(as_quality_lead).context["board"]
    assert (board.leaving, board.held) == (1, 4)
    assert [day.held for day in board.days][:2] == [3, 1]
    assert "1 leaves, 4 do not" in html


def test_what_waits_for_an_open_hour_says_so(as_quality_lead):
    waiting(due_at=NOON + 10 * HOUR)
    assert "waits for an open hour" in words(as_quality_lead)
    [row] = page_of(as_quality_lead).context["board"].days[1].rows
    assert row.departure.at == NOON + 21 * HOUR


def test_days_are_counted_and_what_is_further_away_is_not(as_quality_lead):
    for days in (0, 1, 1, 13, 15):
        waiting(due_at=NOON + days * DAY + HOUR)
    board = page_of(as_quality_lead).context["board"]
    assert {n: day.leaving for n, day in enumerate(board.days) if day.leaving} == {
        0: 1,
        1: 2,
        13: 1,
    }
    assert (len(board.days), board.most) == (15, 2)


def test_one_survey_alone(as_quality_lead):
    survey = waiting().invitation.survey
    assert page_of(as_quality_lead, f"?survey={survey.pk}").context["board"].leaving == 1
    other = Rule.objects.exclude(survey=survey).first().survey
    assert "Nothing of this survey waits." in words(as_quality_lead, f"?survey={other.pk}")
    assert page_of(as_quality_lead, "?survey=nonsense").context["board"].leaving == 1


def test_a_manager_sees_the_portfolio_but_a_colleagues_mail_counts(as_manager, manager):
    mine = ContactFactory(client=ClientFactory(manager=manager), email="nadia@example.org")
    theirs = ContactFactory(client=ClientFactory(manager=UserFactory()), email="Nadia@example.org")
    waiting(theirs), waiting(mine, due_at=NOON + 2 * HOUR)
    [row] = page_of(as_manager).context["board"].days[0].rows
    assert (row.invitation.client, row.departure.skip) == (mine.client, "fatigue")


def test_a_partner_gets_no_such_page(client):
    client.force_login(UserFactory(role=Role.PARTNER))
    assert page_of(client).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_is_the_same(as_quality_lead, django_assert_num_queries, rows):
    for _ in range(rows):
        waiting(priority=9)
    page_of(as_quality_lead)
    with django_assert_num_queries(10):
        page_of(as_quality_lead)


def test_htmx_gets_the_moving_part_alone(as_quality_lead):
    html = as_quality_lead.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert html.strip().startswith('<div id="ahead">')


def test_the_list_of_invitations_leads_there(as_manager):
    assert reverse("ahead") in as_manager.get("/invitations/").content.decode()


# What is foreseen is what happens


def a_fortnight(chance: Random) -> None:
    """Few people with many matters each, tight limits, and some who are not to be written to."""
    ContactPolicy.objects.update(cap=chance.choice([1, 2]), days=5, domain_per_hour=3)
    zones = ["Europe/Paris", "America/New_York", "Indian/Reunion"]
    people = [
        ContactFactory(email=f"p{n}@{'one' if n % 2 else 'two'}.example", time_zone=zones[n % 3])
        for n in range(6)
    ]
    waiting(ContactFactory(email=""), due_at=NOON + chance.random() * 10 * DAY)
    for _ in range(40):
        due_at = NOON + chance.randrange(14 * 24 * 4) * HOUR / 4
        expires_at = due_at + chance.choice([0.2, 3, 14]) * DAY
        contact, priority = chance.choice(people), chance.choice([2, 5, 8])
        one = waiting(contact, due_at=due_at, priority=priority, expires_at=expires_at)
        if chance.random() < 0.1:
            RatingFactory(intervention=one.invitation.intervention)
    Suppression.objects.create(email=people[0].email, reason="complaint", at=NOON)


def what_happened() -> dict[int, tuple]:
    return {
        mail.pk: (mail.sent_at, mail.invitation.skip_reason, mail.invitation.next_eligible_on)
        for mail in Delivery.objects.filter(wave=0).select_related("invitation")
    }


@pytest.mark.parametrize("seed", range(6))
def test_what_is_foreseen_is_what_sending_then_does(seed, quality_lead):
    a_fortnight(Random(seed))
    Rule.objects.update(first_reminder_days=None, second_reminder_days=None)
    mails = list(ahead_board._waiting(NOON + 30 * DAY))
    foreseen = ahead_board._departures(mails, NOON)
    instants = sorted({one.at for one in foreseen} | {one.due_at for one in mails})
    while instants:
        now = instants.pop(0)
        deliveries.send_due(now=now)
        later = Delivery.objects.filter(state="queued", due_at__gt=now).order_by("due_at")
        instants = sorted({*instants, *later.values_list("due_at", flat=True)})
    assert what_happened() == {
        one.id: (None if one.skip else one.at, one.skip or "", one.next_eligible_on)
        for one in foreseen
    }
    assert {one.skip for one in foreseen} >= {None, "fatigue", "opted_out", "no_address"}
    assert not Invitation.objects.filter(status="scheduled").exists()


def test_after_what_was_foreseen_nothing_is_left_to_do():
    a_fortnight(Random(7))
    for day in range(60):
        deliveries.send_due(now=NOON + day * DAY)
        invitations.expire(now=NOON + day * DAY)
    ends = set(Invitation.objects.values_list("status", flat=True))
    assert ends <= {"expired", "skipped"}
