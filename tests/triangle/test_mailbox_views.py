import pytest

from tests.factories import UserFactory
from tests.triangle.test_mailbox import post
from triangle import mailbox
from triangle.mailbox_views import FILE_BACKEND
from triangle.models import Role


@pytest.fixture
def folder(settings, tmp_path):
    settings.DEBUG = True
    settings.EMAIL_BACKEND = FILE_BACKEND
    settings.MAILBOX_DIR = tmp_path
    return tmp_path


@pytest.fixture
def name(folder):
    post(folder, "Votre <avis>")
    return mailbox.newest(folder)[0].name


def test_an_empty_mailbox_says_what_fills_it(as_manager, folder):
    assert "No mail yet." in as_manager.get("/mailbox/").content.decode()


def test_a_mail_opens_with_links_that_can_be_followed(as_manager, name):
    assert f'href="/mailbox/{name}/"' in as_manager.get("/mailbox/").content.decode()
    page = as_manager.get(f"/mailbox/{name}/").content.decode()
    assert "Votre &lt;avis&gt;" in page
    assert '<a href="https://x.example/r/1/"' in page
    assert 'sandbox="allow-popups allow-top-navigation-by-user-activation"' in page


def test_the_body_has_a_policy_of_its_own(as_manager, name):
    answer = as_manager.get(f"/mailbox/{name}/body/")
    policy = answer.headers["Content-Security-Policy"]
    assert answer.content.decode() == '<base target="_top"><p>Réponse</p>'
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_long_mailbox_has_a_link_to_older_mails(as_manager, folder):
    post(folder, *(f"mail {n}" for n in range(mailbox.PAGE_SIZE + 1)))
    older = mailbox.newest(folder)[-1].name
    assert f"?before={older}" in as_manager.get("/mailbox/").content.decode()
    assert "mail 0" in as_manager.get(f"/mailbox/?before={older}").content.decode()


@pytest.mark.parametrize("suffix", ["", "20200101-000000-1.0/", "20200101-000000-1.0/body/"])
@pytest.mark.parametrize(
    "change", [{"DEBUG": False}, {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}]
)
def test_there_is_no_mailbox_where_mails_leave(as_manager, folder, settings, change, suffix):
    for key, value in change.items():
        setattr(settings, key, value)
    assert as_manager.get(f"/mailbox/{suffix}").status_code == 404


def test_an_unknown_mail_is_not_found(as_manager, folder):
    assert as_manager.get("/mailbox/20200101-000000-1.0/").status_code == 404


def test_a_partner_sees_no_mail(client, db, name):
    client.force_login(UserFactory(role=Role.PARTNER))
    assert client.get(f"/mailbox/{name}/").status_code == 404


def test_a_stranger_logs_in_first(client, name, db):
    assert client.get(f"/mailbox/{name}/body/").status_code == 302
