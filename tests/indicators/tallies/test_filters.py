"""Two hundred filters drawn by lot: tile, rows, files and a recount from the facts agree.

The recount below is written in plain Python, from the instants and marks of the facts as they are
read one by one: no day that is stored, no measure, no tally. Of every filter all numbers are
compared, and the list and the file of some; one filter in 25 goes through the pages, as who
sees all or as a manager of a portfolio.
"""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.http import QueryDict

from feedback.models import Invitation, Rating
from indicators.fact_rows import BEHIND, rows
from indicators.figures import figures
from indicators.files import sheet_files
from indicators.files.report import rows_table
from indicators.tallies import recount
from partners.models import Debrief, Intervention
from partners.period_choice import PeriodChoice
from partners.scope import DIMENSIONS, Scope
from tests.factories import NOON, UserFactory
from tests.indicators.files.test_exports import read_csv
from tests.indicators.market import PARIS, Market
from tests.indicators.test_dashboard import TILE_COUNTS
from triangle.models import Role
from triangle.periods import Period

pytestmark = pytest.mark.django_db
FILTERS, LISTS, THROUGH_PAGES = 200, 3, 25  # lists opened of each; one filter in so many by HTTP
CLOCKS = (date(2025, 3, 30), date(2025, 10, 26))  # a day of 23 hours, and one of 25
DAY, SIDES = timedelta(days=1), ("client", "partner", "company", "external", "not_known")
MONTH_ENDS = (date(2025, 3, 31), date(2025, 6, 30), date(2025, 10, 31))


class TwoClockChanges(Market):
    """From March to November; every third fact within two hours of a midnight that matters."""

    def _instant(self):
        day = self.draw.choice([*CLOCKS, *MONTH_ENDS])
        if self.draw.random() < 0.33:
            midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS).astimezone(UTC)
            night = midnight + timedelta(days=self.draw.choice([0, 1]))
            return night + timedelta(minutes=self.draw.randrange(-120, 121))
        return datetime(2025, 3, 15, tzinfo=UTC) + timedelta(minutes=self.draw.randrange(350_000))

    def period(self):
        """One day, some days or months, beginning or ending at the edges most often."""
        edges = [*CLOCKS, *MONTH_ENDS, *(day + timedelta(days=1) for day in (*CLOCKS, *MONTH_ENDS))]
        first = self.draw.choice([*edges, date(2025, 3, 1), date(2025, 5, 9), date(2025, 10, 1)])
        days = self.draw.choice([0, 0, 1, 6, 30, 31, 91, 213, 245])
        return Period(first, first + timedelta(days=days))


# --- The recount: what each number counts, said of one fact ---


def local(instant):
    return instant.astimezone(PARIS).date()


def is_firm(one):
    return one.status not in {"requested", "proposed"} and not one.is_disputed


def has_arrived(one):
    return one.status == "answered" or (
        one.status in {"sent", "expired"} and one.bounced_at is None
    )


def is_answered(one):
    return one.status == "answered"


TOLD = {
    "rating": {
        "answers": lambda one: True,
        "explained": lambda one: one.why != "",
        "company": lambda one: one.company_score is not None,
        "partner": lambda one: one.partner_score is not None,
        **{
            f"score_{score}": lambda one, score=score: one.why != "" and one.score == score
            for score in range(11)
        },
    },
    "intervention": {
        "planned": is_firm,
        "completed": lambda one: one.status == "completed",
        "late": lambda one: (
            one.status == "completed" and local(one.completed_at) > local(one.scheduled_at)
        ),
        "cancelled": lambda one: is_firm(one) and one.status == "cancelled",
        "disputed": lambda one: one.is_disputed,
        "expected": lambda one: is_firm(one) and one.expected_percent is not None,
        "delivered": lambda one: is_firm(one) and one.delivered_percent is not None,
        **{
            f"cancelled_{side}": lambda one, side=side: is_firm(one) and one.cancelled_by == side
            for side in SIDES
        },
        **{
            f"cancelled_{side}_{notice}": lambda one, side=side, notice=notice: (
                is_firm(one) and one.cancelled_by == side and notice_of(one) == notice
            )
            for side in SIDES
            for notice in ("short", "middle", "long", "unknown")
        },
    },
    "invitation": {
        "eligible": lambda one: one.skip_reason != "cancelled",
        "invited": lambda one: one.status != "skipped",
        "arrived": has_arrived,
        "answered": is_answered,
        "answered_with_why": lambda one: is_answered(one) and one.is_explained,
    },
    "debrief": {
        "debriefs": lambda one: True,
        "positive_debriefs": lambda one: one.score in {9, 10},
    },
}
ONE_OF_EACH_CLIENT = {"judged", "came_back"}


