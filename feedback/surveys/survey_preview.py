"""What a survey will look like: mail, reminder, text part and answer page, from texts not saved.

Each is a small page of its own for a frame: no script runs in it, and nothing it shows can be
sent. The form is posted into the frame, so that it works the same with and without script.
"""

from __future__ import annotations

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from feedback.answering import answer_views, pulse_views, questions
from feedback.answering.forms import SCORE_CHOICES, ScoreAndWhyForm
from feedback.models import About, Invitation, Survey
from feedback.sending import mails, skeletons, trial_mails
from feedback.surveys import samples, survey_words, surveys, versions, wording
from feedback.surveys.survey_forms import ContentForm, PreviewForm
from feedback.surveys.wording import LANGUAGES, Content, Problem
from partners.models import Intervention
from triangle.access import Request, roles
from triangle.models import Role, User

office = roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
lead = roles(Role.ADMIN, Role.QUALITY_LEAD)

Policy = dict[str, list[str]]
IN_OUR_FRAME: Policy = {"frame-ancestors": [SELF], "form-action": [NONE], "base-uri": [NONE]}
MAIL_POLICY: Policy = {
    **IN_OUR_FRAME,
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
}
PAGE_POLICY: Policy = {
    **IN_OUR_FRAME,
    "default-src": [NONE],
    "style-src": [SELF],
    "font-src": [SELF],
    "img-src": [SELF, "data:"],
}
RECENT = 8  # interventions to choose from


class _Forgiving(dict[str, str]):
    """A placeholder nobody knows shows as it was typed; saving refuses it by name."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


@require_POST
@xframe_options_sameorigin
@lead
def typed(request: Request, pk: int) -> HttpResponseBase:
    """Of what stands in the editor; nothing is stored."""
    survey = get_object_or_404(Survey, pk=pk)
    form = ContentForm(request.POST, survey=survey, content=_content(survey), number=0)
    shown = PreviewForm(request.POST, survey=survey)
    form.is_valid()
    shown.is_valid()
    chosen = shown.cleaned_data
    language = chosen.get("language") or LANGUAGES[0]
    now = timezone.now()
    with override(language):
        about = _intervention(request.user, chosen.get("about"))
        sample = samples.invitation(survey, language=language, now=now, intervention=about)
    content = form.content()
    if chosen.get("view") == PreviewForm.PAGE:
        return _page(request, sample, content, language)
    found = surveys.problems(survey, content, now=now)
    return _mail(request, sample, content, found, view=chosen.get("view") or "", language=language)


@require_safe
@xframe_options_sameorigin
@office
def sample(request: Request, pk: int, language: str, score: str = "") -> HttpResponseBase:
    """Of the version that holds: where the links of a test mail and of a preview lead."""
    survey = get_object_or_404(Survey, pk=pk)
    if language not in LANGUAGES:
        raise Http404
    content, now = _content(survey), timezone.now()
    with override(language):
        invitation = samples.invitation(survey, language=language, now=now)
    if wording.has_page(survey.about) and request.GET.get("view") != PreviewForm.MAIL:
        return _page(request, invitation, content, language, score=score)
    return _mail(request, invitation, content, [], view=PreviewForm.MAIL, language=language)


def recent(user: User) -> list[Intervention]:
    """Real ones to look at a text with."""
    done = Intervention.objects.visible_to(user).completed().order_by("-completed_at")
    return list(done.select_related("client", "service", "partner")[:RECENT])


def _mail(
    request: HttpRequest,
    sample: Invitation,
    content: Content,
    found: list[Problem],
    *,
    view: str,
    language: str,
) -> HttpResponseBase:
    doors = trial_mails.doors(sample.survey, language)
    skeleton = skeletons.of(
        content.words(language), sample.about, language, is_reminder=view == PreviewForm.REMINDER
    )
    with override(language):
        values = _Forgiving(mails.all_values(sample, content, language, doors))
    subject, text, html = skeleton.fill(values)
    page = {
        "subject": mails.one_line(subject),
        "sender": mails.sender(values["manager"]),
        "problems": [(survey_words.label_of(one.place), one.message) for one in found],
        "text": text if view == PreviewForm.TEXT else "",
    }
    head = render(request, "feedback/mail_preview.html", page).content.decode()
    whole = head if view == PreviewForm.TEXT else head + html
    return _under(MAIL_POLICY, request, HttpResponse(whole))


def _page(
    request: HttpRequest, sample: Invitation, content: Content, language: str, score: str = ""
) -> HttpResponseBase:
    with override(language):
        asks = questions.for_invitation(sample, content)
        score = score if (score, score) in SCORE_CHOICES else ""
        if sample.about == About.PULSE:
            form = ScoreAndWhyForm(initial={"score": score}, asks=asks)
            shown = pulse_views.page(request, sample, form)
        else:
            shown = answer_views.sample(request, sample, asks, score=score)
    return _under(PAGE_POLICY, request, shown)


def _under(policy: Policy, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    return csp(policy)(lambda _request: response)(request)


def _content(survey: Survey) -> Content:
    return versions.content(versions.current(survey), survey.about)


def _intervention(user: User, pk: int | None) -> Intervention | None:
    if not pk:
        return None
    rows = Intervention.objects.visible_to(user).select_related(
        "client__manager", "contact", "service__discipline", "partner"
    )
    return rows.filter(pk=pk).first()
