"""Which rule asks about a matter: the most important one whose audience the matter belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from feedback.models import Rule

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Columns:
    """Where a kind of matter says whom it concerns; empty where it says nothing about that."""

    discipline: str = ""
    setting: str = ""
    segment: str = ""


@dataclass(frozen=True)
class Share:
    """A rule, and the matters left to it by the more important ones."""

    rule: Rule
    matters: Q


def shares(rules: Iterable[Rule], columns: Columns) -> Iterator[Share]:
    """The most important rule is given first; after one that asks about all, nothing is left."""
    left = Q()
    for rule in rules:
        asked = audience(rule, columns)
        yield Share(rule, left & asked)
        if not asked:
            return
        left &= ~asked


def audience(rule: Rule, columns: Columns) -> Q:
    """An empty list is everybody; a list about what the matter does not say is nobody."""
    asked = Q()
    for chosen, column in (
        (rule.disciplines, columns.discipline),
        (rule.settings, columns.setting),
        (rule.segments, columns.segment),
    ):
        ids = [one.pk for one in chosen.all()]
        if ids and not column:
            return NOTHING
        if ids:
            asked &= Q(**{f"{column}__in": ids})
    return asked
