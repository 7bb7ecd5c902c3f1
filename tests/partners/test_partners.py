"""Saving a partner by external id."""

import pytest

from partners import partners
from tests.factories import NOON, DisciplineFactory
from triangle.changes import Change
from triangle.models import JournalEntry, Setting

pytestmark = pytest.mark.django_db


def save(**fields):
    return partners.save(external_id="P-1", now=NOON, **fields)


def test_a_partner_is_created_changed_then_unchanged():
    yoga, coaching = DisciplineFactory(), DisciplineFactory()
    partner, change = save(name="Julien", disciplines=[yoga])
    assert change == Change.CREATED
    _, change = save(name="Julien M.", disciplines=[yoga, coaching], settings=[])
    assert change == Change.CHANGED
    _, change = save(name="Julien M.", disciplines=[coaching, yoga])
    assert change == Change.UNCHANGED
    partner.refresh_from_db()
    assert (partner.name, set(partner.disciplines.all())) == ("Julien M.", {yoga, coaching})
    assert JournalEntry.objects.about(partner).count() == 2


def test_none_leaves_the_settings_alone():
    partner, _ = save(name="Julien", settings=Setting.objects.filter(code="school"))
    save(name="Julien", settings=None)
    assert [setting.code for setting in partner.settings.all()] == ["school"]
