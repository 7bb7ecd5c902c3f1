"""Acts on answers in the reading list: thank, quote, name themes; and the page of quotes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.models import Rating, Theme
from feedback.reading import quotes_board, reading
from feedback.reading.answers_views import answers_named, checked, told
from feedback.reading.reading import Mark
from triangle.access import Request, back_office
from triangle.errors import Refused

Was = Mapping[Theme, Mapping[int, Mark]]


@back_office
@require_POST
def thank(request: Request, pk: int) -> HttpResponse:
    rating = _visible(request, pk)
    reading.thank(rating, by=request.user, now=timezone.now())
    return told(request, _thanked(rating), undo=reverse("answer-unthank", args=[pk]))


@back_office
@require_POST
def unthank(request: Request, pk: int) -> HttpResponse:
    reading.take_thanks_back(_visible(request, pk), by=request.user, now=timezone.now())
    return told(request, _("The thanks are taken back."))


@back_office
@require_POST
def quote(request: Request, pk: int) -> HttpResponse:
    try:
        reading.quote(_visible(request, pk), by=request.user, now=timezone.now())
    except Refused as refusal:
        return told(request, refusal.message, is_refused=True)
    return told(request, _("Added to the quotes."), undo=reverse("answer-unquote", args=[pk]))


@back_office
@require_POST
def unquote(request: Request, pk: int) -> HttpResponse:
    reading.take_quote_back(_visible(request, pk), by=request.user, now=timezone.now())
    return told(request, _("No longer among the quotes."))


@back_office
@require_http_methods(["GET", "HEAD", "POST"])
def themes(request: Request, pk: int) -> HttpResponse:
    """The themes of one answer: check boxes in place, a page of its own without script."""
    rating = _visible(request, pk)
    on = set(rating.theme_links.filter(is_on=True).values_list("theme_id", flat=True))
    offered = list(Theme.objects.filter(Q(is_used=True) | Q(pk__in=on)).order_by("pk"))
    if request.method == "POST":
        wanted = set(request.POST.getlist("theme"))
        return _named(request, {theme: theme.code in wanted for theme in offered}, [rating])
    boxes = [(theme, theme.pk in on) for theme in offered]
    page = {"rating": rating, "boxes": boxes, "query": request.GET.urlencode()}
    template = "feedback/_answer_themes.html" if request.htmx else "feedback/answer_themes.html"
    return render(request, template, page)


@back_office
@require_POST
def add_theme(request: Request) -> HttpResponse:
    return _theme_checked(request, is_on=True)


@back_office
@require_POST
def take_theme(request: Request) -> HttpResponse:
    return _theme_checked(request, is_on=False)


@back_office
@require_POST
def restore_themes(request: Request) -> HttpResponse:
    """The undo: each answer named in the address gets its themes as they were."""
    n = 0
    for theme, marks in _read_was(request).items():
        visible = {rating.pk for rating in answers_named(request, map(str, marks))}
        was = {pk: mark for pk, mark in marks.items() if pk in visible}
        n += len(reading.restore_theme(was, theme, by=request.user, now=timezone.now()))
    text = ngettext("%(n)s theme is as it was.", "%(n)s themes are as they were.", n)
    return told(request, text % {"n": n})


@back_office
@require_safe
def quotes(request: Request) -> HttpResponse:
    with_score = request.GET.get("score") == "1"
    board = quotes_board.board(
        request.user, page=request.GET.get("page", "1"), with_score=with_score
    )
    return render(request, "feedback/quotes.html", {"board": board})


@back_office
@require_POST
def remove_quote(request: Request, pk: int) -> HttpResponse:
    reading.take_quote_back(_visible(request, pk), by=request.user, now=timezone.now())
    messages.success(request, _("No longer among the quotes."))
    return redirect("quotes")


def _visible(request: Request, pk: int) -> Rating:
    rows = Rating.objects.visible_to(request.user).select_related("partner", "client")
    return get_object_or_404(rows, pk=pk)


def _thanked(rating: Rating) -> str:
    """Who sees it is the client's choice, so it is said."""
    if rating.partner is None or rating.confidentiality != Rating.Confidentiality.NAMED:
        return _("Thanks noted. The partner does not see this answer, as the client asked.")
    return _("Thanks noted. %(partner)s sees them with this answer.") % {
        "partner": rating.partner.name
    }


def _theme_checked(request: Request, *, is_on: bool) -> HttpResponse:
    theme = Theme.objects.filter(code=request.POST.get("theme", "")).first()
    ratings = checked(request)
    if theme is None or not ratings:
        text = _("Choose a theme.") if theme is None else _("Check at least one answer.")
        return told(request, text, is_refused=True)
    return _named(request, {theme: is_on}, ratings)


def _named(
    request: Request, wanted: Mapping[Theme, bool], ratings: Iterable[Rating]
) -> HttpResponse:
    was = {
        theme: reading.mark_theme(ratings, theme, is_on=is_on, by=request.user, now=timezone.now())
        for theme, is_on in wanted.items()
    }
    n = sum(len(marks) for marks in was.values())
    text = ngettext("%(n)s theme changed.", "%(n)s themes changed.", n) % {"n": n}
    return told(request, text, undo=_undo_themes(was) if n else "")


def _undo_themes(was: Was) -> str:
    """One part of the address for each theme and mark: `was=3-auto-12.15`."""
    parts = []
    for theme, marks in was.items():
        by_mark: dict[Mark, list[str]] = defaultdict(list)
        for pk, mark in marks.items():
            by_mark[mark].append(str(pk))
        parts += [("was", f"{theme.pk}-{mark}-{'.'.join(by_mark[mark])}") for mark in by_mark]
    return f"{reverse('answers-themes-restore')}?{urlencode(parts)}"


def _read_was(request: Request) -> Was:
    """What does not read as such is left out."""
    themes = {str(theme.pk): theme for theme in Theme.objects.all()}
    found: dict[Theme, dict[int, Mark]] = defaultdict(dict)
    for part in request.GET.getlist("was"):
        key, _dash, rest = part.partition("-")
        mark, _dash, listed = rest.partition("-")
        if key in themes and mark in set(Mark):
            keys = [int(pk) for pk in listed.split(".") if pk.isascii() and pk.isdecimal()]
            found[themes[key]] |= dict.fromkeys(keys, Mark(mark))
    return found
