"""What a manager does with an answer that was read: thank for it, quote it, name its themes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.models import Rating, RatingTheme, Theme
from feedback.models.rating import RatingQuerySet
from triangle import journal
from triangle.errors import Refused
from triangle.models import User


class NotToBeQuoted(Refused):
    """The client did not allow it, or asked to be counted only."""


class Mark(StrEnum):
    """How a theme stands at an answer; what undo needs to know."""

    NONE = "none"
    AUTO = "auto"
    SET = "set"  # by hand
    TAKEN = "taken"  # by hand

    @property
    def is_on(self) -> bool:
        return self in (Mark.AUTO, Mark.SET)


def thank(rating: Rating, *, by: User, now: datetime) -> bool:
    """Whether nobody had; the partner sees it with the answer, where the client allows that."""
    unthanked = Rating.objects.filter(pk=rating.pk, thanked_at=None)
    return _change(rating, unthanked, "rating.thanked", by, now, thanked_at=now, thanked_by=by)


def take_thanks_back(rating: Rating, *, by: User, now: datetime) -> bool:
    thanked = Rating.objects.filter(pk=rating.pk, thanked_at__isnull=False)
    return _change(rating, thanked, "rating.unthanked", by, now, thanked_at=None, thanked_by=None)


def quote(rating: Rating, *, by: User, now: datetime) -> bool:
    """Whether it was not among the quotes yet. Raises `NotToBeQuoted`."""
    allowed = Rating.objects.filter(pk=rating.pk).to_be_quoted()
    if not allowed.exists():
        raise NotToBeQuoted(_("The client did not allow to quote this answer."))
    unquoted = allowed.filter(quoted_at=None)
    return _change(rating, unquoted, "rating.quoted", by, now, quoted_at=now, quoted_by=by)


def take_quote_back(rating: Rating, *, by: User, now: datetime) -> bool:
    quoted = Rating.objects.filter(pk=rating.pk, quoted_at__isnull=False)
    return _change(rating, quoted, "rating.unquoted", by, now, quoted_at=None, quoted_by=None)


def mark_theme(
    ratings: Iterable[Rating], theme: Theme, *, is_on: bool, by: User, now: datetime
) -> dict[int, Mark]:
    """How the theme stood at the answers that were changed; the others were so already."""

    def wanted(_rating: int, mark: Mark) -> Mark:
        if mark.is_on == is_on:
            return mark
        return Mark.SET if is_on else Mark.TAKEN

    return _put(theme, [rating.pk for rating in ratings], wanted, by=by, now=now)


def restore_theme(
    was: Mapping[int, Mark], theme: Theme, *, by: User, now: datetime
) -> dict[int, Mark]:
    """As it stood before, exactly: by hand, by the dictionary, or not at all."""
    return _put(theme, was.keys(), lambda rating, _mark: was[rating], by=by, now=now)


@transaction.atomic
def _change(
    rating: Rating,
    rows: RatingQuerySet,
    kind: str,
    by: User,
    now: datetime,
    **after: datetime | User | None,
) -> bool:
    """A conditional update: of two who act at once one changes it and writes the journal."""
    if not rows.update(**after):
        return False
    journal.record(kind, rating, now=now, actor=by)
    return True


@transaction.atomic
def _put(
    theme: Theme,
    keys: Iterable[int],
    wanted: Callable[[int, Mark], Mark],
    *,
    by: User,
    now: datetime,
) -> dict[int, Mark]:
    # The rows are locked as labelling locks them: neither sees the other half done.
    ratings = list(Rating.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk"))
    marks = {rating.pk: Mark.NONE for rating in ratings}
    for link in RatingTheme.objects.filter(theme=theme, rating__in=ratings):
        marks[link.rating_id] = _mark(link)
    after = {pk: wanted(pk, mark) for pk, mark in marks.items()}
    changed = [rating for rating in ratings if after[rating.pk] is not marks[rating.pk]]
    RatingTheme.objects.filter(theme=theme, rating__in=changed).delete()
    RatingTheme.objects.bulk_create(
        RatingTheme(
            rating=rating,
            theme=theme,
            by_hand=after[rating.pk] is not Mark.AUTO,
            is_on=after[rating.pk].is_on,
        )
        for rating in changed
        if after[rating.pk] is not Mark.NONE
    )
    for mark in Mark:
        there = [rating for rating in changed if after[rating.pk] is mark]
        journal.record_each(
            "rating.theme", there, now=now, actor=by, theme=theme.code, mark=mark.value
        )
    return {rating.pk: marks[rating.pk] for rating in changed}


def _mark(link: RatingTheme) -> Mark:
    if not link.by_hand:
        return Mark.AUTO
    return Mark.SET if link.is_on else Mark.TAKEN
