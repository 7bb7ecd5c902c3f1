import hashlib
import re
from pathlib import Path

import plotly
import pytest

VENDOR = Path(__file__).parents[2] / "static" / "vendor"
README = (VENDOR / "README.md").read_text()
FILES = re.findall(r"^\| ([\w./-]+\.\w+) \|.*\| ([0-9a-f]{64}) \|$", README, re.MULTILINE)


def test_every_vendored_file_is_recorded():
    found = {
        str(path.relative_to(VENDOR))
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in {"LICENSE", "README.md"}
    }
    assert found == {name for name, _ in FILES if not name.startswith("..")}


@pytest.mark.parametrize(("name", "sha256"), FILES)
def test_a_vendored_file_is_the_recorded_one(name, sha256):
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == sha256


def test_plotly_draws_what_python_builds():
    """The figures python writes are for one version of the script."""
    bundled = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text()[:300]
    version = re.search(r"plotly\.js v([\d.]+)", bundled)[1]
    vendored = (VENDOR / "plotly" / "plotly-cartesian.min.js").read_text()[:300]
    assert f"v{version}" in vendored
    assert f"plotly.js {version} " in README


def test_nothing_here_names_another_host():
    assert "http" not in README
