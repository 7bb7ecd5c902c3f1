"""What strangers and scripts read: one JSON document on stdout, and an exit code."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from feedback.models import Invitation
from indicators.models import Kept, RatingTally
from indicators.tallies.recount import drain_all
from tests.factories import NOON, InterventionFactory, RatingFactory
from tests.indicators.market import Market

pytestmark = pytest.mark.django_db
WHOLE = ("--from", "2025-01-01", "--to", "2025-12-31")


def run(capsys, *arguments):
    call_command(*arguments, "--json")
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return json.loads(out)


def counts(document):
    """The numbers that add up, by path."""
    parts = ("nps", "nps_all", "cancellation", "volume", "response")
    for part in parts:
        for name, value in document[part].items():
            if isinstance(value, dict):
                yield from ((f"{part}.{name}.{key}", count) for key, count in value.items())
            elif isinstance(value, list):
                yield from ((f"{part}.{name}.{place}", n) for place, n in enumerate(value))
            elif name not in {"value", "low", "high", "rate", "coverage"}:
                yield f"{part}.{name}", value


def test_indicators_of_nothing_are_null(capsys):
    found = run(capsys, "indicators")
    assert found["nps"]["value"] is None
    assert found["cancellation"]["rate"] is None
    assert found["mapping"] == []
    assert found["repeat"] == {
        **dict.fromkeys(("rate", "low", "high")),
        **dict.fromkeys(("ordered_again", "judged"), 0),
    }
    assert found["filter"] == {}


def test_indicators_count_what_was_just_written(capsys):
    rating = RatingFactory(score=10)
    found = run(capsys, "indicators", "--from", "2026-03-01", "--to", "2026-03-31")
    assert (found["nps"]["value"], found["nps"]["n"]) == (100, 1)
    assert found["volume"] == {"completed": 1, "planned": 1, "late": 0}
    assert (found["from"], found["to"]) == ("2026-03-01", "2026-03-31")
    assert rating.service.external_id not in json.dumps(found)


def test_indicators_tell_who_ordered_again(capsys):
    first = InterventionFactory(completed=True)
    again = NOON + timedelta(days=30)
    InterventionFactory(completed=True, client=first.client, scheduled_at=again)
    found = run(capsys, "indicators", "--from", "2026-03-01", "--to", "2026-03-31")["repeat"]
    assert (found["rate"], found["ordered_again"], found["judged"]) == (1, 1, 1)


def test_indicators_of_a_filter_in_external_ids(capsys):
    rating = RatingFactory(score=10)
    RatingFactory(score=0)
    service, client = rating.service.external_id, rating.client.external_id
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    found = run(capsys, "indicators", *days, "--service", service, "--client", client)
    assert found["filter"] == {"service": [service], "client": [client]}
    assert found["nps_all"]["value"] == 100


@pytest.mark.parametrize("by", ["day", "month", "service", "partner", "setting"])
def test_rows_add_up_to_the_whole(capsys, by):
    Market(interventions=60)
    found = run(capsys, "indicators", *WHOLE, "--by", by)
    sums = {}
    for row in found["rows"]:
        for name, count in counts(row):
            sums[name] = sums.get(name, 0) + count
    assert dict(counts(found)) == sums
    assert sums["volume.completed"] > 0


def test_keys_of_rows(capsys):
    fact = InterventionFactory(completed=True)
    expected = {
        "day": "2026-03-10",
        "month": "2026-03",
        "service": fact.service.external_id,
        "partner": fact.partner.external_id,
        "setting": "not_known",
    }
    for by, key in expected.items():
        days = ("--from", "2026-03-01", "--to", "2026-03-31")
        assert [row["key"] for row in run(capsys, "indicators", *days, "--by", by)["rows"]] == [key]


@pytest.mark.parametrize(
    "wrong", [("--service", "nobody"), ("--from", "2026-02-02", "--to", "2026-02-01")]
)
def test_a_wrong_question_is_refused_in_words(wrong):
    with pytest.raises(CommandError, match=r"unknown service: nobody|a period ends"):
        call_command("indicators", *wrong, "--json")


def test_reconcile_says_zero(capsys):
    Market(interventions=30)
    drain_all(now=NOON)
    found = run(capsys, "reconcile")
    assert (found["drift"], found["pending"]) == (0, 0)
    assert found["cells"] > 100


def test_reconcile_tells_drift_by_its_exit_code_and_repairs_on_demand(capsys):
    RatingFactory()
    drain_all(now=NOON)
    RatingTally.objects.filter(level=Kept.DAY).update(all_3=5)
    with pytest.raises(SystemExit) as stopped:
        call_command("reconcile", "--json")
    assert stopped.value.code == 1
    assert json.loads(capsys.readouterr().out)["drift"] == 1
    assert run(capsys, "reconcile", "--repair")["repaired"]
    assert run(capsys, "reconcile")["drift"] == 0


def test_run_due_asks_sends_and_counts_once(capsys, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    InterventionFactory(completed=True)
    later = (NOON + timedelta(hours=6)).isoformat()
    found = run(capsys, "run_due", "--now", later)
    assert (found["opened"], found["sent"]) == (1, 1), found
    assert found["counted"] > 0
    assert Invitation.objects.get().status == "sent"
    again = run(capsys, "run_due", "--now", later)
    assert (again["opened"], again["sent"], again["counted"]) == (0, 0, 0)


def test_run_due_withdraws_what_was_cancelled_and_asks_about_the_cancellation(capsys):
    confirmed_at = NOON - timedelta(days=3)
    done = InterventionFactory(completed=True, confirmed_at=confirmed_at)
    found = run(capsys, "run_due", "--now", (NOON + timedelta(hours=1)).isoformat())
    assert (found["opened"], found["sent"]) == (1, 0)
    done.status, done.cancelled_by = "cancelled", "client"
    done.cancelled_at = NOON + timedelta(hours=2)
    done.save()
    found = run(capsys, "run_due", "--now", (NOON + timedelta(hours=2)).isoformat())
    assert (found["withdrawn"], found["opened"], found["sent"]) == (1, 1, 0)
    found = run(capsys, "run_due", "--now", (NOON + timedelta(days=1)).isoformat())
    assert found["sent"] == 1
    asked = done.invitations.values_list("about", "status", "skip_reason")
    assert set(asked) == {("intervention", "skipped", "cancelled"), ("cancellation", "sent", "")}


def test_run_due_says_what_of_each_kind_was_done(capsys):
    found = run(capsys, "run_due", "--now", NOON.isoformat())
    kinds = ("withdrawn", "opened", "debriefs_closed", "reminders_stopped", "sent", "postponed")
    assert [found[kind] for kind in (*kinds, "skipped", "expired", "drafts_ended")] == [0] * 9


def test_run_due_labels_the_whys_once(capsys):
    RatingFactory(why="Arrivé en retard.", language="fr")
    assert run(capsys, "run_due")["labelled"] == 1
    assert run(capsys, "run_due")["labelled"] == 0


def test_outbox_shows_each_state_and_what_waits_longest(capsys):
    InterventionFactory(completed=True)
    found = run(capsys, "outbox")
    assert found["touched"]["count"] > 0
    assert found["deliveries"]["queued"] == {"count": 0, "oldest_age_seconds": None}
