"""What a client may send: checked here for a message beside the field, and again by the verb."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.choices import BaseChoiceIterator
from django.utils.translation import gettext_lazy as _

from feedback.answering import contact_times
from feedback.answering.questions import QUESTIONS, Questions, band, labels
from feedback.models import NOT_APPLICABLE, About, Invitation, Rating, RatingCriterion
from feedback.ratings import FIVE_POINTS, SCORES
from triangle import whys

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Scale(BaseChoiceIterator):
    """Choices that are the same in every form, so that no form copies them."""

    def __init__(self, *choices: tuple[str, StrOrPromise]) -> None:
        self._choices = choices

    def __iter__(self) -> Iterator[tuple[str, StrOrPromise]]:
        return iter(self._choices)

    def __copy__(self) -> Scale:
        return self

    def __deepcopy__(self, memo: object) -> Scale:
        return self


SCORE_CHOICES = Scale(*((str(score), str(score)) for score in SCORES))
POINTS = Scale(*((str(points), str(points)) for points in FIVE_POINTS))
SATISFACTIONS = Scale(*POINTS, (NOT_APPLICABLE, _("not applicable")))
# Two scores that only a delivery can have
DELIVERED = {"company_score": _("Our service"), "partner_score": _("The intervention itself")}


def five_points(value: str) -> int | str:
    return value if value == NOT_APPLICABLE else int(value)


class ScoreField(forms.TypedChoiceField):
    """Strictly one of "0" to "10": neither "9 " nor other digits than these."""

    def __init__(self, **kwargs: Any) -> None:
        refused = _("Choose a score from 0 to 10.")
        super().__init__(
            choices=SCORE_CHOICES,
            coerce=int,
            widget=forms.RadioSelect,
            error_messages={"required": refused, "invalid_choice": refused},
            **kwargs,
        )


class PointsField(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            coerce=five_points, empty_value=None, required=False, widget=forms.RadioSelect, **kwargs
        )


class WhyField(forms.CharField):
    """Whether it explains is for `whys` to say, in words; too long comes back whole."""

    not_these: Iterable[str] = ()  # words of the page

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 4, "aria-required": "true"})
        super().__init__(required=False, strip=False, widget=widget, **kwargs)

    def bound_data(self, data: Any, initial: Any) -> str:
        return str(super().bound_data(data, initial) or "").replace("\x00", "")

    def run_validators(self, value: Any) -> None:
        """None of Django's: a NUL is dropped, not discussed."""

    def clean(self, value: Any) -> str:
        try:
            not_these = self.not_these or labels()
            return whys.explanation(super().clean(value) or "", not_these=not_these)
        except whys.Unexplained as error:
            raise ValidationError(error.message) from error


class ContactTimeField(forms.ChoiceField):
    def valid_value(self, value: Any) -> bool:
        return contact_times.is_known(str(value))


@dataclass(frozen=True)
class Row:
    """A line of the criteria grid."""

    label: StrOrPromise
    field: forms.BoundField


class ScoreAndWhyForm(forms.Form):
    use_required_attribute = False  # our own messages, in the language of the page

    score = ScoreField(label=_("Score"))
    why = WhyField(label=_("Why"))
    nonce = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, asks: Questions | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks = asks
        if asks:
            why: Any = self.fields["why"]
            why.not_these = asks.labels
        if not self.is_bound and self.chosen is not None:
            self._focus("why")

    def full_clean(self) -> None:
        super().full_clean()
        self._mark_wrong()

    def refuse(self, name: str, message: str) -> None:
        """What only the verb or the page could find out."""
        self.add_error(name, message)
        self._mark_wrong()

    def _mark_wrong(self) -> None:
        wrong = [name for name in self.errors if name in self.fields]
        for name in wrong:
            described = {"aria-invalid": "true", "aria-describedby": f"error_{name}"}
            self.fields[name].widget.attrs.update(described)
        if "why" in wrong and "score" not in wrong:
            self._focus("why")

    def _focus(self, name: str) -> None:
        self.fields[name].widget.attrs["autofocus"] = True

    @property
    def chosen(self) -> int | None:
        """The score that is shown chosen, when it is one."""
        value = str(self["score"].value())
        return int(value) if (value, value) in SCORE_CHOICES else None

    @property
    def band(self) -> str:
        return band(self.chosen)

    @property
    def questions(self) -> Mapping[str, Any]:
        return (self.asks and self.asks.questions) or QUESTIONS

    def error_links(self) -> Iterator[tuple[str, str]]:
        """Where each message stands, for the summary on top."""
        for name, messages in self.errors.items():
            if name in self.fields:
                place = "id_score_0" if name == "score" else f"id_{name}"
                yield place, str(messages[0])


