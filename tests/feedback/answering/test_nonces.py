from datetime import timedelta

import pytest

from feedback.answering import nonces
from tests.factories import NOON, InvitationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def nonce_and_invitation():
    invitation = InvitationFactory()
    return nonces.issue(invitation, now=NOON), invitation


def test_two_pages_never_carry_the_same_number(nonce_and_invitation):
    nonce, invitation = nonce_and_invitation
    assert nonces.issue(invitation, now=NOON) != nonce


def test_a_number_is_good_for_seven_days(nonce_and_invitation):
    nonce, invitation = nonce_and_invitation
    assert nonces.is_valid(nonce, invitation, now=NOON + timedelta(days=7))
    assert not nonces.is_valid(nonce, invitation, now=NOON + timedelta(days=7, seconds=1))


@pytest.mark.parametrize("forge", [str.upper, lambda n: n + "x", lambda n: "", lambda n: "a:b\x00"])
def test_a_forged_number_is_not(nonce_and_invitation, forge):
    nonce, invitation = nonce_and_invitation
    assert not nonces.is_valid(forge(nonce), invitation, now=NOON)


def test_a_number_belongs_to_one_invitation_and_one_key(nonce_and_invitation, settings):
    nonce, invitation = nonce_and_invitation
    assert not nonces.is_valid(nonce, InvitationFactory(), now=NOON)
    settings.LINK_KEY = "another key of the same length as before, or about"
    assert not nonces.is_valid(nonce, invitation, now=NOON)


WHY = "Arrived late."


def test_words_a_page_came_with_were_not_typed_there():
    invitation = InvitationFactory()
    filled = nonces.issue(invitation, now=NOON, holding=WHY)
    assert nonces.is_valid(filled, invitation, now=NOON)
    assert not nonces.was_typed(f"  {WHY}\r\n", filled)
    assert nonces.was_typed(f"{WHY} Twice.", filled)
    assert nonces.was_typed("", filled)


def test_on_an_empty_page_all_words_were_typed(nonce_and_invitation):
    assert nonces.was_typed(WHY, nonce_and_invitation[0])


def test_a_number_of_before_the_mark_is_one_of_an_empty_page():
    invitation = InvitationFactory()
    old = nonces._signer(invitation).sign(f"abc.{int(NOON.timestamp())}")
    assert nonces.is_valid(old, invitation, now=NOON)
    assert nonces.was_typed(WHY, old)


def test_ours_is_for_ever_valid_is_not(nonce_and_invitation):
    nonce, invitation = nonce_and_invitation
    assert nonces.is_ours(nonce, invitation)
    assert not nonces.is_ours(nonce, InvitationFactory())
