"""Addresses we no longer write to."""

import pytest
from django.db import IntegrityError

from feedback import suppressions
from feedback.models import Suppression, Survey
from tests.factories import NOON
from triangle.models import JournalEntry

pytestmark = pytest.mark.django_db
OPT_OUT = Suppression.Reason.OPT_OUT


def test_the_same_wish_twice_is_one_row_and_one_entry():
    first = suppressions.suppress("Nadia@Example.org ", reason=OPT_OUT, now=NOON)
    again = suppressions.suppress(
        "nadia@example.org", reason=Suppression.Reason.COMPLAINT, now=NOON
    )
    assert (again, again.email, again.reason) == (first, "nadia@example.org", "opt_out")
    assert JournalEntry.objects.get().kind == "suppression.added"


def test_one_survey_and_all_are_two_wishes():
    survey = Survey.objects.get()
    suppressions.suppress("a@example.org", survey=survey, reason=OPT_OUT, now=NOON)
    suppressions.suppress("a@example.org", reason=OPT_OUT, now=NOON)
    assert Suppression.objects.count() == 2


@pytest.mark.parametrize(("of_this_survey", "skipped"), [(True, True), (False, False)])
def test_a_wish_about_one_survey_holds_for_that_one(of_this_survey, skipped):
    survey = Survey.objects.get()
    other = Survey.objects.create(code="other", event=Survey.Event.CANCELLED)
    wish = survey if of_this_survey else other
    suppressions.suppress("a@example.org", survey=wish, reason=OPT_OUT, now=NOON)
    found = suppressions.skips(["A@example.org", "b@example.org"], survey=survey)
    assert found == ({"a@example.org": "opted_out"} if skipped else {})


def test_nobody_is_barred_by_nothing():
    assert suppressions.skips([], survey=Survey.objects.get()) == {}


@pytest.mark.parametrize("for_all", [True, False])
def test_the_database_keeps_one_row_per_wish(for_all):
    wish = {"email": "a@example.org", "survey": None if for_all else Survey.objects.get()}
    Suppression.objects.create(**wish, reason=OPT_OUT, at=NOON)
    with pytest.raises(IntegrityError):
        Suppression.objects.create(**wish, reason=OPT_OUT, at=NOON)
