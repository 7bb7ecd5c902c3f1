import pytest

from triangle.management.commands.test import QUICK, defaults


@pytest.mark.parametrize(
    ("arguments", "added"),
    [
        ([], ["-n", "auto", "-m", QUICK]),
        (["-k", "answer"], ["-n", "auto", "-m", QUICK]),
        (["-n", "0"], ["-m", QUICK]),
        (["-n4"], ["-m", QUICK]),
        (["-m", "browser"], ["-n", "auto"]),
        (["--maxfail=1"], ["-n", "auto", "-m", QUICK]),
        (["tests/process/test_embedded.py"], ["-n", "auto"]),
    ],
)
def test_the_callers_arguments_win(arguments, added):
    assert defaults(arguments) == added
