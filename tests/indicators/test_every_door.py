"""One figure, one value: page, API, command, CSV, XLSX and PDF agree, interval and n included."""

import json
import re
from datetime import datetime
from html import unescape
from io import StringIO
from math import sqrt

import pytest
from django.core.management import call_command
from django.utils import timezone

from indicators.files import exports, pdf
from indicators.tallies.recount import drain_all
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from tests.api import call, secret_of
from tests.factories import NOON
from tests.indicators import copies
from tests.indicators.files.test_exports import cells, read_csv, read_xlsx
from tests.indicators.market import PARIS, Market
from triangle.periods import local_day
from triangle.typography import number, percent, signed

pytestmark = pytest.mark.django_db
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
NOBODY = [0] * 11
GROUPS = ((0, 11), (9, 11), (0, 7))  # scores from and below: all, promoters, detractors
Z = 1.959963984540054  # standard deviations each side of 95 %
SIDES = ("client", "partner", "company", "external", "not_known")


def scores(promoters, passives, detractors):
    """By score from 0 to 10, half of each group at either end of it."""
    found = [0] * 11
    for many, low, high in ((detractors, 0, 6), (passives, 7, 8), (promoters, 9, 10)):
        found[low] += many // 2
        found[high] += many - many // 2
    return found


def by_hand(distribution):
    """Value, bounds and n: adjusted Wald written anew, 0.75 more on each side and 1.5 passive."""
    n, promoters, detractors = (sum(distribution[start:end]) for start, end in GROUPS)
    if not n:
        return None, None, None, 0
    value = 100 * (promoters - detractors) / n
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    half = 100 * Z * sqrt((p + d - (p - d) ** 2) / (n + 3))
    low, high = 100 * (p - d) - half, 100 * (p - d) + half
    return value, max(-100, min(low, value)), min(100, max(high, value)), n


class Doors:
    """March as each door tells it, of everything or of one partner."""

    def __init__(self, browser, secret, partner=None):
        drain_all(now=NOON)
        query = "&".join(f"{name}={day}" for name, day in MARCH.items())
        scope = Scope(partner=(partner.pk,)) if partner else Scope()
        query, asked = f"{query}&{scope.as_query()}", dict(MARCH)
        if partner:
            asked["partner"] = partner.external_id
        self.html = browser.get(f"/dashboard/?{query}").content.decode()
        answer = call(browser, secret, "/api/v1/indicators/", body=asked)
        printed = StringIO()
        arguments = [f"--{name}={value}" for name, value in asked.items()]
        call_command("indicators", *arguments, "--json", stdout=printed)
        self.documents = answer.json(), json.loads(printed.getvalue())
        self.csv = read_csv(browser.get(f"/dashboard/export/csv/?{query}"))[1:]
        self.xlsx = read_xlsx(browser.get(f"/dashboard/export/xlsx/?{query}"))
        choice = PeriodChoice.from_query(MARCH, today=local_day(NOON))
        export = exports.of_dashboard(scope, choice, today=local_day(timezone.now()))
        self.pdf = pdf.document(pdf.Report(export.title, export.words, export.tables))

    def tile(self, name):
        """Its words, as they are read."""
        [found] = re.findall(f'aria-label="{name}">(.*?)</section>', self.html, re.DOTALL)
        return words(found)

    def how(self, key):
        return words(re.search(f'id="how-{key}">.*?<dd>(.*?)</dd>', self.html, re.DOTALL)[1])

    def in_csv(self, name, part="Figures"):
        """Value, bounds and n as the file writes them."""
        return next(line[2:6] for line in self.csv if line[:2] == [part, name])

    def in_xlsx(self, name, part="Figures"):
        return next(row[1:5] for row in cells(self.xlsx[part]) if row[0] == name)

    def in_pdf(self, name, part="Figures"):
        table = next(one for one in self.pdf["tables"] if one["title"] == part)
        return next(row[1:5] for row in table["rows"] if row[0] == name)


def words(html):
    drawn = re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", drawn))).strip()


@pytest.fixture
def look(as_quality_lead, quality_lead):
    """Counts what was written and goes through every door."""
    secret = secret_of(quality_lead, "indicators:read")
    return lambda partner=None: Doors(as_quality_lead, secret, partner)


