"""The demonstration is lived through the verbs, told by a seed, and loaded whole or not at all."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import StringIO
from random import Random

import pytest
from django.core.management import call_command

from feedback.models import About, Invitation, PulseAnswer, Rating
from indicators.demo import cast, load, play, story, voices, whys
from indicators.demo.play import Size
from indicators.figures import figures
from indicators.models import Action
from indicators.tallies import recount
from indicators.tallies.reconcile import reconcile
from partners.models import Debrief, Intervention
from partners.scope import Scope
from triangle.models import User
from triangle.periods import Period
from triangle.whys import explanation

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
SMALL = Size(months=2, interventions=80, partners=8, clients=12)


@pytest.fixture
def told(db):
    load.load(now=NOW, size=SMALL, seed=1, progress=lambda *_: None)


def test_volumes_add_up_and_follow_the_season():
    days = story.days_of(date(2026, 1, 1), date(2026, 12, 31))
    counts = story.volumes(days, 3000)
    by_month = [
        sum(c for d, c in zip(days, counts, strict=True) if d.month == m) for m in range(1, 13)
    ]
    assert sum(counts) == 3000
    assert by_month[7] == min(by_month)


def test_the_same_seed_tells_the_same_answers():
    order = story.Order(
        0, 0, 0, NOW, NOW, NOW, NOW, False, "completed", "", True, True, False, "yoga"
    )
    maker = story.Maker(0, "yoga", 0.0)
    told = [story.answer(order, maker, ["skill"], Random(7)) for _twice in range(2)]
    assert told[0] == told[1]


@pytest.mark.parametrize("book", [whys.PRAISE, whys.RESERVE, whys.BLAME])
def test_every_discipline_has_words_in_both_languages(book):
    assert set(book) == {"all", *cast.DISCIPLINES}
    assert all(french and english for lines in book.values() for _reason, french, english in lines)


def test_every_chapter_of_the_story_is_there(told):
    assert Intervention.objects.completed().count() > 40
    assert Rating.objects.current().explained().count() > 10
    assert Debrief.objects.exists()
    assert Invitation.objects.filter(status="sent").exists()
    assert Action.objects.get().discipline.code == "massage"
    assert User.objects.count() == len(cast.ACCOUNTS)


def test_people_speak_of_more_than_interventions(told):
    assert set(Rating.objects.values_list("about", flat=True)) > {About.INTERVENTION}
    assert PulseAnswer.objects.exists()
    assert Invitation.objects.filter(skip_reason="fatigue").exists()


@pytest.mark.parametrize(("about", "voices"), voices.VOICES.items())
def test_every_voice_explains_itself_in_both_languages(about, voices):
    assert all(explanation(text) for _score, *texts in voices for text in texts)


def test_nothing_happens_after_now(told):
    assert not Rating.objects.filter(answered_at__gt=NOW).exists()
    assert not Intervention.objects.filter(completed_at__gt=NOW).exists()


def test_its_figures_are_counted_and_proved(told):
    whole = figures(Scope(), Period(date(2026, 1, 1), date(2026, 12, 31)))
    counted = Rating.objects.current().explained().about(About.INTERVENTION)
    assert whole.nps.n == counted.count()
    recount.drain_all(now=NOW)
    assert reconcile(now=NOW).drift == 0


def test_an_interrupted_load_leaves_nothing(db, monkeypatch):
    monkeypatch.setattr(play, "_mend", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load.load(now=NOW, size=SMALL, seed=1, progress=lambda *_: None)
    assert (User.objects.count(), load.is_loaded()) == (0, False)


def test_seed_prints_its_keys_and_loads_once(db, settings):
    settings.DEBUG = True
    documents = []
    for _twice in range(2):
        out = StringIO()
        call_command("seed", "--json", "--size", "60", stdout=out)
        documents.append(json.loads(out.getvalue()))
    assert {"base_url", "accounts", "invitations", "tokens"} == set(documents[0])
    assert documents[0]["accounts"]["manager"][0]["password"] == cast.PASSWORD
    assert Intervention.objects.count() < 120
