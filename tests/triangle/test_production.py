import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.process.environment import environment, production
from triangle import production as door

KEY = "k" * 50
MAIL = "django.core.mail.backends"
GOOD = {
    "DEBUG": False,
    "SECRET_KEY": KEY,
    "LINK_KEY": "l" * 50,
    "ALLOWED_HOSTS": ["quality.mieux-ici.fr"],
    "PUBLIC_BASE_URL": "https://quality.mieux-ici.fr",
    "EMAIL_BACKEND": f"{MAIL}.smtp.EmailBackend",
    "EMAIL_TIMEOUT": 20,
    "ANYMAIL": {},
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}},
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
}
ENVIRON = {"NUM_PROXIES": "1"}


@pytest.fixture
def good(monkeypatch):
    """Settings as a plain object: overriding DATABASES would disturb the tests' own connection."""

    class Settings:
        pass

    values = Settings()
    values.__dict__.update(GOOD)
    monkeypatch.setattr(door, "settings", values)
    return values


def test_a_good_production_has_no_weakness(good):
    assert door.weaknesses(ENVIRON) == []


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DEBUG", True, "DEBUG is on"),
        ("ANYMAIL", {"WEBHOOK_SECRET": "a:b"}, "ANYMAIL_WEBHOOK_SECRET is not user:password"),
        ("ANYMAIL", {"WEBHOOK_SECRET": "s" * 50}, "ANYMAIL_WEBHOOK_SECRET is not user:password"),
        ("SECRET_KEY", "", "SECRET_KEY is missing"),
        ("SECRET_KEY", "k" * 49, "SECRET_KEY is shorter"),
        (
            "SECRET_KEY",
            f"example-{KEY}",
            "SECRET_KEY is the",
        ),
        ("LINK_KEY", "", "LINK_KEY is missing"),
        ("LINK_KEY", "l" * 49, "LINK_KEY is shorter"),
        ("LINK_KEY", KEY, "LINK_KEY equals SECRET_KEY"),
        ("ALLOWED_HOSTS", [], "ALLOWED_HOSTS is empty"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS allows every host"),
        ("PUBLIC_BASE_URL", "http://quality.mieux-ici.fr", "PUBLIC_BASE_URL is not"),
        ("PUBLIC_BASE_URL", "https://localhost:8000", "PUBLIC_BASE_URL is not"),
        ("EMAIL_BACKEND", f"{MAIL}.console.EmailBackend", "EMAIL_URL is missing"),
        (
            "EMAIL_BACKEND",
            f"{MAIL}.filebased.EmailBackend",
            "EMAIL_URL is missing",
        ),
        ("EMAIL_TIMEOUT", None, "EMAIL_TIMEOUT is missing"),
        ("CELERY_BROKER_URL", "memory://", "REDIS_URL is missing"),
        (
            "CACHES",
            {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
            "CACHE_URL is missing",
        ),
        (
            "DATABASES",
            {"default": {"ENGINE": "django.db.backends.sqlite3"}},
            "DATABASE_URL is SQLite",
        ),
    ],
)
def test_a_weak_setting_is_named(good, name, value, says):
    setattr(good, name, value)
    (line,) = door.weaknesses(ENVIRON)
    assert line.startswith(says)


def test_the_number_of_proxies_must_be_said(good):
    (line,) = door.weaknesses({})
    assert line.startswith("NUM_PROXIES is missing")


def test_sqlite_is_served_when_asked_for(good):
    good.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
    assert door.weaknesses({**ENVIRON, "ALLOW_SQLITE": "1"}) == []


def test_refusal_lists_every_weakness(good):
    good.SECRET_KEY = good.LINK_KEY = ""
    with pytest.raises(ImproperlyConfigured) as refusal:
        door.refuse_if_weak()
    assert "- SECRET_KEY is missing\n- LINK_KEY is missing" in str(refusal.value)


def run(*command, env):
    return subprocess.run(  # noqa: S603
        [sys.executable, *command], env=env, capture_output=True, text=True, check=False
    )


def test_the_development_defaults_are_no_production():
    refused = run("-c", "import triangle.wsgi", env=environment())
    assert refused.returncode != 0
    for name in ("DEBUG", "SECRET_KEY", "LINK_KEY", "PUBLIC_BASE_URL", "NUM_PROXIES", "EMAIL_URL"):
        assert f"- {name}" in refused.stderr
    for name in ("REDIS_URL", "CACHE_URL", "DATABASE_URL"):
        assert f"- {name}" in refused.stderr


def test_check_deploy_is_clean_with_a_good_environment():
    command = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    clean = run(*command, env=production())
    assert (clean.returncode, clean.stdout) == (
        0,
        "System check identified no issues (0 silenced).\n",
    ), clean.stderr


def test_check_deploy_names_the_weak_setting(good):
    good.ALLOWED_HOSTS = ["*"]
    assert "ALLOWED_HOSTS allows every host" in [error.msg for error in door.check_production()]
