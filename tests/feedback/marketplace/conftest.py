from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from feedback.marketplace.load import load
from tests.factories import NOON

SERVICES = "external_id,name,discipline\nyoga,Yoga,wellbeing\n"
PARTNERS = (
    "external_id,name,disciplines,settings,region\np1,Nour Haddad,wellbeing|sport,company,Lyon\n"
)
CLIENTS = (
    "external_id,name,kind,setting,segment,region,language\n"
    "c1,Atelier Rousseau,company,company,small,Lyon,fr\n"
)
INTERVENTIONS = (
    "external_id,client,service,partner,status,requested_at,scheduled_at,completed_at,"
    "cancelled_by,amount,currency\n"
    "i1,c1,yoga,p1,completed,2026-03-01T09:00:00+01:00,2026-03-10T12:00:00+01:00,"
    "2026-03-10T13:00:00+01:00,,120.50,EUR\n"
    "i2,c1,yoga,,cancelled,,2026-03-11T12:00:00+01:00,,client,,\n"
)
RATINGS = (
    "external_id,intervention,score,why,invited_at,answered_at,language\n"
    "r1,i1,9,Toujours à l’heure,2026-03-10T15:00:00+01:00,2026-03-10T18:00:00+01:00,fr\n"
)
WHOLE = {
    "services": SERVICES,
    "partners": PARTNERS,
    "clients": CLIENTS,
    "interventions": INTERVENTIONS,
    "ratings": RATINGS,
}


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
    return folder


@pytest.fixture
def bundle(tmp_path):
    """A folder with the whole small marketplace, some files of it given otherwise."""

    def make(**files: str | bytes) -> Path:
        return write(tmp_path / "bundle", {**WHOLE, **files})

    return make


@pytest.fixture
def only(tmp_path):
    """A folder with nothing but these files."""

    def make(**files: str | bytes) -> Path:
        folder = tmp_path / "part"
        for old in folder.glob("*"):
            old.unlink()
        return write(folder, files)

    return make


@pytest.fixture
def zipped(tmp_path):
    def make(folder: Path, *, inside: str = "") -> Path:
        path = tmp_path / "bundle.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in folder.iterdir():
                archive.write(file, f"{inside}{file.name}")
        return path

    return make


@pytest.fixture
def run(db):
    def run(path: Path, **options):
        return load(path, now=NOON, **options)

    return run
