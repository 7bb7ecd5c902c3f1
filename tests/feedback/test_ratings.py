from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from feedback import ratings
from feedback.models import NOT_APPLICABLE, Invitation, Rating, RatingCriterion, ReasonChip
from tests.factories import (
    NOON,
    InterventionFactory,
    InvitationFactory,
    RatingFactory,
)
from triangle.models import JournalEntry
from triangle.periods import local_day

NOW = NOON + timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation() -> Invitation:
    return InvitationFactory(sent=True)


def give(invitation, **changes) -> Rating:
    return ratings.answer(invitation, **{"score": 4, "why": "Arrived late.", "now": NOW, **changes})


def test_an_answer_closes_its_invitation(invitation):
    rating = give(invitation)
    invitation.refresh_from_db()
    assert (invitation.status, invitation.answered_at) == ("answered", NOW)
    assert invitation.is_explained
    assert (rating.score, rating.why, rating.source) == (4, "Arrived late.", "link")


def test_an_answer_inherits_the_scope_of_its_intervention(invitation):
    rating = Rating.objects.get(pk=give(invitation).pk)
    assert rating.scope() == invitation.intervention.scope()
    assert rating.answered_on == local_day(NOW)
    assert rating.is_explained


def test_an_answer_writes_one_journal_entry(invitation):
    rating = give(invitation)
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.subject_id, entry.data["score"]) == ("rating.answered", rating.pk, 4)


def test_criteria_are_kept_in_the_columns_of_their_slot(invitation):
    punctuality, listening = RatingCriterion.objects.order_by("slot")[:2]
    rating = give(
        invitation,
        criteria={punctuality: 2, listening: NOT_APPLICABLE},
        importance={listening: 5},
        company_score=3,
        partner_score=NOT_APPLICABLE,
    )
    rating.refresh_from_db()
    assert (rating.satisfaction_1, rating.satisfaction_2, rating.importance_2) == (2, None, 5)
    assert rating.is_not_applicable(listening)
    assert not rating.is_not_applicable(punctuality)
    assert (rating.company_score, rating.partner_score) == (3, None)


def test_reasons_are_kept(invitation):
    chip = ReasonChip.objects.get(code="punctuality")
    assert list(give(invitation, reasons=[chip]).reasons.all()) == [chip]


@pytest.mark.parametrize("score", [-1, 11, 9.5, "9", None, True, float("nan")])
def test_a_score_outside_the_scale_is_refused(invitation, score):
    with pytest.raises(ratings.NotAScore):
        give(invitation, score=score)
    assert untouched(invitation)


@pytest.mark.parametrize(
    "why", ["", "   ", "....", "ok ok ok", "\u200b\u200b\u200b", "\x00\x00\x00"]
)
def test_a_why_that_explains_nothing_is_refused(invitation, why):
    with pytest.raises(ratings.NotExplained):
        give(invitation, why=why)
    assert untouched(invitation)


def test_an_expired_link_is_refused(invitation):
    with pytest.raises(ratings.Expired):
        give(invitation, now=invitation.expires_at)
    assert untouched(invitation)


def untouched(invitation) -> bool:
    invitation.refresh_from_db()
    silent = not JournalEntry.objects.exists() and not Rating.objects.exists()
    return silent and invitation.status == "sent" and invitation.answered_at is None


def test_the_first_answer_wins(invitation):
    first = give(invitation)
    with pytest.raises(ratings.AlreadyAnswered):
        give(invitation, score=9)
    assert list(Rating.objects.all()) == [first]


def test_the_same_page_sent_twice_says_so(invitation):
    give(invitation, nonce="once")
    with pytest.raises(ratings.SameNonce):
        give(invitation, nonce="once")


def test_an_imported_answer_is_not_overwritten_by_the_link(invitation):
    RatingFactory(intervention=invitation.intervention)
    with pytest.raises(ratings.AlreadyAnswered):
        give(invitation)
    invitation.refresh_from_db()
    assert invitation.status == "sent"


@pytest.mark.parametrize(
    "state",
    [
        {"status": "scheduled"},
        {"status": "uncertain"},
        {"status": "failed"},
        {"status": "skipped", "skip_reason": "opted_out"},
    ],
)
def test_a_person_with_a_working_link_may_answer_whatever_became_of_the_mail(state):
    invitation = InvitationFactory(**state)
    give(invitation)
    invitation.refresh_from_db()
    assert (invitation.status, invitation.skip_reason) == ("answered", "")
    assert (invitation.sent_at, invitation.counted_on) == (NOW, local_day(NOW))


def test_the_database_refuses_a_second_current_rating(invitation):
    give(invitation)
    with pytest.raises(IntegrityError, match="intervention"), transaction.atomic():
        RatingFactory(intervention=invitation.intervention)


def test_the_database_refuses_an_empty_why_by_link(invitation):
    with pytest.raises(IntegrityError, match="rating_by_link_has_a_why"), transaction.atomic():
        RatingFactory(intervention=invitation.intervention, source="link", why="")


@pytest.mark.parametrize("column", ["company_score", "satisfaction_1", "importance_16"])
def test_the_database_refuses_six_of_five(column):
    with pytest.raises(IntegrityError, match=f"rating_{column}_0_to_5"), transaction.atomic():
        RatingFactory(**{column: 6})


