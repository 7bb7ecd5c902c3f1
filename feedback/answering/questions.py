"""What the answer page asks one person: the question by score, the criteria, the one importance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, TypedDict

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from feedback import touchpoints
from feedback.models import About, Invitation, RatingCriterion, ReasonChip
from feedback.sending import mails
from feedback.surveys import versions, wording
from feedback.surveys.wording import HIGH, LOW, MIDDLE, MOST_CRITERIA, NEUTRAL, READERS, Content
from triangle.prepared import Given, Read, Select

TURN_OF = 1_000  # keys among which an invitation counts its place; few enough to count at once
QUESTIONS: dict[str, Promise] = {
    LOW: _("What should we put right?"),
    MIDDLE: _("What was missing?"),
    HIGH: _("What should we keep?"),
    NEUTRAL: _("Why this score?"),
}
CRITERIA = Read(
    RatingCriterion.objects.filter(
        Q(disciplines=None) | Q(disciplines=Given("discipline")), is_asked=True
    )
    .annotate(
        is_of_discipline=Exists(
            RatingCriterion.disciplines.through.objects.filter(ratingcriterion=OuterRef("pk"))
        )
    )
    .order_by("slot")
    .distinct()
)
ALIKE = Invitation.objects.filter(
    survey=Given("survey"), pk__gte=Given("first"), pk__lt=Given("key")
)
COUNT = Count("pk")
BEFORE = Select(ALIKE.values("survey").values_list(COUNT))
BEFORE_OF_DISCIPLINE = Select(
    ALIKE.filter(service__discipline=Given("discipline")).values("survey").values_list(COUNT)
)


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Bound(TypedDict):
        is_of_discipline: bool

    Criterion = WithAnnotations[RatingCriterion, _Bound]


@dataclass(frozen=True)
class Questions:
    criteria: Sequence[RatingCriterion]
    importance_of: RatingCriterion | None
    chips: list[ReasonChip]
    questions: dict[str, str] = field(default_factory=dict)  # by band, in the page's language
    readers: tuple[str, ...] = READERS  # the first is the one chosen already
    intro: str = ""
    thanks: str = ""
    labels: tuple[str, ...] = ()  # words of the page, in each language


def for_invitation(invitation: Invitation, content: Content | None = None) -> Questions:
    """In the language that is on. Each person is asked one importance, in turn."""
    content = content or versions.content_of(invitation)
    criteria = _criteria(invitation, content)
    language = _language()
    own = content.words(language)
    discipline = invitation.service.discipline.code if invitation.service else ""
    facts = cache(partial(mails.facts, invitation, language))

    def say(text: str) -> str:
        return wording.fill(wording.cut(text), facts()) if "{" in text else text

    return Questions(
        criteria=criteria,
        importance_of=criteria[_turn(invitation, criteria) % len(criteria)] if criteria else None,
        chips=_chips(invitation, content),
        questions={name: say(text) for name, text in vars(own.questions_of(discipline)).items()},
        readers=content.readers or READERS,
        intro=say(own.intro),
        thanks=say(own.thanks),
        labels=(*labels(), *map(say, _asked(content, discipline))),
    )


def band(score: int | None) -> str:
    if score is None:
        return NEUTRAL
    return LOW if score <= 6 else MIDDLE if score <= 8 else HIGH


@cache
def labels() -> list[str]:
    """Words of any page, in each language: copied into the box they explain nothing."""
    words = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            words += [str(question) for question in QUESTIONS.values()]
    return words


def _asked(content: Content, discipline: str) -> list[str]:
    return [
        question
        for language in wording.LANGUAGES
        for question in vars(content.words(language).questions_of(discipline)).values()
    ]


def _criteria(invitation: Invitation, content: Content) -> list[Criterion]:
    """Those chosen; else all that fit, where there was an intervention to be satisfied with."""
    if not content.criteria and invitation.about != About.INTERVENTION:
        return []
    fitting = CRITERIA.rows(discipline=_discipline(invitation))
    if content.criteria:
        fitting = [criterion for criterion in fitting if criterion.code in content.criteria]
    return fitting[:MOST_CRITERIA]


def _chips(invitation: Invitation, content: Content) -> list[ReasonChip]:
    """Those chosen, in their order; else the moments this intervention really had."""
    if content.chips:
        chips = [chip for chip in touchpoints.OFFERED.rows() if chip.code in content.chips]
        return sorted(chips, key=lambda chip: content.chips.index(chip.code))
    return touchpoints.chips(invitation.intervention) if invitation.intervention else []


def _turn(invitation: Invitation, criteria: list[Criterion]) -> int:
    """Its place among those that ask the same: the key alone is not enough.

    Where two surveys open their invitations by turns, the keys of one are all even, and every
    other criterion would never be asked; so it is with disciplines that have criteria of their own.
    """
    if not invitation.pk:
        return 0
    block = invitation.pk // TURN_OF
    is_own = any(criterion.is_of_discipline for criterion in criteria)
    before = BEFORE_OF_DISCIPLINE if is_own else BEFORE
    found = before.lists(
        survey=invitation.survey_id,
        first=block * TURN_OF,
        key=invitation.pk,
        discipline=_discipline(invitation),
    )
    count: int = found[0][0] if found else 0  # nobody before it, no row
    return block + count


def _discipline(invitation: Invitation) -> int | None:
    return invitation.service.discipline_id if invitation.service else None


def _language() -> str:
    return mails.reading_language(get_language() or "")