class AnswerForm(ScoreAndWhyForm):
    asks: Questions
    company_score = PointsField(choices=SATISFACTIONS)
    partner_score = PointsField(choices=SATISFACTIONS)
    importance = PointsField(choices=POINTS)
    reasons = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    wants_contact = forms.BooleanField(required=False, label=_("Call me back"))
    contact_when = ContactTimeField(required=False, label=_("When"))
    confidentiality = forms.ChoiceField(required=False, label=_("Who reads it"))
    may_quote = forms.BooleanField(
        required=False, label=_("You may quote my words, without my name")
    )

    def __init__(
        self,
        *args: Any,
        invitation: Invitation,
        asks: Questions,
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, asks=asks, **kwargs)
        if invitation.about != About.INTERVENTION:
            for name in DELIVERED:
                del self.fields[name]
        for criterion in asks.criteria:
            self.fields[_column(criterion)] = PointsField(choices=SATISFACTIONS)
        _choices(self, "reasons", [(str(chip.pk), chip.name) for chip in asks.chips])
        _choices(self, "contact_when", lambda: _moments(self["contact_when"].value(), today))
        readers = _readers(has_partner=bool(invitation.partner))
        offered = [(one, readers[one]) for one in asks.readers if one in readers]
        _choices(self, "confidentiality", offered or list(readers.items()))

    def rows(self) -> list[Row]:
        """The company's service and the act itself first: they are two scores, never mixed."""
        scores = [
            Row(label, self[name]) for name, label in DELIVERED.items() if name in self.fields
        ]
        criteria = [
            Row(criterion.name, self[_column(criterion)]) for criterion in self.asks.criteria
        ]
        return scores + criteria

    def answer(self) -> dict[str, Any]:
        """What `ratings.answer` takes."""
        data = dict(self.cleaned_data)
        data.pop("nonce")
        criteria = {asked: data.pop(_column(asked)) for asked in self.asks.criteria}
        weight = data.pop("importance")
        chosen = set(data.pop("reasons"))
        return {
            **data,
            "criteria": criteria,
            "importance": {self.asks.importance_of: weight} if self.asks.importance_of else {},
            "reasons": [chip for chip in self.asks.chips if str(chip.pk) in chosen],
            "confidentiality": data["confidentiality"] or self._first_reader,
        }

    @property
    def _first_reader(self) -> str:
        """The one the page shows chosen."""
        readers: Any = self.fields["confidentiality"]
        return str(readers.choices[0][0])


class ChangeForm(ScoreAndWhyForm):
    reason = forms.ChoiceField(
        choices=Rating.RevisionReason.choices,
        widget=forms.RadioSelect,
        label=_("Why do you change your answer?"),
        error_messages={"required": _("Choose why you change your answer.")},
    )


class PhoneForm(ScoreAndWhyForm):
    """What a manager heard."""

    wants_contact = forms.BooleanField(required=False, label=_("Asks to be called back"))

    def heard(self) -> dict[str, Any]:
        """What `ratings.record_by_phone` takes."""
        return {name: self.cleaned_data[name] for name in ("score", "why", "wants_contact")}


class ContactForm(forms.Form):
    use_required_attribute = False

    when = ContactTimeField(required=False, label=_("When"))
    nonce = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Nothing chosen: a machine that posts the page as it stands asks for no call.
        _choices(self, "when", [("", _("Choose a moment")), *contact_times.choices(today=today)])


def _column(criterion: RatingCriterion) -> str:
    return f"satisfaction_{criterion.slot}"


def _choices(
    form: forms.Form,
    name: str,
    choices: list[tuple[str, Any]] | Callable[[], list[tuple[str, Any]]],
) -> None:
    """As a function they are only made for who sees them."""
    form.fields[name].choices = choices  # type: ignore[attr-defined]


def _moments(chosen: str | None, today: date) -> list[tuple[str, Any]]:
    offered = [("", _("as soon as possible")), *contact_times.choices(today=today)]
    if chosen and contact_times.is_known(chosen) and chosen not in dict(offered):
        offered.append((chosen, contact_times.words(chosen, today=today)))
    return offered


def _readers(*, has_partner: bool) -> dict[str, Any]:
    company = {"company": settings.COMPANY_NAME}
    named, alone, counted = Rating.Confidentiality.values
    nobody = _("%(company)s, without any name") % company
    if not has_partner:
        return {alone: _("%(company)s, with my name") % company, counted: nobody}
    return {
        alone: _("%(company)s, without my name to the partner") % company,
        named: _("%(company)s and the partner, with my name") % company,
        counted: nobody,
    }
