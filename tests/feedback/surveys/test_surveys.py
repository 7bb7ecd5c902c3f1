"""What a quality lead does to surveys, as verbs."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from django.db import connection

from feedback.models import About, Survey, SurveyVersion
from feedback.surveys import default_wording, surveys, versions, wording
from feedback.surveys.wording import BadWording
from tests.factories import NOON, UserFactory
from triangle.models import JournalEntry

pytestmark = pytest.mark.django_db
CONTENT = default_wording.content(About.INTERVENTION)


@pytest.fixture
def survey() -> Survey:
    return Survey.objects.get(about=About.INTERVENTION)


def saying(subject, content=CONTENT):
    return replace(content, en=replace(content.en, subject=subject))


def test_a_version_is_added_and_told_in_the_journal(survey, quality_lead):
    version = surveys.publish(survey, saying("Hello"), by=quality_lead, now=NOON)
    assert (version.number, version.by, version.created_at) == (2, quality_lead, NOON)
    assert versions.current(survey) == version
    entry = JournalEntry.objects.get(kind="survey.published")
    assert (entry.subject_id, entry.actor, entry.data) == (survey.pk, quality_lead, {"version": 2})


def test_saying_the_same_again_adds_nothing(survey, quality_lead):
    for _ in range(2):
        version = surveys.publish(survey, saying("Hello"), by=quality_lead, now=NOON)
    assert version.number == 2
    assert JournalEntry.objects.filter(kind="survey.published").count() == 1


def test_a_wrong_text_writes_nothing(survey, quality_lead):
    with pytest.raises(BadWording) as refusal:
        surveys.publish(survey, saying("{nobody}"), by=quality_lead, now=NOON)
    assert [one.place for one in refusal.value.problems] == ["en.subject"]
    assert (SurveyVersion.objects.filter(survey=survey).count(), JournalEntry.objects.count()) == (
        1,
        0,
    )


def test_who_started_from_an_older_version_is_told(survey, quality_lead):
    surveys.publish(survey, saying("Theirs"), by=quality_lead, now=NOON, based_on=1)
    with pytest.raises(surveys.Overtaken):
        surveys.publish(survey, saying("Mine"), by=quality_lead, now=NOON, based_on=1)
    assert versions.current(survey).number == 2


def test_restoring_says_it_again_as_the_newest(survey, quality_lead):
    surveys.publish(survey, saying("Hello"), by=quality_lead, now=NOON)
    first = survey.versions.get(number=1)
    restored = surveys.restore(first, by=quality_lead, now=NOON)
    assert (restored.number, restored.content) == (3, first.content)
    assert wording.from_json(restored.content) == CONTENT


@pytest.mark.parametrize("about", About)
def test_a_mail_whose_links_are_missing_is_not_saved(about, quality_lead, settings, tmp_path):
    """The texts are good; the frame they are put into has lost its links."""
    parts = tmp_path / "feedback"
    parts.mkdir()
    for name in ("scores", "button"):
        (parts / f"_mail_{name}.html").write_text("<p>No link here.</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0]}]
    settings.TEMPLATES[0]["DIRS"] = [tmp_path, *settings.TEMPLATES[0]["DIRS"]]
    settings.COMPANY_NAME = f"Mieux Ici {about}"  # no mail of this name was made ready before
    survey = Survey.objects.get(about=about)
    content = saying("Hello", default_wording.content(about))
    with pytest.raises(BadWording) as refusal:
        surveys.publish(survey, content, by=quality_lead, now=NOON)
    places = {one.place for one in refusal.value.problems}
    assert places == {"fr.body", "fr.reminder_body", "en.body", "en.reminder_body"}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_is_told(survey):
    """Both have read version 1 before either writes version 2."""
    start, ends = Barrier(2), []
    people = [UserFactory(), UserFactory()]

    def send(person):
        start.wait()
        try:
            content = saying(f"By {person.email}")
            surveys.publish(survey, content, by=person, now=NOON, based_on=1)
            ends.append("kept")
        except surveys.Overtaken:
            ends.append("told")
        finally:
            connection.close()

    threads = [Thread(target=send, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["kept", "told"]
    assert sorted(SurveyVersion.objects.filter(survey=survey).values_list("number", flat=True)) == [
        1,
        2,
    ]
