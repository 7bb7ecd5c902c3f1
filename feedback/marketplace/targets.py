"""How the waiting rows of each file become rows of the facts: joins and one SQL value per column.

`s` is the waiting row, `o` the row of the same external id that is already there, if any. A column
that the file does not have keeps what is there; a new row takes the model's default. An empty cell
means "not known", but an empty e-mail, language or manager keeps what is there: people add those
by hand. The scope of an intervention (segment, region, setting) stays as it was at the time,
unless it was not known yet or the client is another one.
"""

# ruff: noqa: S608 - the names in the statements are our own, values are parameters

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db.models import Model
from django.utils import timezone

from clients.models import Client, Contact
from feedback.marketplace.columns import Kind, Reading
from feedback.models import About, Invitation, Rating
from partners import scoring
from partners.models import Debrief, Intervention, Partner
from triangle.models import NOT_KNOWN, Role, Service, User
from triangle.periods import local_day

CLIENT, CONTACT = Client._meta.db_table, Contact._meta.db_table
INTERVENTION, RATING = Intervention._meta.db_table, Rating._meta.db_table
PARTNER, SERVICE, USER = Partner._meta.db_table, Service._meta.db_table, User._meta.db_table
TABLES = {
    "services.csv": SERVICE,
    "partners.csv": PARTNER,
    "clients.csv": CLIENT,
    "interventions.csv": INTERVENTION,
    "ratings.csv": RATING,
}
SCOPE = ("service_id", "client_id", "partner_id", "setting_id", "segment_id", "region_id")
HISTORY = timedelta(days=30)
STAMPS = ("confirmed_at", "introduced_at", "brief_refined_at", "started_at")


@dataclass(frozen=True)
class Target:
    model: type[Model]
    values: Mapping[str, str]  # column: SQL
    joins: str = ""
    only_new: Mapping[str, str] = field(default_factory=dict)  # never written again
    in_order: bool = False  # new rows get their keys in the order of their lines
    also_changed: str = "FALSE"  # what else makes the row a changed one
    words: Mapping[str, str] = field(default_factory=dict)  # many-to-many field: kind of label

    @property
    def table(self) -> str:
        return self.model._meta.db_table


def target(reading: Reading) -> Target:
    return TARGETS[reading.spec.name](reading)


def label_join(kind: str, cell: str, alias: str) -> str:
    return f" LEFT JOIN import_labels {alias} ON {alias}.kind = '{kind}' AND {alias}.cell = {cell}"


def _label(column: str, alias: str) -> str:
    return f"CASE WHEN s.{column} IS NULL THEN {NOT_KNOWN} ELSE {alias}.label_id END"


def _present(reading: Reading, values: Mapping[str, str]) -> dict[str, str]:
    """The values whose column the file has; the name of a relation ends in `_id`."""
    return {name: sql for name, sql in values.items() if reading.has(name.removesuffix("_id"))}


def _service(reading: Reading) -> Target:
    return Target(
        Service,
        {"name": "s.name", "discipline_id": "d.label_id"},
        label_join("discipline", "s.discipline", "d"),
    )


def _partner(reading: Reading) -> Target:
    values = {
        "region_id": _label("region", "r"),
        "email": "COALESCE(s.email, o.email, '')",
        "joined_on": "s.joined_on",
    }
    return Target(
        Partner,
        {"name": "s.name", **_present(reading, values)},
        label_join("region", "s.region", "r") if reading.has("region") else "",
        words=_words(reading),
    )


def _client(reading: Reading) -> Target:
    values = {
        "kind": "COALESCE(s.kind, 'company')",
        "setting_id": _label("setting", "se"),
        "segment_id": _label("segment", "sg"),
        "region_id": _label("region", "r"),
        "language": f"COALESCE(s.language, o.language, '{_default(Client, 'language')}')",
        "manager_id": "COALESCE(u.id, o.manager_id)",
    }
    joins = f" LEFT JOIN {CONTACT} k ON k.client_id = o.id AND k.is_main"
    for kind, alias in (("setting", "se"), ("segment", "sg"), ("region", "r")):
        if reading.has(kind):
            joins += label_join(kind, f"s.{kind}", alias)
    if reading.has("manager"):
        joins += f" LEFT JOIN {USER} u ON {MANAGER}"
    return Target(
        Client,
        {"name": "s.name", **_present(reading, values)},
        joins,
        # Always there, because the plan of interventions reads them.
        only_new={
            name: f"COALESCE(o.{name}, {NOT_KNOWN})"
            for name in ("setting_id", "segment_id", "region_id")
            if not reading.has(name.removesuffix("_id"))
        },
        also_changed=contact_differs(reading),
    )


