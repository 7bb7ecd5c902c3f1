"""A screen reader is told when figures change: by a filter, and by themselves."""

import json
import re

import pytest
from django.utils import timezone

from indicators.tallies import recount
from tests.factories import PartnerFactory, RatingFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/dashboard/?from=2026-03-01&to=2026-03-31"
SHOWN = re.compile(r'"X-Figures-Version": "(\d+)", "X-Figures-Said": "(\w+)"')


def _answered(**fields):
    RatingFactory(score=10, **fields)
    recount.recount_all(now=timezone.now())


def _said(response):
    return json.loads(response.headers.get("HX-Trigger", "{}")).get("announce", {}).get("value")


def _poll(browser, page, address=ADDRESS):
    version, said = SHOWN.search(page.content.decode()).groups()
    headers = {
        "HX-Request": "true",
        "HX-Target": "figures",
        "X-Figures-Version": version,
        "X-Figures-Said": said,
    }
    return browser.get(address, headers=headers)


def test_a_filter_says_what_matches(as_quality_lead):
    _answered()
    headers = {"HX-Request": "true", "HX-Target": "board"}
    filtered = as_quality_lead.get(f"{ADDRESS}&compare=before&compare_from=", headers=headers)
    assert _said(filtered) == "1 intervention matches, NPS +100 (n 1)"
    assert filtered.headers["HX-Push-Url"] == ADDRESS


def test_nothing_is_a_word_too(as_quality_lead):
    headers = {"HX-Request": "true", "HX-Target": "board"}
    assert _said(as_quality_lead.get(ADDRESS, headers=headers)) == "0 interventions match"


def test_figures_that_move_by_themselves_say_so_once(as_quality_lead):
    _answered()
    page = as_quality_lead.get(ADDRESS)
    assert _poll(as_quality_lead, page).status_code == 204
    _answered()
    moved = _poll(as_quality_lead, page)
    assert _said(moved) == "New figures: 2 interventions match, NPS +100 (n 2)"
    assert 'id="matches" hx-swap-oob="true"' in moved.content.decode()
    assert _poll(as_quality_lead, moved).status_code == 204


def test_figures_that_move_under_another_filter_are_not_worth_a_word(as_quality_lead):
    mine = f"{ADDRESS}&partner={PartnerFactory().pk}"
    _answered()
    page = as_quality_lead.get(mine)
    _answered()
    answer = _poll(as_quality_lead, page, mine)
    assert (answer.status_code, _said(answer)) == (200, None)
