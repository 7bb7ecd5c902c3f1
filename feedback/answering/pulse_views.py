"""The partner's pulse by mailed link, and its results; looking writes nothing but the opening."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from feedback import ratings
from feedback.answering import nonces, pulse_answers, questions
from feedback.answering.forms import SCORE_CHOICES, ScoreAndWhyForm
from feedback.answering.link_door import note, private, unknown
from feedback.answering.questions import Questions
from feedback.models import About, Invitation, Survey
from feedback.sending.mails import first_name, reading_language
from triangle import guesses
from triangle.access import Request, roles
from triangle.links import TOKEN_LENGTH
from triangle.models import Role

PulseView = Callable[..., HttpResponse]


def pulse_link(view: PulseView) -> PulseView:
    """The invitation of a partner's token; no cookie is asked for, as at the client's door."""

    @login_not_required
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "OPTIONS", "POST"])
    @wraps(view)
    def door(request: HttpRequest, /, token: str, **kwargs: str) -> HttpResponse:
        invitation = None if guesses.are_too_many(request) else _invitation(token)
        if invitation is None:
            return unknown(request)
        if request.method == "OPTIONS":
            return HttpResponse(headers={"Allow": "GET, HEAD, OPTIONS, POST"})
        if request.method == "GET":
            note(request, invitation)
        wish = request.GET.get("lang", "")
        known = wish in dict(settings.LANGUAGES)
        with translation.override(wish if known else reading_language(invitation.language)):
            return private(view(request, invitation, **kwargs))

    return door


@pulse_link
def pulse(request: HttpRequest, invitation: Invitation, score: str = "") -> HttpResponse:
    asks = questions.for_invitation(invitation)
    if request.method == "POST":
        return _receive(request, invitation, asks)
    if invitation.answered_at:
        return _done(request, invitation, asks)
    if invitation.is_expired(now=timezone.now()):
        return _done(request, invitation, asks, status=410)
    is_score = (score, score) in SCORE_CHOICES
    form = ScoreAndWhyForm(initial={"score": score if is_score else ""}, asks=asks)
    notice = _("This score does not exist: choose one from 0 to 10.")
    return page(request, invitation, form, notice="" if is_score or not score else notice)


@pulse_link
def thanks(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if not invitation.answered_at:
        return redirect("pulse", invitation.token)
    return _done(request, invitation, questions.for_invitation(invitation), is_fresh=True)


@require_safe
@roles(Role.ADMIN, Role.QUALITY_LEAD)
def results(request: Request) -> HttpResponse:
    """Nobody who works with a partner day by day: words are recognised."""
    surveys = Survey.objects.filter(about=About.PULSE).order_by("pk")
    now = timezone.now()
    found = [(survey, pulse_answers.results(survey, now=now)) for survey in surveys]
    context = {"surveys": found, "fewest": pulse_answers.FEWEST}
    return render(request, "feedback/pulse_results.html", context)


def page(
    request: HttpRequest,
    invitation: Invitation,
    form: ScoreAndWhyForm,
    *,
    status: int = 200,
    notice: str = "",
) -> HttpResponse:
    company = {"company": settings.COMPANY_NAME}
    context = {
        **_about(invitation),
        "form": form,
        "heading": _("Would you advise a colleague to work with %(company)s?") % company,
        "notice": notice,
        "nonce": nonces.issue(invitation, now=timezone.now()),
    }
    return render(request, "feedback/pulse.html", context, status=status)


def _receive(request: HttpRequest, invitation: Invitation, asks: Questions) -> HttpResponse:
    form = ScoreAndWhyForm(request.POST, asks=asks)
    typed = str(form["why"].value() or "")
    if not (form.is_valid() and _is_ours(form, invitation)):
        if invitation.answered_at or invitation.is_expired(now=timezone.now()):
            status = 409 if invitation.answered_at else 410
            return _done(request, invitation, asks, typed=typed, status=status)
        return page(request, invitation, form, status=422)
    try:
        pulse_answers.answer(
            invitation,
            score=form.cleaned_data["score"],
            why=form.cleaned_data["why"],
            now=timezone.now(),
            not_these=asks.labels,
        )
    except ratings.AlreadyAnswered:
        return _done(request, invitation, asks, typed=typed, status=409)
    except ratings.Expired:
        return _done(request, invitation, asks, typed=typed, status=410)
    return redirect("pulse-thanks", invitation.token)


def _is_ours(form: ScoreAndWhyForm, invitation: Invitation) -> bool:
    if nonces.is_valid(form.cleaned_data["nonce"], invitation, now=timezone.now()):
        return True
    form.add_error(None, _("This page had been open for long. Nothing is lost: send once more."))
    return False


def _done(
    request: HttpRequest,
    invitation: Invitation,
    asks: Questions,
    *,
    typed: str = "",
    is_fresh: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Never what was said: we cannot know which answer it was."""
    context = {
        **_about(invitation),
        "thanks": asks.thanks,
        "is_fresh": is_fresh,
        "is_late": status == 410,
        "typed": typed,
    }
    return render(request, "feedback/pulse_done.html", context, status=status)


def _about(invitation: Invitation) -> dict[str, object]:
    language = translation.get_language() or "en"
    return {
        "invitation": invitation,
        "first_name": first_name(invitation.partner.name) if invitation.partner else "",
        "other_languages": [(c, n) for c, n in settings.LANGUAGES if c != language],
        "fewest": pulse_answers.FEWEST,
    }


def _invitation(token: str) -> Invitation | None:
    if len(token) != TOKEN_LENGTH:
        return None
    return Invitation.objects.about(About.PULSE).with_token(token).for_answer().first()