MANAGER = f"lower(u.email) = s.manager AND u.is_active AND u.role <> '{Role.PARTNER}'"


def contact_differs(reading: Reading) -> str:
    """Whether the main contact `k` has another address or language than the row `s` says."""
    differs = []
    if reading.has("email"):
        differs.append("(s.email IS NOT NULL AND k.email IS DISTINCT FROM s.email)")
    if reading.has("language"):
        differs.append("(s.language IS NOT NULL AND k.id IS NOT NULL AND k.language <> s.language)")
    return f"({' OR '.join(differs)})" if differs else "FALSE"


def _intervention(reading: Reading) -> Target:
    def told(column: str) -> str:
        name = f"{column.removesuffix('_on')}_at" if column.endswith("_on") else column
        return f"s.{column}" if reading.has(name) else f"o.{column}"

    is_same_client = "o.client_id = c.id"
    values = {
        "client_id": "c.id",
        "service_id": "v.id",
        "status": "s.status",
        "segment_id": _kept("segment_id", is_same_client),
        "region_id": _kept("region_id", is_same_client),
        "setting_id": _kept("setting_id", is_same_client),
        "completed_at": f"CASE WHEN s.status = 'completed' THEN {told('completed_at')} END",
        "completed_on": f"CASE WHEN s.status = 'completed' THEN {told('completed_on')} END",
        "cancelled_at": f"CASE WHEN s.status = 'cancelled' THEN {told('cancelled_at')} END",
        "cancelled_by": (
            "CASE WHEN s.status = 'cancelled' THEN "
            f"COALESCE(NULLIF({told('cancelled_by')}, ''), 'not_known') ELSE '' END"
        ),
        "is_disputed": "(s.status = 'cancelled' AND COALESCE(o.is_disputed, FALSE))",
        "delivered_percent": _delivered(told),
    }
    if reading.has("setting"):
        kept = _kept("setting_id", is_same_client)
        values["setting_id"] = f"CASE WHEN s.setting IS NULL THEN {kept} ELSE se.label_id END"
    cancel_reason = f"COALESCE({told('cancel_reason')}, '')"
    values["cancel_reason"] = f"CASE WHEN s.status = 'cancelled' THEN {cancel_reason} ELSE '' END"
    optional = {
        "partner_id": "p.id",
        "requested_at": "s.requested_at",
        "scheduled_at": "s.scheduled_at",
        "amount": "s.amount",
        "currency": "s.currency",
    }
    values |= _present(reading, optional)
    if reading.has("scheduled_at"):
        values["scheduled_on"] = "s.scheduled_on"
    joins = (
        f" LEFT JOIN {CLIENT} c ON c.external_id = s.client"
        " LEFT JOIN import_clients_plan pc ON pc.external_id = s.client"
        f" LEFT JOIN {SERVICE} v ON v.external_id = s.service"
    )
    if reading.has("partner"):
        joins += f" LEFT JOIN {PARTNER} p ON p.external_id = s.partner"
    if reading.has("setting"):
        joins += label_join("setting", "s.setting", "se")
    contact = f"SELECT k.id FROM {CONTACT} k WHERE k.client_id = c.id AND k.is_main"
    return Target(Intervention, values, joins, only_new={"contact_id": f"({contact})"})


def _kept(column: str, is_same_client: str) -> str:
    """As it was at the time; the client's when it was not known, or the client is another one."""
    now = f"COALESCE(pc.{column}, c.{column})"
    return (
        f"CASE WHEN {is_same_client} AND o.{column} <> {NOT_KNOWN} THEN o.{column} ELSE {now} END"
    )


