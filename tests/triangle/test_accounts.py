import re

import pytest
from django.core import mail

from tests.factories import UserFactory


@pytest.fixture
def claire(db):
    user = UserFactory(email="claire@example.org", language="fr")
    user.set_password("a long enough sentence")
    user.save()
    return user


def log_in(client, password):
    return client.post("/accounts/login/", {"login": "Claire@example.org", "password": password})


def test_logging_in_goes_home_in_the_language_of_the_account(client, claire):
    answer = log_in(client, "a long enough sentence")
    assert answer.headers["Location"] == "/"
    assert client.cookies["django_language"].value == "fr"


def test_a_wrong_password_says_so_beside_the_form(client, claire):
    answer = log_in(client, "wrong")
    assert answer.status_code == 200
    assert 'class="errorlist nonfield"' in answer.content.decode()


def test_nobody_signs_up_alone(client, db):
    page = client.get("/accounts/signup/")
    assert "Accounts are made by an administrator" in page.content.decode()


def test_logging_out_takes_a_post(client, claire):
    client.force_login(claire)
    client.get("/accounts/logout/")
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_a_reset_link_never_comes_from_the_host_header(client, claire, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.PUBLIC_BASE_URL = "https://triangle.example"
    client.post(
        "/accounts/password/reset/",
        {"email": "claire@example.org"},
        headers={"host": "evil.example"},
    )
    links = re.findall(r"https?://\S+/password/reset/key/\S+", mail.outbox[0].body)
    assert [link.startswith("https://triangle.example/accounts/") for link in links] == [True]


@pytest.mark.parametrize(
    "address",
    ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/"],
)
def test_pages_before_the_log_in_are_open_and_framed(client, db, address):
    page = client.get(address)
    assert page.status_code == 200
    assert "entrance-card" in page.content.decode()


@pytest.mark.parametrize(
    "address",
    ["/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/", "/accounts/email/"],
)
def test_pages_of_the_account_stand_in_the_frame(client, claire, address):
    client.force_login(claire)
    page = client.get(address).content.decode()
    assert "side-nav" in page
    assert len(re.findall("<h1", page)) == 1
