"""What follows from written rows: contacts, the scope of answers, revisions, old invitations."""

# ruff: noqa: S608 - the names in the statements are our own, values are parameters

from __future__ import annotations

from datetime import datetime
from itertools import islice

from clients.models import Contact
from feedback import reference
from feedback.marketplace.columns import SPECS, Reading
from feedback.marketplace.staging import Staging
from feedback.marketplace.targets import (
    CLIENT,
    CONTACT,
    INTERVENTION,
    RATING,
    SCOPE,
    STAMPS,
    brief_rated,
    contact_differs,
)
from feedback.marketplace.write import defaults
from feedback.models import About, Delivery, Invitation, Rating, Survey
from partners import scoring
from partners.models import Debrief, Intervention, Scoped

INVITATION = Invitation._meta.db_table
BATCH = 500
FACTS: tuple[type[Scoped], ...] = (Rating, Invitation, Debrief)
MAILED = f"v.about = '{About.INTERVENTION}' AND v.channel = '{Invitation.Channel.MAIL}'"


def write_contacts(reading: Reading, staging: Staging) -> None:
    """The main contact of each client whose address the file tells."""
    differs = contact_differs(reading)
    if differs == "FALSE":
        return
    rows = f"{reading.spec.table} s JOIN {CLIENT} c ON c.external_id = s.external_id"
    sets = [
        f"{name} = COALESCE(s.{name}, k.{name})"
        for name in ("email", "language")
        if reading.has(name)
    ]
    staging.write(
        f"UPDATE {CONTACT} AS k SET {', '.join(sets)} FROM {rows} "
        f"WHERE k.client_id = c.id AND k.is_main AND {differs}"
    )
    if not reading.has("email"):
        return
    told = {"client_id", "name", "email", "language", "is_main"}
    untold = defaults(Contact, without=told)
    staging.write(
        f"INSERT INTO {CONTACT} (client_id, name, email, language, is_main, {', '.join(untold)}) "
        f"SELECT c.id, c.name, s.email, c.language, TRUE{', %s' * len(untold)} FROM {rows} "
        "WHERE s.email IS NOT NULL AND NOT EXISTS ("
        f"SELECT 1 FROM {CONTACT} k WHERE k.client_id = c.id AND k.is_main)",
        list(untold.values()),
    )


def settle_interventions(staging: Staging) -> None:
    """After an update: the contact is one of the client's, answers share the scope, steps count."""
    plan = f"{SPECS['interventions.csv'].table}_plan"
    if not staging.number(f"SELECT count(*) FROM {plan} WHERE old_id IS NOT NULL"):
        return
    main = f"SELECT k.id FROM {CONTACT} k WHERE k.client_id = i.client_id AND k.is_main"
    own = f"SELECT 1 FROM {CONTACT} k WHERE k.id = i.contact_id AND k.client_id = i.client_id"
    staging.write(
        f"UPDATE {INTERVENTION} AS i SET contact_id = ({main}) "
        f"WHERE i.id IN (SELECT old_id FROM {plan}) AND ("
        f"(i.contact_id IS NULL AND EXISTS ({main})) "
        f"OR (i.contact_id IS NOT NULL AND NOT EXISTS ({own})))"
    )
    for fact in FACTS:
        _share_scope(fact, plan, staging)
    _score_steps(plan, staging)


def _share_scope(fact: type[Scoped], plan: str, staging: Staging) -> None:
    sets = ", ".join(f"{column} = i.{column}" for column in SCOPE)
    differs = " OR ".join(f"f.{column} IS DISTINCT FROM i.{column}" for column in SCOPE)
    staging.write(
        f"UPDATE {fact._meta.db_table} AS f SET {sets} "
        f"FROM {INTERVENTION} i JOIN {plan} n ON n.old_id = i.id "
        f"WHERE n.is_changed AND f.intervention_id = i.id AND ({differs})"
    )


