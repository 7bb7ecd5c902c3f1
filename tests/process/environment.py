"""Environments of child processes: nothing of the caller's settings leaks in."""

import os
import string

OURS = {
    "ALLOWED_HOSTS", "ALLOW_SQLITE", "CACHE_URL", "DATABASE_URL", "DEBUG", "DJANGO_SETTINGS_MODULE",
    "EMAIL_TIMEOUT", "EMAIL_URL", "LINK_KEY", "MANIFEST_STATIC", "NUM_PROXIES", "PUBLIC_BASE_URL",
    "REDIS_URL", "SECRET_KEY",
}  # fmt: skip
GOOD = {
    "DEBUG": "0",
    "SECRET_KEY": string.ascii_letters,
    "LINK_KEY": string.ascii_letters[::-1],
    "ALLOWED_HOSTS": "quality.mieux-ici.fr",
    "PUBLIC_BASE_URL": "https://quality.mieux-ici.fr",
    "NUM_PROXIES": "1",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "CACHE_URL": "rediscache://127.0.0.1:6379/1",
    "DATABASE_URL": "postgres://triangle@127.0.0.1:5432/triangle",
}  # a production without a weak setting; nothing has to answer there


def environment(**own: str) -> dict[str, str]:
    """The machine's environment without ours, then `own`."""
    machine = {name: value for name, value in os.environ.items() if name not in OURS}
    return machine | {"TRIANGLE_NO_BOOTSTRAP": "1"} | own


def production(**own: str | None) -> dict[str, str]:
    """A good production; None takes a variable away."""
    wanted = GOOD | own
    return environment(**{name: value for name, value in wanted.items() if value is not None})
