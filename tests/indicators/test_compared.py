"""What figures are compared with: on the page, in files, by API and command, and kept by links."""

import csv
import json
import re
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from feedback.models import Rating
from indicators.sharing import saved_views, schedules, shared_links, view_mails
from indicators.tallies import recount
from partners.models import Intervention
from tests.api import call, secret_of
from tests.factories import InterventionFactory
from triangle.periods import Period

pytestmark = pytest.mark.django_db

MARCH, JULY = date(2026, 3, 10), date(2025, 7, 10)
PERIOD = "from=2026-03-01&to=2026-03-31"
AGAINST_JULY = f"{PERIOD}&compare=custom&compare_from=2025-07-01&compare_to=2025-07-31"
NO_BREAK = "\u00a0"


def answered(day, *, promoters, passives, detractors):
    """That many answers, each of its own completed intervention."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    model = InterventionFactory(completed=True, scheduled_at=at)
    scores = [9] * promoters + [7] * passives + [3] * detractors
    done = Intervention.objects.bulk_create(
        Intervention(
            **model.scope(),
            status="completed",
            scheduled_at=at,
            scheduled_on=day,
            completed_at=at,
            completed_on=day,
        )
        for _ in scores
    )
    Rating.objects.bulk_create(
        Rating(
            **model.scope(),
            intervention=one,
            score=score,
            why="Because.",
            answered_at=at,
            answered_on=day,
            source=Rating.Source.IMPORT,
        )
        for one, score in zip(done, scores, strict=True)
    )


@pytest.fixture
def fixed_point():
    """50 promoters, 30 passives, 20 detractors in March; 40, 30, 30 in July before."""
    answered(MARCH, promoters=50, passives=30, detractors=20)
    answered(JULY, promoters=40, passives=30, detractors=30)
    recount.recount_all(now=timezone.now())


def words(html):
    """A page without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace(NO_BREAK, " ").split())


def tile_of(response, name="NPS"):
    html = response.content.decode()
    return words(
        re.search(rf'<section class="card tile" aria-label="{name}">.*?</section>', html, re.S)[0]
    )


def test_20_points_of_100_answers_each_are_not_significant(as_quality_lead, fixed_point):
    page = as_quality_lead.get(f"/dashboard/?{AGAINST_JULY}")
    assert page.context["board"].moved["nps"].value == pytest.approx(20)
    shown = tile_of(page)
    assert "+30" in shown
    assert "20 · not significant (p 0.08)" in shown
    assert "against 1 Jul – 31 Jul 2025" in shown
    corner = re.search(r'<text[^>]*corner-foot"><tspan.*?</text>', page.content.decode(), re.S)
    assert "not significant" in words(corner[0])


def test_files_say_the_same(as_quality_lead, fixed_point):
    answer = as_quality_lead.get(f"/dashboard/export/csv/?{AGAINST_JULY}")
    text = b"".join(answer).decode("utf-8-sig")
    head, *rows = csv.reader(StringIO(text, newline=""))
    nps = dict(zip(head, next(row for row in rows if row[1] == "NPS"), strict=True))
    change = "Change against 1 Jul – 31 Jul 2025".replace(" ", NO_BREAK)
    assert {name.replace(" ", NO_BREAK): cell for name, cell in nps.items()}[change] == "20"
    assert nps["Verdict"] == "not significant (p 0.08)"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (PERIOD, "compared with 1 Feb – 28 Feb 2026"),
        (f"{PERIOD}&compare=year", "compared with 1 Mar – 31 Mar 2025"),
        (AGAINST_JULY, "compared with 1 Jul – 31 Jul 2025"),
        (f"{PERIOD}&compare=none", "compared with nothing"),
        ("from=2024-02-29&to=2024-02-29&compare=year", "compared with 28 Feb 2023"),
    ],
)
def test_the_page_says_with_what_it_compares(as_quality_lead, query, said):
    assert said in words(as_quality_lead.get(f"/dashboard/?{query}").content.decode())


def test_nothing_is_compared_with_nothing(as_quality_lead, fixed_point):
    page = as_quality_lead.get(f"/dashboard/?{PERIOD}&compare=none")
    assert (page.context["board"].before, "against" in tile_of(page)) == (None, False)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("compare=decade", "This comparison is not known."),
        ("compare=custom&compare_from=2025-07-02&compare_to=2025-07-01", "The last day comes"),
        ("compare=custom&compare_from=2026-03-31", "belong to the period itself"),
    ],
)
def test_a_wrong_comparison_is_said_beside_its_field(as_quality_lead, query, message):
    html = as_quality_lead.get(f"/dashboard/?{PERIOD}&{query}").content.decode()
    assert message in re.search(r'<p class="field-error" id="compare-error".*?</p>', html)[0]
    assert '<details class="filter-add" open>' in html
    assert f"1{NO_BREAK}Feb – 28{NO_BREAK}Feb" in html


