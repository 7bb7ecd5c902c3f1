"""The partner's phone: my interventions, their steps, and the debrief, logged in or by mailed link.

Nothing of the client's answer is read here, not even whether there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import debriefs, my_work
from partners.forms import ACTS, PARTNER_ACTS, ActForm, DebriefForm
from partners.interventions import ALLOWED, NotAllowed
from partners.models import Debrief, DebriefRequest, Intervention, Status
from partners.models.intervention import InterventionQuerySet
from triangle import guesses, whys
from triangle.access import Request, partner_only
from triangle.links import TOKEN_LENGTH, token_hash
from triangle.models import User

LinkView = Callable[[HttpRequest, Intervention], HttpResponse]
READING_LANGUAGES = ("fr", "en")


@require_safe
@partner_only
def my_interventions(request: Request) -> HttpResponse:
    work = my_work.my_work(_mine(request))
    return render(request, "partners/my_interventions.html", {"work": work})


@require_safe
@partner_only
def my_intervention(request: Request, pk: int) -> HttpResponse:
    return _show(request, _one_of_mine(request, pk))


@require_POST
@partner_only
def take_step(request: Request, pk: int, act: str) -> HttpResponse:
    if act not in PARTNER_ACTS:
        raise Http404
    intervention = _one_of_mine(request, pk)
    form = ACTS[act].form(request.POST, intervention=intervention)
    if not form.is_valid():
        return _show(request, intervention, typed=form)
    try:
        form.take(now=timezone.now(), by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
        return redirect("my-intervention", pk)
    messages.success(request, str(form.done))
    return redirect("debrief" if act == "complete" else "my-intervention", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@partner_only
def debrief(request: Request, pk: int) -> HttpResponse:
    intervention = _one_of_mine(request, pk)
    if intervention.status != Status.COMPLETED:
        return redirect("my-intervention", pk)
    if filed := _filed(intervention):
        return _done(request, intervention, filed)
    mine = _mine(request)
    place = my_work.place(intervention, mine)
    form = DebriefForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _file(form, intervention, by=request.user):
        messages.success(request, _("Thank you, your debrief is in."))
        return redirect("debrief", place.next.pk) if place.next else redirect("my-interventions")
    return _ask(request, intervention, form, place=place)


def personal_link(view: LinkView) -> Callable[[HttpRequest, str], HttpResponse]:
    """The intervention of a partner's token; forged, foreign and expired ones look alike.

    No login and no CSRF cookie: the token in the address is the authority, and another site
    cannot know it. The page speaks the partner's language.
    """

    @login_not_required
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def door(request: HttpRequest, /, token: str) -> HttpResponse:
        asked = None if guesses.are_too_many(request) else _asked(token)
        if asked is None:
            guesses.note(request)
            return _private(render(request, "partners/link_unknown.html", status=404))
        with translation.override(_language(asked.intervention)):
            return _private(view(request, asked.intervention))

    return door


@personal_link
def by_link(request: HttpRequest, intervention: Intervention) -> HttpResponse:
    if filed := _filed(intervention):
        return _done(request, intervention, filed)
    form = DebriefForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _file(form, intervention, by=None):
        return redirect(request.path)
    return _ask(request, intervention, form, place=None)


def _mine(request: Request) -> InterventionQuerySet:
    return Intervention.objects.visible_to(request.user)


def _one_of_mine(request: Request, pk: int) -> Intervention:
    rows = _mine(request).select_related("client", "service", "partner", "contact", "debrief")
    return get_object_or_404(rows, pk=pk)


def _asked(token: str) -> DebriefRequest | None:
    if len(token) != TOKEN_LENGTH:
        return None
    return (
        DebriefRequest.objects.filter(
            token_hash=token_hash(token),
            expires_at__gt=timezone.now(),
            intervention__status=Status.COMPLETED,
        )
        .select_related(*(f"intervention__{name}" for name in ("client", "service", "partner")))
        .select_related("intervention__debrief")
        .first()
    )


def _filed(intervention: Intervention) -> Debrief | None:
    return getattr(intervention, "debrief", None)


def _file(form: DebriefForm, intervention: Intervention, *, by: User | None) -> bool:
    if not form.is_valid():
        return False
    try:
        debriefs.file(
            intervention,
            score=form.cleaned_data["score"],
            why=form.cleaned_data["why"],
            suggestion=form.cleaned_data["suggestion"],
            now=timezone.now(),
            by=by,
            **form.conditions,
        )
    except debriefs.AlreadyFiled as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


def _show(
    request: Request, intervention: Intervention, *, typed: ActForm | None = None
) -> HttpResponse:
    forms = {
        act: typed
        if isinstance(typed, ACTS[act].form)
        else ACTS[act].form(intervention=intervention)
        for act in PARTNER_ACTS
        if intervention.status in ALLOWED[ACTS[act].step]
    }
    if intervention.introduced_at:
        forms.pop("introduce", None)
    context = {
        "intervention": intervention,
        "acts": forms,
        "brief_form": forms.pop("refine-brief", None),
    }
    status = 422 if typed else 200
    return render(request, "partners/my_intervention.html", context, status=status)


def _ask(
    request: HttpRequest,
    intervention: Intervention,
    form: DebriefForm,
    *,
    place: my_work.Place | None,
) -> HttpResponse:
    context = {"intervention": intervention, "form": form, "place": place}
    return render(request, "partners/debrief.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, intervention: Intervention, filed: Debrief) -> HttpResponse:
    """What is in; words typed into a second one come back, for they changed nothing."""
    typed = whys.clean(request.POST.get("why", ""))
    lost = typed if typed != filed.why else ""
    context = {"intervention": intervention, "debrief": filed, "lost": lost}
    status = 409 if lost else 200
    return render(request, "partners/debrief_done.html", context, status=status)


def _language(intervention: Intervention) -> str:
    language = intervention.partner.language[:2] if intervention.partner else ""
    return language if language in READING_LANGUAGES else READING_LANGUAGES[0]


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store, private"
    return response
