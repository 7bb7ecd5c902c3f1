import pytest
from django.conf import settings as project
from django.test import Client as Browser
from django.urls import reverse

from tests.factories import UserFactory
from triangle.models import Role


def theme(browser, value, **headers):
    return browser.post("/theme/", {"theme": value}, headers=headers)


def test_a_stranger_is_sent_to_the_log_in(client, db):
    assert client.get("/").headers["Location"] == "/accounts/login/"


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.ADMIN, "/today/"),
        (Role.QUALITY_LEAD, "/today/"),
        (Role.MANAGER, "/today/"),
        (Role.RECRUITER, "/partners/"),
        (Role.PARTNER, "/my/interventions/"),
    ],
)
def test_each_role_has_its_home(client, db, role, home):
    client.force_login(UserFactory(role=role))
    assert client.get("/").headers["Location"] == home


def test_the_theme_is_kept_and_goes_back_to_its_page(client, db):
    answer = theme(client, "dark", referer="http://testserver/accounts/login/?next=/")
    assert answer.headers["Location"] == "http://testserver/accounts/login/?next=/"
    assert 'data-bs-theme="dark"' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("value", ["auto", "", "pink"])
def test_any_other_theme_is_the_device_s(client, db, value):
    theme(client, "dark")
    theme(client, value)
    assert "data-bs-theme" not in client.get("/accounts/login/").content.decode()


def test_nobody_is_sent_to_another_host(client, db):
    answer = theme(client, "dark", referer="https://elsewhere.example/")
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("address", ["/theme/", "/i18n/setlang/"])
def test_a_choice_is_never_made_by_a_link(client, db, address):
    assert client.get(address).status_code == 405


def test_the_language_is_kept_on_the_account_too(as_manager, manager):
    as_manager.post("/i18n/setlang/", {"language": "fr"})
    manager.refresh_from_db()
    assert manager.language == "fr"
    assert as_manager.cookies[project.LANGUAGE_COOKIE_NAME].value == "fr"


def test_an_unknown_language_changes_nothing(as_manager, manager):
    as_manager.post("/i18n/setlang/", {"language": "xx"})
    manager.refresh_from_db()
    assert manager.language == "en"


def test_robots_are_asked_to_stay_away(client):
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


def test_what_does_not_exist_has_a_page_with_a_way_back(as_manager, settings):
    settings.DEBUG = False
    answer = as_manager.get("/there/is/nothing/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_broken_page_needs_no_database(client, settings, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("triangle.views.HttpResponse", None)
    answer = client.get("/robots.txt")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()


class TestCsrfFailure:
    @pytest.fixture
    def browser(self, manager):
        browser = Browser(enforce_csrf_checks=True)
        browser.force_login(manager)
        return browser

    def test_what_was_typed_comes_back(self, browser):
        here = "http://testserver/theme/"
        answer = browser.post("/theme/", {"theme": '"dark'}, headers={"referer": here})
        assert answer.status_code == 403
        assert 'name="theme" value="&quot;dark"' in answer.content.decode()

    def test_a_form_of_another_site_is_not_offered_again(self, browser):
        answer = browser.post(
            "/theme/", {"theme": "dark"}, headers={"referer": "https://elsewhere.example/"}
        )
        assert answer.status_code == 403
        assert "dark" not in answer.content.decode().split("<main")[1]

    def test_passwords_are_not_written_into_a_page(self, browser):
        here = "http://testserver/accounts/password/change/"
        answer = browser.post(here, {"oldpassword": "s3cret-word"}, headers={"referer": here})
        assert answer.status_code == 403
        assert "s3cret-word" not in answer.content.decode()


def test_headers_of_every_page(client, db):
    headers = client.get("/accounts/login/").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_admin_s_own_log_in_is_closed(client, db):
    answer = client.get(reverse("admin:login"))
    assert answer.headers["Location"].startswith("/accounts/login/")