def assert_files_say(doors, name, expected, said):
    """`said` writes value and bounds as the printed page does."""
    *bounds, n = expected
    six = ["" if one is None else f"{round(one, 6):f}".rstrip("0").rstrip(".") for one in bounds]
    assert doors.in_csv(name) == [*six, str(n)]
    assert doors.in_xlsx(name) == [pytest.approx(one, abs=1e-9) for one in bounds] + [n]
    printed = ["" if one is None else said(one) for one in bounds]
    assert doors.in_pdf(name) == [*printed, number(n, "en")]


def in_points(value):
    return signed(value, "en", places=1)


FIXED = [
    (scores(50, 30, 20), 30),
    (scores(40, 30, 30), 10),
    (scores(8_465, 3_953, 1_194), 53.416),
    (scores(2_293, 765, 928), 34.245),
    ([1] * 11, -45.4545),
    (scores(7, 0, 0), 100),
    (NOBODY, None),
]


@pytest.mark.parametrize(("distribution", "value"), FIXED)
def test_a_score_is_the_same_at_every_door(look, distribution, value):
    """The fixed points: NPS with its interval and n, to the last figure that each door shows."""
    copies.interventions(max(1, sum(distribution)), completed=True)
    copies.ratings(distribution)
    doors, expected = look(), by_hand(distribution)
    assert expected[0] == (value and pytest.approx(value, abs=5e-4))
    for document in doors.documents:
        found = document["nps"]
        assert [found[name] for name in ("value", "low", "high", "n")] == [
            one and pytest.approx(one, abs=1e-6) for one in expected
        ]
        assert found["distribution"] == distribution
    assert_files_say(doors, "NPS", expected, in_points)
    assert [int(line[2]) for line in doors.csv if line[0] == "Scores 0 to 10"] == distribution
    if value is None:
        assert doors.tile("NPS").startswith("NPS – no activity")
        return
    said, low, high = map(in_points, expected[:3])
    half, n = number((expected[2] - expected[1]) / 2, "en"), number(expected[3], "en")
    assert doors.tile("NPS").startswith(f"NPS · n {n} {signed(expected[0], 'en')} ± {half} ")
    assert f"= {said}. " in doors.how("nps")
    assert f"95 % interval from {low} to {high}," in doors.how("nps")


def test_seven_who_agree_are_certain_at_no_door(look):
    copies.interventions(7, completed=True)
    copies.ratings(scores(7, 0, 0))
    doors = look()
    assert "± 0" not in doors.tile("NPS")
    lows = [document["nps"]["low"] for document in doors.documents]
    lows += [float(doors.in_csv("NPS")[1]), doors.in_xlsx("NPS")[1]]
    assert all(low < 70 for low in lows)


@pytest.fixture
def marketplace(db):
    """As many facts of each kind as the figures of a real one were published for."""
    for number_of, fields in (
        (3_898 - 299, {"completed": True}),
        (299, {"completed": True, "completed_on": "2026-03-11"}),
        (17, {"cancelled": True, "cancelled_by": "company"}),
        (23, {"cancelled": True, "cancelled_by": "not_known"}),
        (62, {}),
    ):
        copies.interventions(number_of, **fields)
    copies.ratings(scores(896, 243, 583))
    copies.ratings(scores(2_283 - 896, 763 - 243, 926 - 583), why="")


