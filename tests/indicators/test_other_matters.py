"""Answers about no intervention stand on every page where answers stand, and in no figure."""

import pytest
from django.utils import timezone

from feedback.models import About, Rating
from indicators.figures import figures
from indicators.tallies.recount import drain_all
from partners.scope import Scope
from tests.factories import ClientFactory
from triangle.periods import last_days, local_day

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[True, False], ids=["to call", "to read"])
def relation(request):
    now = timezone.now()
    return Rating.objects.create(
        about=About.RELATION,
        client=ClientFactory(),
        score=3,
        why="Trois responsables en un an",
        wants_contact=request.param,
        answered_at=now,
        answered_on=local_day(now),
    )


@pytest.mark.parametrize("path", ["/today/", "/answers/", "/clients/{}/"])
def test_it_is_read(client, manager, relation, path):
    client.force_login(manager)
    page = client.get(path.format(relation.client_id))
    assert page.status_code == 200
    assert "Trois responsables" in page.content.decode()
    assert f"/clients/{relation.client_id}/" in page.content.decode()


def test_it_is_not_counted(relation):
    drain_all(now=timezone.now())
    found = figures(Scope(), last_days(7, today=local_day(timezone.now())))
    assert (found.nps.n, found.nps_all.n) == (0, 0)
