from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from indicators.models import Benchmark
from indicators.tallies.recount import drain_all
from tests.factories import NOON, DisciplineFactory, RatingFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 31)
GIVEN = {"name": "Home services", "value": 41, "measured_on": DAY, "source": "Report 2026, p. 12"}


def published(**fields):
    return Benchmark.objects.create(**{**GIVEN, **fields})


@pytest.mark.parametrize(
    "fields",
    [{"source": ""}, {"value": 101}, {"value": -101}, {"name": ""}],
)
def test_the_database_refuses_what_cannot_be_looked_up(fields):
    with pytest.raises(IntegrityError):
        published(**fields)


@pytest.mark.parametrize("missing", ["value", "measured_on", "source"])
def test_value_day_and_source_are_asked_for(missing):
    left = {name: value for name, value in GIVEN.items() if name != missing}
    with pytest.raises(ValidationError) as refused:
        Benchmark(**left).full_clean()
    assert missing in refused.value.message_dict


def test_the_one_of_the_discipline_stands_before_that_of_all_trades():
    yoga, other = DisciplineFactory.create_batch(2)
    published(value=50, measured_on=date(2026, 2, 1))
    published(value=40, discipline=yoga)
    published(value=30, discipline=other)
    found = Benchmark.objects.beside((yoga.pk,), until=date(2026, 3, 1))
    assert found.value == 40
    for asked in ((), (yoga.pk, other.pk)):
        assert Benchmark.objects.beside(asked, until=date(2026, 3, 1)).value == Decimal(50)


def test_what_was_measured_later_is_not_shown_before():
    published(value=50, measured_on=date(2026, 2, 1))
    published(value=45)
    assert Benchmark.objects.beside((), until=DAY).value == 45
    assert Benchmark.objects.beside((), until=date(2026, 1, 1)) is None


def test_the_chart_shows_it_with_its_day_and_source(client):
    published()
    RatingFactory()
    drain_all(now=NOON)
    client.force_login(UserFactory(role="quality_lead"))
    page = client.get("/dashboard/?from=2026-03-01&to=2026-03-31").content.decode()
    assert "Home services, +41 on 31 January 2026. Source: Report 2026, p. 12" in page
    assert '"Home services +41"' in page


def test_the_admin_refuses_it_without_a_source(client):
    client.force_login(UserFactory(role="admin", is_staff=True, is_superuser=True))
    sent = {**GIVEN, "source": " ", "measured_on": "2026-01-31"}
    page = client.post("/admin/indicators/benchmark/add/", sent)
    assert (page.status_code, Benchmark.objects.count()) == (200, 0)
    assert (
        client.post("/admin/indicators/benchmark/add/", {**sent, "source": "A"}).status_code == 302
    )