def test_the_figures_of_a_marketplace_are_the_same_at_every_door(look, marketplace):
    doors, on_time = look(), (3_898 - 299) / 3_898
    explained, everyone = by_hand(scores(896, 243, 583)), by_hand(scores(2_283, 763, 926))
    assert (round(explained[0], 4), round(everyone[0], 4)) == (18.1765, 34.1641)
    for document in doors.documents:
        assert round(document["nps"]["value"], 4) == 18.1765
        found = document["nps_all"]
        assert [found[name] for name in ("value", "low", "high", "n")] == [
            pytest.approx(one, abs=1e-6) for one in everyone
        ]
        assert document["volume"] == {"completed": 3_898, "planned": 4_000, "late": 299}
        found = document["cancellation"]
        assert (found["rate"], found["cancelled"], found["base"]) == (0.01, 40, 4_000)
        assert [found["by_side"][side] for side in SIDES] == [0, 0, 17, 0, 23]
    assert_files_say(doors, "NPS", explained, in_points)
    assert_files_say(doors, "NPS, all incl. unexplained", everyone, in_points)
    assert "n 1,722 +18 ± 4 all incl. unexplained +34 ± 3 (n 3,972)" in doors.tile("NPS")
    assert doors.tile("Completed").startswith("Completed 3,898 ")
    assert "of 4,000 planned" in doors.tile("Completed")
    assert doors.in_csv("Completed") == ["3898", "", "", "3898"]
    assert (doors.in_xlsx("Completed")[0], doors.in_pdf("Completed")[0]) == (3_898, "3,898")
    assert doors.tile("Cancellations").startswith("Cancellations · n 4,000 1.0 % ")
    assert (doors.in_csv("Cancellations")[0], doors.in_csv("Cancellations")[3]) == ("0.01", "4000")
    assert doors.in_pdf("Cancellations")[0] == percent(0.01, "en")
    sides = [line[2] for line in doors.csv if line[0] == "Cancellations by side"]
    assert sides == ["0", "0", "17", "0", "23"]
    for document in doors.documents:
        assert document["punctuality"]["rate"] == pytest.approx(on_time, abs=1e-12)
    assert "299 late" in doors.tile("On the planned day")
    assert doors.in_csv("On the planned day")[0] == str(round(on_time, 6))
    assert doors.in_xlsx("On the planned day")[0] == pytest.approx(on_time, abs=1e-12)
    assert percent(on_time, "en").replace("\u00a0", " ") in doors.tile("On the planned day")


def told(document):
    """Each number of a document that is no count, between its bounds.

    A response says its coverage too, whose bounds stand in a part of their own.
    """
    for part in document if isinstance(document, list) else document.values():
        if isinstance(part, list | dict):
            yield from told(part)
    if isinstance(document, dict):
        for name, value in document.items():
            if isinstance(value, float) and not name.endswith(("low", "high", "coverage")):
                prefix = f"{name}_" if f"{name}_low" in document else ""
                yield document[f"{prefix}low"], value, document[f"{prefix}high"]


WITH_INTERVAL = ("Figures", "NPS by month", "Satisfaction mapping", "Partners by band")
COUNTS = {"Completed"}


def test_no_score_stands_without_its_interval_and_n(look, as_quality_lead):
    Market(interventions=150, start=datetime(2026, 2, 20, tzinfo=PARIS))
    doors = look()
    for document in doors.documents:
        assert len(list(told(document))) >= 16
        assert all(low <= value <= high for low, value, high in told(document))
    lines = [line for line in doors.csv if line[0] in WITH_INTERVAL and line[1] not in COUNTS]
    known = [line for line in lines if line[2]]
    assert len(known) >= 12
    assert [line for line in known if not (line[3] and line[4] and int(line[5]))] == []
    corners = re.findall(r'class="corner-value">(.*?)</text>', doors.html, re.DOTALL)
    assert ["±" in corner for corner in corners] == [True] * 3
    tiles = re.findall(
        r'class="value">([^<]+)</span>\s*<span class="interval">([^<]*)<', doors.html
    )
    assert len(tiles) == 8
    bare = [value for value, interval in tiles if not re.search(r"\d", interval.replace("/ 5", ""))]
    assert bare == [doors.in_pdf("Completed")[0]]


@pytest.mark.parametrize(("n", "is_told"), [(1, False), (7, False), (8, True)])
def test_people_are_told_the_score_of_one_partner_from_eight_answers_on(look, n, is_told):
    """On the page and in its files; a program gets it with its n and interval."""
    about = copies.interventions(n, completed=True, partner__name="Lucas Petit")
    copies.ratings(scores(n, 0, 0))
    doors = look(about.partner)
    few = f"not enough answers ({n} of 8)"
    assert (few in doors.tile("NPS"), few in doors.html) == (not is_told, not is_told)
    assert ("+100" in words(doors.html)) is is_told
    assert doors.in_csv("NPS")[0] == ("100" if is_told else "")
    assert doors.in_csv("NPS")[3] == str(n)
    assert doors.in_pdf("NPS")[0] == ("+100.0" if is_told else "")
    assert doors.in_xlsx("March 2026", "NPS by month")[0] == (100 if is_told else None)
    for document in doors.documents:
        assert (document["nps"]["value"], document["nps"]["n"]) == (100, n)
