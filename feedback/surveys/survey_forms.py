"""What a quality lead types about surveys: texts and questions, rules, limits of contact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feedback.models import (
    About,
    ContactPolicy,
    RatingCriterion,
    ReasonChip,
    Rule,
    Survey,
)
from feedback.surveys import survey_words, wording
from feedback.surveys.wording import BANDS, LANGUAGES, READERS, Bands, Content, Problem, Words
from triangle.models import Discipline

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHORT, LONG = 2, 10  # rows of a text box
MAILS = ("subject", "body")
REMINDERS = ("reminder_subject", "reminder_body")
PAGES = ("intro", "thanks")
AUDIENCE = ("disciplines", "settings", "segments")


@dataclass(frozen=True)
class Line:
    """One thing that is said, with its box for each language."""

    label: StrOrPromise
    fields: list[forms.BoundField]
    hint: StrOrPromise = ""


@dataclass(frozen=True)
class Group:
    """The questions of one discipline."""

    name: str
    lines: list[Line]
    is_open: bool


class TextField(forms.CharField):
    """Kept as typed but for blanks; what it may say, the verb says."""

    def __init__(self, *, rows: int, language: str, **kwargs: Any) -> None:
        kind = forms.Textarea if rows > 1 else forms.TextInput
        attrs: dict[str, Any] = {"lang": language, "autocomplete": "off"}
        widget = kind(attrs={**attrs, "rows": rows} if rows > 1 else attrs)
        super().__init__(required=False, strip=False, widget=widget, **kwargs)
        self.is_french = language == "fr"

    def run_validators(self, value: Any) -> None:
        """None of Django's: a NUL is a problem at its place like any other."""

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n").strip()
        return wording.french(text) if self.is_french else text


