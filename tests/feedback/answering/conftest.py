from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client as Browser

from feedback.models import Invitation
from tests.factories import NOON, InvitationFactory


@pytest.fixture
def a_day_later():
    cache.clear()
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        yield


@pytest.fixture
def phone() -> Browser:
    """A browser that loses its cookies and is told so."""
    return Browser(enforce_csrf_checks=True)


@pytest.fixture
def invitation() -> Invitation:
    return InvitationFactory(sent=True, language="en")
