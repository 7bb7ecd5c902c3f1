"""Every page in Chromium: by axe in both themes, on a phone, by keyboard and without script."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from playwright.sync_api import expect

from feedback.answering import pulse_answers
from feedback.imports import imports
from feedback.models import Invitation, Rating, Suppression, Theme
from feedback.reading import reading
from feedback.sending import suppressions
from feedback.surveys import default_wording, surveys
from feedback.themes import themes
from indicators.sharing import saved_views, shared_links
from indicators.tallies import recount
from partners import grids, interventions
from partners.models import Criterion, Status
from tests.factories import (
    ClientFactory,
    ContactFactory,
    DebriefFactory,
    InterventionFactory,
    InvitationFactory,
    PartnerFactory,
    PulseFactory,
    RatingFactory,
    ServiceFactory,
    UserFactory,
)
from tests.feedback.marketplace.conftest import RATINGS, WHOLE
from triangle import pulses
from triangle.models import Role
from triangle.periods import local_day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
WHY = "Julien came twenty minutes late and the room was not ready, two colleagues had to leave."
DAY = timedelta(days=1)


@pytest.fixture
def market(settings, tmp_path):
    """One row at least of all that a page can show, counted."""
    settings.MEDIA_ROOT = tmp_path / "media"
    now = timezone.now()
    lead = UserFactory(role=Role.QUALITY_LEAD)
    account = UserFactory(role=Role.PARTNER, first_name="Julien", last_name="Marchetti")
    partner = PartnerFactory(name="Julien Marchetti", language="en", account=account)
    buyer = ClientFactory(name="Lumen Assurances", manager=lead)
    contact = ContactFactory(client=buyer, language="en", phone="+33123456789")
    same = {"client": buyer, "contact": contact, "service": ServiceFactory(name="Chair massage")}
    _assess(partner, same["service"], now=now)
    soon = InterventionFactory(partner=partner, scheduled_at=now + DAY, place="Paris 9", **same)
    InterventionFactory(partner=None, status=Status.REQUESTED, scheduled_at=now + 2 * DAY, **same)
    InterventionFactory(partner=partner, scheduled_at=now - DAY, cancelled=True, **same)
    done = InterventionFactory(
        partner=partner, scheduled_at=now - 2 * DAY, brief="Third floor, ring twice.", **same
    )
    interventions.complete(done, now=now - DAY)
    invitation = Invitation.objects.filter(intervention=done).first() or InvitationFactory(
        intervention=done, sent=True
    )
    _answer(done, now=now, score=4, wants_contact=True, invitation=invitation)
    debriefed = InterventionFactory(
        partner=partner, scheduled_at=now - 3 * DAY, completed=True, **same
    )
    DebriefFactory(intervention=debriefed, answered_at=now - DAY, access=2)
    for score in (9, 10, 2):
        one = InterventionFactory(
            partner=partner, scheduled_at=now - 4 * DAY, completed=True, **same
        )
        _answer(one, now=now, score=score)
    _name_themes_and_quote(lead)
    _lose_a_mailbox(lead, now=now)
    recount.drain_all(now=timezone.now())
    pulses.mark(pulses.WORKER, now=timezone.now())
    return SimpleNamespace(
        lead=lead,
        partner=partner,
        client=buyer,
        soon=soon,
        done=done,
        invitation=invitation,
        run=_import(lead),
        survey=_publish(invitation.survey, lead, now=now),
        pulse=_pulses(partner, now=now),
    )


def _lose_a_mailbox(lead, *, now):
    """Somebody has to ask for an address; another person complained."""
    gone = ContactFactory(client=ClientFactory(manager=lead), phone="+33123456780").email
    suppressions.suppress(gone, reason=Suppression.Reason.HARD_BOUNCE, now=now)
    complaint = Suppression.Reason.COMPLAINT
    suppressions.suppress("zoe@example.org", reason=complaint, now=now)


def _assess(partner, service, *, now):
    grid = grids.publish(
        discipline=service.discipline,
        criteria=[Criterion(name_en="Skill", name_fr="Savoir", weight_percent=100, asked=3)],
        valid_from=local_day(now) - 30 * DAY,
        now=now,
    )
    grids.assess(partner, grid, scores={grid.criteria.get(): 4}, now=now)


def _answer(intervention, *, now, score, **fields):
    return RatingFactory(
        intervention=intervention,
        score=score,
        why=WHY,
        answered_at=now - timedelta(hours=3),
        language="en",
        satisfaction_1=2,
        importance_1=5,
        satisfaction_2=4,
        importance_2=3,
        company_score=4,
        partner_score=2,
        **fields,
    )


def _publish(survey, lead, *, now):
    content = default_wording.content(survey.about)
    words = replace(content.en, intro="Hello {first_name}.")
    surveys.publish(survey, replace(content, en=words), by=lead, now=now)
    return survey


def _pulses(partner, *, now):
    """Five answers of a month that is over, and one invitation that waits."""
    for _ in range(5):
        pulse_answers.answer(
            PulseFactory(due_at=now - 40 * DAY), score=7, why=WHY, now=now - 39 * DAY
        )
    return PulseFactory(partner=partner, due_at=now - DAY)


def _name_themes_and_quote(lead):
    """Each tag that an answer can carry, and one quote."""
    now = timezone.now()
    themes.label_due(now=now)
    worst = Rating.objects.order_by("score").first()
    Rating.objects.filter(pk=worst.pk).update(contradiction="praise", may_quote=True)
    reading.mark_theme([worst], Theme.objects.get(code="price"), is_on=True, by=lead, now=now)
    reading.thank(worst, by=lead, now=now)
    reading.quote(worst, by=lead, now=now)


def _import(lead):
    texts = {**WHOLE, "ratings": f"{RATINGS}r2,=i1,9,Late,,2026-03-12,fr\n"}
    files = [SimpleUploadedFile(f"{name}.csv", text.encode()) for name, text in texts.items()]
    run = imports.ask(files, by=lead, now=timezone.now())
    imports.run_next()
    return run


def kept_view(market, name="Schools", period="12_months"):
    return saved_views.save(
        owner=market.lead,
        name=f"{name} {get_random_string(6)}",
        page="dashboard",
        query={"period": period},
        now=timezone.now(),
    )


def shared_path(market):
    now, given = timezone.now(), {"name": "The board", "query": "", "days": 1}
    _link, token = shared_links.make(by=market.lead, shows_partners=True, now=now, **given)
    return reverse("shared", args=[token])


def office_pages(market):
    return {
        "today": reverse("today"),
        "dashboard": reverse("dashboard"),
        "mail of a view": reverse("schedule", args=[kept_view(market).pk]),
        "views": reverse("views"),
        "links": reverse("links"),
        "meeting": f"{reverse('dashboard')}?mode=meeting",
        "partner board": reverse("partner-board"),
        "gaps": reverse("gaps"),
        "drivers": reverse("drivers"),
        "mapping": reverse("mapping", args=["derived", "target"]),
        "notice": reverse("notice"),
        "comparison": f"{reverse('comparison')}?partner={market.partner.pk}",
        "symmetry": reverse("symmetry"),
        "participation": reverse("participation"),
        "targets": reverse("targets"),
        "alerts": reverse("alerts"),
        "closed months": reverse("closed-months"),
        "rows": reverse("rows", args=["explained"]),
        "answers": reverse("answers"),
        "themes of an answer": reverse("answer-themes", args=[market.done.ratings.get().pk]),
        "quotes": reverse("quotes"),
        "themes": reverse("themes"),
        "theme": reverse("theme", args=[Theme.objects.get(code="price").pk]),
        "phone answer": reverse("answer-by-phone", args=[market.done.pk]),
        "invitations": reverse("invitations"),
        "ahead": reverse("ahead"),
        "suppressions": reverse("suppressions"),
        "interventions": reverse("interventions"),
        "intervention done": reverse("intervention", args=[market.done.pk]),
        "intervention to come": reverse("intervention", args=[market.soon.pk]),
        "new intervention": reverse("intervention-new", args=[market.client.pk]),
        "clients": reverse("clients"),
        "client": reverse("client", args=[market.client.pk]),
        "client form": reverse("client-edit", args=[market.client.pk]),
        "partners": reverse("partners"),
        "partner": reverse("partner", args=[market.partner.pk]),
        "partner form": reverse("partner-edit", args=[market.partner.pk]),
        "surveys": reverse("surveys"),
        "survey": reverse("survey", args=[market.survey.pk]),
        "survey rules": reverse("survey-rules", args=[market.survey.pk]),
        "survey versions": reverse("survey-versions", args=[market.survey.pk]),
        "pace": reverse("survey-pace"),
        "pulse results": reverse("pulse-results"),
        "imports": reverse("import"),
        "import run": reverse("import-run", args=[market.run.pk]),
        "tokens": reverse("api-tokens"),
        "jobs": reverse("jobs"),
        "search": f"{reverse('search')}?q=lumen",
        "password": reverse("account_change_password"),
        "second factor": reverse("mfa_index"),
        "unknown page": "/no-such-page/",
    }


def partner_pages(market):
    return {
        "my interventions": reverse("my-interventions"),
        "my returns": reverse("my-returns"),
        "my intervention": reverse("my-intervention", args=[market.soon.pk]),
        "debrief": reverse("debrief", args=[market.done.pk]),
    }


def public_pages(market):
    return {
        "login": reverse("account_login"),
        "opt-out": reverse("opt-out", args=[market.invitation.opt_out_token]),
        "answer": reverse("answer", args=[market.invitation.token]),
        "debrief by link": reverse("partner-link", args=[market.done.debrief_request.token]),
        "pulse": reverse("pulse-score", args=[market.pulse.token, 4]),
        "shared dashboard": shared_path(market),
        "unknown link": reverse("answer", args=["x" * 43]),
        "unknown shared link": reverse("shared", args=["x" * 32]),
    }


def walk(page, base, pages, serious):
    """What is wrong on these pages, in words; what axe itself makes the console say is not."""
    faults, said = [], []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    for name, path in pages.items():
        said.clear()
        page.set_viewport_size(PHONE)
        status = page.goto(base + path).status
        if path == reverse("dashboard"):
            expect(page.locator("#scores svg.main-svg").first).to_be_visible()
        width = page.evaluate("document.scrollingElement.scrollWidth")
        page.set_viewport_size(WIDE)
        found = [line for line in said if status == 200 or "404 (Not Found)" not in line]
        found += serious(page)
        if (status == 404) is not name.startswith("unknown"):
            found.append(f"status {status}")
        if (titles := page.locator("h1:visible").count()) != 1:
            found.append(f"{titles} h1")
        if width > PHONE["width"]:
            found.append(f"{width} px wide on a phone")
        faults += [f"{name}: {fault}" for fault in found]
    return faults


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_readable_and_fits_a_phone(
    market, live_server, new_page, sign_in, serious, theme
):
    faults = []
    walks = [
        (market.lead, office_pages),
        (market.partner.account, partner_pages),
        (None, public_pages),
    ]
    for user, pages in walks:
        page = new_page(viewport=WIDE, color_scheme=theme, locale="en-GB")
        if user:
            sign_in(page, user)
        faults += walk(page, live_server.url, pages(market), serious)
    assert not faults, "\n".join(faults)


@pytest.fixture
def office(market, live_server, new_page, sign_in):
    """A page of the quality lead, script on or off, at an address."""

    def at(path, **options):
        page = new_page(viewport=WIDE, **options)
        sign_in(page, market.lead)
        page.goto(live_server.url + path)
        return page

    return at


def tab_to(page, target):
    """How many times Tab was pressed until the target had the focus."""
    for presses in range(1, 40):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return presses
    raise AssertionError("Tab never came there")


def test_a_day_is_worked_by_keyboard(office):
    page = office(reverse("today"))
    skip = page.locator(".skip-link")
    assert tab_to(page, skip) == 1
    expect(skip).to_be_in_viewport(ratio=1)
    navigation = page.locator(".frame > .side")
    tab_to(page, navigation.get_by_role("link", name="Dashboard"))
    skip.focus()
    page.keyboard.press("Enter")
    call = page.locator("#today .acts a").first
    assert call.get_attribute("href") == "tel:+33123456789"
    assert tab_to(page, call) == 1
    called = page.locator("#today form button").first
    tab_to(page, called)
    page.keyboard.press("Enter")
    expect(page.locator("#call-back")).to_have_count(0)
    assert Rating.objects.unread().filter(wants_contact=True).count() == 0


def test_a_slash_leads_to_the_search(office):
    page = office(reverse("today"))
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("lumen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=lumen")
    expect(page.get_by_role("link", name="Lumen Assurances", exact=True)).to_be_visible()


def test_a_tile_and_a_filter_open_by_keyboard(office, market):
    page = office(reverse("dashboard"))
    summary = page.locator("summary.chip-add")
    tab_to(page, summary)
    page.keyboard.press("Enter")
    tab_to(page, page.locator(".pick summary", has_text="Partner"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator(f"[name=partner][value='{market.partner.pk}']"))
    page.keyboard.press("Space")
    tab_to(page, page.locator(".filter-form button"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**partner={market.partner.pk}**")
    expect(page.locator(".chip", has_text="Julien Marchetti")).to_be_visible()
    page.locator("#tile-nps").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard/rows/explained/**")
    expect(page.locator("tbody tr")).to_have_count(4)


def test_filters_and_acts_work_without_script(office, market, live_server):
    page = office(reverse("dashboard"), java_script_enabled=False)
    page.locator("summary.chip-add").click()
    page.locator(".pick summary", has_text="Partner").click()
    page.locator(f"[name=partner][value='{market.partner.pk}']").check()
    page.locator("[name=compare]").select_option("year")
    page.locator(".filter-form button").click()
    assert f"partner={market.partner.pk}" in page.url
    expect(page.locator(".chip", has_text="Julien Marchetti")).to_be_visible()
    page.get_by_role("link", name="Remove The same days a year before").click()
    assert page.url.endswith(f"?partner={market.partner.pk}")

    page.goto(live_server.url + reverse("interventions"))
    page.locator(".filter-box > summary").click()
    page.locator("#id_q").fill("nobody")
    page.locator(".filter-box button").click()
    expect(page.get_by_text("No intervention matches.")).to_be_visible()

    waiting = Rating.objects.unread().count()
    page.goto(live_server.url + reverse("today"))
    page.locator("section[aria-labelledby=read] form button").first.click()
    assert page.url.endswith(reverse("today"))
    assert Rating.objects.unread().count() == waiting - 1

    page.goto(live_server.url + reverse("intervention", args=[market.soon.pk]))
    page.get_by_role("button", name="Introduce").first.click()
    expect(page.locator(".toast")).to_be_visible()
    market.soon.refresh_from_db()
    assert market.soon.introduced_at


def test_arrows_turn_the_views_of_a_meeting_and_escape_leaves(office, market):
    one, other = (kept_view(market, name, "12_months") for name in "AB")
    third = kept_view(market, "C", "this_year")
    page = office(f"{one.address}&mode=meeting&view={one.pk}")
    for key, view in (("ArrowRight", other), ("ArrowRight", third), ("ArrowLeft", other)):
        page.keyboard.press(key)
        expect(page.locator("h1")).to_have_text(view.name)
        expect(page.locator("#scores svg.main-svg").first).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{other.address}")
    expect(page.locator(".side-nav").first).to_be_visible()


def test_views_are_turned_and_saved_without_script(office, market):
    one, other = (
        kept_view(market, name, period) for name, period in (("A", ""), ("B", "this_year"))
    )
    page = office(f"{one.address}?mode=meeting", java_script_enabled=False)
    page.get_by_role("link", name="Next view").click()
    expect(page.locator("h1")).to_have_text(other.name)
    page.get_by_role("link", name="Leave").click()
    page.goto(page.url.replace("this_year", "this_month"))
    page.locator("#view-acts summary").first.click()
    page.get_by_label("Save this filter as").fill("By hand")
    page.locator(".pop-form button").click()
    expect(page.locator("#view-acts summary").first).to_have_text("By hand")