def _score_steps(plan: str, staging: Staging) -> None:
    """Interventions whose preparation or brief was noted here are scored by all that is known."""
    noted = " OR ".join(f"i.{stamp} IS NOT NULL" for stamp in STAMPS)
    found = staging.rows(
        f"SELECT i.id FROM {INTERVENTION} i JOIN {plan} n ON n.old_id = i.id "
        f"WHERE n.is_changed AND NOT i.is_disputed AND ({noted} OR {brief_rated('i.id')})"
    )
    ids = iter([pk for (pk,) in found])
    while batch := list(islice(ids, BATCH)):
        rows = Intervention.objects.filter(pk__in=batch).select_related("debrief")
        interventions = list(rows)
        for one in interventions:
            is_over = one.status in ("completed", "cancelled")
            percent = scoring.delivered_percent(one.moments, brief=one.brief_fulfilled)
            one.delivered_percent = percent if is_over else None
        Intervention.objects.bulk_update(interventions, ["delivered_percent"])


def order_ratings(staging: Staging) -> int:
    """Ranks all answers about the interventions of the file, 1 for the latest; how many lead.

    The latest answer is the current one; of two at the same instant, the one written later.
    """
    spec = SPECS["ratings.csv"]
    mine = f"{spec.table} s LEFT JOIN {RATING} o ON o.external_id = s.external_id"
    moved_from = (
        f"SELECT i.external_id FROM {mine} JOIN {INTERVENTION} i ON i.id = o.intervention_id"
    )
    staging.create_as(
        "import_ratings_order",
        "SELECT line, rating_id, intervention, row_number() OVER (PARTITION BY intervention "
        "ORDER BY answered_at DESC, COALESCE(rating_id, 9223372036854775807) DESC, line DESC"
        ") AS place FROM ("
        f"SELECT s.line, o.id AS rating_id, s.intervention, s.answered_at FROM {mine} "
        "UNION ALL SELECT NULL, r.id, i.external_id, r.answered_at "
        f"FROM {RATING} r JOIN {INTERVENTION} i ON i.id = r.intervention_id "
        f"WHERE i.external_id IN (SELECT intervention FROM {spec.table} UNION {moved_from}) "
        f"AND NOT EXISTS (SELECT 1 FROM {spec.table} s WHERE s.external_id = r.external_id)) a",
    )
    staging.index("import_ratings_order", "line")
    return staging.number(
        "SELECT count(*) FROM import_ratings_order WHERE place = 1 AND line IS NOT NULL"
    )


def step_back(staging: Staging) -> None:
    """Before the new current ratings are written, the old ones give up their place."""
    spec = SPECS["ratings.csv"]
    moved = (
        f"SELECT o.id FROM {RATING} o JOIN {spec.table} s ON s.external_id = o.external_id "
        f"JOIN {INTERVENTION} i ON i.external_id = s.intervention WHERE i.id <> o.intervention_id"
    )
    staging.write(
        f"UPDATE {RATING} SET is_current = FALSE WHERE is_current AND (id IN ("
        "SELECT rating_id FROM import_ratings_order WHERE place > 1 AND rating_id IS NOT NULL) "
        f"OR id IN ({moved}))"
    )


def chain_revisions(staging: Staging) -> None:
    """Each answer revises the one before it; an answer that is not in the file may lead again."""
    staging.write(
        f"UPDATE {RATING} SET is_current = TRUE WHERE NOT is_current AND id IN ("
        "SELECT rating_id FROM import_ratings_order WHERE place = 1 AND line IS NULL)"
    )
    # Step by step: in one statement the planner takes the few revisions for all ratings.
    staging.create_as(
        "import_revised",
        f"SELECT DISTINCT i.id FROM import_ratings_order w JOIN {INTERVENTION} i "
        "ON i.external_id = w.intervention WHERE w.place = 2",
    )
    staging.index("import_revised", "id")
    staging.create_as(
        "import_chain",
        "SELECT r.id, r.revises_id, lag(r.id) OVER ("
        "PARTITION BY r.intervention_id ORDER BY r.answered_at, r.id) AS earlier "
        f"FROM {RATING} r JOIN import_revised i ON i.id = r.intervention_id",
    )
    staging.index("import_chain", "id")
    staging.write(
        f"UPDATE {RATING} SET revises_id = q.earlier FROM import_chain q "
        f"WHERE q.id = {RATING}.id AND q.revises_id IS DISTINCT FROM q.earlier"
    )


