"""The page of invitations and the mails in doubt."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from feedback import invitations
from feedback.models import Delivery, Invitation, Rule, Survey
from feedback.sending import deliveries, postbox
from feedback.sending import delivery_steps as steps
from feedback.sending.refusals import Refusal
from tests.factories import NOON, ClientFactory, InvitationFactory, PartnerFactory, UserFactory
from triangle.models import Role

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(days=1)
PAGE = "/invitations/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def uncertain(**fields) -> Delivery:
    one = InvitationFactory(**fields)
    Delivery.objects.create(invitation=one, due_at=one.due_at)
    [delivery] = deliveries.claim(now=one.due_at)
    steps.start([delivery], now=one.due_at)
    steps.doubt(delivery, error="cut", now=one.due_at)
    return delivery


def settle(browser, delivery, verb):
    return browser.post(reverse("delivery-settle", args=[delivery.pk]), {"verb": verb})


def test_an_empty_page_says_what_will_come(as_manager):
    assert b"Nobody was asked yet." in as_manager.get(PAGE).content


def test_each_row_says_its_state_in_words(as_manager):
    InvitationFactory(status="skipped", skip_reason="opted_out")
    InvitationFactory()
    InvitationFactory(sent=True)
    html = as_manager.get(PAGE).content.decode()
    for words in ("Skipped", "opted out", "Scheduled", "leaves", "Sent", "open until"):
        assert words in html


def test_the_way_is_counted_from_asked_to_explained(as_manager):
    InvitationFactory()
    InvitationFactory(sent=True)
    InvitationFactory(
        status="answered", sent_at=NOON, answered_at=NOON, is_explained=True, due_at=NOON
    )
    steps = as_manager.get(PAGE).context["board"].steps
    assert [(step.n, step.share) for step in steps] == [
        (3, 1),
        (2, 2 / 3),
        (1, 1 / 3),
        (1, 1 / 3),
    ]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", 3),
        ("?status=skipped", 1),
        ("?reason=no_address", 1),
        ("?reason=opted_out", 0),
        ("?client=lumen", 1),
        ("?days=30", 3),
        ("?survey=debrief", 0),
        ("?survey=after_intervention", 3),
        ("?status=nonsense&days=-1&page=999999999", 3),
    ],
)
def test_the_list_is_narrowed(as_manager, query, rows):
    InvitationFactory(intervention__client__name="Lumen Assurances")
    InvitationFactory(status="skipped", skip_reason="no_address")
    InvitationFactory(sent=True)
    for code, pk in Survey.objects.values_list("code", "pk"):
        query = query.replace(f"survey={code}", f"survey={pk}")
    assert len(as_manager.get(PAGE + query).context["page"].object_list) == rows


def test_htmx_gets_the_moving_part_alone(as_manager):
    html = as_manager.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert html.strip().startswith('<div id="invitations">')
    assert "<html" not in html


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_is_the_same(as_manager, django_assert_num_queries, rows):
    InvitationFactory.create_batch(rows, sent=True)
    as_manager.get(PAGE)
    with django_assert_num_queries(7):
        as_manager.get(PAGE)


def test_a_manager_sees_the_own_portfolio(as_manager, manager):
    mine = InvitationFactory(intervention__client=ClientFactory(manager=manager))
    InvitationFactory(intervention__client=ClientFactory(manager=UserFactory()))
    assert list(as_manager.get(PAGE).context["page"]) == [mine]


def test_no_personal_link_stands_on_the_page(as_manager):
    one = InvitationFactory(sent=True)
    html = as_manager.get(PAGE).content.decode()
    assert one.token not in html
    assert one.token_hash not in html


def test_a_partner_gets_no_such_page(client):
    client.force_login(UserFactory(role=Role.PARTNER))
    delivery = uncertain()
    assert client.get(PAGE).status_code == 404
    assert settle(client, delivery, "arrived").status_code == 404


def test_a_manager_says_that_it_arrived(as_manager):
    delivery = uncertain()
    assert b"It arrived" in as_manager.get(PAGE).content
    assert settle(as_manager, delivery, "arrived").status_code == 302
    assert Invitation.objects.get().status == "sent"


def test_a_second_word_is_refused_in_words(as_manager):
    delivery = uncertain()
    settle(as_manager, delivery, "again")
    settle(as_manager, delivery, "arrived")
    assert Delivery.objects.get().state == "queued"
    assert b"Somebody was faster" in as_manager.get(PAGE).content


def test_an_unknown_word_changes_nothing(as_manager):
    delivery = uncertain()
    assert settle(as_manager, delivery, "").status_code == 400
    assert Delivery.objects.get().state == "uncertain"


def test_another_managers_mail_does_not_exist(as_manager):
    delivery = uncertain(intervention__client=ClientFactory(manager=UserFactory()))
    assert settle(as_manager, delivery, "arrived").status_code == 404


def test_a_failed_mail_can_be_tried_again(as_manager):
    one = InvitationFactory()
    Delivery.objects.create(invitation=one, due_at=one.due_at)
    [delivery] = deliveries.claim(now=one.due_at)

    class Declines(postbox.Line):
        def open(self):
            pass

        def hand_over(self, parcel):
            raise postbox.Declined("550 unknown", Refusal.NEVER)

    deliveries.send([delivery], line=Declines(), now=one.due_at)
    assert b"550 unknown" in as_manager.get(PAGE).content
    settle(as_manager, delivery, "replay")
    assert Delivery.objects.get().state == "queued"


def test_a_pulse_has_no_client_and_a_debrief_names_the_partner(as_quality_lead):
    partner = PartnerFactory(name="Hugo Lefort")
    Rule.objects.filter(survey__about="pulse").update(is_active=True, every_days=7)
    invitations.open_due(now=NOW)
    assert Invitation.objects.get(about="pulse").partner == partner
    InvitationFactory(channel="on_site", sent=True)
    html = as_quality_lead.get(PAGE).content.decode()
    for words in ("Hugo Lefort", "Working with us", "shown on site"):
        assert words in html


def test_a_skip_for_fatigue_says_when_the_person_may_be_asked_again(as_manager):
    InvitationFactory(
        status="skipped", skip_reason="fatigue", next_eligible_on=NOON + timedelta(days=14)
    )
    html = as_manager.get(PAGE).content.decode()
    assert "asked too recently, may be asked again on 24" in html


# By hand


def scheduled(**fields) -> Invitation:
    one = InvitationFactory(**fields)
    Delivery.objects.create(invitation=one, due_at=one.due_at)
    return one


def leave_out(browser, one, **typed):
    usual = {"reason": "dispute", "page": "invitations"}
    return browser.post(reverse("leave-out", args=[one.pk]), {**usual, **typed})


def test_a_manager_leaves_one_out_says_why_and_thinks_again(as_manager, manager):
    one = scheduled(due_at=NOW + timedelta(hours=2), expires_at=NOW + timedelta(days=14))
    assert b"A dispute is open" in as_manager.get(PAGE).content
    leave_out(as_manager, one)
    html = as_manager.get(PAGE).content.decode()
    assert f"left out by hand · a dispute is open ({manager})" in html
    assert "Ask after all" in html
    as_manager.post(reverse("ask-after-all", args=[one.pk]))
    one.refresh_from_db()
    assert (one.status, one.hand_reason) == ("scheduled", "")


@pytest.mark.parametrize("reason", ["", "because", "by_hand"])
def test_without_a_reason_of_the_list_it_is_asked(as_manager, reason):
    one = scheduled()
    leave_out(as_manager, one, reason=reason)
    assert "Say why nobody is asked." in as_manager.get(PAGE).content.decode()
    one.refresh_from_db()
    assert one.status == "scheduled"


def test_what_has_left_is_refused_in_words(as_manager):
    one = InvitationFactory(sent=True)
    leave_out(as_manager, one)
    assert "This mail has left" in as_manager.get(PAGE).content.decode()
    as_manager.post(reverse("ask-after-all", args=[one.pk]))
    assert "too late to ask" in as_manager.get(PAGE).content.decode()


def test_one_returns_to_the_page_one_came_from(as_manager):
    one = scheduled()
    intervention = reverse("intervention", args=[one.intervention_id])
    for page, address in (
        ("intervention", intervention),
        ("ahead", PAGE + "ahead/"),
        ("//x", PAGE),
    ):
        assert leave_out(as_manager, one, page=page).url == address
    assert b"Ask after all" in as_manager.get(intervention).content


def test_another_managers_invitation_does_not_exist(as_manager):
    one = scheduled(intervention__client=ClientFactory(manager=UserFactory()))
    assert leave_out(as_manager, one).status_code == 404
    assert as_manager.post(reverse("ask-after-all", args=[one.pk])).status_code == 404
    assert as_manager.get(reverse("leave-out", args=[one.pk])).status_code == 405
