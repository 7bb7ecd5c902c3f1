from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from indicators import targets
from indicators.charts.trend import Month, nps_by_month
from indicators.figures import figures
from indicators.formulas.estimates import nps
from indicators.models import Target
from indicators.tallies.recount import drain_all
from indicators.targets import NotATarget, add, applying, change, remove
from partners.scope import Scope
from tests.factories import NOON, DisciplineFactory, RatingFactory, UserFactory
from triangle.models import JournalEntry, Role, Setting
from triangle.periods import Period

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def a_target(value=40, **fields):
    return Target.objects.create(**{"indicator": "nps", "year": 2026, "value": value, **fields})


def value(scope, year=2026):
    return applying(scope, [year]).value("nps", year)


def test_no_target_at_all():
    found = applying(Scope(), [2026])
    assert (found.of("nps", 2026), found.too_narrow) == (None, False)
    assert not applying(Scope(partner=(1,)), [2026]).too_narrow


def test_the_most_specific_that_covers_a_filter():
    yoga, massage, other = DisciplineFactory.create_batch(3)
    school, home = Setting.objects.order_by("pk")[:2]
    a_target(10)
    a_target(20, setting=school)
    a_target(30, discipline=yoga)
    a_target(40, discipline=yoga, setting=school)
    a_target(50, discipline=massage)
    for scope, expected in (
        (Scope(), 10),
        (Scope(discipline=(other.pk,)), 10),
        (Scope(discipline=(yoga.pk, massage.pk)), 10),
        (Scope(setting=(school.pk,)), 20),
        (Scope(setting=(home.pk,)), 10),
        (Scope(setting=(school.pk, home.pk)), 10),
        (Scope(discipline=(yoga.pk,)), 30),
        (Scope(discipline=(yoga.pk,), setting=(home.pk,)), 30),
        (Scope(discipline=(yoga.pk,), setting=(school.pk,)), 40),
        (Scope(discipline=(massage.pk,), setting=(school.pk,)), 50),
        (Scope(manager=(7,)), 10),
        (Scope(portfolio=7), 10),
    ):
        assert value(scope) == expected, scope


def test_a_target_of_a_part_does_not_cover_the_whole():
    a_target(30, discipline=DisciplineFactory())
    found = applying(Scope(), [2026])
    assert (found.targets, found.too_narrow) == ({}, False)


@pytest.mark.parametrize("name", targets.NARROWER)
def test_a_filter_narrower_than_any_target_says_so(name):
    a_target()
    found = applying(Scope(**{name: (1,)}), [2026])
    assert (found.targets, found.too_narrow) == ({}, True)


def test_each_year_has_its_own(django_assert_num_queries):
    a_target(40)
    a_target(50, year=2027)
    with django_assert_num_queries(1):
        found = applying(Scope(), [2025, 2026, 2027])
    assert [found.value("nps", year) for year in (2025, 2026, 2027)] == [None, 40, 50]


@pytest.mark.parametrize(
    ("indicator", "target", "value", "met"),
    [
        ("nps", 40, None, None),
        ("nps", 40, 40.0, True),
        ("nps", 40, 39.99, False),
        ("response", "72.5", 100 * 29 / 40, True),
        ("company", "4.1", 4.1, True),
        ("company", "4.1", 41 / 10 - 1e-8, False),
        ("cancellations", 5, 5.0, True),
        ("cancellations", 5, 5.1, False),
        ("cancellations", 5, 0.0, True),
    ],
)
def test_met(indicator, target, value, met):
    assert Target(indicator=indicator, value=Decimal(target)).is_met(value) is met


@pytest.mark.parametrize(
    ("indicator", "value", "words"),
    [
        ("nps", "40.00", "+40"),
        ("nps", "-3.50", "−3.5"),
        ("company", "4.20", "4.2"),
        ("response", "85.00", "85%"),
        ("response", "0.00", "0%"),
        ("returns", "100.00", "100%"),
    ],
)
def test_words(indicator, value, words):
    assert (
        targets.words(indicator, Decimal(value)).replace("\u202f", "").replace("\xa0", "") == words
    )


def set_one(by, **fields):
    values = {"indicator": "nps", "year": 2026, "discipline": None, "setting": None}
    return add(**{**values, "value": Decimal(40), **fields}, by=by, now=NOON)


def test_set_changed_and_removed_with_its_history(quality_lead):
    target = set_one(quality_lead)
    for _twice in range(2):
        change(target, value=Decimal(45), by=quality_lead, now=NOON)
    remove(target, by=quality_lead, now=NOON)
    kinds = JournalEntry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["target.set", "target.changed", "target.removed"]
    past = Target.history.order_by("history_id")
    assert [(one.value, one.history_type) for one in past] == [(40, "+"), (45, "~"), (45, "-")]


@pytest.mark.parametrize(
    ("indicator", "value"),
    [("nps", "101"), ("nps", "-101"), ("company", "5.01"), ("returns", "-1"), ("nps", "NaN")],
)
def test_outside_its_scale_is_refused(quality_lead, indicator, value):
    with pytest.raises(NotATarget):
        set_one(quality_lead, indicator=indicator, value=Decimal(value))


