"""The one filter of every page that counts: what was chosen, and whose clients may be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar
from urllib.parse import urlencode

from django.db.models import CharField, F, Model, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf, Trim
from django.utils.translation import get_language, pgettext_lazy

from clients.models import Client
from partners.models import Partner
from triangle.models import Discipline, Region, Segment, Service, Setting, User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Fact = TypeVar("Fact", bound=Model)
Rows: TypeAlias = Any  # querysets of unlike models, told apart by the dimension

MOST_CHOICES = 100  # of one dimension; more is not a filter but a list
LARGEST_KEY = 2**63 - 1


class Dimension(NamedTuple):
    """How a part of the filter is named, found and applied to a fact."""

    label: _StrPromise
    model: type[Model]
    lookup: str  # from a fact
    external: str  # the field by which strangers name a row


DIMENSIONS: dict[str, Dimension] = {
    "service": Dimension(pgettext_lazy("filter", "Service"), Service, "service_id", "external_id"),
    "discipline": Dimension(
        pgettext_lazy("filter", "Discipline"), Discipline, "service__discipline_id", "code"
    ),
    "setting": Dimension(pgettext_lazy("filter", "Setting"), Setting, "setting_id", "code"),
    "region": Dimension(pgettext_lazy("filter", "Region"), Region, "region_id", "code"),
    "segment": Dimension(pgettext_lazy("filter", "Segment"), Segment, "segment_id", "code"),
    "partner": Dimension(pgettext_lazy("filter", "Partner"), Partner, "partner_id", "external_id"),
    "client": Dimension(pgettext_lazy("filter", "Client"), Client, "client_id", "external_id"),
    "manager": Dimension(pgettext_lazy("filter", "Manager"), User, "client__manager_id", "email"),
}


class UnknownScopeError(ValueError):
    """A stranger named a row that does not exist, or that they may not see."""

    def __init__(self, dimension: str, value: str) -> None:
        super().__init__(f"unknown {dimension}: {value}")
        self.dimension, self.value = dimension, value


@dataclass(frozen=True)
class Chip:
    """One chosen value; `query` is the address' query without it."""

    dimension: str
    name: _StrPromise
    value: str
    query: str


@dataclass(frozen=True)
class Scope:
    """Primary keys chosen for each dimension, none meaning all; equal filters are equal keys.

    `portfolio` is the row scope of a manager: their own clients and those nobody owns.
    `sees_nothing` is that of people to whom no client's fact is shown. `is_cut` when more was asked
    for than exists or may be seen, so that the page can say that it shows more than that.
    """

    service: tuple[int, ...] = ()
    discipline: tuple[int, ...] = ()
    setting: tuple[int, ...] = ()
    region: tuple[int, ...] = ()
    segment: tuple[int, ...] = ()
    partner: tuple[int, ...] = ()
    client: tuple[int, ...] = ()
    manager: tuple[int, ...] = ()
    portfolio: int | None = None
    sees_nothing: bool = False
    is_cut: bool = field(default=False, compare=False)
    names: Mapping[tuple[str, int], str] = field(
        default_factory=dict, compare=False, repr=False, hash=False
    )

    @classmethod
    def of(cls, user: User, **chosen: Iterable[int]) -> Scope:
        """The rows a user may see, narrowed by keys that are known to exist."""
        keys: Any = {name: tuple(sorted(set(values))) for name, values in chosen.items()}
        if user.sees_everything:
            return cls(**keys)
        if user.role == "manager":
            return cls(**keys, portfolio=user.pk)
        return cls(**keys, sees_nothing=True)

    @classmethod
    def from_query(cls, query: Mapping[str, Any], *, user: User) -> Scope:
        """What the address asks for; what is no key, unknown or not theirs to see is cut off."""
        asked = {name: _keys(_values(query, name)) for name in DIMENSIONS}
        names = _names({name: keys for name, keys in asked.items() if keys}, user)
        chosen: dict[str, list[int]] = {}
        for name, key in names:
            chosen.setdefault(name, []).append(key)
        return replace(cls.of(user, **chosen), is_cut=_is_cut(query, names), names=names)

    @classmethod
    def from_external_ids(
        cls, ids: Mapping[str, Sequence[str]], *, user: User | None = None
    ) -> Scope:
        """For commands and the API: external ids, codes of labels, e-mails of managers.

        Without a user everything is seen. Raises UnknownScopeError for what is not found.
        """
        chosen: dict[str, list[int]] = {}
        for name, values in ids.items():
            for value in values:
                key = _choices(name, user).filter(**{DIMENSIONS[name].external: value})
                found = key.values_list("pk", flat=True).first()
                if found is None:
                    raise UnknownScopeError(name, value)
                chosen.setdefault(name, []).append(found)
        if user is not None:
            return cls.of(user, **chosen)
        found_keys: Any = {name: tuple(sorted(set(keys))) for name, keys in chosen.items()}
        return cls(**found_keys)

    def __bool__(self) -> bool:
        """Whether anything is chosen; the row scope is not a choice."""
        return any(getattr(self, name) for name in DIMENSIONS)

    @property
    def dimensions(self) -> frozenset[str]:
        """What narrows this scope, the row scope included."""
        held = {item.name for item in fields(self)} - {"names", "is_cut"}
        return frozenset(name for name in held if getattr(self, name) not in ((), None, False))

    def narrow(self, facts: QuerySet[Fact]) -> QuerySet[Fact]:
        """Facts in scope: interventions, invitations, ratings or debriefs."""
        if self.sees_nothing:
            return facts.none()
        for name, dimension in DIMENSIONS.items():
            if keys := getattr(self, name):
                facts = facts.filter(**{f"{dimension.lookup}__in": keys})
        if self.portfolio is not None:
            facts = facts.filter(
                Q(client__manager=self.portfolio) | Q(client__manager__isnull=True)
            )
        return facts

    def without(self, *names: str) -> Scope:
        chosen: Any = dict.fromkeys(names, ())
        return replace(self, **chosen)

    def pairs(self) -> Iterator[tuple[str, int]]:
        for name in DIMENSIONS:
            for key in getattr(self, name):
                yield name, key

    def as_query(self) -> str:
        """`service=3&service=7`, to follow the `?` of an address."""
        return urlencode(list(self.pairs()))

    def chips(self, *, also: str = "") -> list[Chip]:
        """What is on, by name; `also` is the query of the period, kept in each chip's own."""
        chosen = list(self.pairs())
        missing = _missing(chosen, self.names)
        names = {**self.names, **(_names(missing, None) if missing else {})}
        return [
            Chip(
                name,
                DIMENSIONS[name].label,
                names.get((name, key), str(key)),
                "&".join(filter(None, [also, urlencode([p for p in chosen if p != (name, key)])])),
            )
            for name, key in chosen
        ]


