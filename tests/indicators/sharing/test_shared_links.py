"""Links that show a dashboard without an account, and cannot show more."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from indicators.models import SharedLink
from indicators.sharing import shared_links
from indicators.tallies import recount
from tests.factories import (
    ClientFactory,
    DebriefFactory,
    InterventionFactory,
    PartnerFactory,
    RatingFactory,
    UserFactory,
)
from triangle import guesses
from triangle.links import TOKEN_LENGTH, token_for, token_hash
from triangle.models import JournalEntry, Role

pytestmark = pytest.mark.django_db

EVERYTHING = "period=everything"
CLIENT, PARTNER, WHY = "Atelier Nord", "Sofia Lemaire", "A secret only we know."


@pytest.fixture(autouse=True)
def nothing_guessed():
    cache.clear()


@pytest.fixture
def lead(db):
    return UserFactory(role=Role.QUALITY_LEAD)


def link_of(by, query=EVERYTHING, **fields):
    given = {"name": "The board", "days": 30, "shows_partners": False, "now": timezone.now()}
    return shared_links.make(by=by, query=query, **{**given, **fields})


def answers(n=9, **fields):
    """Enough answers about one partner at one client to have a band."""
    intervention = InterventionFactory(
        completed=True,
        client=fields.pop("client", None) or ClientFactory(name=CLIENT),
        partner=PartnerFactory(name=PARTNER),
    )
    for _each in range(n):
        RatingFactory(
            intervention=InterventionFactory(
                completed=True, client=intervention.client, partner=intervention.partner
            ),
            why=WHY,
            **fields,
        )
    DebriefFactory(intervention=intervention, why=WHY)
    recount.recount_all(now=timezone.now())
    return intervention


def test_a_link_shows_the_figures_and_no_way_to_their_rows(client, lead):
    answers()
    _link, token = link_of(lead)
    answer = client.get(f"/v/{token}/")
    page = answer.content.decode()
    assert answer.context["board"].now.nps.n == 9
    assert 'id="nps-by-month-figure"' in page
    ways = re.findall(r'(?:href|action|src|hx-\w+)="(/[^"]*)"', page)
    assert [way for way in ways if not way.startswith("/static/")] == []
    assert "<form" not in page


@pytest.mark.parametrize("shows_partners", [True, False])
def test_no_client_no_why_and_partners_only_when_asked(client, lead, shows_partners):
    of = answers()
    query = f"{EVERYTHING}&client={of.client_id}&partner={of.partner_id}"
    _link, token = link_of(lead, query, shows_partners=shows_partners)
    page = client.get(f"/v/{token}/").content.decode()
    assert client.get(f"/v/{token}/").context["board"].now.nps.n == 9
    assert CLIENT not in page
    assert WHY not in page
    assert (PARTNER in page) is shows_partners


DIMENSIONS = (
    "service discipline setting region segment partner client manager portfolio sees_nothing"
)
PARAMETERS = {
    **{name: ["", "999999"] for name in DIMENSIONS.split()},
    "period": ["everything", "90_days"],
    "from": ["2000-01-01", ""],
    "to": ["2099-12-31", ""],
    "mode": ["meeting", ""],
    "view": ["1", ""],
    "query": ["period=everything", ""],
    "shows_partners": ["1", "on"],
    "is_shared": ["", "0"],
}


def test_a_link_cannot_widen_its_filter(client):
    """Not by any parameter of any page, one by one, nor by all at once, nor by headers of htmx."""
    manager = UserFactory()
    mine = answers(client=ClientFactory(name=CLIENT, manager=manager))
    answers(n=3, client=ClientFactory(manager=UserFactory()))
    query = f"from=2026-03-01&to=2026-03-31&partner={mine.partner_id}"
    _link, token = link_of(manager, query)
    plain = client.get(f"/v/{token}/").context
    assert plain["board"].now.nps.n == 9
    asked = [{name: values[0]} for name, values in PARAMETERS.items()]
    asked += [{name: values[at] for name, values in PARAMETERS.items()} for at in (0, -1)]
    headers = {"HX-Request": "true", "HX-Target": "figures"}
    for given in asked:
        shown = client.get(f"/v/{token}/", given, headers=headers).context
        assert shown["board"].scope == plain["board"].scope, given
        assert shown["board"].choice == plain["board"].choice, given
        assert shown["board"].now.sums.counts == plain["board"].now.sums.counts, given
        assert shown["link"].shows_partners is False


def test_a_link_shows_the_rows_of_who_made_it(client, lead):
    manager = UserFactory()
    answers(client=ClientFactory(manager=manager))
    answers(n=3, client=ClientFactory(manager=UserFactory()))
    counted = {
        maker: client.get(f"/v/{link_of(maker)[1]}/").context["board"].now.nps.n
        for maker in (manager, lead)
    }
    assert counted == {manager: 9, lead: 12}


def test_who_reads_while_logged_in_sees_no_more(client, lead):
    manager = UserFactory()
    answers(client=ClientFactory(manager=UserFactory()))
    _link, token = link_of(manager)
    client.force_login(lead)
    assert client.get(f"/v/{token}/").context["board"].now.nps.n == 0


def _disable(link):
    link.made_by.is_active = False


def _demote(link):
    link.made_by.role = Role.RECRUITER


def _narrow(link):
    link.made_by.role = Role.MANAGER


def _expire(link):
    link.expires_at = timezone.now()
    link.created_at = timezone.now() - timedelta(days=1)


def _revoke(link):
    link.revoked_at = timezone.now()


def test_forged_expired_revoked_and_orphaned_look_alike(client, lead):
    pages = {client.get(f"/v/{'A' * TOKEN_LENGTH}/").content, client.get("/v/x/").content}
    for end in (_disable, _demote, _narrow, _expire, _revoke):
        lead.is_active, lead.role = True, Role.QUALITY_LEAD
        lead.save()
        link, token = link_of(lead)
        assert client.get(f"/v/{token}/").status_code == 200
        end(link)
        link.made_by.save()
        link.save()
        answer = client.get(f"/v/{token}/")
        assert answer.status_code == 404
        pages.add(answer.content)
    assert len(pages) == 1


def test_a_token_for_something_else_opens_nothing(client, lead):
    link, _token = link_of(lead)
    seed = "0" * 32
    SharedLink.objects.filter(pk=link.pk).update(token_hash=token_hash(token_for("view", seed)))
    assert client.get(f"/v/{token_for('client', seed)}/").status_code == 404
    assert client.get(f"/v/{token_for('view', seed)}/").status_code == 200


def test_the_token_is_nowhere_in_the_database(lead):
    link, token = link_of(lead)
    stored = [str(value) for value in SharedLink.objects.values_list().get()]
    stored += [str(entry.data) for entry in JournalEntry.objects.all()]
    assert token_hash(token) in stored
    assert [value for value in stored if token in value] == []
    assert (len(token), link.token_hash) == (TOKEN_LENGTH, token_hash(token))


def test_guesses_are_throttled(client, lead):
    _link, token = link_of(lead)
    for _each in range(guesses.MOST):
        client.get("/v/guess/")
    assert client.get(f"/v/{token}/").status_code == 404


def test_nothing_keeps_the_page(client, lead):
    for path in (f"/v/{link_of(lead)[1]}/", "/v/unknown/"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store, private"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["Referrer-Policy"] == "same-origin"


def test_openings_are_counted_and_a_head_is_none(client, lead):
    link, token = link_of(lead)
    client.get(f"/v/{token}/")
    client.get(f"/v/{token}/")
    client.head(f"/v/{token}/")
    link.refresh_from_db()
    assert link.opened_count == 2
    assert link.opened_at is not None


def test_a_link_is_only_read(client, lead):
    _link, token = link_of(lead)
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(f"/v/{token}/").status_code == 405


@pytest.mark.parametrize("days", [0, 91, -1])
def test_a_link_ends_between_tomorrow_and_three_months(lead, days):
    with pytest.raises(shared_links.OutsideLimits):
        link_of(lead, days=days)


def test_revoked_twice_is_revoked_once(lead):
    link, _token = link_of(lead)
    now = timezone.now()
    assert [shared_links.revoke(link, by=lead, now=now) for _ in range(2)] == [True, False]
    kinds = JournalEntry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["link.made", "link.revoked"]


def test_the_database_refuses_a_link_that_ended_before_it_began(lead):
    link, _token = link_of(lead)
    link.expires_at = link.created_at
    with pytest.raises(IntegrityError), transaction.atomic():
        link.save()


# Doors of who makes them


def post(browser, **fields):
    given = {"name": "The board", "days": "30", "query": EVERYTHING, **fields}
    return browser.post("/dashboard/links/", given)


def test_a_new_link_is_shown_once(as_manager, client):
    made = post(as_manager).context["made"]
    assert made.startswith("http://localhost:8000/v/")
    assert made not in as_manager.get("/dashboard/links/").content.decode()
    as_manager.logout()
    assert client.get(made.removeprefix("http://localhost:8000")).status_code == 200


def test_a_link_keeps_what_its_maker_may_choose(as_manager):
    theirs = ClientFactory(manager=UserFactory())
    post(as_manager, query=f"{EVERYTHING}&client={theirs.pk}&mode=meeting")
    assert SharedLink.objects.get().query == EVERYTHING


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"days": "0"}, {"days": "91"}, {"days": "1e3"}, {"days": ""}]
)
def test_a_bad_form_makes_no_link(as_manager, fields):
    assert post(as_manager, **fields).status_code == 422
    assert not SharedLink.objects.exists()


def test_a_link_of_somebody_else_is_not_revoked(as_manager):
    link, _token = link_of(UserFactory())
    for pk in (link.pk, link.pk + 1):
        assert as_manager.post(f"/dashboard/links/{pk}/revoke/").status_code == 404
    assert SharedLink.objects.get().revoked_at is None


def test_a_name_of_a_link_is_never_markup(client, lead):
    _link, token = link_of(lead, name="<script>alert(1)</script>")
    assert "<script>alert" not in client.get(f"/v/{token}/").content.decode()
