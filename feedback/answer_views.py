"""The client's answer page: GET shows, POST saves, and no text is ever lost on the way."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from feedback import contact_times, contacts, nonces, questions, ratings
from feedback.forms import SCORE_CHOICES, AnswerForm, ChangeForm, ContactForm
from feedback.link_door import note, personal_link
from feedback.mails import WHEN, first_name, written
from feedback.models import Invitation, Rating
from feedback.questions import Questions
from triangle.periods import local_day

SAME_NONCE = "same page sent again"


@personal_link
def answer(request: HttpRequest, invitation: Invitation, score: str = "") -> HttpResponse:
    asks = questions.for_invitation(invitation)
    if request.method == "POST":
        return _receive(request, invitation, asks)
    if given := _given(invitation):
        return _done(request, invitation, given)
    if invitation.is_expired(now=timezone.now()):
        return _expired(request, invitation)
    form = AnswerForm(initial={"score": score}, asks=asks, today=_today())
    notice = "" if not score or (score, score) in SCORE_CHOICES else _no_such_score()
    return _page(request, invitation, form, notice=notice)


@personal_link
def thanks(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    given = _given(invitation)
    if given is None:
        return _to(request, "answer")
    return _done(request, invitation, given, is_fresh=True)


@personal_link
def change(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    given, now = _given(invitation), timezone.now()
    if given is None:
        return _to(request, "answer")
    if not ratings.may_revise(given, now=now):
        return _done(request, invitation, given, status=410)
    if request.method != "POST":
        form = ChangeForm(initial={"score": given.score, "why": given.why})
        return _change_page(request, invitation, given, form)
    form = ChangeForm(request.POST)
    if not (form.is_valid() and _is_ours(form, invitation)):
        return _change_page(request, invitation, given, form, status=422)
    data = form.cleaned_data
    try:
        ratings.revise(given, **data, now=now, not_these=questions.labels())
    except ratings.NothingChanged as refusal:
        form.add_error("why", refusal.message)
        return _change_page(request, invitation, given, form, status=422)
    except ratings.SameNonce:
        return _to(request, "answer-thanks")
    except ratings.AlreadyAnswered:
        return _change_page(request, invitation, given, form, status=409)
    return _to(request, "answer-thanks")


@personal_link
def contact(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The way left to who comes too late to answer."""
    if request.method != "POST":
        return _to(request, "answer")
    form = ContactForm(request.POST, today=_today())
    if not (form.is_valid() and _is_ours(form, invitation)):
        return _expired(request, invitation, form=form, status=422)
    try:
        contacts.ask(invitation, when=form.cleaned_data["when"], now=timezone.now())
    except contacts.NoTime as refusal:
        form.add_error("when", refusal.message)
        return _expired(request, invitation, form=form, status=422)
    return render(request, "feedback/answer_contact_noted.html", _about(invitation))


def _receive(request: HttpRequest, invitation: Invitation, asks: Questions) -> HttpResponse:
    form = AnswerForm(request.POST, asks=asks, today=_today())
    if given := _given(invitation):
        return _again(request, invitation, given, form)
    if invitation.is_expired(now=timezone.now()):
        return _expired(request, invitation, typed=form["why"].value())
    if not (form.is_valid() and _is_ours(form, invitation)):
        return _page(request, invitation, form, status=422)
    try:
        ratings.answer(
            invitation,
            **form.answer(),
            nonce=form.cleaned_data["nonce"],
            language=translation.get_language() or "",
            now=timezone.now(),
            not_these=questions.labels(),
        )
    except ratings.AlreadyAnswered:
        if given := _given(invitation):
            return _again(request, invitation, given, form)
        raise
    except ratings.Expired:
        return _expired(request, invitation, typed=form["why"].value())
    return _to(request, "answer-thanks")


