"""Environments of child processes: nothing of the caller's settings leaks in."""

import os
import string

MACHINE = ("HOME", "LANG", "LC_ALL", "PATH", "PYTHONDONTWRITEBYTECODE", "TMPDIR")
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
    """What a process needs of the machine, then `own`; nothing that another test left behind."""
    machine = {name: os.environ[name] for name in MACHINE if name in os.environ}
    return machine | {"TRIANGLE_NO_BOOTSTRAP": "1"} | own


def production(**own: str | None) -> dict[str, str]:
    """A good production; None takes a variable away."""
    wanted = GOOD | own
    return environment(**{name: value for name, value in wanted.items() if value is not None})