def _delivered(told: Callable[[str], str]) -> str:
    """What `scoring` says when only plan and end are known; more stamps are scored later."""
    noon = datetime(2000, 1, 1, 12, tzinfo=UTC)
    kept = scoring.delivered_percent(scoring.Moments(scheduled_at=noon, completed_at=noon))
    late = scoring.delivered_percent(
        scoring.Moments(scheduled_at=noon, completed_at=noon + timedelta(days=2))
    )
    ours = scoring.delivered_percent(scoring.Moments(cancelled_by="company"))
    scheduled_on, completed_on = told("scheduled_on"), told("completed_on")
    sides = f"COALESCE(NULLIF({told('cancelled_by')}, ''), 'not_known')"
    stamped = " OR ".join(f"o.{stamp} IS NOT NULL" for stamp in STAMPS)
    return (
        f"CASE WHEN {stamped} OR o.is_disputed OR {brief_rated('o.id')} THEN o.delivered_percent"
        f" WHEN s.status = 'completed' AND {completed_on} <= {scheduled_on} THEN {kept}"
        f" WHEN s.status = 'completed' AND {completed_on} > {scheduled_on} THEN {late}"
        f" WHEN s.status = 'cancelled' AND {sides} IN ('company', 'partner') THEN {ours} END"
    )


def brief_rated(intervention: str) -> str:
    """Whether a debrief says how far the brief was fulfilled; quick for rows that are new."""
    return (
        f"({intervention} IS NOT NULL AND EXISTS (SELECT 1 FROM {Debrief._meta.db_table} d"
        f" WHERE d.intervention_id = {intervention} AND d.brief_accuracy IS NOT NULL))"
    )


def _rating(reading: Reading) -> Target:
    values = {
        "intervention_id": "i.id",
        "score": "s.score",
        "answered_at": "s.answered_at",
        "answered_on": "s.answered_on",
        "is_current": "CASE WHEN w.place = 1 THEN TRUE ELSE FALSE END",
        **{column: f"i.{column}" for column in SCOPE},
        **_present(reading, {"why": "s.why", "language": "COALESCE(s.language, o.language, '')"}),
    }
    slots = reading.criteria_slots
    for column in reading.known:
        if column.key != column.name:
            values[column.key] = f"s.{column.key}"
    if slots:
        others = ~sum(1 << slot - 1 for slot in slots) & 0xFFFF
        values["not_applicable"] = f"(COALESCE(o.not_applicable, 0) & {others}) | s.not_applicable"
    return Target(
        Rating,
        values,
        f" LEFT JOIN {INTERVENTION} i ON i.external_id = s.intervention"
        " LEFT JOIN import_ratings_order w ON w.line = s.line",
        only_new={
            "source": f"'{Rating.Source.IMPORT}'",
            "read_at": f"CASE WHEN s.answered_on < '{_history_ends_on()}' THEN s.answered_at END",
            **({"invitation_id": _invitation_id()} if reading.has("invited_at") else {}),
        },
        in_order=True,
        words=_words(reading),
    )


def _history_ends_on() -> date:
    """Answers older than this are history: nobody's reading list of today fills with them."""
    return local_day(timezone.now()) - HISTORY


def _invitation_id() -> str:
    return (
        f"(SELECT n.id FROM {Invitation._meta.db_table} n "
        "WHERE n.intervention_id = i.id AND s.invited_at IS NOT NULL "
        f"AND n.about = '{About.INTERVENTION}' AND n.channel = '{Invitation.Channel.MAIL}')"
    )


def _words(reading: Reading) -> dict[str, str]:
    return {column.key: column.label for column in reading.known if column.kind == Kind.WORDS}


def _default(model: type[Model], name: str) -> str:
    return str(model._meta.get_field(name).get_default())  # type: ignore[union-attr]


TARGETS: Mapping[str, Callable[[Reading], Target]] = {
    "services.csv": _service,
    "partners.csv": _partner,
    "clients.csv": _client,
    "interventions.csv": _intervention,
    "ratings.csv": _rating,
}
