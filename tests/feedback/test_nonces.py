from datetime import timedelta

import pytest

from feedback import nonces
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
