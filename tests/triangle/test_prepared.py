"""What is compiled once says at each run what Django would have said."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import BooleanField, DateTimeField, Exists, F, OuterRef
from django.db.models.functions import Coalesce

from feedback.models import Draft, Invitation
from tests.factories import NOON, InvitationFactory
from triangle.prepared import Given, Read, Select, Write

pytestmark = pytest.mark.django_db
NOW = Given("now", DateTimeField())


def fields(row) -> dict:
    """Everything that was loaded, relations included."""
    own = {name: value for name, value in vars(row).items() if name != "_state"}
    related = {name: fields(one) if one else None for name, one in row._state.fields_cache.items()}
    return own | related


def test_rows_come_with_their_relations_and_annotations():
    has_draft = Exists(Draft.objects.filter(invitation=OuterRef("pk")))
    whole = Invitation.objects.for_answer().annotate(has_draft=has_draft)
    read = Read(whole.filter(pk=Given("key"), due_at__lte=NOW))
    for one in (InvitationFactory(contact=None), InvitationFactory(sent=True)):
        [found] = read.rows(key=one.pk, now=one.due_at)
        assert fields(found) == fields(whole.get(pk=one.pk))
        assert not found._state.adding
        assert not read.rows(key=one.pk, now=one.due_at - timedelta(microseconds=1))


def test_the_statement_is_compiled_once(django_assert_num_queries, monkeypatch):
    read = Read(Invitation.objects.filter(pk=Given("key")))
    one, other = InvitationFactory(), InvitationFactory()
    assert read.rows(key=one.pk) == [one]
    monkeypatch.setattr(type(read._compiler), "as_sql", None)
    with django_assert_num_queries(1):
        assert read.rows(key=other.pk) == [other]


def test_a_value_is_never_sql():
    InvitationFactory(language="fr")
    read = Select(Invitation.objects.filter(language=Given("language")).values_list("pk"))
    assert len(read.lists(language="fr")) == 1
    assert read.lists(language="x' OR 'a' = 'a") == []


def test_lists_hold_what_fields_hold():
    one = InvitationFactory()
    read = Select(Invitation.objects.filter(pk=Given("key")).values_list("due_at", "is_explained"))
    assert read.lists(key=one.pk) == [[one.due_at, False]]


def test_an_update_tells_how_many_rows_and_leaves_the_others():
    one, other = InvitationFactory(), InvitationFactory()
    open_ones = Invitation.objects.filter(pk=Given("key"), answered_at=None)
    write = Write(open_ones, answered_at=NOW, sent_at=Coalesce(F("sent_at"), NOW))
    assert write.run(key=one.pk, now=NOON) == 1
    assert write.run(key=one.pk, now=NOON) == 0
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.answered_at, one.sent_at, other.answered_at) == (NOON, NOON, None)


def test_rows_are_deleted_by_what_they_point_to():
    one, other = InvitationFactory(), InvitationFactory()
    for asked in (one, other):
        Draft.objects.create(invitation=asked, answer={}, begun_at=NOON, saved_at=NOON)
    drop = Write(Draft.objects.filter(invitation__intervention=Given("intervention")))
    assert drop.run(intervention=one.intervention_id) == 1
    assert Draft.objects.get().invitation == other


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_statement_but_no_connection():
    InvitationFactory(is_explained=True)
    read = Select(
        Invitation.objects.filter(is_explained=Given("is_explained", BooleanField())).values_list(
            "is_explained"
        )
    )

    def look(_number):
        try:
            return read.lists(is_explained=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(look, range(4))) == [[[True]]] * 4
