"""Filters kept under a name."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from indicators.models import SavedView
from indicators.sharing import saved_views
from partners.scope import Scope
from tests.factories import ClientFactory, PartnerFactory, UserFactory
from triangle.models import JournalEntry, Region, Role

pytestmark = pytest.mark.django_db

NAME = "Schools"


def view_of(owner, name=NAME, query=None, **fields):
    given = {"page": "dashboard", **fields}
    return saved_views.save(owner=owner, name=name, query=query or {}, now=timezone.now(), **given)


def kinds():
    return list(JournalEntry.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({}, ""),
        ({"period": "90_days"}, ""),
        ({"period": "never", "page": "7", "mode": "meeting"}, ""),
        ({"period": "12_months", "region": ["x", "999999999"]}, "period=12_months"),
        ({"to": "2026-03-31", "from": "2026-03-01"}, "from=2026-03-01&to=2026-03-31"),
        ({"from": "2026-13-01"}, ""),
    ],
)
def test_what_is_kept_is_what_the_page_understands(manager, query, kept):
    assert view_of(manager, query=query).query == kept


def test_a_filter_is_kept_in_one_order(manager):
    one, two = (Region.objects.create(code=c, name_en=c, name_fr=c).pk for c in "ab")
    view = view_of(manager, query={"region": [str(two), str(one)]})
    assert view.query == f"region={one}&region={two}"


def test_a_client_of_somebody_else_is_not_kept(manager):
    theirs = ClientFactory(manager=UserFactory())
    assert view_of(manager, query={"client": str(theirs.pk)}).query == ""


def test_no_row_scope_is_kept(manager):
    """The same view counts a manager's portfolio, and everything for a quality lead."""
    view = view_of(manager, query={"partner": str(PartnerFactory().pk)})
    mine = saved_views.scope_of(view.query, user=manager)
    theirs = saved_views.scope_of(view.query, user=UserFactory(role=Role.QUALITY_LEAD))
    assert (mine.portfolio, theirs.portfolio) == (manager.pk, None)
    assert mine.without("partner") == Scope(portfolio=manager.pk)


def test_what_went_out_of_sight_is_not_left_out_of_the_scope(manager):
    """A filter that lost its client would show all the others."""
    mine = ClientFactory(manager=manager)
    view = view_of(manager, query={"client": str(mine.pk)})
    mine.manager = UserFactory()
    mine.save()
    assert saved_views.scope_of(view.query, user=manager).client == (mine.pk,)


def test_a_name_is_one_line_and_stands_once(manager):
    assert view_of(manager, name="  A\nname\u200b ").name == "A name"
    with pytest.raises(saved_views.NameTaken):
        view_of(manager, name="A name")
    view_of(UserFactory(), name="A name")
    assert kinds() == ["view.saved", "view.saved"]


def test_a_view_needs_a_name(manager):
    with pytest.raises(saved_views.Nameless):
        view_of(manager, name=" \u200b")


def test_a_shelf_is_full_at_some_time(manager, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    view_of(manager)
    with pytest.raises(saved_views.TooMany):
        view_of(manager, name="Another")


def test_removed_twice_and_restored_twice_is_once(manager):
    view = view_of(manager)
    now = timezone.now()
    assert [saved_views.remove(view, now=now) for _ in range(2)] == [True, False]
    assert not SavedView.objects.visible_to(manager).exists()
    assert [saved_views.restore(view, now=now) for _ in range(2)] == [True, False]
    assert SavedView.objects.visible_to(manager).get() == view
    assert kinds() == ["view.saved", "view.removed", "view.restored"]


def test_a_name_that_was_taken_meanwhile_does_not_come_back(manager):
    view = view_of(manager)
    saved_views.remove(view, now=timezone.now())
    view_of(manager)
    with pytest.raises(saved_views.NameTaken):
        saved_views.restore(view, now=timezone.now())


def test_what_nobody_wanted_back_goes(manager):
    view = view_of(manager)
    now = timezone.now()
    saved_views.remove(view, now=now)
    assert saved_views.forget_removed(before=now) == 0
    assert saved_views.forget_removed(before=timezone.now()) == 1
    assert not SavedView.objects.exists()


def test_a_shared_view_of_who_left_is_gone(manager):
    view = view_of(manager, is_shared=True)
    reader = UserFactory()
    assert SavedView.objects.visible_to(reader).get() == view
    manager.is_active = False
    manager.save()
    assert not SavedView.objects.visible_to(reader).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"page": "rows"},
        {"page": "dashboard", "rows": "explained"},
    ],
)
def test_the_database_refuses(manager, fields):
    given = {"name": NAME, "page": "dashboard", **fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(owner=manager, created_at=timezone.now(), **given)


# Doors


def post(browser, **fields):
    given = {"name": NAME, "page": "dashboard", "rows": "", "query": "", **fields}
    return browser.post("/dashboard/views/", given)


@pytest.mark.parametrize(
    ("page", "rows", "address"),
    [
        ("dashboard", "", "/dashboard/?period=12_months"),
        ("partners", "", "/dashboard/partners/?period=12_months"),
        ("participation", "", "/participation/?period=12_months"),
        ("gaps", "", "/dashboard/gaps/?period=12_months"),
        ("rows", "explained", "/dashboard/rows/explained/?period=12_months"),
    ],
)
def test_each_page_is_saved_and_opened(as_manager, page, rows, address):
    answer = post(as_manager, page=page, rows=rows, query="period=12_months&page=3")
    assert answer.headers["Location"] == address
    assert as_manager.get(address).context["acts"].current.name == NAME
    opened = as_manager.get(f"/dashboard/views/{SavedView.objects.get().pk}/")
    assert opened.headers["Location"] == address


@pytest.mark.parametrize(
    ("path", "limits"),
    [
        ("/dashboard/", ""),
        ("/dashboard/gaps/", "Can be mailed to colleagues; no link shows it without an account."),
        ("/participation/", "Is not mailed, and no link shows it without an account."),
    ],
)
def test_a_page_says_what_does_not_become_of_its_views(as_manager, path, limits):
    page = as_manager.get(path)
    assert page.context["acts"].limits == limits
    assert limits in page.content.decode()


@pytest.mark.parametrize(("page", "links"), [("dashboard", 1), ("gaps", 0)])
def test_only_a_dashboard_is_shown_without_an_account(as_manager, manager, page, links):
    view = view_of(manager, page=page)
    listed = as_manager.get("/dashboard/views/").content.decode()
    assert listed.count(f'aria-label="Link to {view.name}"') == links
    assert f'href="/dashboard/views/{view.pk}/mail/"' in listed


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"name": "a\0b"},
        {"page": "admin"},
        {"page": "rows", "rows": "nothing"},
        {"page": "rows"},
        {"page": "dashboard", "rows": "explained"},
        {"query": "x" * 40_001},
    ],
)
def test_a_bad_form_keeps_nothing(as_manager, fields):
    assert post(as_manager, **fields).status_code == 422
    assert not SavedView.objects.exists()