def _again(
    request: HttpRequest, invitation: Invitation, given: Rating, form: AnswerForm
) -> HttpResponse:
    """A second answer: what says something else comes back as a change, one tap from sent."""
    nonce = str(form["nonce"].value() or "")
    if Rating.objects.filter(invitation=invitation, nonce_hash=nonces.digest(nonce)).exists():
        note(request, invitation, suspicion=SAME_NONCE)
    now = timezone.now()
    is_new = form.is_valid() and (form.cleaned_data["score"], form.cleaned_data["why"]) != (
        given.score,
        given.why,
    )
    if not is_new or not ratings.may_revise(given, now=now):
        return _done(request, invitation, given, status=409)
    typed = {name: form.cleaned_data[name] for name in ("score", "why")}
    reason = Rating.RevisionReason.CORRECTION
    return _change_page(
        request,
        invitation,
        given,
        ChangeForm(initial={**typed, "reason": reason}),
        status=409,
        notice=_("You had already answered. Send once more to replace that answer by this one."),
    )


def _is_ours(form: AnswerForm | ChangeForm | ContactForm, invitation: Invitation) -> bool:
    """Whether the form was rendered for this invitation, not too long ago."""
    if nonces.is_valid(form.cleaned_data["nonce"], invitation, now=timezone.now()):
        return True
    form.add_error(None, _("This page had been open for long. Nothing is lost: send once more."))
    return False


def _given(invitation: Invitation) -> Rating | None:
    current = Rating.objects.current().filter(intervention=invitation.intervention_id)
    return current.select_related("invitation", "intervention").first()


def _page(
    request: HttpRequest,
    invitation: Invitation,
    form: AnswerForm,
    *,
    status: int = 200,
    notice: str = "",
) -> HttpResponse:
    page = {**_about(invitation), "form": form, "notice": notice}
    return render(request, "feedback/answer.html", page, status=status)


def _change_page(
    request: HttpRequest,
    invitation: Invitation,
    given: Rating,
    form: ChangeForm,
    *,
    status: int = 200,
    notice: str = "",
) -> HttpResponse:
    page = {**_about(invitation), "form": form, "rating": given, "notice": notice}
    return render(request, "feedback/answer_change.html", page, status=status)


def _done(
    request: HttpRequest,
    invitation: Invitation,
    rating: Rating,
    *,
    status: int = 200,
    is_fresh: bool = False,
) -> HttpResponse:
    page = {
        **_about(invitation),
        "rating": rating,
        "is_fresh": is_fresh,
        "is_repeated": status == 409,
        "may_change": ratings.may_revise(rating, now=timezone.now()),
        "call_when": contact_times.words(rating.contact_when, today=_today()),
    }
    return render(request, "feedback/answer_done.html", page, status=status)


def _expired(
    request: HttpRequest,
    invitation: Invitation,
    *,
    form: ContactForm | None = None,
    typed: str = "",
    status: int = 410,
) -> HttpResponse:
    form = form or ContactForm(today=_today())
    page = {**_about(invitation), "form": form, "typed": typed}
    return render(request, "feedback/answer_expired.html", page, status=status)


def _about(invitation: Invitation) -> dict[str, Any]:
    """What the answer is about, in words, and a fresh number for the form."""
    intervention, client = invitation.intervention, invitation.client
    language = translation.get_language() or "en"
    at = intervention.scheduled_at or intervention.completed_at or invitation.due_at
    local = timezone.localtime(at, timezone.get_default_timezone())
    return {
        "invitation": invitation,
        "first_name": first_name(invitation.contact.name) if invitation.contact else "",
        "service": invitation.service.name,
        "partner": invitation.partner.name if invitation.partner else "",
        "client_name": "" if client.kind == client.Kind.INDIVIDUAL else client.name,
        "when": written(local, WHEN[language], language),
        "other_languages": [(c, n) for c, n in settings.LANGUAGES if c != language],
        "nonce": nonces.issue(invitation, now=timezone.now()),
        "revision_days": settings.REVISION_DAYS,
    }


def _to(request: HttpRequest, name: str) -> HttpResponse:
    """Another page of the same link, in the same language."""
    match = request.resolver_match
    assert match is not None  # noqa: S101 - a view runs for an address that matched
    response = redirect(name, match.kwargs["token"])
    if request.GET.get("lang") in dict(settings.LANGUAGES):
        response.headers["Location"] += f"?lang={request.GET['lang']}"
    return response


def _no_such_score() -> str:
    return _("This score does not exist: choose one from 0 to 10.")


def _today() -> Any:
    return local_day(timezone.now())
