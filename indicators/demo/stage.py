"""Sets the stage of the demonstration: accounts, catalogue, grids, partners and clients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from unicodedata import normalize

from clients.models import Client, Contact
from feedback.models import About, ContactPolicy, Rule
from indicators.demo import cast
from partners import grids
from partners.models import Criterion, Partner
from triangle.models import Discipline, Region, Segment, Service, Setting, User

CONTACTS = 3  # of a company
BUDGET_DAYS = 7  # clients here order often
ASKED_FROM_THE_START = (About.INTERVENTION, About.CANCELLATION)


@dataclass(frozen=True)
class Stage:
    users: dict[str, User]
    services: list[Service]
    partners: list[Partner]
    clients: list[Client]
    gifts: dict[int, float]  # points of score, by partner's primary key


def set_stage(*, now: datetime, first: date, partners: int, clients: int, chance: Random) -> Stage:
    users = _accounts()
    disciplines = _disciplines()
    services = _services(disciplines)
    network = _partners(disciplines, first, partners, chance)
    gifts = {partner.pk: max(-1.6, min(1.0, chance.gauss(0, 0.55))) for partner in network}
    publish_grids(
        network,
        gifts,
        adaptability_percent=30,
        valid_from=first - timedelta(days=60),
        by=users[cast.PAUL.email],
        now=now,
        chance=chance,
    )
    Partner.objects.filter(name="Julien Marchetti").update(account=users[cast.JULIEN.email])
    ContactPolicy.objects.filter(role=ContactPolicy.Role.CLIENT).update(days=BUDGET_DAYS)
    # Partners and the relation are asked only since lately: see `play.NEW_SURVEYS_FROM`.
    Rule.objects.exclude(survey__about__in=ASKED_FROM_THE_START).update(is_active=False)
    return Stage(
        users=users,
        services=services,
        partners=network,
        clients=_clients(users, clients, chance),
        gifts=gifts,
    )


def _accounts() -> dict[str, User]:
    return {account.email: _account(account) for account in cast.ACCOUNTS}


def _account(account: cast.Account) -> User:
    is_admin = account == cast.ALIX
    return User.objects.create_user(
        account.email,
        cast.PASSWORD,
        first_name=account.first_name,
        last_name=account.last_name,
        role=account.role,
        language="fr",
        is_staff=is_admin,
        is_superuser=is_admin,
    )


def _disciplines() -> dict[str, Discipline]:
    return {
        code: Discipline.objects.get_or_create(
            code=code, defaults={"name_en": name_en, "name_fr": name_fr}
        )[0]
        for code, (name_en, name_fr, _share) in cast.DISCIPLINES.items()
    }


def _services(disciplines: dict[str, Discipline]) -> list[Service]:
    return [
        Service.objects.create(
            external_id=key, name=name, discipline=disciplines[code], promise=promise
        )
        for key, name, code, promise, _amount in cast.SERVICES
    ]


def _partners(
    disciplines: dict[str, Discipline], first: date, count: int, chance: Random
) -> list[Partner]:
    regions = _regions()
    settings = {setting.code: setting for setting in Setting.objects.all()}
    network = []
    for name, code in list(_by_turns(cast.PARTNERS))[:count]:
        partner = Partner.objects.create(
            external_id=f"p-{slug(name)}",
            name=name,
            region=chance.choice(regions),
            email=f"{slug(name)}@partenaires.example",
            language="fr",
            joined_on=first - timedelta(days=chance.randint(20, 700)),
        )
        partner.disciplines.set([disciplines[code]])
        partner.settings.set(settings[key] for key in settings_of(code))
        network.append(partner)
    return network


def _by_turns(partners: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """One of each discipline in turn, so that a small demonstration has all of them."""
    for rank in range(max(map(len, partners.values()))):
        for code, names in partners.items():
            if rank < len(names):
                yield names[rank], code


def settings_of(discipline: str) -> tuple[str, ...]:
    """Where a discipline is practised."""
    return {
        "yoga": ("company", "school", "private"),
        "massage": ("company", "private"),
        "nutrition": ("company", "school", "private"),
        "handyman": ("private", "company"),
    }[discipline]


def publish_grids(
    network: list[Partner],
    gifts: dict[int, float],
    *,
    adaptability_percent: int,
    valid_from: date,
    by: User,
    now: datetime,
    chance: Random,
) -> None:
    """The next version of every grid, and each partner held against it."""
    for discipline in Discipline.objects.filter(code__in=cast.DISCIPLINES):
        grid = grids.publish(
            discipline=discipline,
            criteria=[_criterion(*fields) for fields in _criteria(adaptability_percent)],
            valid_from=valid_from,
            next_review_on=valid_from + timedelta(days=365),
            now=now,
            by=by,
        )
        criteria = list(grid.criteria.all())
        for partner in network:
            if discipline in partner.disciplines.all():
                held = {one: _held(one, gifts[partner.pk], chance) for one in criteria}
                grids.assess(partner, grid, assessor=by, scores=held, now=now)


def _criteria(adaptability_percent: int) -> list[tuple[str, str, str, int, bool, int, int]]:
    """Kind, English, French, weight %, must-have, asked, highest level; diplomas give way."""
    return [
        ("diploma", "Insurance and identity", "Assurance et identité", 0, True, 1, 1),
        ("adaptability", "Adaptability", "Adaptabilité", adaptability_percent, False, 4, 5),
        ("experience", "Experience, years", "Expérience, années", 25, False, 2, 10),
        (
            "diploma",
            "Diploma level (EQF)",
            "Niveau de diplôme (CEC)",
            55 - adaptability_percent,
            False,
            5,
            8,
        ),
        ("values", "Shared values", "Valeurs partagées", 20, False, 4, 5),
    ]


def _criterion(
    kind: str,
    name_en: str,
    name_fr: str,
    weight_percent: int,
    is_must_have: bool,
    asked: int,
    scale_max: int,
) -> Criterion:
    return Criterion(
        kind=kind,
        name_en=name_en,
        name_fr=name_fr,
        weight_percent=weight_percent,
        is_must_have=is_must_have,
        asked=asked,
        scale_max=scale_max,
    )


def _held(criterion: Criterion, gift: float, chance: Random) -> Decimal:
    """The level a partner holds; the gifted are adaptable, a diploma says nothing about it."""
    if criterion.is_must_have:
        return Decimal(criterion.scale_max)
    pull = gift if criterion.kind in {"adaptability", "values"} else 0
    level = criterion.scale_max * (0.78 + 0.14 * pull + chance.uniform(-0.12, 0.12))
    return Decimal(max(0, min(criterion.scale_max, round(level * 2) / 2))).quantize(Decimal("0.1"))


def _clients(users: dict[str, User], count: int, chance: Random) -> list[Client]:
    regions, settings = _regions(), {s.code: s for s in Setting.objects.all()}
    segments = {code: _segment(code, *names) for code, names in cast.SEGMENTS.items()}
    managers = [users[account.email] for account in cast.MANAGERS]
    clients = []
    for rank, (name, setting) in enumerate(_names(count, chance)):
        region = chance.choice(regions)
        client = Client.objects.create(
            external_id=f"c-{rank + 1:03}",
            name=name,
            kind="individual" if setting == "private" else "company",
            setting=settings[setting],
            segment=segments[_segment_of(setting, rank)],
            region=region,
            language="en" if chance.random() < 0.12 else "fr",
            manager=managers[rank % len(managers)],
            salesperson="Hugo Lambert",
        )
        _contacts(client, rank, chance)
        clients.append(client)
    return clients


def _names(count: int, chance: Random) -> Iterator[tuple[str, str]]:
    """As many companies as the rest together; schools are few."""
    companies = [f"{stem} {kind}" for kind in cast.COMPANY_KINDS for stem in cast.COMPANY_STEMS]
    people = [f"{first} {last}" for last in cast.LAST_NAMES for first in cast.FIRST_NAMES]
    chance.shuffle(people)
    schools = list(cast.SCHOOLS)
    for rank in range(count):
        if rank % 12 == 5 and schools:
            yield schools.pop(0), "school"
        elif rank % 2:
            yield people.pop(), "private"
        else:
            yield companies.pop(0), "company"


def _segment_of(setting: str, rank: int) -> str:
    if setting == "private":
        return "household"
    if setting == "school":
        return "small"
    return ("key_account", "mid_size", "small")[min(2, rank // 24)]


def _segment(code: str, name_en: str, name_fr: str) -> Segment:
    return Segment.objects.get_or_create(
        code=code, defaults={"name_en": name_en, "name_fr": name_fr}
    )[0]


def _regions() -> list[Region]:
    return [
        Region.objects.get_or_create(code=slug(name), defaults={"name_en": name, "name_fr": name})[
            0
        ]
        for name in cast.REGIONS
    ]


def _contacts(client: Client, rank: int, chance: Random) -> None:
    """In a company each team has somebody who receives the partner; at home it is the client."""
    for place in range(CONTACTS if client.kind == "company" else 1):
        name = client.name
        if client.kind == "company":
            name = f"{chance.choice(cast.FIRST_NAMES)} {chance.choice(cast.LAST_NAMES)}"
        Contact.objects.create(
            client=client,
            name=name,
            email="" if rank % 37 == 36 else f"{slug(name)}.{rank + 1}@clients.example",
            phone=f"+331990{rank:05}",
            language=client.language,
            is_main=place == 0,
        )


def slug(name: str) -> str:
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())
