"""The client's answer page: GET shows, POST saves, and no text is ever lost on the way.

A link shown on site opens the same page, always blank, and tells of no answer.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from feedback import contacts, matters, ratings
from feedback.answering import contact_times, drafts, nonces, questions
from feedback.answering.forms import SCORE_CHOICES, AnswerForm, ChangeForm, ContactForm
from feedback.answering.link_door import mailed_link, note, personal_link
from feedback.answering.questions import Questions
from feedback.models import Invitation, Rating
from feedback.sending.mails import WHEN, first_name, written
from triangle import whys
from triangle.periods import local_day

SAME_NONCE = "same page sent again"
DRAFT_REFUSED = {drafts.NothingTyped: 422, drafts.TooMany: 429, drafts.NoLongerAsked: 410}


@personal_link
def answer(request: HttpRequest, invitation: Invitation, score: str = "") -> HttpResponse:
    asks = questions.for_invitation(invitation)
    if request.method == "POST":
        return _receive(request, invitation, asks)
    if _is_blank(invitation):
        return _page(request, invitation, _form(invitation, asks, {}))
    if given := _given(invitation):
        return _done(request, invitation, given)
    if invitation.is_expired(now=timezone.now()):
        return _expired(request, invitation)
    kept, is_score = drafts.resumed(invitation), (score, score) in SCORE_CHOICES
    form = _form(invitation, asks, {**kept, "score": score} if is_score else kept)
    notice = _no_such_score() if score and not is_score else ""
    return _page(request, invitation, form, notice=notice, is_linked=is_score)


@mailed_link
def draft(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """What the script of the page sends while somebody types; an emptied box is forgotten."""
    if request.method != "POST":
        return _to(request, "answer")
    try:
        if request.POST.get("why", "").strip():
            drafts.keep(invitation, request.POST, now=timezone.now())
        else:
            drafts.forget(invitation, nonce=request.POST.get("nonce", ""))
    except (drafts.NothingTyped, drafts.TooMany, drafts.NoLongerAsked) as refusal:
        return HttpResponse(status=DRAFT_REFUSED[type(refusal)])
    return HttpResponse(status=204)


@mailed_link
def thanks(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    given = _given(invitation)
    if given is None:
        return _to(request, "answer")
    return _done(request, invitation, given, is_fresh=True)


@mailed_link
def change(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    given, now = _given(invitation), timezone.now()
    if given is None:
        return _to(request, "answer")
    if not ratings.may_revise(given, now=now):
        return _done(request, invitation, given, status=410)
    asks = questions.for_invitation(invitation)
    if request.method != "POST":
        form = ChangeForm(initial={"score": given.score, "why": given.why}, asks=asks)
        return _change_page(request, invitation, given, form)
    form = ChangeForm(request.POST, asks=asks)
    if not (form.is_valid() and _is_ours(form, invitation)):
        return _change_page(request, invitation, given, form, status=422)
    data = form.cleaned_data
    try:
        ratings.revise(given, **data, now=now, not_these=asks.labels)
    except ratings.NothingChanged as refusal:
        form.refuse("why", refusal.message)
        return _change_page(request, invitation, given, form, status=422)
    except ratings.SameNonce:
        return _to(request, "answer-thanks")
    except ratings.AlreadyAnswered:
        return _change_page(request, invitation, given, form, status=409)
    return _to(request, "answer-thanks")


@mailed_link
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


def sample(
    request: HttpRequest, invitation: Invitation, asks: Questions, *, score: str
) -> HttpResponse:
    """The page of an invitation that was never saved, for who writes its questions."""
    return _page(request, invitation, _form(invitation, asks, {"score": score}))


def _receive(request: HttpRequest, invitation: Invitation, asks: Questions) -> HttpResponse:
    form = _form(invitation, asks, data=request.POST)
    is_late = invitation.is_expired(now=timezone.now())
    is_good = form.is_valid() and _is_ours(form, invitation) and _is_typed(form)
    # A good answer is not looked for first: the verb refuses a second one.
    if (is_late or not is_good) and (given := _given(invitation)):
        return _again(request, invitation, given, _form(invitation, asks, data=request.POST))
    if is_late:
        return _expired(request, invitation, typed=form["why"].value())
    if not is_good:
        _keep(invitation, request)
        return _page(request, invitation, form, status=422)
    try:
        rating = ratings.answer(
            invitation,
            **form.answer(),
            nonce=form.cleaned_data["nonce"],
            language=translation.get_language() or "",
            now=timezone.now(),
            not_these=asks.labels,
        )
    except ratings.AlreadyAnswered:
        if given := _given(invitation):
            return _again(request, invitation, given, form)
        raise
    except ratings.Expired:
        return _expired(request, invitation, typed=form["why"].value())
    if _is_blank(invitation):
        return _done(request, invitation, rating, is_fresh=True)
    return _to(request, "answer-thanks")


def _again(
    request: HttpRequest, invitation: Invitation, given: Rating, form: AnswerForm
) -> HttpResponse:
    """A second answer: new words come back as a change, one tap from sent.

    Words we have are no change: a machine that sends them again gets no form to press.
    """
    if _is_blank(invitation):
        return _shown_on_site(request, invitation, typed=form["why"].value())
    nonce = str(form["nonce"].value() or "")
    if Rating.objects.filter(invitation=invitation, nonce_hash=nonces.digest(nonce)).exists():
        note(request, invitation, suspicion=SAME_NONCE)
    said = Rating.objects.on_the_matter_of(invitation).values_list("why", flat=True)
    is_new = form.is_valid() and form.cleaned_data["why"] not in said
    if not is_new or not ratings.may_revise(given, now=timezone.now()):
        return _done(request, invitation, given, status=409)
    typed = {name: form.cleaned_data[name] for name in ("score", "why")}
    reason = Rating.RevisionReason.CORRECTION
    return _change_page(
        request,
        invitation,
        given,
        ChangeForm(initial={**typed, "reason": reason}, asks=form.asks),
        status=409,
        notice=_("You had already answered. Send once more to replace that answer by this one."),
    )


def _form(
    invitation: Invitation,
    asks: Questions,
    initial: dict[str, Any] | None = None,
    *,
    data: QueryDict | None = None,
) -> AnswerForm:
    return AnswerForm(data, initial=initial, invitation=invitation, asks=asks, today=_today())


def _keep(invitation: Invitation, request: HttpRequest) -> None:
    """Without script, what was refused is the draft."""
    if not _is_blank(invitation):
        with suppress(drafts.NothingTyped, drafts.TooMany, drafts.NoLongerAsked):
            drafts.keep(invitation, request.POST, now=timezone.now())


def _is_typed(form: AnswerForm) -> bool:
    """Whether somebody typed on the page: a machine may send a draft that it found there."""
    if nonces.was_typed(form.cleaned_data["why"], form.cleaned_data["nonce"]):
        return True
    form.refuse("why", _("Add or change a word, then send: so we know that it is you."))
    return False


def _found_there(form: AnswerForm, invitation: Invitation) -> str:
    """The why that stands in the page although nobody has typed it there."""
    nonce, why = str(form["nonce"].value() or ""), whys.clean(str(form["why"].value() or ""))
    if not why:
        return ""
    if nonces.is_ours(nonce, invitation):
        return "" if nonces.was_typed(why, nonce) else why
    return why if why == drafts.resumed(invitation).get("why") else ""


def _is_ours(form: AnswerForm | ChangeForm | ContactForm, invitation: Invitation) -> bool:
    """Whether the form was rendered for this invitation, not too long ago."""
    if nonces.is_valid(form.cleaned_data["nonce"], invitation, now=timezone.now()):
        return True
    form.add_error(None, _("This page had been open for long. Nothing is lost: send once more."))
    return False


def _is_blank(invitation: Invitation) -> bool:
    """Who shows the link may open it too: it never says what was answered, nor whether."""
    return invitation.channel == Invitation.Channel.ON_SITE


def _given(invitation: Invitation) -> Rating | None:
    """A score that was never sent is no answer."""
    current = Rating.objects.current().on_the_matter_of(invitation)
    current = current.exclude(source=Rating.Source.DRAFT)
    return current.select_related("invitation", "intervention").first()


def _page(
    request: HttpRequest,
    invitation: Invitation,
    form: AnswerForm,
    *,
    status: int = 200,
    notice: str = "",
    is_linked: bool = False,
) -> HttpResponse:
    holding = _found_there(form, invitation)
    page = {
        **_about(invitation, holding=holding),
        "form": form,
        "notice": notice,
        "is_resumed": bool(holding) and not form.is_bound,
        "is_linked": is_linked,
        "is_kept": not _is_blank(invitation),
    }
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
        "thanks": questions.for_invitation(invitation).thanks if is_fresh else "",
        "may_change": not _is_blank(invitation) and ratings.may_revise(rating, now=timezone.now()),
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


def _shown_on_site(request: HttpRequest, invitation: Invitation, *, typed: str) -> HttpResponse:
    page = {**_about(invitation), "typed": typed}
    return render(request, "feedback/answer_on_site.html", page, status=409)


def _about(invitation: Invitation, *, holding: str = "") -> dict[str, Any]:
    """What the answer is about, in words, and a fresh number for the form."""
    matter = matters.of(invitation)
    language = translation.get_language() or "en"
    local = timezone.localtime(matter.at, timezone.get_default_timezone())
    return {
        "invitation": invitation,
        "about": invitation.about,
        "first_name": first_name(invitation.contact.name) if invitation.contact else "",
        "service": matter.service,
        "partner": matter.partner,
        "client_name": matter.client,
        "when": written(local, WHEN[language], language),
        "other_languages": [(c, n) for c, n in settings.LANGUAGES if c != language],
        "nonce": nonces.issue(invitation, now=timezone.now(), holding=holding),
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
