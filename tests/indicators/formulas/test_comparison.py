import re
from datetime import date

import pytest

from indicators.comparison_board import comparison_board
from indicators.formulas.comparison import chosen, compared
from indicators.formulas.sums import Answers
from partners.scope import Scope
from tests.factories import InterventionFactory, PartnerFactory, RatingFactory, UserFactory
from triangle.models import Role, Setting
from triangle.periods import Period

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
YOGA_OFFICE, YOGA_SCHOOL, REPAIR_OFFICE = (1, 1), (1, 2), (2, 1)


def said(mark, n):
    """Half of them one below the mark, half one above."""
    return Answers(n, mark * n, (mark**2 + 1) * n)


@pytest.mark.parametrize(
    ("others", "group"),
    [
        ({}, None),
        ({YOGA_OFFICE: said(7, 8)}, said(7, 8)),
        ({YOGA_OFFICE: said(7, 8), YOGA_SCHOOL: said(9, 90)}, said(7, 8)),
        ({YOGA_OFFICE: said(7, 4), YOGA_SCHOOL: said(7, 6)}, said(7, 10)),
        ({YOGA_OFFICE: said(7, 4), REPAIR_OFFICE: said(7, 90)}, None),
        ({YOGA_OFFICE: said(7, 6), YOGA_SCHOOL: said(7, 1)}, None),
    ],
)
def test_the_group_is_the_narrowest_that_said_enough(others, group):
    assert chosen(YOGA_OFFICE, others, minimum=8) == group


def test_nothing_said_is_no_line():
    assert compared({}, {YOGA_OFFICE: said(7, 80)}, minimum=8) == []


def test_a_line_for_each_kind_of_work_the_most_rated_first():
    own = {YOGA_OFFICE: said(9, 20), REPAIR_OFFICE: said(6, 40)}
    others = {YOGA_OFFICE: said(7, 60), REPAIR_OFFICE: said(6, 60)}
    repair, yoga = compared(own, others, minimum=8)
    assert (repair.discipline, repair.difference.value, repair.difference.significant) == (
        2,
        0,
        False,
    )
    assert (yoga.difference.value, yoga.difference.significant) == (2, True)
    assert (yoga.own.n, yoga.group.n, yoga.is_widened) == (20, 60, False)


def test_few_own_answers_are_not_compared():
    [line] = compared({YOGA_OFFICE: said(9, 7)}, {YOGA_OFFICE: said(7, 60)}, minimum=8)
    assert (line.has_enough, line.difference.value, line.group.value) == (False, None, 7)


def test_a_wider_group_says_so():
    [line] = compared({YOGA_OFFICE: said(9, 9)}, {YOGA_SCHOOL: said(7, 60)}, minimum=8)
    assert (line.is_widened, line.group.n) == (True, 60)


def test_few_others_are_counted_not_shown():
    [line] = compared({YOGA_OFFICE: said(9, 9)}, {YOGA_SCHOOL: said(7, 3)}, minimum=8)
    assert (line.group, line.others, line.difference.value) == (None, 3, None)


@pytest.fixture
def kinds(db):
    """One service in two settings: ours scored 9 in both, the others 7 in the first only."""
    ours, theirs = PartnerFactory.create_batch(2)
    first, second = Setting.objects.order_by("pk")[:2]
    service = InterventionFactory().service
    for partner, setting, score in ((ours, first, 9), (ours, second, 9), (theirs, first, 7)):
        for _each in range(8):
            one = InterventionFactory(
                completed=True, partner=partner, setting=setting, service=service
            )
            RatingFactory(intervention=one, score=score)
    RatingFactory(
        intervention=InterventionFactory(completed=True, service=service), why="", source="import"
    )
    return ours, first, second


def test_a_partner_stands_beside_the_others_without_themselves(kinds):
    ours, first, second = kinds
    lines = comparison_board(Scope(partner=(ours.pk,)), MARCH).lines
    found = {line.setting: line.found for line in lines}
    assert set(found) == {first.name, second.name}
    assert (found[first.name].own.value, found[first.name].group.value) == (9, 7)
    assert (found[second.name].is_widened, found[second.name].group.n) == (True, 8)


def test_a_setting_that_is_chosen_narrows_both(kinds):
    ours, first, _second = kinds
    [line] = comparison_board(Scope(partner=(ours.pk,), setting=(first.pk,)), MARCH).lines
    assert (line.found.own.n, line.found.group.n) == (8, 8)


@pytest.mark.parametrize("chosen_", [{}, {"partner": (1, 2)}, {"setting": (1,)}])
def test_without_one_subject_there_is_nothing_to_compare(db, chosen_):
    assert comparison_board(Scope(**chosen_), MARCH).subject is None


def test_as_many_queries_for_one_kind_of_work_as_for_two(kinds, django_assert_num_queries):
    ours, first, _second = kinds
    for scope in (Scope(partner=(ours.pk,)), Scope(partner=(ours.pk,), setting=(first.pk,))):
        with django_assert_num_queries(4):
            comparison_board(scope, MARCH)


def test_the_page_shows_it(client, kinds):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    query = f"partner={kinds[0].pk}&from=2026-03-01&to=2026-03-31"
    page = client.get(f"/dashboard/comparison/?{query}").content.decode()
    assert "+2.0 · <b>significant</b>" in page
    assert "Choose one partner" in client.get("/dashboard/comparison/").content.decode()
    partner = client.get(f"/partners/{kinds[0].pk}/").content.decode()
    assert f'hx-get="/dashboard/comparison/?partner={kinds[0].pk}' in partner


def test_its_own_number_opens_as_many_rows(client, kinds):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    ours, first, _second = kinds
    query = f"partner={ours.pk}&setting={first.pk}&from=2026-03-01&to=2026-03-31"
    answer = client.get(f"/dashboard/comparison/?{query}", headers={"HX-Request": "true"})
    [address] = re.findall(r'href="(/dashboard/rows/[^"]+)"', answer.content.decode())
    [line] = answer.context["board"].lines
    rows = client.get(address.replace("&amp;", "&"))
    assert rows.context["page"].paginator.count == line.found.own.n == 8


def test_who_sees_no_answers_is_not_offered_the_comparison(client, kinds):
    client.force_login(UserFactory(role=Role.RECRUITER))
    page = client.get(f"/partners/{kinds[0].pk}/")
    assert (page.status_code, b"/dashboard/comparison/" in page.content) == (200, False)
    assert client.get("/dashboard/comparison/").status_code == 404
