"""The reading list of answers for managers: read, mark read, take it back."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from feedback import ratings
from feedback.answering.forms import PhoneForm
from feedback.models import Rating
from feedback.reading import answers_board
from feedback.reading.answers_asked import Asked
from partners.models import Intervention
from triangle.access import Request, back_office
from triangle.periods import local_day

MOST_AT_ONCE = 200
OF_ACTS = ("pk", "was")  # in an address, beside what the list asks for


@back_office
@require_safe
def answer_list(request: Request) -> HttpResponse:
    template = "feedback/_answers.html" if request.htmx else "feedback/answers.html"
    return _render(request, template, request.GET)


@back_office
@require_POST
def read(request: Request, pk: int) -> HttpResponse:
    rating = get_object_or_404(Rating.objects.visible_to(request.user), pk=pk)
    return _marked_read(request, [rating])


@back_office
@require_POST
def read_checked(request: Request) -> HttpResponse:
    return _marked_read(request, checked(request))


@back_office
@require_POST
def unread(request: Request) -> HttpResponse:
    """Take reading back: of the answers named in the address of the undo, or checked."""
    keys = ratings.mark_unread(checked(request), by=request.user, now=timezone.now())
    text = ngettext(
        "%(n)s answer is to be read again.", "%(n)s answers are to be read again.", len(keys)
    )
    return told(request, text % {"n": len(keys)})


@back_office
def by_phone(request: Request, pk: int) -> HttpResponse:
    """Note what a client said on the phone about an intervention."""
    visible = Intervention.objects.visible_to(request.user).for_page()
    intervention = get_object_or_404(visible, pk=pk)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ratings.record_by_phone(
                intervention, **form.heard(), by=request.user, now=timezone.now()
            )
        except ratings.AlreadyAnswered:
            form.add_error(None, _("There is already an answer about this intervention."))
        else:
            messages.success(request, _("The answer is noted."))
            return redirect("intervention", pk)
    page = {"form": form, "intervention": intervention}
    status = 422 if form.errors else 200
    return render(request, "feedback/answer_by_phone.html", page, status=status)


def _marked_read(request: Request, chosen: list[Rating]) -> HttpResponse:
    keys = ratings.mark_read(chosen, by=request.user, now=timezone.now())
    text = ngettext("%(n)s answer marked as read.", "%(n)s answers marked as read.", len(keys))
    return told(request, text % {"n": len(keys)}, undo=_undo_reading(keys))


def _undo_reading(keys: list[int]) -> str:
    if not keys:
        return ""
    return f"{reverse('answers-unread')}?{urlencode([('pk', key) for key in keys])}"


def told(request: Request, text: str, *, undo: str = "", is_refused: bool = False) -> HttpResponse:
    """In place with an undo for HTMX; back to the same list without script.

    `undo` is the address that takes it back; the list's own filter is added to it.
    """
    query = request.GET.copy()
    for name in OF_ACTS:
        query.pop(name, None)
    if not request.htmx:
        (messages.error if is_refused else messages.success)(request, text)
        return redirect(f"{reverse('answers')}?{query.urlencode()}")
    if undo and query:
        undo = f"{undo}{'&' if '?' in undo else '?'}{query.urlencode()}"
    toast = {"toast_text": text, "toast_undo_url": undo, "undo_target": "#answers"}
    response = _render(request, "feedback/_answers_marked.html", query, toast)
    response.headers["HX-Retarget"] = "#answers"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def checked(request: Request) -> list[Rating]:
    """The answers named, of those this person may see; others are as if not named."""
    named = [*request.POST.getlist("pk"), *request.GET.getlist("pk")]
    return answers_named(request, named)


def answers_named(request: Request, named: Iterable[str]) -> list[Rating]:
    keys = [int(key) for key in named if key.isascii() and key.isdecimal() and len(key) < 19]
    return list(Rating.objects.visible_to(request.user).filter(pk__in=keys[:MOST_AT_ONCE]))


def _render(
    request: Request, template: str, query: QueryDict, extra: dict[str, str] | None = None
) -> HttpResponse:
    today = local_day(timezone.now())
    asked = Asked.read(query, user=request.user, today=today)
    page = {"board": answers_board.board(asked, today=today), "asked": asked, **(extra or {})}
    return render(request, template, page)
