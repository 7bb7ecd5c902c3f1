"""The partner's phone pages, logged in and by mailed link."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from partners import interventions
from partners.models import Debrief, DebriefRequest, Intervention
from tests.factories import (
    NOON,
    DebriefFactory,
    InterventionFactory,
    PartnerFactory,
    RatingFactory,
    UserFactory,
)
from triangle import guesses

pytestmark = pytest.mark.django_db
ANSWER = {"score": "9", "why": "Warm welcome", "access": "2", "company_support": "na"}


@pytest.fixture
def partner(db):
    return PartnerFactory(
        name="Julien Marchetti", account=UserFactory(role="partner"), language="en"
    )


@pytest.fixture
def as_partner(client, partner):
    client.force_login(partner.account)
    return client


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        yield


def done(partner):
    intervention = InterventionFactory(partner=partner)
    return interventions.complete(intervention, now=NOON)


def link(intervention):
    return reverse("partner-link", args=[intervention.debrief_request.token])


@pytest.mark.parametrize("n", [1, 3])
def test_my_interventions_ask_the_same_queries(as_partner, partner, django_assert_num_queries, n):
    for _ in range(n):
        done(partner)
        InterventionFactory(partner=partner)
        InterventionFactory(partner=partner, cancelled=True)
    with django_assert_num_queries(5):
        page = as_partner.get(reverse("my-interventions"))
    assert len(page.context["work"].waiting) == n
    assert len(page.context["work"].ahead) == n
    assert len(page.context["work"].past) == 2 * n


def test_a_partner_sees_only_the_own(as_partner):
    foreign = done(PartnerFactory())
    for name in ("my-intervention", "debrief"):
        assert as_partner.get(reverse(name, args=[foreign.pk])).status_code == 404
    assert as_partner.post(reverse("debrief", args=[foreign.pk]), ANSWER).status_code == 404
    assert as_partner.post(reverse("my-step", args=[foreign.pk, "start"])).status_code == 404
    assert not Debrief.objects.exists()


def test_steps_on_the_phone_lead_to_the_debrief(as_partner, partner):
    intervention = InterventionFactory(partner=partner)
    for act in ("introduce", "start", "complete"):
        answer = as_partner.post(reverse("my-step", args=[intervention.pk, act]))
        assert answer.status_code == 302
    assert answer.url == reverse("debrief", args=[intervention.pk])
    intervention.refresh_from_db()
    assert intervention.status == "completed"
    assert intervention.introduced_at and intervention.started_at


def test_a_step_that_is_no_longer_possible_says_so(as_partner, partner):
    gone = InterventionFactory(partner=partner, cancelled=True)
    answer = as_partner.post(reverse("my-step", args=[gone.pk, "start"]), follow=True)
    assert "no longer possible" in answer.content.decode()


@pytest.mark.parametrize("act", ["cancel", "assign", "confirm", "no-show", "dispute", "nonsense"])
def test_the_office_acts_are_not_on_the_phone(as_partner, partner, act):
    intervention = InterventionFactory(partner=partner)
    address = reverse("my-step", args=[intervention.pk, act])
    assert as_partner.post(address, {"side": "client", "reason": "why not"}).status_code == 404
    assert Intervention.objects.get().status == "confirmed"


def test_the_brief_is_refined_and_an_empty_one_comes_back(as_partner, partner):
    intervention = InterventionFactory(partner=partner)
    address = reverse("my-step", args=[intervention.pk, "refine-brief"])
    assert as_partner.post(address, {"brief": ""}).status_code == 422
    assert as_partner.post(address, {"brief": "Floor 4"}).status_code == 302
    intervention.refresh_from_db()
    assert (intervention.brief, intervention.brief_refined_at) == (
        "Floor 4",
        NOON + timedelta(hours=1),
    )


def test_a_debrief_is_filed_and_the_next_one_follows(as_partner, partner):
    first, second = done(partner), done(partner)
    answer = as_partner.post(reverse("debrief", args=[first.pk]), ANSWER)
    assert answer.url == reverse("debrief", args=[second.pk])
    filed = Debrief.objects.get()
    assert (filed.intervention, filed.score, filed.access) == (first, 9, 2)
    assert (filed.company_support, filed.brief_accuracy) == (None, None)
    answer = as_partner.post(reverse("debrief", args=[second.pk]), ANSWER)
    assert answer.url == reverse("my-interventions")


def test_how_many_wait_is_said(as_partner, partner):
    first = done(partner)
    done(partner)
    page = as_partner.get(reverse("debrief", args=[first.pk])).content.decode()
    assert "of 2" in page
    assert "How did your intervention go, Julien?" in page


def test_nothing_is_chosen_beforehand(as_partner, partner):
    page = as_partner.get(reverse("debrief", args=[done(partner).pk])).content.decode()
    assert "checked" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"why": ""},
        {"why": "ok ok ok"},
        {"why": "...."},
        {"why": "a" * 5001},
        {"score": ""},
        {"score": "11"},
        {"score": "-1"},
        {"score": "9.5"},
        {"score": "٩"},
        {"access": "6"},
    ],
)
def test_what_is_wrong_comes_back_with_what_was_typed(as_partner, partner, wrong):
    typed = {**ANSWER, "suggestion": "Tell the reception", **wrong}
    answer = as_partner.post(reverse("debrief", args=[done(partner).pk]), typed)
    assert answer.status_code == 422
    assert "Tell the reception" in answer.content.decode()
    assert "field-error" in answer.content.decode()
    assert not Debrief.objects.exists()


def test_a_debrief_before_the_end_is_not_offered(as_partner, partner):
    intervention = InterventionFactory(partner=partner)
    answer = as_partner.post(reverse("debrief", args=[intervention.pk]), ANSWER)
    assert answer.url == reverse("my-intervention", args=[intervention.pk])
    assert not Debrief.objects.exists()


def test_the_link_opens_without_login_and_getting_writes_nothing(client, partner):
    intervention = done(partner)
    for method in (client.get, client.head):
        assert method(link(intervention)).status_code == 200
    assert not Debrief.objects.exists()
    answer = client.post(link(intervention), ANSWER)
    assert (answer.status_code, answer.url) == (302, link(intervention))
    assert "Thank you" in client.get(link(intervention)).content.decode()
    assert Debrief.objects.get().why == "Warm welcome"


def test_the_link_needs_no_csrf_cookie(partner):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(link(done(partner)), ANSWER).status_code == 302


def test_the_link_speaks_the_partners_language(client, partner):
    partner.language = "fr"
    partner.save()
    answer = client.get(link(done(partner)), headers={"accept-language": "en"})
    assert '<html lang="fr"' in answer.content.decode()


def test_a_second_debrief_changes_nothing_and_its_words_come_back(client, partner):
    intervention = done(partner)
    client.post(link(intervention), ANSWER)
    answer = client.post(link(intervention), {"score": "1", "why": "On second thought"})
    assert (answer.status_code, Debrief.objects.get().score) == (409, 9)
    assert "On second thought" in answer.content.decode()
    assert client.post(link(intervention), ANSWER).status_code == 200


def test_forged_foreign_and_expired_links_look_alike(client, partner):
    intervention = done(partner)
    forged = client.get(reverse("partner-link", args=["A" * 32]))
    short = client.get(reverse("partner-link", args=["A"]))
    DebriefRequest.objects.update(expires_at=NOON + timedelta(minutes=1))
    expired = client.get(link(intervention))
    posted = client.post(link(intervention), ANSWER)
    answers = [forged, short, expired, posted]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1
    assert not Debrief.objects.exists()


def test_the_answer_of_the_client_never_shows(as_partner, partner):
    intervention = done(partner)
    RatingFactory(intervention=intervention, score=3, why="Twenty minutes late, quite rude.")
    DebriefFactory(intervention=intervention)
    pages = [
        as_partner.get(reverse(name, args=[intervention.pk]))
        for name in ("my-intervention", "debrief")
    ]
    pages += [as_partner.get(reverse("my-interventions")), as_partner.get(link(intervention))]
    for page in pages:
        assert page.status_code == 200
        assert "Twenty minutes late" not in page.content.decode()


def test_the_same_page_whether_the_client_has_answered_or_not(as_partner, partner):
    intervention = done(partner)
    address = reverse("my-intervention", args=[intervention.pk])

    def words():
        lines = as_partner.get(address).content.decode().splitlines()
        return [line for line in lines if "csrf" not in line]

    before = words()
    RatingFactory(intervention=intervention)
    assert words() == before


def test_who_guesses_links_is_held_back(client, partner):
    cache.clear()
    for _ in range(guesses.MOST):
        client.get(reverse("partner-link", args=["A" * 32]))
    assert client.get(link(done(partner))).status_code == 404
    cache.clear()
