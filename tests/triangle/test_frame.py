from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from tests.factories import UserFactory
from triangle import settings as project
from triangle.frame import Facts, Frame, Freshness
from triangle.models import Role

ASKED = []


def counts(request):
    ASKED.append(request.path)
    return Facts(badges={"mailbox": 3, "import": 2})


def freshness(request):
    return Facts(freshness=Freshness(timezone.now() - timedelta(minutes=87), is_stale=True))


@pytest.fixture
def providers(settings):
    settings.FRAME_PROVIDERS = [f"{__name__}.counts", f"{__name__}.freshness"]
    ASKED.clear()


def frame_of(rf, role, path="/mailbox/", **fields):
    request = rf.get(path)
    request.user = UserFactory.build(role=role, **fields)
    return Frame(request)


def names(entries):
    return [str(entry.label) for entry in entries]


def test_a_manager_has_settings_without_the_admin(rf):
    frame = frame_of(rf, Role.MANAGER)
    children = names(frame.settings[0].children)
    assert "Mailbox" in children
    assert "Administration" not in children


def test_an_administrator_has_the_admin(rf):
    assert "Administration" in names(frame_of(rf, Role.ADMIN).settings[0].children)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_others_have_no_settings(rf, role):
    assert frame_of(rf, role).settings == []


def test_a_stranger_has_nothing(rf, providers):
    request = rf.get("/")
    request.user = AnonymousUser()
    frame = Frame(request)
    assert (frame.navigation, frame.settings, frame.badges, frame.freshness) == ([], [], {}, None)
    assert ASKED == []


def test_a_section_whose_address_does_not_exist_is_not_shown(rf, settings):
    settings.ROOT_URLCONF = "allauth.urls"
    assert frame_of(rf, Role.ADMIN).navigation == []


def test_the_page_one_is_on_is_current_and_its_section_open(rf):
    section = frame_of(rf, Role.MANAGER, "/mailbox/20260101-000000-1.0/").settings[0]
    assert [str(child.label) for child in section.children if child.is_current] == ["Mailbox"]
    assert section.is_open
    assert not section.is_current


def test_providers_are_asked_once_and_only_when_needed(rf, providers):
    frame = frame_of(rf, Role.MANAGER)
    assert ASKED == []
    assert frame.settings[0].badge == 2
    assert frame.freshness.is_stale
    assert ASKED == ["/mailbox/"]


@pytest.mark.parametrize(("cookie", "theme"), [("", ""), ("dark", "dark"), ('"><script>', "")])
def test_only_known_themes_reach_the_page(rf, cookie, theme):
    request = rf.get("/")
    request.COOKIES["theme"] = cookie
    assert Frame(request).theme == theme


def test_a_stale_page_says_since_when(as_manager, providers):
    page = as_manager.get("/accounts/2fa/").content.decode()
    assert "is-stale" in page
    assert '<span class="side-badge">2' in page


def test_the_product_s_providers_fill_a_page(as_manager, settings, django_assert_max_num_queries):
    settings.FRAME_PROVIDERS = project.FRAME_PROVIDERS
    with django_assert_max_num_queries(15):
        page = as_manager.get("/accounts/2fa/")
    assert set(page.context["frame"].badges) == {"today", "answers"}
    assert page.context["frame"].freshness.is_stale
