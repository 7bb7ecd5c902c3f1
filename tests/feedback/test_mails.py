"""The invitation as a mail."""

import re
from email import message_from_bytes
from email.policy import default

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from feedback import mails
from tests.factories import NOON, InterventionFactory, InvitationFactory, UserFactory
from triangle import links

pytestmark = pytest.mark.django_db


def invitation(language="fr", **fields):
    given = {
        "completed": True,
        "client__name": "Lumen Assurances",
        "client__manager": UserFactory(first_name="Claire", last_name="Morvan"),
        "partner__name": "Julien Marchetti",
        "service__name": "Massages assis",
        "contact__name": "Nadia Ferrand",
        "contact__email": "nadia@lumen.example",
    }
    return InvitationFactory(
        intervention=InterventionFactory(**{**given, **fields}), language=language
    )


def written(one, wave=0) -> EmailMultiAlternatives:
    return mails.invitation(one, wave=wave, now=NOON)


def html_of(one) -> str:
    return written(one).alternatives[0].content


def score_addresses(one):
    return [links.address(reverse("answer-score", args=[one.token, score])) for score in range(11)]


def test_the_eleven_links_stand_in_both_parts():
    one = invitation()
    html = html_of(one)
    assert re.findall(r'href="([^"]+/r/[^"]+/\d+/)"', html) == score_addresses(one)
    assert re.findall(r"\S+/r/\S+/\d+/", written(one).body) == score_addresses(one)


def test_links_know_only_the_public_address(settings):
    settings.PUBLIC_BASE_URL = "https://avis.mieux-ici.example"
    one = invitation()
    addresses = re.findall(r'href="([^"]+)"', html_of(one)) + re.findall(
        r"http\S+", written(one).body
    )
    assert len(addresses) == 2 * 14
    assert {address.split("/r/")[0].split("/u/")[0] for address in addresses} == {
        "https://avis.mieux-ici.example"
    }


def test_it_is_usable_without_style_sheet_and_images():
    html = html_of(invitation())
    assert "<style" not in html
    assert "<img" not in html
    cells = re.findall(r'<td class="score"[^>]*>', html)
    assert len(cells) == 11
    for kept in ('width="44"', 'height="46"', "border: 1px solid"):
        assert all(kept in cell for cell in cells)


def test_both_parts_say_who_asks_why_and_how_to_stop():
    one = invitation("en")
    for part in (html_of(one), written(one).body):
        for said in (
            "Julien Marchetti came to Lumen Assurances for “Massages assis”",
            "on Tuesday 10 March at 12:00",
            "You receive this message because you are the contact",
            "valid until 24\xa0March",
            "12 rue des Tanneurs",
            "Claire Morvan, Mieux Ici",
            f"/u/{one.opt_out_token}/?scope=survey",
            f"/u/{one.opt_out_token}/?scope=all",
        ):
            assert said in part.replace("&nbsp;", "\xa0")


def test_a_french_reader_reads_a_french_date():
    body = written(invitation("fr-CA")).body
    assert "mardi 10 mars à 12\xa0h\xa000" in body
    assert "24\xa0mars" in body


@pytest.mark.parametrize(
    ("language", "reads"), [("fr", "fr"), ("FR-be", "fr"), ("en", "en"), ("pt", "en"), ("", "en")]
)
def test_each_reader_gets_the_nearest_language(language, reads):
    assert mails.reading_language(language) == reads
    assert f'<html lang="{reads}">' in html_of(invitation(language))


@pytest.mark.parametrize(
    ("kind", "has_partner", "sentence"),
    [
        ("company", True, "Julien Marchetti came to Lumen Assurances for “Massages assis”"),
        ("individual", True, "Julien Marchetti came to you for “Massages assis”"),
        ("company", False, "Lumen Assurances received “Massages assis”"),
        ("individual", False, "You received “Massages assis”"),
    ],
)
def test_the_sentence_fits_who_came_to_whom(kind, has_partner, sentence):
    one = invitation("en", client__kind=kind)
    if not has_partner:
        one.partner = None
    assert sentence in written(one).body
    assert sentence in html_of(one)


def test_headers_let_mail_programs_unsubscribe_and_never_thread_twice():
    one = invitation()
    message = message_from_bytes(written(one, wave=1).message().as_bytes(), policy=default)
    assert message["X-Invitation"] == str(one.pk)
    assert message["X-Wave"] == "1"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"] == f"<http://localhost:8000/u/{one.opt_out_token}/>"
    assert message["From"] == '"Claire Morvan, Mieux Ici" <avis@mieux-ici.example>'
    assert message["To"] == "Nadia Ferrand <nadia@lumen.example>"
    assert message["Subject"].strip().startswith("Mieux Ici ")


def test_the_message_id_is_stable_per_wave_and_holds_no_token():
    one = invitation()
    first, again, reminder = (
        written(one, wave=wave).extra_headers["Message-ID"] for wave in (0, 0, 1)
    )
    assert first == again != reminder
    assert first.endswith(".0@mieux-ici.example>")
    assert one.token not in first


def test_no_name_can_add_a_header():
    evil = "Nadia\r\nBcc: all@example.org"
    one = invitation("en", contact__name=evil, service__name=evil, partner__name=evil)
    one.client.manager.first_name = evil
    message = message_from_bytes(written(one).message().as_bytes(), policy=default)
    assert "Bcc" not in message
    assert message["To"].addresses[0].addr_spec == "nadia@lumen.example"
    assert len(message["To"].addresses) == len(message["From"].addresses) == 1


def test_names_are_text_in_html_and_as_typed_in_text():
    one = invitation("en", partner__name="<b>Jo</b> & Co", service__name="<script>x</script>")
    html = html_of(one)
    assert "<script" not in html
    assert "&lt;b&gt;Jo&lt;/b&gt; &amp; Co" in html
    assert "<b>Jo</b> & Co came to" in written(one).body


@pytest.mark.parametrize(
    ("name", "greeted"), [("Nadia Ferrand", "Nadia"), ("Dr. Ferrand", "Dr. Ferrand"), ("", "")]
)
def test_how_we_greet(name, greeted):
    assert mails.first_name(name) == greeted


def test_without_a_manager_the_company_writes():
    one = invitation("en", client__manager=None)
    assert written(one).from_email == "Mieux Ici <avis@mieux-ici.example>"