def test_links_keep_the_comparison(as_quality_lead, fixed_point):
    """Rows, parts and their pages, files, links, meeting, chips: all but what removes it."""
    setting = Intervention.objects.first().setting_id
    query = f"{PERIOD}&compare=year&setting={setting}"
    html = as_quality_lead.get(f"/dashboard/?{query}").content.decode()
    ours = re.findall(r'(?:href|hx-get)="([^"]*\?[^"]*from=2026-03-01[^"]*)"', html)
    assert len(ours) > 20
    without = [link for link in ours if "compare=year" not in link]
    assert without == [f"/dashboard/?{PERIOD.replace('&', '&amp;')}&amp;setting={setting}"]


def test_rows_keep_it_for_the_way_back(as_quality_lead):
    html = as_quality_lead.get(f"/dashboard/rows/explained/?{AGAINST_JULY}").content.decode()
    assert '<input type="hidden" name="compare_from" value="2025-07-01">' in html
    assert "Compared with" not in html


def test_a_filter_by_client_is_not_lost_by_the_form(as_quality_lead):
    client = InterventionFactory().client
    html = as_quality_lead.get(f"/dashboard/?client={client.pk}").content.decode()
    assert f'<input type="hidden" name="client" value="{client.pk}">' in html


@pytest.fixture
def view(quality_lead):
    return saved_views.save(
        owner=quality_lead,
        name="Against July",
        page="dashboard",
        query=QueryDict(AGAINST_JULY),
        now=timezone.now(),
    )


def test_a_saved_view_opens_with_its_comparison(as_quality_lead, view):
    page = as_quality_lead.get(reverse("view", args=[view.pk]), follow=True)
    assert page.context["board"].before.period == Period(date(2025, 7, 1), date(2025, 7, 31))
    assert page.context["acts"].current == view


def test_a_meeting_turns_views_with_their_comparison(as_quality_lead, view):
    page = as_quality_lead.get(f"{view.address}&mode=meeting")
    assert "compared with 1 Jul – 31 Jul 2025" in words(page.content.decode())


def test_a_mail_says_with_what_it_compares(quality_lead, view):
    given = {"cadence": "weekly", "weekday": 0, "hour": 8, "recipients": [quality_lead]}
    schedule = schedules.add(view, now=timezone.now(), **given)
    body = view_mails.message(schedule, to=quality_lead, now=timezone.now()).body
    assert "Compared with: 1 July 2025 to 31 July 2025" in body


def test_a_shared_link_compares_as_it_was_made_and_not_as_asked(client, quality_lead):
    _link, token = shared_links.make(
        by=quality_lead,
        name="Board",
        query=AGAINST_JULY,
        days=1,
        shows_partners=False,
        now=timezone.now(),
    )
    page = client.get(f"{reverse('shared', args=[token])}?compare=year")
    assert page.context["board"].choice.compared.first == date(2025, 7, 1)
    assert "Compared with: 1 July 2025 to 31 July 2025" in page.content.decode()


def asked_by_command(capsys, *arguments):
    call_command("indicators", "--from=2026-03-01", "--to=2026-03-31", *arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_api_and_command_compare_on_demand(client, quality_lead, capsys, fixed_point):
    days = ("--compare=custom", "--compare-from=2025-07-01", "--compare-to=2025-07-31")
    found = asked_by_command(capsys, *days)["comparison"]
    assert (found["from"], found["to"]) == ("2025-07-01", "2025-07-31")
    assert found["nps"] == {
        "before": pytest.approx(10),
        "difference": pytest.approx(20),
        "p": pytest.approx(0.0794, abs=0.0001),
        "significant": False,
    }
    answer = call(client, secret_of(quality_lead), f"/api/v1/indicators/?{AGAINST_JULY}")
    assert answer.json()["comparison"] == found


def test_nothing_is_added_where_nothing_was_asked(client, quality_lead, capsys):
    assert "comparison" not in asked_by_command(capsys)
    assert asked_by_command(capsys, "--compare=none")["comparison"] is None
    answer = call(client, secret_of(quality_lead), "/api/v1/indicators/")
    assert "comparison" not in answer.json()


def test_the_command_and_the_api_refuse_what_cannot_be_compared(client, quality_lead):
    with pytest.raises(CommandError, match="belong to the period itself"):
        call_command(
            "indicators", "--from=2026-03-01", "--to=2026-03-31", "--compare-from=2026-03-01"
        )
    for wrong in ("compare=decade", "compare_from=2026-03-01"):
        path = f"/api/v1/indicators/?{PERIOD}&{wrong}"
        answer = call(client, secret_of(quality_lead), path)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["compare"])


@pytest.mark.parametrize(("compare", "told"), [("", False), ("&compare=year", True)])
def test_days_from_before_the_record_are_told(as_quality_lead, compare, told):
    for at in (datetime(2026, 2, 3, 9, tzinfo=UTC), datetime(2026, 3, 3, 9, tzinfo=UTC)):
        InterventionFactory(completed=True, scheduled_at=at)
    recount.drain_all(now=timezone.now())
    page = as_quality_lead.get(f"/dashboard/?{PERIOD}{compare}").content.decode()
    assert ("The record begins in February 2026" in page) is told
