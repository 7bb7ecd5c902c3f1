"""The addresses that are not written to any more."""

import pytest

from feedback.models import About, Suppression, Survey
from feedback.sending import suppressions
from tests.factories import NOON, ContactFactory, PartnerFactory, UserFactory
from triangle.models import JournalEntry, Role

pytestmark = pytest.mark.django_db
PAGE = "/suppressions/"
Reason = Suppression.Reason


def stop(email, reason=Reason.OPT_OUT, survey=None) -> Suppression:
    return suppressions.suppress(email, reason=reason, survey=survey, now=NOON)


def test_an_empty_page_says_what_would_stand_here(as_quality_lead):
    assert b"Every address may be written to." in as_quality_lead.get(PAGE).content


def test_each_row_says_whose_it_is_what_is_stopped_why_and_since_when(as_quality_lead):
    contact = ContactFactory(email="Nadia@example.org", client__name="Lumen")
    PartnerFactory(email="paul@example.org", name="Paul Perrin")
    stop(contact.email, Reason.HARD_BOUNCE)
    stop("paul@example.org", survey=Survey.objects.get(about=About.DEBRIEF))
    html = as_quality_lead.get(PAGE).content.decode()
    for words in ("nadia@example.org", "Lumen", "All surveys", "Address does not exist"):
        assert words in html
    for words in ("Paul Perrin", "Debrief of the partner", "Opted out", "10\xa0Mar"):
        assert words in html


@pytest.mark.parametrize(
    ("query", "rows"),
    [("", 2), ("?q=NADIA", 1), ("?q=%25", 0), ("?reason=complaint", 1), ("?reason=none&page=9", 2)],
)
def test_the_list_is_searched(as_quality_lead, query, rows):
    stop("nadia@example.org")
    stop("paul@example.org", Reason.COMPLAINT)
    assert len(as_quality_lead.get(PAGE + query).context["page"].object_list) == rows


def test_htmx_gets_the_moving_part_alone(as_quality_lead):
    html = as_quality_lead.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert html.strip().startswith('<div id="suppressions">')


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_is_the_same(as_quality_lead, django_assert_num_queries, rows):
    for row in range(rows):
        stop(ContactFactory(email=f"a{row}@example.org").email)
    as_quality_lead.get(PAGE)
    with django_assert_num_queries(6):
        as_quality_lead.get(PAGE)


def test_lifting_one_needs_a_reason(as_quality_lead, quality_lead):
    one = stop("nadia@example.org")
    address = f"{PAGE}{one.pk}/lift/"
    for reason in ("", "because"):
        assert as_quality_lead.post(address, {"reason": reason}).status_code == 400
    assert as_quality_lead.get(address).status_code == 405
    assert Suppression.objects.exists()
    assert as_quality_lead.post(address, {"reason": "asked"}).status_code == 302
    assert not Suppression.objects.exists()
    assert as_quality_lead.post(address, {"reason": "asked"}).status_code == 404
    entry = JournalEntry.objects.get(kind="suppression.lifted")
    assert (entry.actor, entry.data["reason"]) == (quality_lead, "asked")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.RECRUITER, Role.PARTNER])
def test_other_roles_have_no_such_page(client, role):
    one = stop("nadia@example.org")
    client.force_login(UserFactory(role=role))
    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}{one.pk}/lift/", {"reason": "asked"}).status_code == 404
    assert Suppression.objects.exists()