def choices(name: str, *, user: User) -> list[tuple[int, str]]:
    """What can be chosen for a dimension, by name; one query."""
    named = _named(name, _choices(name, user)).order_by("label")
    return list(named.values_list("pk", "label"))


def _values(query: Mapping[str, Any], name: str) -> list[Any]:
    if hasattr(query, "getlist"):
        return list(query.getlist(name))
    value = query.get(name, [])
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _keys(values: Iterable[Any]) -> set[int]:
    keys = set()
    for value in values:
        text = str(value)
        if text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_KEY:
            keys.add(int(text))
    return set(sorted(keys)[:MOST_CHOICES])


def _is_cut(query: Mapping[str, Any], names: Mapping[tuple[str, int], str]) -> bool:
    """An empty field of a form asks for nothing."""
    asked = [(name, value) for name in DIMENSIONS for value in _values(query, name) if value != ""]
    return not all(any((name, key) in names for key in _keys([value])) for name, value in asked)


def _missing(
    chosen: Iterable[tuple[str, int]], names: Mapping[tuple[str, int], str]
) -> dict[str, set[int]]:
    missing: dict[str, set[int]] = {}
    for name, key in chosen:
        if (name, key) not in names:
            missing.setdefault(name, set()).add(key)
    return missing


def _choices(name: str, user: User | None) -> Rows:
    rows: Rows = DIMENSIONS[name].model._default_manager.all()
    if name == "manager":
        return rows.filter(role="manager")
    if user is not None and name in {"client", "partner"}:
        rows = rows.visible_to(user)
    return rows


def _named(name: str, rows: Rows) -> Rows:
    if name == "manager":
        full_name = Trim(Concat("first_name", Value(" "), "last_name"))
        return rows.annotate(
            label=Coalesce(NullIf(full_name, Value("")), F("email"), output_field=CharField())
        )
    if name in {"service", "partner", "client"}:
        return rows.annotate(label=F("name"))
    french = (get_language() or "").startswith("fr")
    return rows.annotate(label=F("name_fr" if french else "name_en"))


def _names(asked: Mapping[str, set[int]], user: User | None) -> dict[tuple[str, int], str]:
    """Names of the rows that exist and may be seen, in one query for all dimensions."""
    parts = [
        _named(name, _choices(name, user).filter(pk__in=keys))
        .order_by()
        .annotate(dimension=Value(name), text=Cast("label", CharField()))
        .values_list("dimension", "pk", "text")
        for name, keys in asked.items()
    ]
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {(dimension, key): text for dimension, key, text in rows}
