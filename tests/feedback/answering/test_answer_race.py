"""Fifty taps on one link at the same instant: one answer, and no tap that breaks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from feedback import ratings
from feedback.answering import nonces
from feedback.models import Draft, Invitation, Rating
from tests.factories import InvitationFactory
from triangle.models import JournalEntry

TAPS = 50
THREADS = 10
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invitation() -> Invitation:
    now = timezone.now()
    return InvitationFactory(status="sent", sent_at=now, expires_at=now + timedelta(days=14))


def together(work, numbers) -> list:
    """Each number through `work`, in threads that start at once, each with its own connection."""
    ready = Barrier(THREADS)

    def shift(share):
        ready.wait()
        try:
            return [work(number) for number in share]
        finally:
            connections.close_all()

    shares = [numbers[start::THREADS] for start in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        return [result for results in pool.map(shift, shares) for result in results]


def test_fifty_posts_at_once_make_exactly_one_current_rating(invitation):
    url = reverse("answer", args=[invitation.token])
    pages = [nonces.issue(invitation, now=timezone.now()) for _ in range(TAPS)]

    def tap(number: int) -> int:
        answer = {"score": str(number % 11), "why": f"Reason {number}.", "nonce": pages[number]}
        return Browser().post(url, answer).status_code

    statuses = together(tap, range(TAPS))
    assert sorted(set(statuses)) == [302, 409]
    assert statuses.count(302) == 1
    assert Rating.objects.count() == 1
    assert Rating.objects.current().count() == 1
    assert JournalEntry.objects.filter(kind="rating.answered").count() == 1


def test_the_same_page_posted_fifty_times_at_once_makes_one_rating(invitation):
    url = reverse("answer", args=[invitation.token])
    answer = {"score": "4", "why": "Late.", "nonce": nonces.issue(invitation, now=timezone.now())}
    statuses = together(lambda _: Browser().post(url, answer).status_code, range(TAPS))
    assert sorted(set(statuses)) == [302, 409]
    assert Rating.objects.count() == 1


def test_answers_and_drafts_by_both_links_at_once_leave_one_rating_and_no_draft(invitation):
    """Mailed and shown on site, other words each time, drafts saved in between."""
    shown = InvitationFactory(
        intervention=invitation.intervention,
        channel="on_site",
        status="sent",
        sent_at=timezone.now(),
        expires_at=timezone.now() + timedelta(hours=1),
    )
    links = [reverse("answer", args=[one.token]) for one in (invitation, shown)]
    draft = reverse("answer-draft", args=[invitation.token])
    doors = [(links[0], invitation), (links[1], shown), (draft, invitation)]

    def tap(number: int) -> int:
        url, owner = doors[number % 3]
        nonce = nonces.issue(owner, now=timezone.now())
        answer = {"score": str(number % 11), "why": f"Reason {number}.", "nonce": nonce}
        return Browser().post(url, answer).status_code

    statuses = together(tap, range(TAPS))
    assert set(statuses) <= {200, 204, 302, 409, 410}
    assert Rating.objects.count() == Rating.objects.current().count() == 1
    assert not Draft.objects.exists()


def test_fifty_changes_at_once_leave_an_unbroken_chain_with_one_end(invitation):
    given = ratings.answer(invitation, score=3, why="Late.", now=timezone.now())
    url = reverse("answer-change", args=[invitation.token])

    def tap(number: int) -> int:
        nonce = nonces.issue(invitation, now=timezone.now())
        change = {"score": "9", "why": f"Settled {number}.", "reason": "settled", "nonce": nonce}
        return Browser().post(url, change).status_code

    statuses = together(tap, range(TAPS))
    assert set(statuses) <= {302, 409}
    versions = list(Rating.objects.order_by("pk").values_list("pk", "revises", "is_current"))
    assert [key for key, _, is_current in versions if is_current] == [versions[-1][0]]
    assert [revised for _, revised, _ in versions] == [None, *[key for key, _, _ in versions[:-1]]]
    assert versions[0][0] == given.pk


def test_without_its_guards_the_race_is_real(invitation):
    """Looking first and writing after lets several through; it is the database that decides."""
    seen = Barrier(THREADS)

    def look_then_write(number: int) -> bool:
        found = Rating.objects.filter(intervention=invitation.intervention).exists()
        seen.wait()  # everybody has looked before anybody writes
        if found:
            return False
        Rating.objects.create(
            **invitation.intervention.scope(),
            intervention=invitation.intervention,
            score=5,
            why="Late.",
            answered_at=timezone.now(),
            answered_on=timezone.now().date(),
            is_current=False,  # outside the unique constraint, the second guard
        )
        return True

    assert sum(together(look_then_write, range(THREADS))) == THREADS


def test_the_constraint_alone_still_lets_one_through(invitation, monkeypatch):
    """The first guard off: the conditional update lets everybody pass."""
    monkeypatch.setattr(ratings, "_take", lambda *_args, **_more: True)

    def give(number: int) -> str:
        try:
            ratings.answer(invitation, score=5, why="Arrived late.", now=timezone.now())
        except ratings.AlreadyAnswered:
            return "refused"
        return "kept"

    results = together(give, range(TAPS))
    assert (results.count("kept"), results.count("refused")) == (1, TAPS - 1)
    assert connection.is_usable()
