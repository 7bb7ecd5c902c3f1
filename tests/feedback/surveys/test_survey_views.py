"""The survey pages: who may edit, what is refused, and that nothing typed is lost."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from feedback.models import About, ContactPolicy, Invitation, Rule, Survey, SurveyVersion
from feedback.surveys import surveys, versions
from feedback.surveys.survey_forms import ContentForm
from tests.factories import (
    NOON,
    DisciplineFactory,
    InterventionFactory,
    InvitationFactory,
    ServiceFactory,
    UserFactory,
)
from triangle.models import JournalEntry, Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def survey() -> Survey:
    return Survey.objects.get(about=About.INTERVENTION)


def content(survey):
    return versions.content(versions.current(survey), survey.about)


def typed(survey, **changes):
    """What a browser sends when nothing but this was changed."""
    form = ContentForm(None, survey=survey, content=content(survey), number=1)
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in sent.items() if value not in (None, "")}
    return {**sent, "view": "mail", "language": "en", "width": "phone", **changes}


def edit(browser, survey, **changes):
    return browser.post(reverse("survey", args=[survey.pk]), typed(survey, **changes))


def test_the_list_says_in_words_what_each_survey_does(as_manager, survey):
    InvitationFactory(sent=True)
    InvitationFactory(sent=True, status=Invitation.Status.ANSWERED, answered_at=NOON)
    page = as_manager.get(reverse("surveys")).content.decode()
    assert "2\xa0h after the intervention, reminder after 4 days" in page
    assert "every 180 days, reminder after 7 days" in page
    assert re.search(r'<td class="num"[^>]*>2</td>\s*<td class="num"[^>]*>50\xa0%</td>', page)


def test_the_list_asks_as_much_for_one_survey_as_for_six(
    as_quality_lead, django_assert_num_queries
):
    with django_assert_num_queries(8):
        as_quality_lead.get(reverse("surveys"))
    SurveyVersion.objects.exclude(survey__about=About.INTERVENTION).delete()
    Survey.objects.exclude(about=About.INTERVENTION).delete()
    with django_assert_num_queries(8):
        as_quality_lead.get(reverse("surveys"))


def test_publishing_makes_a_version_that_later_invitations_say(as_quality_lead, survey):
    response = edit(as_quality_lead, survey, **{"en-subject": "How was {service}?"})
    assert (response.status_code, response.url) == (302, reverse("survey", args=[survey.pk]))
    assert versions.current(survey).number == 2
    assert content(survey).en.subject == "How was {service}?"
    edit(as_quality_lead, survey, based_on=2)
    assert versions.current(survey).number == 2


def test_french_is_set_as_french_is(as_quality_lead, survey):
    edit(as_quality_lead, survey, **{"fr-questions-low": "Que faire : « quoi » ?"})
    assert content(survey).fr.questions.low == "Que faire\xa0: «\xa0quoi\xa0»\xa0?"


def test_a_mistake_stands_beside_its_field_and_what_was_typed_stays(as_quality_lead, survey):
    text = "Hello {frist_name}, rate us."
    response = edit(as_quality_lead, survey, **{"fr-body": text, "en-thanks": "My new thanks"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "“{frist_name}” is not known." in page
    assert "The mail needs {scores} or {link}" in page
    assert text in page
    assert "My new thanks" in page
    assert page.count('aria-invalid="true"') == 1
    assert SurveyVersion.objects.filter(survey=survey).count() == 1


def test_of_two_editors_the_second_is_told_and_keeps_the_text(as_quality_lead, survey):
    mine = typed(survey, **{"en-subject": "Mine"})
    edit(as_quality_lead, survey, **{"en-subject": "Theirs"})
    response = as_quality_lead.post(reverse("survey", args=[survey.pk]), mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else has published another version" in page
    assert 'value="Mine"' in page
    assert content(survey).en.subject == "Theirs"
    on_top = re.search(r'name="based_on" value="(\d+)">\s*Publish mine', page)
    as_quality_lead.post(
        reverse("survey", args=[survey.pk]), {**mine, "based_on": [mine["based_on"], on_top[1]]}
    )
    assert content(survey).en.subject == "Mine"


def test_who_may_read_and_who_may_write(client, survey):
    addresses = [
        reverse(name, args=args)
        for name, args in [
            ("surveys", []),
            ("survey-pace", []),
            ("survey", [survey.pk]),
            ("survey-rules", [survey.pk]),
            ("survey-versions", [survey.pk]),
            ("survey-sample", [survey.pk, "fr"]),
        ]
    ]
    may = {role: [] for role in Role}
    for role in Role:
        client.force_login(UserFactory(role=role))
        may[role] += [client.get(address).status_code for address in addresses]
        may[role].append(edit(client, survey).status_code)
    assert may[Role.ADMIN] == may[Role.QUALITY_LEAD] == [200] * 6 + [302]
    assert may[Role.MANAGER] == [200] * 6 + [404]
    assert set(may[Role.PARTNER]) == set(may[Role.RECRUITER]) == {404}


def test_a_manager_changes_nothing(as_manager, survey):
    rule = survey.rules.get()
    doors = [
        (reverse("survey-rules", args=[survey.pk]), {"rule": rule.pk}),
        (reverse("survey-pace"), {"role": "client"}),
        (reverse("survey-restore", args=[survey.pk, 1]), {}),
        (reverse("survey-preview", args=[survey.pk]), typed(survey)),
    ]
    assert {as_manager.post(address, sent).status_code for address, sent in doors} == {404}
    assert "disabled" in as_manager.get(reverse("survey", args=[survey.pk])).content.decode()


def test_a_preview_stores_nothing_and_shows_what_is_typed(as_quality_lead, survey):
    before = (SurveyVersion.objects.count(), JournalEntry.objects.count())
    address = reverse("survey-preview", args=[survey.pk])
    for view, said in {"mail": "New words", "text": "New words", "page": "What hurt?"}.items():
        changes = {"en-body": "New words\n\n{scores}", "en-questions-low": "What hurt?"}
        response = as_quality_lead.post(address, typed(survey, view=view, **changes))
        assert said in response.content.decode()
    assert (SurveyVersion.objects.count(), JournalEntry.objects.count()) == before


def test_a_preview_names_what_saving_would_refuse(as_quality_lead, survey):
    address = reverse("survey-preview", args=[survey.pk])
    page = as_quality_lead.post(address, typed(survey, **{"en-body": "Dear {nobody}"}))
    assert "“{nobody}” is not known." in page.content.decode()
    assert "Dear {nobody}" in page.content.decode()


@pytest.mark.parametrize(("view", "styles"), [("mail", "'unsafe-inline'"), ("page", "'self'")])
def test_a_preview_runs_nothing_and_sends_nothing(as_quality_lead, survey, view, styles):
    evil = "<script>alert(1)</script>"
    address = reverse("survey-preview", args=[survey.pk])
    changes = {"en-body": f"{evil}\n\n{{scores}}", "en-intro": evil, "en-subject": evil}
    response = as_quality_lead.post(address, typed(survey, view=view, **changes))
    policy = dict(
        part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";")
    )
    assert (policy["default-src"], policy["style-src"]) == ("'none'", styles)
    assert (policy["frame-ancestors"], policy["form-action"]) == ("'self'", "'none'")
    assert "script-src" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert evil not in response.content.decode()


def test_a_preview_speaks_the_language_and_the_words_of_a_real_intervention(
    as_quality_lead, survey
):
    real = InterventionFactory(completed=True, service=ServiceFactory(name="Reiki"))
    address = reverse("survey-preview", args=[survey.pk])
    page = as_quality_lead.post(address, typed(survey, language="fr", about=real.pk))
    said = page.content.decode()
    assert "Vous avez fait appel à nous pour «\xa0Reiki\xa0»" in said
    assert str(real.partner) in said


@pytest.mark.parametrize("about", About)
def test_each_survey_can_be_looked_at(as_quality_lead, about):
    survey = Survey.objects.get(about=about)
    assert as_quality_lead.get(reverse("survey", args=[survey.pk])).status_code == 200
    for language in ("fr", "en"):
        sample = reverse("survey-sample", args=[survey.pk, language])
        assert as_quality_lead.get(f"{sample}?view=mail").status_code == 200
        assert as_quality_lead.get(f"{sample}4/").status_code == 200
    assert edit(as_quality_lead, survey, act="test").status_code == 200
    assert len(mail.outbox) == 1


def test_a_test_mail_goes_to_oneself_and_leads_to_the_preview(
    as_quality_lead, quality_lead, survey
):
    response = edit(
        as_quality_lead, survey, act="test", to="boss@example.org", **{"en-subject": "Try"}
    )
    assert response.status_code == 200
    assert 'value="Try"' in response.content.decode()
    [message] = mail.outbox
    assert (message.to, message.subject) == ([quality_lead.email], "[Test] Try")
    sample = f"http://localhost:8000/surveys/{survey.pk}/sample/en/"
    for part in (message.body, message.alternatives[0].content):
        assert set(re.findall(r"http[^\s\"<>]+", part)) == {
            *(f"{sample}{score}/" for score in range(11)),
            sample,
            f"{sample}?scope=survey",
            f"{sample}?scope=all",
        }
    assert versions.current(survey).number == 1
    entry = JournalEntry.objects.get(kind="survey.tried")
    assert (entry.subject_id, entry.actor) == (survey.pk, quality_lead)


def test_test_mails_are_few(as_quality_lead, survey):
    answers = [edit(as_quality_lead, survey, act="test").status_code for _ in range(11)]
    assert (answers.count(200), answers[-1], len(mail.outbox)) == (10, 429, 10)
    with time_machine.travel(NOON + timedelta(hours=1, seconds=1), tick=False):
        assert edit(as_quality_lead, survey, act="test").status_code == 200


def test_a_server_that_refuses_a_test_mail_loses_no_text(as_quality_lead, survey, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    response = edit(as_quality_lead, survey, act="test", **{"en-subject": "Try"})
    assert response.status_code == 502
    assert 'value="Try"' in response.content.decode()


def test_a_wrong_text_is_not_tried_out(as_quality_lead, survey):
    response = edit(as_quality_lead, survey, act="test", **{"en-body": "No link."})
    assert (response.status_code, mail.outbox) == (422, [])


def test_history_shows_words_that_went_and_came_and_restores(as_quality_lead, survey):
    edit(as_quality_lead, survey, **{"en-questions-low": "What should we mend right?"})
    page = as_quality_lead.get(reverse("survey-versions", args=[survey.pk])).content.decode()
    assert "<del>put</del>" in page
    assert "<ins>mend</ins>" in page
    response = as_quality_lead.post(reverse("survey-restore", args=[survey.pk, 1]))
    assert response.url == reverse("survey-versions", args=[survey.pk])
    assert versions.current(survey).number == 3
    assert content(survey).en.questions.low == "What should we put right?"
    assert SurveyVersion.objects.filter(survey=survey).count() == 3


def test_criteria_readers_and_words_of_a_discipline_are_kept(as_quality_lead, survey):
    DisciplineFactory(code="yoga")
    edit(
        as_quality_lead,
        survey,
        criteria=["punctuality", "listening", "skill"],
        chips=["price"],
        readers=["company", "aggregated"],
        reader="aggregated",
        **{"en-by_discipline-yoga-low": "What hurt?"},
    )
    found = content(survey)
    assert found.criteria == ("punctuality", "listening", "skill")
    assert (found.chips, found.readers) == (("price",), ("aggregated", "company"))
    assert found.en.questions_of("yoga").low == "What hurt?"
    assert found.fr.by_discipline == ()


def rule_fields(rule, **changes):
    fields = {
        "delay_hours": rule.delay_hours,
        "first_reminder_days": rule.first_reminder_days or "",
        "second_reminder_days": rule.second_reminder_days or "",
        "priority": rule.priority,
        "is_active": "on",
        **changes,
    }
    return {"rule": rule.pk} | {f"rule-{rule.pk}-{name}": value for name, value in fields.items()}


def test_a_rule_is_saved_with_its_audience(as_quality_lead, survey):
    rule, yoga = survey.rules.get(), DisciplineFactory(code="yoga")
    sent = rule_fields(rule, delay_hours=24, second_reminder_days=9, disciplines=[yoga.pk])
    response = as_quality_lead.post(reverse("survey-rules", args=[survey.pk]), sent)
    assert response.status_code == 302
    rule.refresh_from_db()
    assert (rule.delay_hours, rule.reminder_days) == (24, (4, 9))
    assert list(rule.disciplines.all()) == [yoga]
    assert JournalEntry.objects.filter(kind="rule.saved").count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"second_reminder_days": 3},
        {"first_reminder_days": "", "second_reminder_days": 3},
        {"delay_hours": ""},
        {"delay_hours": 999},
        {"priority": 0},
        {"disciplines": [99]},
    ],
)
def test_a_wrong_rule_changes_nothing(as_quality_lead, survey, changes):
    rule = survey.rules.get()
    sent = rule_fields(rule, **changes)
    response = as_quality_lead.post(reverse("survey-rules", args=[survey.pk]), sent)
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert Rule.objects.filter(pk=rule.pk).values()[0] == {
        name: getattr(rule, name) for name in Rule.objects.filter(pk=rule.pk).values()[0]
    }


def test_a_second_rule_and_a_rule_of_another_survey(as_quality_lead, survey):
    address = reverse("survey-rules", args=[survey.pk])
    new = {"rule": "new", "rule-new-delay_hours": 5, "rule-new-priority": 7}
    assert as_quality_lead.post(address, new).status_code == 302
    assert survey.rules.count() == 2
    other = Rule.objects.exclude(survey=survey).first()
    assert as_quality_lead.post(address, rule_fields(other)).status_code == 404


def test_a_survey_is_switched_off(as_quality_lead, survey):
    sent = {"name_fr": "Après", "name_en": "After", "expires_days": 10}
    as_quality_lead.post(reverse("survey-rules", args=[survey.pk]), sent)
    survey.refresh_from_db()
    assert (survey.is_active, survey.expires_days) == (False, 10)
    assert JournalEntry.objects.get(kind="survey.saved").data == {"is_active": False}


POLICY = {
    "cap": 2, "days": 30, "opens_hour": 8, "closes_hour": 20, "weekdays": ["6", "1"],
    "domain_per_hour": 100,
}  # fmt: skip


def pace(browser, **changes):
    sent = {f"client-{name}": value for name, value in {**POLICY, **changes}.items()}
    return browser.post(reverse("survey-pace"), {"role": "client", **sent})


def test_the_limits_of_contact_are_saved(as_quality_lead):
    assert pace(as_quality_lead).status_code == 302
    policy = ContactPolicy.objects.get(role="client")
    assert (policy.cap, policy.days, policy.weekdays) == (2, 30, "16")
    assert ContactPolicy.objects.get(role="partner").cap == 10


@pytest.mark.parametrize(
    "changes",
    [{"weekdays": []}, {"weekdays": ["8"]}, {"closes_hour": 8}, {"cap": 0}, {"days": 999}],
)
def test_limits_that_let_nobody_through_are_refused(as_quality_lead, changes):
    response = pace(as_quality_lead, **changes)
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert ContactPolicy.objects.get(role="client").cap == 1


def test_a_version_that_names_what_is_gone_is_not_restored(as_quality_lead, survey):
    edit(as_quality_lead, survey, chips=["price"])
    edit(as_quality_lead, survey, based_on=2, chips=[])
    surveys.ReasonChip.objects.filter(code="price").delete()
    as_quality_lead.post(reverse("survey-restore", args=[survey.pk, 2]))
    assert versions.current(survey).number == 3
