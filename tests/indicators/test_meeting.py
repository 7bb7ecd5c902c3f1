"""The dashboard on a wall: no navigation, one view after the other."""

import pytest
from django.utils import timezone

from indicators.sharing import saved_views
from tests.factories import UserFactory
from triangle.models import Role

pytestmark = pytest.mark.django_db


def view_of(owner, name, period, **fields):
    given = {"page": "dashboard", "is_shared": True, **fields}
    query = {"period": period}
    return saved_views.save(owner=owner, name=name, query=query, now=timezone.now(), **given)


def slides(browser, query=""):
    return browser.get(f"/dashboard/?mode=meeting&{query}").context["slides"]


def test_there_is_no_navigation(as_manager):
    page = as_manager.get("/dashboard/?mode=meeting").content.decode()
    assert "side-nav" not in page
    assert 'id="leave" href="/dashboard/?"' in page


def test_without_views_there_is_nothing_to_turn(as_manager):
    shown = slides(as_manager)
    assert (shown.before, shown.after, shown.count) == ("", "", 0)


def test_one_view_alone_is_not_turned_to_itself(as_manager):
    view = view_of(UserFactory(), "A", "12_months")
    shown = slides(as_manager, "period=12_months")
    assert (shown.name, shown.place, shown.before, shown.after) == ("A", 1, "", "")
    assert slides(as_manager).after == (f"/dashboard/?period=12_months&mode=meeting&view={view.pk}")


def test_views_of_the_team_and_my_own_follow_each_other_round(as_manager, manager):
    colleague = UserFactory()
    view_of(colleague, "b", "12_months")
    view_of(manager, "A", "this_month", is_shared=False)
    view_of(colleague, "C", "this_year")
    view_of(colleague, "not shared", "everything", is_shared=False)
    view_of(colleague, "another page", "everything", page="partners")
    address, names = "period=this_month", []
    for _turn in range(4):
        shown = slides(as_manager, address)
        names.append((shown.name, shown.place, shown.count))
        address = shown.after.partition("?")[2]
    assert names == [("A", 1, 3), ("b", 2, 3), ("C", 3, 3), ("A", 1, 3)]
    assert "period=this_year" in slides(as_manager, "period=this_month").before


def test_two_views_of_one_filter_are_two_slides(as_manager):
    first, second = (view_of(UserFactory(), name, "12_months") for name in "AB")
    assert slides(as_manager, f"period=12_months&view={second.pk}").name == "B"
    assert slides(as_manager, f"period=12_months&view={first.pk}").name == "A"
    assert slides(as_manager, "period=12_months&view=x").name == "A"


def test_leaving_keeps_the_filter(as_manager):
    assert slides(as_manager, "period=12_months").leave == "/dashboard/?period=12_months"


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_other_roles_have_no_meeting(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/dashboard/?mode=meeting").status_code == 404
