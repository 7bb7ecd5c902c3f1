"""Small sheets of the admin: rows by external id, through the verbs, and no formula runs."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from clients.admin import ClientSheet
from clients.models import Client
from partners.admin import PartnerSheet
from partners.models import Partner
from tests.factories import ClientFactory, DisciplineFactory, PartnerFactory, UserFactory
from triangle import sheets
from triangle.admin import ServiceSheet
from triangle.models import JournalEntry, Role, Service

pytestmark = pytest.mark.django_db
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"]


@pytest.fixture
def browser(client, db):
    client.force_login(UserFactory(role=Role.ADMIN, is_staff=True, is_superuser=True))
    return client


def upload(browser, thing, name, content):
    address = reverse(f"admin:{thing}_import")
    file = SimpleUploadedFile(name, content)
    return browser.post(
        address, {"format": "0" if name.endswith("csv") else "1", "import_file": file}
    )


def confirm(browser, thing, answer):
    form = answer.context["confirm_form"].initial
    return browser.post(reverse(f"admin:{thing}_process_import"), form)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text_and_comes_back(text):
    cell = sheets.SafeText()
    assert cell.render(text) == f"'{text}"
    assert cell.clean(cell.render(text)) == text


@pytest.mark.parametrize("text", ["", "plain", "'quoted'", "l'eau", "1-1"])
def test_other_text_stays(text):
    cell = sheets.SafeText()
    assert cell.clean(cell.render(text)) == cell.render(text) == text


@pytest.mark.parametrize("sheet", [ClientSheet, PartnerSheet, ServiceSheet])
def test_every_text_of_a_sheet_is_safe(sheet):
    texts = [
        field for field in sheet().fields.values() if type(field.widget).__name__ == "CharWidget"
    ]
    assert texts == []


def test_an_exported_sheet_holds_no_formula(browser):
    ClientFactory(name='=HYPERLINK("http://x.example")')
    form = {"format": "1", "resource": "", "export_items": []}
    answer = browser.post(reverse("admin:clients_client_export"), form)
    book = load_workbook(BytesIO(answer.content))
    heads, row = book.active.rows
    cells = {head.value: cell for head, cell in zip(heads, row, strict=True)}
    assert "f" not in {cell.data_type for cell in row}
    assert cells["name"].value == '\'=HYPERLINK("http://x.example")'


def test_a_sheet_is_looked_at_then_imported(browser):
    DisciplineFactory(code="yoga")
    content = b"external_id,name,discipline\ns1,Yoga,yoga\n"
    seen = upload(browser, "triangle_service", "s.csv", content)
    assert not Service.objects.exists()
    assert not JournalEntry.objects.exists()
    confirm(browser, "triangle_service", seen)
    assert Service.objects.values_list("external_id", "name").get() == ("s1", "Yoga")
    assert JournalEntry.objects.get().kind == "created"


def test_the_same_sheet_twice_changes_nothing(browser):
    PartnerFactory(external_id="p1", name="Léa")
    content = "external_id,name,settings\np1,Léa,school|company\n".encode()
    for _ in range(2):
        confirm(browser, "partners_partner", upload(browser, "partners_partner", "p.csv", content))
    assert Partner.objects.get().settings.count() == 2
    assert JournalEntry.objects.get().data == {"fields": "settings"}


@pytest.mark.parametrize(
    "row", ["c1,,company", "c1,A,moon", "c1,A" + "a" * 201 + ",company", "c1,a\0b,company"]
)
def test_a_bad_row_imports_nothing(browser, row):
    content = f"external_id,name,setting\nc0,Good,company\n{row}\n".encode()
    answer = upload(browser, "clients_client", "c.csv", content)
    assert answer.status_code == 200
    assert "confirm_form" not in answer.context or answer.context["result"].has_errors()
    assert not Client.objects.exists()


def test_a_large_sheet_is_refused_before_it_is_read(browser, monkeypatch):
    monkeypatch.setattr(sheets, "LARGEST_SHEET", 10)
    answer = upload(browser, "clients_client", "c.csv", b"external_id,name\nc1,A\n")
    assert "too large" in answer.content.decode()


def test_a_zip_bomb_is_refused_by_what_it_declares(browser, monkeypatch):
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 100_000)
    bomb = BytesIO()
    with ZipFile(bomb, "w", ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", "0" * 200_000)
    answer = upload(browser, "clients_client", "c.xlsx", bomb.getvalue())
    assert "too large" in answer.content.decode()


def test_a_file_that_is_no_spreadsheet_is_refused(browser):
    answer = upload(browser, "clients_client", "c.xlsx", b"\x89PNG")
    assert "This is not a spreadsheet." in answer.content.decode()


def test_a_workbook_is_imported(browser):
    book, raw = Workbook(), BytesIO()
    book.active.append(["external_id", "name"])
    book.active.append(["c1", "Atelier"])
    book.save(raw)
    seen = upload(browser, "clients_client", "c.xlsx", raw.getvalue())
    confirm(browser, "clients_client", seen)
    assert Client.objects.values_list("external_id", "name").get() == ("c1", "Atelier")