@pytest.mark.parametrize("fields", [{}, {"discipline": True}, {"setting": True}])
def test_one_for_each_scope_and_year(quality_lead, fields):
    values = {"discipline": DisciplineFactory(), "setting": Setting.objects.first()}
    chosen = {name: values[name] for name in fields}
    set_one(quality_lead, **chosen)
    with pytest.raises(NotATarget):
        set_one(quality_lead, **chosen)
    set_one(quality_lead, **chosen, year=2027)


@pytest.mark.parametrize(
    "wrong", [{"value": 101}, {"indicator": "company", "value": 6}, {"year": 1999}]
)
def test_what_the_database_refuses(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        a_target(**wrong)


def test_a_tile_shows_its_target_and_whether_it_is_met(as_quality_lead):
    RatingFactory(score=10)
    a_target(40)
    a_target(5, indicator="company")
    drain_all(now=NOON)
    page = as_quality_lead.get("/dashboard/?from=2026-03-01&to=2026-03-31").content.decode()
    assert "target +40" in page
    assert page.count('<span class="visually-hidden">met</span>') == 1


def test_a_filter_too_narrow_is_told_on_the_dashboard(as_quality_lead):
    rating = RatingFactory(score=10)
    a_target(40)
    drain_all(now=NOON)
    query = f"from=2026-03-01&to=2026-03-31&partner={rating.partner_id}"
    page = as_quality_lead.get(f"/dashboard/?{query}").content.decode()
    assert "narrower than any target" in page
    assert "target +40" not in page


def test_the_chart_has_a_dashed_line_by_year():
    months = [
        Month(date(2025, 12, 1), nps([0] * 11)),
        Month(date(2026, 1, 1), nps([0] * 11), target=40.0),
        Month(date(2026, 2, 1), nps([0] * 11), target=40.0),
    ]
    [line] = [one for one in nps_by_month(months).data if one.line.dash == "dash"]
    assert list(line.y) == [None, 40.0, 40.0]
    assert not [one for one in nps_by_month(months[:1]).data if one.line.dash == "dash"]


def test_strangers_read_targets_in_the_unit_of_the_figure():
    yoga = DisciplineFactory(code="yoga")
    a_target(40)
    a_target(85, indicator="response", discipline=yoga)
    found = targets.document(figures(Scope(discipline=(yoga.pk,)), MARCH))
    assert found["response"] == {
        "value": 0.85, "met": None, "year": 2026, "discipline": "yoga", "setting": None,
    }  # fmt: skip
    assert (found["nps"]["value"], "company" in found) == (40.0, False)


def page(browser, path="/targets/?year=2026"):
    return browser.get(path).content.decode()


def test_set_on_the_page(as_quality_lead):
    assert "No target is set for 2026." in page(as_quality_lead)
    form = {"indicator": "nps", "value": "40", "discipline": "", "setting": ""}
    answer = as_quality_lead.post("/targets/new/?year=2026", form)
    assert answer.headers["Location"] == "/targets/?year=2026"
    assert Target.objects.get().value == 40


def test_changed_and_removed_in_its_row(as_quality_lead):
    target = a_target()
    as_quality_lead.post(f"/targets/{target.pk}/?year=2026", {"value": "45.5"})
    assert Target.objects.get().value == Decimal("45.5")
    as_quality_lead.post(f"/targets/{target.pk}/?year=2026", {"remove": "1", "value": "x"})
    assert not Target.objects.exists()


@pytest.mark.parametrize("typed", ["", "x", "101", "4٠", "NaN", "1e3", "12.345", "=1+1"])
def test_bad_input_is_said_beside_its_field_and_kept(as_quality_lead, typed):
    target = a_target()
    answer = as_quality_lead.post(f"/targets/{target.pk}/?year=2026", {"value": typed})
    found = answer.content.decode()
    assert (answer.status_code, Target.objects.get().value) == (422, 40)
    assert f'id="target-{target.pk}-value_error"' in found
    assert f'value="{typed}"' in found or not typed


def test_a_second_one_is_refused_beside_its_field(as_quality_lead):
    a_target()
    form = {"indicator": "nps", "value": "50"}
    answer = as_quality_lead.post("/targets/new/?year=2026", form)
    assert answer.status_code == 422
    assert "There is one already" in answer.content.decode()


def test_a_decimal_comma_in_french(client):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD, language="fr"))
    form = {"indicator": "company", "value": "4,25"}
    client.post("/targets/new/?year=2026", form, headers={"Accept-Language": "fr"})
    assert Target.objects.get().value == Decimal("4.25")


def test_a_manager_reads_and_sets_nothing(as_manager):
    target = a_target()
    assert "+40" in page(as_manager)
    assert "<form" not in page(as_manager).split('id="main"')[1]
    assert as_manager.post(f"/targets/{target.pk}/", {"value": "1"}).status_code == 404
    assert as_manager.post("/targets/new/", {}).status_code == 404


@pytest.mark.parametrize("year", ["", "abcd", "1999", "99999", "２０２６"])
def test_a_year_nobody_has_is_this_year(as_quality_lead, year):
    assert as_quality_lead.get("/targets/", {"year": year}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_number_of_queries(
    as_quality_lead, django_assert_num_queries, count
):
    for _each in range(count):
        a_target(discipline=DisciplineFactory())
    with django_assert_num_queries(5):
        page(as_quality_lead)