def write_invitations(reading: Reading, staging: Staging, *, now: datetime) -> None:
    """What was asked elsewhere counts as a delivered and answered invitation, with a dead link.

    An invitation that this house mailed is left as it is.
    """
    if not reading.has("invited_at"):
        return
    survey = _survey()
    explained = "s.why <> ''" if reading.has("why") else "FALSE"
    staging.create_as(
        "import_invitations",
        "SELECT s.intervention, min(s.invited_at) AS sent_at, min(s.invited_on) AS counted_on, "
        "min(s.answered_at) AS answered_at, "
        f"max(CASE WHEN w.place = 1 AND {explained} THEN 1 ELSE 0 END) = 1 AS is_explained "
        f"FROM {reading.spec.table} s JOIN import_ratings_order w ON w.line = s.line "
        "GROUP BY s.intervention HAVING min(s.invited_at) IS NOT NULL",
    )
    told = {
        **{column: f"i.{column}" for column in (*SCOPE, "contact_id")},
        "intervention_id": "i.id",
        "survey_id": str(survey.pk),
        "language": "c.language",
        "status": f"'{Invitation.Status.ANSWERED}'",
        "skip_reason": "''",
        "hand_reason": "''",
        "due_at": "a.sent_at",
        "expires_at": staging.days_later("a.sent_at", survey.expires_days),
        "sent_at": "a.sent_at",
        "counted_on": "a.counted_on",
        "answered_at": "a.answered_at",
        "is_explained": "a.is_explained",
        "link_seed": staging.random_hex_32,
        "token_hash": staging.random_hex_64,
        "opt_out_hash": staging.random_hex_64,
    }
    untold = defaults(Invitation, without=set(told))
    updated = (
        "status",
        "skip_reason",
        "hand_reason",
        "due_at",
        "expires_at",
        "sent_at",
        "counted_on",
        "answered_at",
        "is_explained",
    )
    told_again = ("sent_at", "counted_on", "answered_at", "is_explained")
    differs = " OR ".join(f"a.{column} IS DISTINCT FROM v.{column}" for column in told_again)
    staging.write(
        f"INSERT INTO {INVITATION} ({', '.join([*told, *untold])}) "
        f"SELECT {', '.join([*told.values(), *['%s'] * len(untold)])} FROM import_invitations a "
        f"JOIN {INTERVENTION} i ON i.external_id = a.intervention "
        f"JOIN {CLIENT} c ON c.id = i.client_id "
        f"LEFT JOIN {INVITATION} v ON v.intervention_id = i.id AND {MAILED} "
        f"WHERE v.id IS NULL OR (({differs}) AND NOT EXISTS ("
        f"SELECT 1 FROM {Delivery._meta.db_table} d WHERE d.invitation_id = v.id)) "
        "ON CONFLICT (intervention_id, about, channel) DO UPDATE SET "
        + ", ".join(f"{column} = excluded.{column}" for column in updated),
        list(untold.values()),
    )


def join_invitations(reading: Reading, staging: Staging) -> None:
    """Ratings that were here before their invitation."""
    if not reading.has("invited_at"):
        return
    staging.write(
        f"UPDATE {RATING} AS r SET invitation_id = v.id "
        f"FROM {reading.spec.table} s, {INVITATION} v "
        f"WHERE s.external_id = r.external_id AND s.invited_at IS NOT NULL AND {MAILED} "
        "AND v.intervention_id = r.intervention_id AND r.invitation_id IS NULL"
    )


def _survey() -> Survey:
    surveys = Survey.objects.filter(about=About.INTERVENTION)
    if not surveys.exists():
        reference.ensure()
    return surveys.order_by("-is_active", "pk")[0]
