from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from feedback.models import ContactPolicy
from feedback.themes import themes
from tests.factories import UserFactory
from triangle.models import Role, User


@pytest.fixture
def manager(db) -> User:
    return UserFactory(role=Role.MANAGER)


@pytest.fixture
def quality_lead(db) -> User:
    return UserFactory(role=Role.QUALITY_LEAD)


@pytest.fixture
def as_manager(client, manager) -> Browser:
    client.force_login(manager)
    return client


@pytest.fixture
def as_quality_lead(client, quality_lead) -> Browser:
    client.force_login(quality_lead)
    return client


@pytest.fixture(autouse=True)
def fresh_dictionary():
    """A version rolled back with one test would name other terms in the next."""
    themes._compiled.cache_clear()


@pytest.fixture(autouse=True)
def nothing_kept():
    """A version of the figures rolled back with one test would show its pages in the next."""
    cache.clear()


@pytest.fixture
def always_open(db):
    """Mails leave at any hour of any day."""
    ContactPolicy.objects.update(opens_hour=0, closes_hour=24, weekdays="1234567", on_holidays=True)


@pytest.fixture(autouse=True)
def quiet_frame(request, settings):
    """Tests of pages count their own queries; the frame's are counted in its own tests."""
    if not {"browser", "process"} & {mark.name for mark in request.node.iter_markers()}:
        settings.FRAME_PROVIDERS = []