def test_a_name_that_is_taken_is_said_and_kept(as_manager):
    post(as_manager)
    answer = post(as_manager)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "already have a view" in page
    assert f'value="{NAME}"' in page


def test_a_view_is_renamed_and_shared(as_manager, manager):
    view = view_of(manager)
    answer = as_manager.post(
        f"/dashboard/views/{view.pk}/rename/", {"name": "New", "is_shared": "on"}
    )
    view.refresh_from_db()
    assert (answer.status_code, view.name, view.is_shared_with_team) == (302, "New", True)


def test_a_bad_new_name_is_said_beside_it(as_manager, manager):
    view_of(manager, name="Taken")
    view = view_of(manager)
    answer = as_manager.post(f"/dashboard/views/{view.pk}/rename/", {"name": "Taken"})
    assert answer.status_code == 422
    assert "already have a view" in answer.content.decode()


def test_a_deleted_view_offers_its_way_back(as_manager, manager):
    view = view_of(manager)
    page = as_manager.post(f"/dashboard/views/{view.pk}/delete/", follow=True)
    assert f"/dashboard/views/{view.pk}/restore/" in page.content.decode()
    as_manager.post(f"/dashboard/views/{view.pk}/restore/")
    assert SavedView.objects.kept().get() == view


@pytest.mark.parametrize("asked", ["x", "9" * 30, "٣", "0"])
def test_a_wrong_way_back_is_not_offered(as_manager, asked):
    answer = as_manager.get("/dashboard/views/", {"removed": asked})
    assert (answer.status_code, "toast_undo_url" in answer.context) == (200, False)


def test_a_part_out_of_sight_is_said_when_a_view_is_opened(as_manager):
    lead = UserFactory(role=Role.QUALITY_LEAD)
    theirs = ClientFactory(manager=UserFactory())
    view = view_of(lead, query={"client": str(theirs.pk)}, is_shared=True)
    page = as_manager.get(f"/dashboard/views/{view.pk}/", follow=True)
    assert "is left out" in page.content.decode()
    assert page.context["board"].scope.client == ()


@pytest.mark.parametrize("act", ["", "rename/", "delete/", "restore/", "mail/"])
def test_a_view_of_somebody_else_does_not_exist(as_manager, act):
    view = view_of(UserFactory())
    door = as_manager.get if act in {"", "mail/"} else as_manager.post
    unknown = door(f"/dashboard/views/{view.pk + 1}/{act}")
    assert door(f"/dashboard/views/{view.pk}/{act}").status_code == unknown.status_code == 404


@pytest.mark.parametrize("act", ["rename/", "delete/", "restore/", "mail/"])
def test_a_shared_view_is_changed_by_its_owner_alone(as_manager, act):
    view = view_of(UserFactory(), is_shared=True)
    assert as_manager.get(f"/dashboard/views/{view.pk}/").status_code == 302
    assert as_manager.post(f"/dashboard/views/{view.pk}/{act}", {"name": "x"}).status_code == 404


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
@pytest.mark.parametrize("path", ["views/", "views/1/", "links/", "export/csv/"])
def test_other_roles_have_none(client, role, path):
    client.force_login(UserFactory(role=role))
    assert client.get(f"/dashboard/{path}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_queries(
    as_manager, manager, django_assert_num_queries, count
):
    for number in range(count):
        view_of(manager, name=str(number))
        view_of(UserFactory(), is_shared=True)
    as_manager.get("/dashboard/views/")
    with django_assert_num_queries(5):
        as_manager.get("/dashboard/views/")


def test_a_swapped_board_brings_its_views_along(as_manager):
    headers = {"HX-Request": "true", "HX-Target": "board"}
    page = as_manager.get("/dashboard/?period=12_months", headers=headers).content.decode()
    assert 'id="view-acts" class="view-acts" hx-swap-oob="true"' in page
    assert 'name="query" value="period=12_months"' in page
