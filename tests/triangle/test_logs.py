import logging

import pytest

from triangle import logs

TOKEN = "q8Jx0vF3mC1kZ7tW5yB2nD4s"


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("", ""),
        ("GET /today/", "GET /today/"),
        (f"GET /r/{TOKEN}/9/", "GET /r/…/9/"),
        (f"GET /u/{TOKEN}/", "GET /u/…/"),
        ("GET /q/K7MP-3XQ9/", "GET /q/…/"),
        (f"GET /v/{TOKEN}/", "GET /v/…/"),
        (f"Referer: https://x.example/p/{TOKEN}/?a=1", "Referer: https://x.example/p/…/?a=1"),
    ],
)
def test_personal_links_are_masked(line, kept):
    assert logs.mask(line) == kept


@pytest.mark.parametrize("production", [True, False])
def test_no_token_is_logged_not_even_in_a_traceback(production):
    formatter = logs.configuration(production=production)["formatters"]["line"]
    formatter = formatter.pop("()")(**formatter)
    try:
        raise ValueError(f"no such path: /r/{TOKEN}/")
    except ValueError as error:
        failure = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "", 0, "on %s", (f"/p/{TOKEN}/",), failure)
    line = formatter.format(record)
    assert TOKEN not in line
    assert "ValueError" in line
