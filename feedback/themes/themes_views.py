"""The dictionary of themes: read by managers, changed by quality leads, tried before saving."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from feedback.models import Theme, ThemeTerm
from feedback.themes import dictionary, themes, themes_board
from feedback.themes.theme_forms import TermsForm, ThemeForm, TryForm
from feedback.themes.themes_board import Tried
from triangle.access import Request, roles
from triangle.errors import Refused
from triangle.models import Role
from triangle.periods import local_day

readers = roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
leads = roles(Role.ADMIN, Role.QUALITY_LEAD)
INVALID = 422


@readers
@require_safe
def theme_list(request: Request) -> HttpResponse:
    return _list(request)


@readers
@require_safe
def show_progress(request: Request) -> HttpResponse:
    """Asked again and again while whys are labelled; the last answer asks no more."""
    if not request.htmx:
        return redirect("themes")
    progress = themes.progress()
    response = render(request, "feedback/_themes_progress.html", {"progress": progress})
    if not progress.is_moving:
        trigger_client_event(response, "announce", {"value": _("All answers are labelled.")})
    return response


@readers
@require_POST
def try_out(request: Request) -> HttpResponse:
    """What a why would be labelled with, and which words say so; nothing is written."""
    form = _latest(request) if "latest" in request.POST else TryForm(request.POST)
    found: Tried | None = None
    if form.is_valid():
        place = form.cleaned_data["discipline"]
        found = themes_board.tried(
            form.cleaned_data["why"],
            form.cleaned_data["language"],
            place.code if place else None,
            themes.compiled(),
        )
    status = 200 if form.is_valid() else INVALID
    if request.htmx:
        page = {"try_form": form, "tried": found}
        return render(request, "feedback/_themes_try.html", page, status=status)
    return _list(request, try_form=form, tried=found, status=status)


@leads
@require_POST
def add(request: Request) -> HttpResponse:
    form = ThemeForm(request.POST)
    theme = _saved(request, form, None)
    if theme is None:
        return _list(request, new_form=form, status=INVALID)
    messages.success(request, _("The theme is added. Now give it words."))
    return redirect("theme", theme.pk)


@readers
@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return _theme(request, get_object_or_404(Theme, pk=pk))


@leads
@require_POST
def rename(request: Request, pk: int) -> HttpResponse:
    theme = get_object_or_404(Theme, pk=pk)
    form = ThemeForm(request.POST)
    if _saved(request, form, theme) is None:
        theme.refresh_from_db()
        return _theme(request, theme, name_form=form, status=INVALID)
    messages.success(request, _("The theme has its new name."))
    return redirect("theme", pk)


@leads
@require_POST
def use(request: Request, pk: int) -> HttpResponse:
    theme = get_object_or_404(Theme, pk=pk)
    is_used = request.POST.get("is_used") == "1"
    if dictionary.use_theme(theme, is_used=is_used, by=request.user, now=timezone.now()):
        text = _("The theme is used again.") if is_used else _("The theme is no longer used.")
        messages.success(request, text)
    return redirect("theme", pk)


@leads
@require_POST
def save_terms(request: Request, pk: int) -> HttpResponse:
    """Add words to a theme, or with `try` only see what they would change."""
    theme = get_object_or_404(Theme, pk=pk)
    form = TermsForm(request.GET if "listed" in request.GET else request.POST)
    if not form.is_valid():
        return _theme(request, theme, terms_form=form, status=INVALID)
    try:
        if "try" in request.POST:
            return _theme(request, theme, terms_form=form, impact=_impact(request, theme, form))
        terms = dictionary.save_terms(
            theme, **form.cleaned_data, by=request.user, now=timezone.now()
        )
    except Refused as refusal:
        form.add_error("listed", refusal.message)
        return _theme(request, theme, terms_form=form, status=INVALID)
    text = ngettext("%(n)s term added.", "%(n)s terms added.", len(terms)) % {"n": len(terms)}
    return _done(request, theme, text)


@leads
@require_POST
def remove_term(request: Request, pk: int) -> HttpResponse:
    """One that is gone already stays gone."""
    theme = get_object_or_404(Theme, pk=pk)
    terms = ThemeTerm.objects.select_related("theme", "discipline")
    term = terms.filter(theme=theme, pk=_key(request.POST.get("term", ""))).first()
    if term is None or not dictionary.remove_term(term, by=request.user, now=timezone.now()):
        return _done(request, theme, _("This term was removed already."))
    again = {
        "listed": term.words,
        "language": term.language,
        "discipline": term.discipline_id or "",
    }
    undo = f"{reverse('theme-terms', args=[pk])}?{urlencode(again)}"
    return _done(request, theme, _("“%(words)s” is removed.") % {"words": term.words}, undo=undo)


def _saved(request: Request, form: ThemeForm, theme: Theme | None) -> Theme | None:
    """The theme, or None with what is wrong beside its field."""
    if not form.is_valid():
        return None
    try:
        return dictionary.save_theme(
            theme, **form.cleaned_data, by=request.user, now=timezone.now()
        )
    except Refused as refusal:
        form.add_error("name_fr", refusal.message)
        return None


def _latest(request: Request) -> TryForm:
    """The latest answer nobody has read yet, as if it had been typed."""
    rating = themes_board.latest_unread(request.user)
    if rating is None:
        form = TryForm({})
        form.errors["why"] = form.error_class([_("Everything is read.")])
        return form
    place = rating.service.discipline_id if rating.service else ""
    language = rating.language if rating.language in dict(TryForm.LANGUAGES) else ""
    return TryForm({"why": rating.why, "language": language, "discipline": place})


def _impact(request: Request, theme: Theme, form: TermsForm) -> themes_board.Impact:
    language, place = form.cleaned_data["language"], form.cleaned_data["discipline"]
    spoken = dictionary.read_terms(form.cleaned_data["listed"], language)
    new = themes_board.candidates(theme, spoken, language=language, discipline=place)
    return themes_board.impact(theme, new, request.user, today=local_day(timezone.now()))


def _list(request: Request, *, status: int = 200, **forms: Any) -> HttpResponse:
    page = {
        "board": themes_board.board(request.user, today=local_day(timezone.now())),
        "may_change": _may_change(request),
        "try_form": TryForm(),
        "new_form": ThemeForm(),
        **forms,
    }
    return render(request, "feedback/themes.html", page, status=status)


def _theme(request: Request, theme: Theme, *, status: int = 200, **parts: Any) -> HttpResponse:
    today = local_day(timezone.now())
    page = {
        "theme": theme,
        "groups": themes_board.terms_of(theme),
        "lately": themes_board.answers_lately(theme, request.user, today=today),
        "changes": themes_board.changes(theme),
        "progress": themes.progress(),
        "may_change": _may_change(request),
        "name_form": ThemeForm.of(theme),
        "terms_form": TermsForm(),
        **parts,
    }
    template = "feedback/_theme.html" if request.htmx else "feedback/theme.html"
    return render(request, template, page, status=status)


def _done(request: Request, theme: Theme, text: str, *, undo: str = "") -> HttpResponse:
    if not request.htmx:
        messages.success(request, text)
        return redirect("theme", theme.pk)
    return _theme(request, theme, toast_text=text, toast_undo_url=undo, undo_target="#theme")


def _may_change(request: Request) -> bool:
    return request.user.is_superuser or request.user.role in (Role.ADMIN, Role.QUALITY_LEAD)


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
