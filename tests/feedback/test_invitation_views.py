"""The page of invitations and the mails in doubt."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from feedback import deliveries, postbox
from feedback.models import Delivery, Invitation
from tests.factories import NOON, ClientFactory, InvitationFactory, UserFactory
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
    deliveries._start(delivery, now=one.due_at)
    deliveries._doubt(delivery, error="cut", now=one.due_at)
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
        ("?status=nonsense&days=-1&page=999999999", 3),
    ],
)
def test_the_list_is_narrowed(as_manager, query, rows):
    InvitationFactory(intervention__client__name="Lumen Assurances")
    InvitationFactory(status="skipped", skip_reason="no_address")
    InvitationFactory(sent=True)
    assert len(as_manager.get(PAGE + query).context["page"].object_list) == rows


def test_htmx_gets_the_moving_part_alone(as_manager):
    html = as_manager.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert html.strip().startswith('<div id="invitations">')
    assert "<html" not in html


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_is_the_same(as_manager, django_assert_num_queries, rows):
    InvitationFactory.create_batch(rows, sent=True)
    as_manager.get(PAGE)
    with django_assert_num_queries(6):
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

        def hand_over(self, message):
            raise postbox.Declined("550 unknown", is_lasting=True)

    deliveries.send(delivery, line=Declines(), now=one.due_at)
    assert b"550 unknown" in as_manager.get(PAGE).content
    settle(as_manager, delivery, "replay")
    assert Delivery.objects.get().state == "queued"
