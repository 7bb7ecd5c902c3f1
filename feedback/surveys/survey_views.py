"""The pages on which a quality lead edits surveys; managers read them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.models import About, ContactPolicy, Rule, Survey
from feedback.sending import trial_mails
from feedback.surveys import survey_preview, survey_words, surveys, surveys_board, versions, wording
from feedback.surveys.survey_forms import ContentForm, PolicyForm, PreviewForm, RuleForm, SurveyForm
from feedback.surveys.wording import BadWording
from triangle.access import Request, roles
from triangle.models import Role

office = roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
lead = roles(Role.ADMIN, Role.QUALITY_LEAD)
VERSIONS_SHOWN = 50


@require_safe
@office
def survey_list(request: Request) -> HttpResponse:
    rows = surveys_board.rows(now=timezone.now())
    context = {"rows": rows, "has_pulse": any(row.survey.about == About.PULSE for row in rows)}
    return render(request, "feedback/surveys.html", {**context, "may_edit": _may_edit(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@office
def texts(request: Request, pk: int) -> HttpResponse:
    """The editor. Saving publishes a version; a test mail leaves everything as it was typed."""
    survey = get_object_or_404(Survey, pk=pk)
    if request.method != "POST":
        return _editor(request, survey, _content_form(survey))
    _only_lead(request)
    form = _content_form(survey, request.POST)
    if form.is_valid():
        act = _try_out if request.POST.get("act") == "test" else _publish
        return act(request, survey, form)
    return _editor(request, survey, form, status=422)


def _publish(request: Request, survey: Survey, form: ContentForm) -> HttpResponse:
    before = versions.current(survey)
    try:
        version = surveys.publish(
            survey,
            form.content(),
            by=request.user,
            now=timezone.now(),
            based_on=form.cleaned_data["based_on"],
        )
    except BadWording as refusal:
        form.add_problems(refusal.problems)
        return _editor(request, survey, form, status=422)
    except surveys.Overtaken:
        return _editor(request, survey, form, is_overtaken=True, status=409)
    if version == before:
        messages.info(request, _("Nothing was changed, so there is no new version."))
    else:
        said = _("Version %(number)s holds from now on, for invitations opened after this.")
        messages.success(request, said % {"number": version.number})
    return redirect("survey", survey.pk)


def _try_out(request: Request, survey: Survey, form: ContentForm) -> HttpResponse:
    shown = PreviewForm(request.POST, survey=survey)
    shown.is_valid()
    status = 200
    try:
        trial_mails.send(
            survey,
            form.content(),
            language=shown.cleaned_data.get("language") or request.user.language,
            is_reminder=shown.cleaned_data.get("view") == PreviewForm.REMINDER,
            to=request.user,
            now=timezone.now(),
        )
    except BadWording as refusal:
        form.add_problems(refusal.problems)
        status = 422
    except (trial_mails.TooManyTrials, trial_mails.NotSent) as refusal:
        messages.error(request, refusal.message)
        status = 429 if isinstance(refusal, trial_mails.TooManyTrials) else 502
    else:
        said = _("A test mail has left for %(address)s. Your texts are not saved yet.")
        messages.success(request, said % {"address": request.user.email})
    return _editor(request, survey, form, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def rules(request: Request, pk: int) -> HttpResponse:
    """Each card is a form of its own; one that is wrong comes back, the others stay."""
    survey = get_object_or_404(Survey, pk=pk)
    if request.method == "POST":
        _only_lead(request)
        return _save_rule(request, survey) if "rule" in request.POST else _save(request, survey)
    return _rules_page(request, survey)


def _save(request: Request, survey: Survey) -> HttpResponse:
    form = SurveyForm(request.POST, instance=survey)
    if not form.is_valid():
        return _rules_page(request, Survey.objects.get(pk=survey.pk), survey_form=form)
    surveys.save_survey(form.instance, by=request.user, now=timezone.now())
    messages.success(request, _("“%(name)s” is saved.") % {"name": survey.name})
    return redirect("survey-rules", survey.pk)


def _save_rule(request: Request, survey: Survey) -> HttpResponse:
    key = request.POST["rule"]
    known = {str(rule.pk): rule for rule in survey.rules.all()}
    if key != "new" and key not in known:
        raise Http404
    rule = known.get(key) or Rule(survey=survey)
    form = RuleForm(request.POST, instance=rule, survey=survey, prefix=f"rule-{key}")
    if not form.is_valid():
        return _rules_page(request, survey, typed=(key, form))
    surveys.save_rule(form.instance, audience=form.audience, by=request.user, now=timezone.now())
    messages.success(request, _("The rule is saved."))
    return redirect("survey-rules", survey.pk)


@require_safe
@office
def versions_page(request: Request, pk: int) -> HttpResponse:
    survey = get_object_or_404(Survey, pk=pk)
    steps = [
        (step, [(survey_words.label_of(one.place), one) for one in step.changes])
        for step in surveys_board.history(survey, limit=VERSIONS_SHOWN)
    ]
    context = {"steps": steps, **_frame(request, survey, "versions")}
    return render(request, "feedback/survey_versions.html", context)


@require_POST
@lead
def restore(request: Request, pk: int, number: int) -> HttpResponse:
    survey = get_object_or_404(Survey, pk=pk)
    version = get_object_or_404(survey.versions.all(), number=number)
    try:
        restored = surveys.restore(version, by=request.user, now=timezone.now())
    except BadWording:
        said = _("Version %(number)s can no longer be used: it names what does not exist any more.")
        messages.error(request, said % {"number": number})
    except surveys.Overtaken as refusal:
        messages.error(request, refusal.message)
    else:
        said = _("Version %(old)s holds again, as version %(new)s.")
        messages.success(request, said % {"old": number, "new": restored.number})
    return redirect("survey-versions", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def pace(request: Request) -> HttpResponse:
    """How often and when people may be written to: one form for clients, one for partners."""
    policies = {policy.role: policy for policy in ContactPolicy.objects.order_by("role")}
    forms = {role: PolicyForm(instance=one, prefix=role) for role, one in policies.items()}
    status = 200
    if request.method == "POST":
        _only_lead(request)
        role = request.POST.get("role", "")
        if role not in policies:
            raise Http404
        forms[role] = form = PolicyForm(request.POST, instance=policies[role], prefix=role)
        if form.is_valid():
            surveys.save_policy(form.instance, by=request.user, now=timezone.now())
            messages.success(request, _("The limits are saved."))
            return redirect("survey-pace")
        status = 422
    context = {"forms": forms, "may_edit": _may_edit(request)}
    return render(request, "feedback/survey_pace.html", context, status=status)


def _content_form(survey: Survey, data: Any = None) -> ContentForm:
    current = versions.current(survey)
    return ContentForm(
        data,
        survey=survey,
        content=versions.content(current, survey.about),
        number=current.number if current else 0,
    )


def _editor(
    request: Request,
    survey: Survey,
    form: ContentForm,
    *,
    is_overtaken: bool = False,
    status: int = 200,
) -> HttpResponse:
    current = versions.current(survey)
    shown = PreviewForm(
        request.POST or {"view": "mail", "language": request.LANGUAGE_CODE[:2], "width": "phone"},
        survey=survey,
    )
    context = {
        "form": form,
        "shown": shown,
        "recent": survey_preview.recent(request.user),
        "current": current,
        "is_overtaken": is_overtaken,
        "placeholders": survey_words.PLACEHOLDERS.items(),
        "languages": survey_words.LANGUAGE_NAMES.items(),
        "has_page": wording.has_page(survey.about),
        **_frame(request, survey, "texts"),
    }
    return render(request, "feedback/survey.html", context, status=status)


def _rules_page(
    request: Request,
    survey: Survey,
    *,
    survey_form: SurveyForm | None = None,
    typed: tuple[str, RuleForm] | None = None,
) -> HttpResponse:
    stored = survey.rules.select_related("survey").order_by("priority", "pk")
    cards = [
        (str(rule.pk), survey_words.rule(rule), _rule_form(survey, rule, typed)) for rule in stored
    ]
    context = {
        "survey_form": survey_form or SurveyForm(instance=survey),
        "cards": cards,
        "new": _rule_form(survey, None, typed),
        **_frame(request, survey, "rules"),
    }
    status = 422 if survey_form or typed else 200
    return render(request, "feedback/survey_rules.html", context, status=status)


def _rule_form(survey: Survey, rule: Rule | None, typed: tuple[str, RuleForm] | None) -> RuleForm:
    key = str(rule.pk) if rule else "new"
    if typed and typed[0] == key:
        return typed[1]
    rule = rule or Rule(survey=survey, is_active=False)
    return RuleForm(instance=rule, survey=survey, prefix=f"rule-{key}")


def _frame(request: Request, survey: Survey, tab: str) -> dict[str, Any]:
    return {"survey": survey, "tab": tab, "may_edit": _may_edit(request)}


def _may_edit(request: Request) -> bool:
    user = request.user
    return user.is_superuser or user.role in (Role.ADMIN, Role.QUALITY_LEAD)


def _only_lead(request: Request) -> None:
    if not _may_edit(request):
        raise Http404
