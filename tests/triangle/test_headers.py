import subprocess
import sys

import pytest

from tests.process.environment import production

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
# A page without login, a redirect, one that does not exist, a form, the API's refusal
PAGES = ["/healthz", "/", "/nowhere/", "/accounts/login/", "/admin/login/", "/api/v1/ratings/"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_every_response_carries_the_headers(client, page):
    headers = client.get(page).headers
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    assert "camera=()" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_no_script_but_our_own(client, page):
    policy = dict(
        line.strip().split(" ", 1)
        for line in client.get(page).headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert policy["style-src"] == "'self'"


PRODUCTION = """
import django; django.setup()
from django.conf import settings
from django.test import Client
answer = Client().get("/healthz", secure=True, HTTP_HOST="quality.mieux-ici.fr")
print(answer.status_code, answer.headers["Strict-Transport-Security"])
answer = Client().get("/accounts/login/", HTTP_HOST="quality.mieux-ici.fr")
print(answer.status_code, answer.headers["Location"])
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME)
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE)
"""


def test_production_speaks_https_only_with_cookies_of_this_host():
    seen = subprocess.run(  # noqa: S603
        [sys.executable, "-c", PRODUCTION],
        env=production(DJANGO_SETTINGS_MODULE="triangle.settings"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.splitlines() == [
        "200 max-age=31536000; includeSubDomains; preload",
        "301 https://quality.mieux-ici.fr/accounts/login/",
        "__Host-session __Host-csrf __Host-language",
        "True True True",
    ]