class ContentForm(forms.Form):
    """All that one version says; what may be said is decided by `surveys.problems`."""

    use_required_attribute = False

    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, survey: Survey, content: Content, number: int) -> None:
        super().__init__(data, initial={**_initial(content), "based_on": number})
        self.survey, self.about = survey, survey.about
        self.disciplines = self._disciplines(content)
        for name in (*MAILS, *REMINDERS, *(PAGES if wording.has_page(self.about) else ())):
            self._add(name, rows=_rows(name))
        for name in self._bands():
            self._add(name, rows=SHORT)
        if wording.has_grid(self.about):
            self._add_lists(content)

    def content(self) -> Content:
        """What was typed, before anybody says whether it may be."""
        fr, en = (self._words(language) for language in LANGUAGES)
        chosen = {name: tuple(self.cleaned_data.get(name, ())) for name in ("criteria", "chips")}
        offered = list(self.cleaned_data.get("readers", ()))
        if (first := self.cleaned_data.get("reader")) in offered:
            offered.sort(key=lambda reader: reader != first)
        return Content(fr=fr, en=en, readers=tuple(offered), **chosen)

    def add_problems(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            name = _field_of(problem.place)
            self.add_error(name if name in self.fields else None, problem.message)

    def mail(self) -> list[Line]:
        return [self._line(name) for name in MAILS]

    def reminder(self) -> list[Line]:
        return [self._line(name) for name in REMINDERS]

    def page(self) -> list[Line]:
        return [self._line(name) for name in PAGES] if wording.has_page(self.about) else []

    def questions(self) -> list[Line]:
        return [self._line(f"questions.{band}") for band in BANDS if wording.has_page(self.about)]

    def groups(self) -> list[Group]:
        found = []
        for code, name in self.disciplines:
            lines = [self._line(f"by_discipline.{code}.{band}") for band in BANDS]
            fields = [field for line in lines for field in line.fields]
            is_open = any(field.errors for field in fields)
            is_set = any(field.value() for field in fields)
            found.append(Group(f"{name} ✓" if is_set else name, lines, is_open))
        return found

    def _add(self, name: str, *, rows: int) -> None:
        for language in LANGUAGES:
            label = survey_words.label_of(f"{language}.{name}")
            self.fields[_field_of(f"{language}.{name}")] = TextField(
                rows=rows, language=language, label=label
            )

    def _add_lists(self, content: Content) -> None:
        criteria = RatingCriterion.objects.filter(is_asked=True).order_by("slot")
        chips = ReasonChip.objects.filter(is_offered=True).order_by("pk")
        self.fields["criteria"] = _boxes(
            "criteria",
            [(one.code, one.name) for one in criteria],
            _("None: all that fit an intervention, and no grid for other surveys."),
        )
        self.fields["chips"] = _boxes(
            "chips",
            [(one.code, one.name) for one in chips],
            _("None: those of the moments the client really lived."),
        )
        readers = [(code, survey_words.READERS[code]) for code in READERS]
        self.fields["readers"] = _boxes("readers", readers, _("The client chooses among these."))
        self.fields["reader"] = forms.ChoiceField(
            label=_("Chosen already"), choices=readers, required=False
        )

    def _bands(self) -> list[str]:
        if not wording.has_page(self.about):
            return []
        own = [f"by_discipline.{code}.{band}" for code, _name in self.disciplines for band in BANDS]
        return [*(f"questions.{band}" for band in BANDS), *own]

    def _disciplines(self, content: Content) -> list[tuple[str, str]]:
        """Those that exist, and those a text is kept for."""
        if not wording.has_disciplines(self.about):
            return []
        known = {one.code: one.name for one in Discipline.objects.order_by("code")}
        kept = {code for words in (content.fr, content.en) for code, _bands in words.by_discipline}
        return [*known.items(), *((code, code) for code in sorted(kept - set(known)))]

    def _words(self, language: str) -> Words:
        def said(name: str) -> str:
            return str(self.cleaned_data.get(_field_of(f"{language}.{name}"), ""))

        def bands(prefix: str) -> Bands:
            return Bands(**{band: said(f"{prefix}.{band}") for band in BANDS})

        own = ((code, bands(f"by_discipline.{code}")) for code, _name in self.disciplines)
        return Words(
            **{name: said(name) for name in survey_words.TEXTS},  # type: ignore[arg-type]
            questions=bands("questions"),
            by_discipline=tuple((code, one) for code, one in own if one != Bands()),
        )

    def _line(self, name: str) -> Line:
        fields = [self[_field_of(f"{language}.{name}")] for language in LANGUAGES]
        return Line(survey_words.label_of(f"fr.{name}"), fields)


class SurveyForm(forms.ModelForm):
    class Meta:
        model = Survey
        fields = ("name_fr", "name_en", "expires_days", "is_active")

    expires_days = forms.IntegerField(label=_("link valid, days"), min_value=1, max_value=90)


class RuleForm(forms.ModelForm):
    """Only what this survey can be asked by: a delay after an event, or every so many days."""

    class Meta:
        model = Rule
        fields = (
            "delay_hours",
            "every_days",
            "first_reminder_days",
            "second_reminder_days",
            "priority",
            "disciplines",
            "settings",
            "segments",
            "is_active",
        )
        widgets = dict.fromkeys(
            ("disciplines", "settings", "segments"), forms.CheckboxSelectMultiple
        )

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        kwargs.setdefault("instance", Rule(survey=survey))
        super().__init__(*args, **kwargs)
        del self.fields["delay_hours" if survey.is_periodic else "every_days"]
        if "every_days" in self.fields:
            self.fields["every_days"].required = True
        if survey.about in (About.ONBOARDING, About.RELATION):
            del self.fields["disciplines"]
        if survey.about == About.PULSE:
            del self.fields["segments"]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        first, second = typed.get("first_reminder_days"), typed.get("second_reminder_days")
        if second and not (first and first < second):
            self.add_error("second_reminder_days", _("The second reminder follows a first one."))
        return typed

    @property
    def audience(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in AUDIENCE if name in self.fields}

    def plain(self) -> list[forms.BoundField]:
        return [field for field in self if not field.use_fieldset and field.name != "is_active"]

    def boxes(self) -> list[forms.BoundField]:
        return [field for field in self if field.use_fieldset]


class WeekdaysField(forms.MultipleChoiceField):
    """Kept as the digits of the days, Monday is 1."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return list(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:  # type: ignore[override]
        return "".join(sorted(super().clean(value)))


class PolicyForm(forms.ModelForm):
    class Meta:
        model = ContactPolicy
        fields = (
            "cap",
            "days",
            "opens_hour",
            "closes_hour",
            "weekdays",
            "on_holidays",
            "domain_per_hour",
        )

    opens_hour = forms.IntegerField(label=_("from, hour"), min_value=0, max_value=23)
    closes_hour = forms.IntegerField(label=_("until, hour"), min_value=1, max_value=24)
    weekdays = WeekdaysField(
        label=_("days of the week"),
        choices=[(str(day + 1), name) for day, name in WEEKDAYS.items()],
        error_messages={"required": _("Choose one day at least.")},
    )

    def clean_closes_hour(self) -> int:
        closes, opens = self.cleaned_data["closes_hour"], self.cleaned_data.get("opens_hour")
        if opens is not None and closes <= opens:
            raise ValidationError(_("The window closes after it opens."))
        return int(closes)


class PreviewForm(forms.Form):
    """What to look at, and how wide."""

    MAIL, REMINDER, TEXT, PAGE = "mail", "reminder", "text", "page"
    VIEWS = [
        (MAIL, pgettext_lazy("preview", "Mail")),
        (REMINDER, pgettext_lazy("preview", "Reminder")),
        (TEXT, pgettext_lazy("preview", "Text part")),
        (PAGE, pgettext_lazy("preview", "Answer page")),
    ]

    view = forms.ChoiceField(label=_("Show"), choices=VIEWS, required=False)
    language = forms.ChoiceField(
        label=_("language"), choices=[("fr", "Français"), ("en", "English")], required=False
    )
    width = forms.ChoiceField(
        label=_("Width"),
        choices=[("phone", _("Phone")), ("wide", _("Wide"))],
        required=False,
    )
    about = forms.IntegerField(label=_("With the words of"), required=False)

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not wording.has_page(survey.about):
            views = self.VIEWS[:-1]
            self.fields["view"].choices = views  # type: ignore[attr-defined]


def _boxes(
    name: str, choices: list[tuple[str, StrOrPromise]], hint: StrOrPromise
) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=survey_words.LISTS[name],
        choices=choices,
        required=False,
        help_text=hint,
        widget=forms.CheckboxSelectMultiple,
    )


def _field_of(place: str) -> str:
    return place.replace(".", "-")


def _rows(name: str) -> int:
    return {"subject": 1, "reminder_subject": 1, "intro": SHORT, "thanks": SHORT}.get(name, LONG)


def _initial(content: Content) -> dict[str, Any]:
    found: dict[str, Any] = {name: list(getattr(content, name)) for name in survey_words.LISTS}
    found["reader"] = content.readers[0] if content.readers else ""
    for language in LANGUAGES:
        words = content.words(language)
        for name in survey_words.TEXTS:
            found[_field_of(f"{language}.{name}")] = getattr(words, name)
        for band in BANDS:
            found[_field_of(f"{language}.questions.{band}")] = getattr(words.questions, band)
        for code, bands in words.by_discipline:
            for band in BANDS:
                place = f"{language}.by_discipline.{code}.{band}"
                found[_field_of(place)] = getattr(bands, band)
    return found
