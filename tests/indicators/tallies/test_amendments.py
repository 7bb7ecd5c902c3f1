"""What pages show beside the tallies moves their version, too; the same on both databases."""

import pytest
from django.db import connection

from indicators.models import Amendment, TallyState
from indicators.tallies.amendments import WATCHED
from indicators.tallies.recount import drain, drain_all
from tests.factories import NOON, ClientFactory, PartnerFactory, RatingFactory, UserFactory
from triangle.models import Discipline, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    partner = PartnerFactory()
    drain_all(now=NOON)
    return partner


def noted():
    return set(Amendment.objects.values_list("what", flat=True))


def version():
    return TallyState.objects.get(pk=1).version


def test_a_new_name_is_noted_whoever_writes_it(partner):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_partner SET name = 'Another'")
    assert noted() == {"partners_partner"}


def test_a_column_that_no_figure_shows_is_not(partner):
    user = UserFactory()
    Amendment.objects.all().delete()
    User.objects.filter(pk=user.pk).update(last_login=NOON)
    type(partner).objects.update(phone="+33 1 23 45 67 89")
    assert noted() == set()


def test_what_is_written_again_as_it_was_is_not(partner):
    partner.save()
    type(partner).objects.filter(pk=0).update(name="Nobody")
    assert noted() == set()


def test_whose_client_it_is_decides_a_portfolio():
    client = ClientFactory()
    Amendment.objects.all().delete()
    type(client).objects.update(manager=UserFactory())
    assert noted() == {"clients_client", "triangle_user"}


def test_what_is_added_and_what_is_gone_is_noted(partner):
    label = Discipline.objects.create(code="new", name_en="New", name_fr="Nouveau")
    assert noted() == {"triangle_discipline"}
    Amendment.objects.all().delete()
    label.delete()
    assert noted() == {"triangle_discipline"}


def test_a_drain_clears_the_notes_and_moves_the_version(partner):
    before = version()
    assert drain(now=NOON) == 0
    assert version() == before
    type(partner).objects.update(name="Another")
    drain(now=NOON)
    assert (noted(), version()) == (set(), before + 1)


def test_facts_alone_amend_nothing():
    rating = RatingFactory()
    Amendment.objects.all().delete()
    type(rating).objects.update(score=3)
    assert noted() == set()


def test_every_watched_column_is_one_of_its_table():
    for model, columns in WATCHED.items():
        assert set(columns) <= {field.column for field in model._meta.concrete_fields}
