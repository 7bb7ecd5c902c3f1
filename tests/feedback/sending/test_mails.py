"""The invitation as a mail."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from feedback.models import About, Survey, SurveyVersion
from feedback.sending import mails
from feedback.surveys import default_wording, samples, wording
from partners import debriefs
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
    """What is kept of <style> is for dark screens and small ones; all else stands at its tag."""
    html = re.sub(r"<style.*?</style>", "", html_of(invitation()), flags=re.DOTALL)
    assert "<style" not in html
    assert "<img" not in html
    assert not re.findall(r"<(?:p|h1|a|td class)(?![^>]*style=)[^>]*>", html)
    cells = re.findall(r'<td class="score"[^>]*>', html)
    assert len(cells) == 11
    for kept in ('width="44"', 'height="46"', "border: 1px solid"):
        assert all(kept in cell for cell in cells)


def test_both_parts_say_who_asks_why_and_how_to_stop():
    one = invitation("en")
    for part in (html_of(one), written(one).body):
        for said in (
            "“Massages assis” with Julien Marchetti",
            "on Tuesday 10 March at 12:00, at Lumen Assurances",
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
        ("company", True, "“Massages assis” with Julien Marchetti, on {}, at Lumen Assurances."),
        ("individual", True, "“Massages assis” with Julien Marchetti, on {}."),
        ("company", False, "“Massages assis”, on {}, at Lumen Assurances."),
        ("individual", False, "“Massages assis”, on {}."),
    ],
)
def test_the_sentence_fits_who_came_to_whom(kind, has_partner, sentence):
    sentence = f"You called on us for {sentence.format('Tuesday 10 March at 12:00')}"
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
    assert written(one, wave=1).subject == (
        "Rappel de Mieux Ici : votre avis sur « Massages assis » du 10 mars"
    )


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
    assert "with <b>Jo</b> & Co, on" in written(one).body


@pytest.mark.parametrize(
    ("name", "greeted"), [("Nadia Ferrand", "Nadia"), ("Dr. Ferrand", "Dr. Ferrand"), ("", "")]
)
def test_how_we_greet(name, greeted):
    assert mails.first_name(name) == greeted


def test_without_a_manager_the_company_writes():
    one = invitation("en", client__manager=None)
    assert written(one).from_email == "Mieux Ici <avis@mieux-ici.example>"
    assert "Thank you,\nMieux Ici\n" in written(one).body


def about(which, language="en", **fields):
    """An invitation of this survey, opened today."""
    survey = Survey.objects.get(about=which)
    done = InterventionFactory(
        completed=True,
        client__name="Lumen Assurances",
        partner__name="Julien Marchetti",
        partner__email="julien@example.org",
        service__name="Massages assis",
        contact__name="Nadia Ferrand",
    )
    debriefs.ask(done, now=NOON)
    return InvitationFactory(
        intervention=done, survey=survey, about=which, language=language, **fields
    )


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("wave", [0, 1, 2])
@pytest.mark.parametrize("which", [About.INTERVENTION, About.CANCELLATION])
def test_each_client_is_asked_in_the_words_of_the_survey(which, wave, language):
    one = about(which, language)
    message = written(one, wave)
    words = default_wording.content(which).words(language)
    subject = words.reminder_subject if wave else words.subject
    for name, value in {"company": "Mieux Ici", "service": "Massages assis"}.items():
        subject = subject.replace(f"{{{name}}}", value)
    assert message.subject.startswith(mails.one_line(subject.partition("{")[0]))
    assert "{" not in message.body + message.alternatives[0].content.partition("</style>")[2]
    assert len(re.findall(r"/r/\S+/\d+/", message.body)) == 11


def test_a_partner_is_asked_for_a_debrief_by_one_button():
    one = about(About.DEBRIEF)
    message = written(one)
    link = f"http://localhost:8000/p/{one.intervention.debrief_request.token}/"
    assert message.to == ["Julien Marchetti <julien@example.org>"]
    assert message.subject == "Your debrief of “Massages assis” on 10 March"
    assert re.findall(r'href="([^"]+/p/[^"]+)"', message.alternatives[0].content) == [link]
    assert f"\n{link}\n" in message.body
    assert "/r/" not in message.body + message.alternatives[0].content
    assert "with Julien Marchetti" not in message.body


def test_a_relation_has_no_intervention_to_speak_of():
    one = samples.invitation(Survey.objects.get(about=About.RELATION), language="en", now=NOON)
    one.token_hash = "x" * 64
    assert mails.facts(one, "en")["intervention"] == ""
    assert "You receive this message because you are our contact." in written(one).body


def test_stored_text_is_text():
    """What a quality lead types is never markup, never a template, and never looked at twice."""
    one = invitation("en", client__name="{manager}", contact__name="{link} {{ 1 }}")
    content = default_wording.content(About.INTERVENTION)
    body = "<b>{first_name}</b> {client} {% now 'Y' %}"
    one.version = SurveyVersion.objects.create(
        survey=one.survey,
        number=2,
        content=wording.to_json(
            replace(content, en=replace(content.en, body=f"{body}\n\n{{link}}"))
        ),
        created_at=NOON,
    )
    html = html_of(one)
    assert "&lt;b&gt;{link}&lt;/b&gt; {manager} {% now" in html
    assert "<b>{link}</b> {manager} {% now 'Y' %}" in written(one).body


def test_an_opened_invitation_keeps_its_words_in_the_reminder():
    one = invitation("en")
    one.version = one.survey.versions.get(number=1)
    content = default_wording.content(About.INTERVENTION)
    SurveyVersion.objects.create(
        survey=one.survey,
        number=2,
        content=wording.to_json(replace(content, en=replace(content.en, reminder_subject="New"))),
        created_at=NOON,
    )
    assert written(one, wave=1).subject.startswith("Reminder from Mieux Ici")
    one.version = None
    assert written(one, wave=1).subject == "New"


def test_who_reads_the_answer_is_said_before_it_is_given():
    one = invitation("en")
    content = default_wording.content(About.INTERVENTION)
    said = {
        ("company",): "your name is not passed on to Julien Marchetti",
        ("named", "company"): "by Mieux Ici and by Julien Marchetti, with your name",
        ("aggregated",): "by Mieux Ici, without any name",
    }
    for number, (readers, sentence) in enumerate(said.items(), start=2):
        one.version = SurveyVersion.objects.create(
            survey=one.survey,
            number=number,
            content=wording.to_json(replace(content, readers=readers)),
            created_at=NOON,
        )
        assert sentence in written(one).body
        assert sentence in html_of(one)


def test_score_buttons_fit_the_smallest_phone_and_a_finger():
    """Six and five of 44 pixels: 278 wide in a sheet that leaves 24 at each side, 12 when small."""
    html = html_of(invitation())
    rows = re.findall(r'<table[^>]*class="row".*?</table>', html, re.DOTALL)
    assert [row.count('width="44" height="46"') for row in rows] == [6, 5]
    assert all("line-height: 46px" in row for row in rows)


def test_dark_screens_are_thought_of():
    html = html_of(invitation())
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
