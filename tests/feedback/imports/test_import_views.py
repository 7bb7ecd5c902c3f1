from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from feedback.imports import imports
from feedback.models import ImportRun
from tests.factories import NOON, UserFactory
from tests.feedback.marketplace.conftest import RATINGS, WHOLE
from triangle.models import Role

BAD = f"{RATINGS}r2,=i1,9,Late,,2026-03-12,fr\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def files(**texts: str) -> list[SimpleUploadedFile]:
    whole = {**WHOLE, **texts}
    return [SimpleUploadedFile(f"{name}.csv", text.encode()) for name, text in whole.items()]


@pytest.fixture
def upload(as_manager):
    def upload(**texts: str) -> str:
        response = as_manager.post(reverse("import"), {"bundle": files(**texts)})
        return response.url

    return upload


def test_an_upload_leads_to_its_page(as_manager, upload):
    page = as_manager.get(upload())
    assert (page.status_code, ImportRun.objects.get().state) == (200, "queued")
    assert b'hx-trigger="every 1s"' in page.content


def test_the_page_asks_again_until_the_check_has_ended(as_manager, upload):
    url = upload()
    imports.run_next()
    part = as_manager.get(url, headers={"HX-Request": "true"}).content
    assert b"hx-trigger" not in part
    assert b"6 rows would be written" in part
    assert b"Import these rows" in part


def test_what_was_checked_is_imported_by_a_button(as_manager, upload):
    url = upload()
    imports.run_next()
    response = as_manager.post(f"{url}confirm/")
    imports.run_next()
    assert b"6 rows written" in as_manager.get(response.url).content
    assert b"See the import" in as_manager.get(url).content


def test_confirming_too_early_says_so(as_manager, upload):
    url = upload()
    page = as_manager.post(f"{url}confirm/", follow=True)
    assert b"Only a bundle that was checked" in page.content


def test_a_refused_bundle_shows_its_message(as_manager, upload):
    url = upload(clients="id,nom\n")
    imports.run_next()
    assert b"clients.csv lacks the column external_id, name" in as_manager.get(url).content


def test_rows_set_aside_are_shown_and_downloaded(as_manager, upload):
    url = upload(ratings=BAD)
    imports.run_next()
    page = as_manager.get(url).content.decode()
    assert "1 row set aside" in page and "<code>=i1</code>" in page
    download = as_manager.get(f"{url}errors.csv")
    content = b"".join(download.streaming_content).decode("utf-8-sig")
    assert content.splitlines()[1].startswith("ratings.csv,3,intervention,'=i1,unknown")
    assert download.headers["Content-Disposition"].startswith("attachment")


def test_without_errors_there_is_nothing_to_download(as_manager, upload):
    url = upload()
    imports.run_next()
    assert as_manager.get(f"{url}errors.csv").status_code == 404


@pytest.mark.parametrize("state", ["running", "failed"])
def test_each_state_has_its_page(as_manager, upload, state):
    url = upload()
    ImportRun.objects.update(
        state=state, leased_until=NOON, ended_at=NOON, rows_done=1, rows_total=2, message="broke"
    )
    words = {"running": "The worker stopped in the middle", "failed": "broke"}
    assert words[state] in as_manager.get(url).content.decode()


def test_no_file_and_wrong_files_are_told_beside_the_field(as_manager):
    empty = as_manager.post(reverse("import"), {})
    wrong = as_manager.post(reverse("import"), {"bundle": SimpleUploadedFile("a.pdf", b"x")})
    assert (empty.status_code, wrong.status_code, ImportRun.objects.count()) == (422, 422, 0)
    assert b"Choose one zip file, or CSV files only." in wrong.content


QUERIES = 4


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_many_queries_for_three_as_for_one(
    as_manager, manager, rows, django_assert_num_queries
):
    for _row in range(rows):
        ImportRun.objects.create(by=manager, name="b.zip", created_at=NOON)
    as_manager.get(reverse("import"))
    with django_assert_num_queries(QUERIES):
        as_manager.get(reverse("import"))


def test_the_list_without_import_invites_to_the_first(as_manager):
    assert b"Nothing was imported yet." in as_manager.get(reverse("import")).content


def test_an_import_of_somebody_else_does_not_exist(client, upload):
    url = upload()
    client.force_login(UserFactory(role=Role.MANAGER))
    addresses = [url, f"{url}errors.csv"]
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert client.post(f"{url}confirm/").status_code == 404


@pytest.mark.parametrize("role", [Role.RECRUITER, Role.PARTNER])
def test_recruiters_and_partners_do_not_import(client, db, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("import")).status_code == 404