class Facts:
    """All of them with their local day, read once."""

    def __init__(self):
        self.of = {
            "rating": self._read(Rating.objects.filter(is_current=True), "answered_at"),
            "intervention": self._read(Intervention.objects, "scheduled_at"),
            "invitation": self._read(Invitation.objects.exclude(status="scheduled"), "due_at"),
            "debrief": self._read(Debrief.objects, "answered_at"),
        }

        self.by_key = {
            kind: {one.pk: (day, one) for day, one in facts} for kind, facts in self.of.items()
        }

    def _read(self, facts, instant):
        found = facts.select_related("service", "client")
        return [(local(getattr(one, instant)), one) for one in found]

    def within(self, scope, period):
        """By kind, the facts that a filter leaves, with their day."""
        return {
            kind: [
                (day, one)
                for day, one in facts
                if period.first <= day <= period.last and is_chosen(one, scope)
            ]
            for kind, facts in self.of.items()
        }

    def behind(self, scope, period):
        """By number, the keys of the facts it counts; of clients where it counts clients."""
        left = self.within(scope, period)
        found = {
            name: {one.pk for _day, one in left[kind] if is_told(one)}
            for kind, told in TOLD.items()
            for name, is_told in told.items()
        }
        done = [(day, one.client_id) for day, one in left["intervention"] if is_done(one)]
        return {
            **found,
            "judged": {client for _day, client in done},
            "came_back": {client for day, client in done if self._came_back(client, day)},
        }

    def lines(self, name, listed):
        """Day, client and service of these rows, latest first."""
        told = [self.by_key[BEHIND[name].kind][key] for key in listed.values_list("pk", flat=True)]
        return [[day.isoformat(), one.client.name, one.service.name] for day, one in told]

    def _came_back(self, client, day):
        return any(
            one.client_id == client
            and one.status != "cancelled"
            and day < later <= day + timedelta(days=90)
            for later, one in self.of["intervention"]
        )


def notice_of(one):
    if one.cancelled_at is None:
        return "unknown"
    ahead = one.scheduled_at - one.cancelled_at
    return "short" if ahead < DAY else "middle" if ahead < 3 * DAY else "long"


def is_done(one):
    return one.status == "completed"


def is_chosen(one, scope):
    held = {
        "service": one.service_id,
        "discipline": one.service.discipline_id,
        "setting": one.setting_id,
        "region": one.region_id,
        "segment": one.segment_id,
        "partner": one.partner_id,
        "client": one.client_id,
        "manager": one.client.manager_id,
    }
    mine = scope.portfolio is None or held["manager"] in {None, scope.portfolio}
    return mine and all(
        not getattr(scope, name) or held[name] in getattr(scope, name) for name in held
    )


# --- Two hundred filters ---


@pytest.fixture
def market(db):
    found = TwoClockChanges(interventions=240, seed=4)
    for place, one in enumerate(Intervention.objects.filter(status="cancelled").order_by("pk")):
        if notice := (None, timedelta(hours=9), DAY, 2 * DAY, 3 * DAY, 5 * DAY)[place % 6]:
            one.cancelled_at = one.scheduled_at - notice
            one.save()
    recount.drain_all(now=NOON)
    found.facts = Facts()
    return found


def test_tile_rows_file_and_recount_agree_under_200_filters(client, market):
    lead = UserFactory(role=Role.QUALITY_LEAD)
    used, opened, not_empty = Counter(), Counter(), 0
    for turn in range(FILTERS):
        scope, period = market.scope(), market.period()
        expected = market.facts.behind(scope, period)
        found = figures(scope, period)
        assert {name: count(found) for name, count in TILE_COUNTS.items()} == {
            name: len(keys) for name, keys in expected.items()
        }
        names = market.draw.sample(sorted(BEHIND), LISTS)
        for name in names:
            listed = rows(name, scope, period)
            assert keys_of(name, listed) == sorted(expected[name])
            assert file_of(name, listed) == market.facts.lines(name, listed)
        if turn % THROUGH_PAGES == 0:
            user = market.managers[0] if scope.portfolio else lead
            assert_pages_agree(client, user, names, scope, period, market.facts)
        used.update(scope.dimensions)
        opened.update(names)
        not_empty += bool(expected["planned"])
    assert set(used) == {*DIMENSIONS, "portfolio"}
    assert min(used.values()) >= 10
    assert set(opened) == set(BEHIND)
    assert not_empty > FILTERS / 2


