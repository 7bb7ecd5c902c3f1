"""How many get how far on the answer page, machines left out."""

from datetime import timedelta

import pytest

from feedback import ratings
from feedback.answering import drop_off, openings
from feedback.answering.drop_off import DropOff
from feedback.models import Draft, Invitation, LinkOpening
from tests.factories import NOON, InvitationFactory, RatingFactory

SENT = NOON + timedelta(hours=3)  # when the factory's mails leave
LATER = SENT + timedelta(hours=5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation() -> Invitation:
    return InvitationFactory(sent=True)


def count() -> DropOff:
    return drop_off.of(Invitation.objects.all())


def open_it(invitation, *, at=LATER, address="192.0.2.1", method="GET"):
    openings.note(invitation, method=method, address=address, now=at)


def begin(invitation, **answer):
    Draft.objects.create(invitation=invitation, answer=answer, begun_at=LATER, saved_at=LATER)


def test_nothing_is_counted_of_nobody(invitation):
    assert count() == DropOff(opened=0, begun=0, scored=0, explained=0)


def test_each_step_is_counted(invitation):
    open_it(invitation)
    open_it(begun := InvitationFactory(sent=True))
    begin(begun, why="Late")
    begin(InvitationFactory(sent=True), why="Late", score="3")
    ratings.answer(InvitationFactory(sent=True), score=4, why="Arrived late.", now=LATER)
    assert count() == DropOff(opened=4, begun=3, scored=2, explained=1)


def test_what_was_concluded_is_still_begun(invitation):
    begin(invitation)
    left = InvitationFactory(sent=True)
    RatingFactory(intervention=left.intervention, invitation=left, source="draft", why="")
    assert count() == DropOff(opened=2, begun=2, scored=1, explained=0)


def test_an_answer_heard_on_the_phone_took_no_step(invitation):
    RatingFactory(intervention=invitation.intervention, invitation=invitation, source="phone")
    assert count() == DropOff(opened=0, begun=0, scored=0, explained=0)


def test_who_opens_three_links_at_once_is_no_hand(invitation):
    for seconds in (0, 1, 19):
        open_it(invitation, at=LATER + timedelta(seconds=seconds))
    assert count().opened == 0
    open_it(invitation, at=LATER + timedelta(seconds=19), address="192.0.2.2")
    assert count().opened == 1


def test_nor_who_opens_it_the_instant_the_mail_left(invitation):
    open_it(invitation, at=SENT + timedelta(seconds=9))
    assert count().opened == 0
    open_it(invitation, at=SENT + timedelta(seconds=10))
    assert count().opened == 1


def test_on_site_a_code_is_scanned_at_once(invitation):
    Invitation.objects.update(channel="on_site")
    open_it(invitation, at=SENT + timedelta(seconds=2))
    assert count().opened == 1


@pytest.mark.parametrize("log", [{"method": "HEAD"}, {"method": "POST"}, {"suspicion": "seen"}])
def test_only_looks_of_people_open(invitation, log):
    open_it(invitation)
    LinkOpening.objects.update(**log)
    assert count().opened == 0


def test_it_is_one_query(invitation, django_assert_num_queries):
    with django_assert_num_queries(1):
        count()