def test_the_database_refuses_a_score_of_eleven():
    with pytest.raises(IntegrityError, match="rating_score_0_to_10"), transaction.atomic():
        RatingFactory(score=11)


def change(rating, **changes) -> Rating:
    new = {"score": 9, "why": "You called back.", "reason": "settled", "now": NOW, **changes}
    return ratings.revise(rating, **new)


def test_a_revision_keeps_both_versions(invitation):
    first = give(invitation, score=3, criteria={RatingCriterion.objects.get(slot=1): 2})
    second = change(first)
    assert list(Rating.objects.order_by("pk").values_list("score", "is_current")) == [
        (3, False),
        (9, True),
    ]
    assert (second.revises, second.satisfaction_1, second.revision_reason) == (first, 2, "settled")


def test_a_revision_keeps_the_reasons_and_is_to_be_read_again(invitation, manager):
    chip = ReasonChip.objects.get(code="price")
    first = give(invitation, reasons=[chip])
    ratings.mark_read([first], by=manager, now=NOW)
    second = change(first)
    assert list(second.reasons.all()) == [chip]
    assert second in Rating.objects.unread()


def test_a_revision_writes_one_journal_entry(invitation):
    change(give(invitation, score=3))
    assert list(JournalEntry.objects.filter(kind="rating.revised").values_list("data")) == [
        ({"before": 3, "score": 9},)
    ]


def test_a_revision_made_twice_is_made_once(invitation):
    first = give(invitation)
    change(first)
    with pytest.raises(ratings.AlreadyAnswered):
        change(first)
    assert Rating.objects.count() == 2


def test_a_revision_that_changes_nothing_is_refused(invitation):
    first = give(invitation)
    with pytest.raises(ratings.NothingChanged):
        change(first, score=4, why=" Arrived late. ")


def test_a_new_score_needs_a_why_of_its_own(invitation):
    first = give(invitation)
    with pytest.raises(ratings.NothingChanged, match="why your score changes"):
        change(first, score=9, why=" Arrived late.\n")
    assert list(Rating.objects.all()) == [first]


def test_new_words_are_neither_thanked_nor_quoted_nor_labelled_yet(invitation, manager):
    first = give(invitation, may_quote=True)
    Rating.objects.update(
        thanked_at=NOW,
        thanked_by=manager,
        quoted_at=NOW,
        quoted_by=manager,
        contradiction="praise",
        labelled_with=3,
    )
    second = change(Rating.objects.get(pk=first.pk))
    assert (second.may_quote, second.thanked_at, second.quoted_at) == (True, None, None)
    assert (second.contradiction, second.labelled_with) == ("", None)


def test_words_are_quoted_only_with_consent(invitation):
    assert give(invitation).may_quote is False
    assert give(InvitationFactory(sent=True), may_quote=True).may_quote is True


def test_changing_does_not_prolong_the_days_to_change(invitation):
    second = change(give(invitation), now=NOW + timedelta(days=6))
    last = NOW + timedelta(days=7)
    assert ratings.may_revise(second, now=last - timedelta(seconds=1))
    with pytest.raises(ratings.Expired):
        change(second, why="Once more, differently.", now=last)


def test_reading_twice_is_noted_once(invitation, manager):
    rating = give(invitation)
    assert ratings.mark_read([rating], by=manager, now=NOW) == [rating.pk]
    assert ratings.mark_read([rating], by=manager, now=NOW) == []
    assert JournalEntry.objects.filter(kind="rating.read", actor=manager).count() == 1


def test_reading_can_be_undone(invitation, manager):
    rating = give(invitation)
    ratings.mark_read([rating], by=manager, now=NOW)
    assert ratings.mark_unread([rating], by=manager, now=NOW) == [rating.pk]
    assert ratings.mark_unread([rating], by=manager, now=NOW) == []
    assert list(Rating.objects.unread()) == [rating]


def test_an_answer_heard_on_the_phone_closes_the_invitation(invitation, manager):
    rating = ratings.record_by_phone(
        invitation.intervention, score=7, why="Fine, but short.", by=manager, now=NOW
    )
    invitation.refresh_from_db()
    assert (rating.source, rating.invitation, invitation.status) == (
        "phone",
        invitation,
        "answered",
    )
    with pytest.raises(ratings.AlreadyAnswered):
        give(invitation)


def test_an_answer_can_be_heard_without_an_invitation_but_once(manager):
    intervention = InterventionFactory(completed=True)
    phone = {"score": 7, "why": "Fine, but short.", "by": manager, "now": NOW}
    ratings.record_by_phone(intervention, **phone)
    with pytest.raises(ratings.AlreadyAnswered):
        ratings.record_by_phone(intervention, **phone)


def test_unread_answers_come_by_need():
    pleased = RatingFactory(score=10)
    asks = RatingFactory(score=10, wants_contact=True)
    older = RatingFactory(score=2, answered_at=NOON)
    newer = RatingFactory(score=3)
    RatingFactory(score=0, why="", source="import")
    assert list(Rating.objects.unread().by_need()) == [newer, older, asks, pleased]