def keys_of(name, listed):
    """The key of what each row stands for."""
    key = "client_id" if name in ONE_OF_EACH_CLIENT else "pk"
    return sorted(listed.values_list(key, flat=True))


def file_of(name, listed):
    """Day, client and service of each line of the CSV."""
    table = rows_table(BEHIND[name], listed)
    _mark, _head, *lines = sheet_files.csv_lines(table, "en")
    return [line.split(",")[:3] for line in lines]


def assert_pages_agree(client, user, names, scope, period, facts):
    """A client or partner whom a manager may not see is no filter to them."""
    query = f"{PeriodChoice('custom', period).as_query()}&{scope.as_query()}"
    seen = Scope.from_query(QueryDict(query), user=user)
    assert seen == scope or scope.portfolio
    expected = {name: len(keys) for name, keys in facts.behind(seen, period).items()}
    client.force_login(user)
    shown = on_page(client.get(f"/dashboard/?{query}").content.decode())
    assert shown == {name: expected[name] for name in shown}
    for name in names:
        listed = client.get(f"/dashboard/rows/{name}/?{query}").context["page"].paginator.count
        _head, *lines = read_csv(client.get(f"/dashboard/rows/{name}/export/csv/?{query}"))
        assert (listed, len(lines)) == (expected[name], expected[name]), name


TILES = {
    "NPS": "explained",
    "Company service": "company",
    "Partner satisfaction": "partner",
    "Cancellations": "planned",
    "Response rate": "arrived",
    "Positive returns": "debriefs",
}
LINKED = r"rows/((?:score|cancelled)_\w+)/[^>]*>([\d,]+)</a>"


def on_page(html):
    """The counts that stand on the dashboard, by the name of their rows; none on an empty page."""
    found = dict(re.findall(LINKED, html))
    for tile, name in TILES.items():
        for words in re.findall(f'aria-label="{tile}">(.*?)</section>', html, re.DOTALL):
            told = re.search(r"n&nbsp;([\d,]+)", words)
            found[name] = told[1] if told else "0"
    assert len(found) == 22 or "Nothing matches these filters." in html
    return {name: int(count.replace(",", "")) for name, count in found.items()}


def test_a_fact_counted_on_the_wrong_day_is_found(market):
    """The recount itself can fail: one answer moved over a midnight, its stored day left behind."""
    day, rating = next((day, one) for day, one in market.facts.of["rating"] if one.why)
    Rating.objects.filter(pk=rating.pk).update(answered_at=rating.answered_at + timedelta(days=1))
    one_day = Period(day, day)
    moved = Facts().behind(Scope(), one_day)["explained"]
    assert figures(Scope(), one_day).nps.n == 1 + len(moved)


# --- Parts ---

KEY = {
    "day": lambda day, one: day,
    "month": lambda day, one: day.replace(day=1),
    "service": lambda day, one: one.service_id,
    "partner": lambda day, one: one.partner_id,
    "setting": lambda day, one: one.setting_id,
}
COUNTED = {
    "explained": lambda row: row.nps.n,
    "answers": lambda row: row.nps_all.n,
    "completed": lambda row: row.volume.completed,
    "cancelled": lambda row: row.cancellation.cancelled,
    "invited": lambda row: row.response.invited,
    "debriefs": lambda row: row.returns.mean.n,
}


@pytest.mark.parametrize("by", KEY)
def test_each_part_is_what_the_facts_of_it_give_and_parts_are_the_whole(market, by):
    market.draw = Random(by)
    for _turn in range(20):
        scope, period = market.scope(), market.period()
        left = market.facts.within(scope, period)
        found = figures(scope, period, by=by)
        for name, count in COUNTED.items():
            is_told = TOLD[BEHIND[name].kind][name]
            facts = [(day, one) for day, one in left[BEHIND[name].kind] if is_told(one)]
            expected = Counter(KEY[by](day, one) for day, one in facts)
            assert {row.key: count(row) for row in found.rows if count(row)} == expected, name
            assert count(found) == len(facts)
