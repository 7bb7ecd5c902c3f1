"""Plays the demonstration day by day through the verbs, so that nothing in it is made up twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from clients.models import Contact
from feedback.models import RatingCriterion, ReasonChip
from indicators import actions
from indicators.demo import cast, listen, story
from indicators.demo.scene import Play, at_clock
from indicators.demo.stage import Stage, publish_grids, set_stage, settings_of
from indicators.demo.story import Order
from indicators.demo.whys import CANCEL_REASONS, DEBRIEF_BAD, DEBRIEF_GOOD, SUGGESTIONS
from partners import debriefs, interventions
from partners.models import Intervention
from triangle.models import Discipline, User
from triangle.periods import local_day

MONTH_DAYS = 30.44
CONFIRMED_WITHIN = timedelta(hours=61)  # of the request
NEW_SURVEYS_FROM = timedelta(days=60)  # before today

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Size:
    months: int = 18
    interventions: int = 6000
    partners: int = 40
    clients: int = 150


def play(*, now: datetime, size: Size, seed: int, progress: Progress) -> Stage:
    """Set the stage and live every day up to `now`, with the next weeks planned."""
    chance = Random(seed)
    zone = ZoneInfo(settings.TIME_ZONE)
    today = local_day(now)
    first = today - timedelta(days=round(size.months * MONTH_DAYS))
    stage = set_stage(
        now=at_clock(first, time(8), zone),
        first=first,
        partners=size.partners,
        clients=size.clients,
        chance=chance,
    )
    scene = _scene(stage, now, zone, chance)
    orders = list(_orders(scene, first, today, size))
    mended_on = first + (today - first) * story.MENDED_FROM
    _live(scene, orders, first=first, today=today, mended_on=mended_on, progress=progress)
    return stage


def _scene(stage: Stage, now: datetime, zone: ZoneInfo, chance: Random) -> Play:
    return Play(
        stage=stage,
        now=now,
        zone=zone,
        chance=chance,
        criteria=list(RatingCriterion.objects.filter(is_asked=True)),
        chips={chip.code: chip for chip in ReasonChip.objects.all()},
        amounts={key: Decimal(amount) for key, *_rest, amount in cast.SERVICES},
        contacts=_contacts(stage),
        makers={
            partner.pk: story.Maker(rank, discipline.code, stage.gifts[partner.pk])
            for rank, partner in enumerate(stage.partners)
            for discipline in partner.disciplines.all()
        },
    )


def _contacts(stage: Stage) -> dict[int, list[Contact]]:
    found = defaultdict(list)
    for contact in Contact.objects.filter(client__in=stage.clients).order_by("pk"):
        found[contact.client_id].append(contact)
    return found


def _orders(scene: Play, first: date, today: date, size: Size) -> Iterator[Order]:
    stage = scene.stage
    return story.orders(
        first=first,
        last=today + timedelta(days=story.HORIZON_DAYS),
        total=round(size.interventions * (1 + story.HORIZON_DAYS / (size.months * MONTH_DAYS))),
        buyers=[
            story.Buyer(rank, client.setting.code, 3.0 if client.kind == "company" else 1.0)
            for rank, client in enumerate(stage.clients)
        ],
        makers=list(scene.makers.values()),
        offers=[
            story.Offer(rank, service.discipline.code, settings_of(service.discipline.code))
            for rank, service in enumerate(stage.services)
        ],
        shares={code: share for code, (*_names, share) in cast.DISCIPLINES.items()},
        zone=scene.zone,
        chance=scene.chance,
    )


def _live(
    scene: Play,
    orders: list[Order],
    *,
    first: date,
    today: date,
    mended_on: date,
    progress: Progress,
) -> None:
    by_day = {
        day: list(group)
        for day, group in groupby(orders, key=lambda order: order.scheduled_at.date())
    }
    days = story.days_of(first, today)
    new_surveys_on = max(first, today - NEW_SURVEYS_FROM)
    for n, day in enumerate(days):
        with transaction.atomic():
            for order in by_day.get(day, ()):
                _live_order(scene, order)
        if day == mended_on:
            _mend(scene, day)
        if day == new_surveys_on:
            listen.ask_more(scene)
        listen.ask(scene, day)
        with transaction.atomic():
            listen.hear(scene, day)
        progress(n + 1, len(days))
    with transaction.atomic():
        for order in orders:
            if order.scheduled_at.date() > today:
                _plan(scene, order)


def _live_order(scene: Play, order: Order) -> None:
    """Everything that happens to one intervention, up to now."""
    intervention = _request(scene, order)
    manager = intervention.client.manager
    cancelled_at = _cancelledat_clock(scene, order)
    if not _prepare(scene, intervention, order, manager, until=cancelled_at or scene.now):
        return
    if cancelled_at:
        _cancel(scene, intervention, order, manager, at=cancelled_at)
    elif order.ends_at > scene.now:
        return
    elif order.outcome == "no_show":
        interventions.mark_no_show(intervention, now=order.ends_at, by=manager)
    else:
        interventions.start(intervention, now=order.started_at)
        ended_at = max(order.ends_at, order.started_at) + timedelta(days=order.runs_over)
        if ended_at > scene.now:
            return
        interventions.complete(intervention, now=ended_at)
        scene.lived[intervention.pk] = order
        _debrief(scene, intervention, order)


def _cancelledat_clock(scene: Play, order: Order) -> datetime | None:
    """With short or long notice, once it is confirmed; None when it is not cancelled by now."""
    if order.outcome != "cancelled":
        return None
    notice = timedelta(hours=scene.chance.choice((3, 12, 20, 30, 48, 80, 120)))
    at = max(order.scheduled_at - notice, order.requested_at + CONFIRMED_WITHIN)
    return at if at <= scene.now else None


def _request(scene: Play, order: Order) -> Intervention:
    service = scene.stage.services[order.offer]
    client = scene.stage.clients[order.buyer]
    return interventions.request(
        client=client,
        contact=scene.chance.choice(scene.contacts[client.pk]),
        service=service,
        now=order.requested_at,
        scheduled_at=order.scheduled_at,
        scheduled_end_at=order.ends_at,
        place=scene.chance.choice(cast.PLACES),
        brief=service.promise,
        amount=scene.amounts[service.external_id],
        currency="EUR",
    )


def _prepare(
    scene: Play,
    intervention: Intervention,
    order: Order,
    manager: User | None,
    *,
    until: datetime,
) -> bool:
    """Confirmed, introduced, brief refined: each when its moment has come; whether confirmed."""
    partner = scene.stage.partners[order.maker or 0]
    confirmed_at = order.requested_at + timedelta(hours=scene.chance.uniform(3, 60))
    if confirmed_at > until:
        return False
    interventions.assign(intervention, partner, now=confirmed_at, by=manager)
    interventions.confirm(intervention, now=confirmed_at, by=manager)
    steps = (
        (order.is_introduced, timedelta(hours=scene.chance.uniform(74, 100)), "introduce"),
        (order.is_brief_refined, timedelta(hours=scene.chance.uniform(20, 40)), "refine"),
    )
    for is_done, before, step in steps:
        at = max(confirmed_at + timedelta(hours=1), order.scheduled_at - before)
        if not is_done or at > until or at > order.scheduled_at:
            continue
        if step == "introduce":
            interventions.introduce(intervention, now=at, by=manager)
        else:
            interventions.refine_brief(
                intervention, brief=f"{intervention.brief} {intervention.place}.", now=at
            )
    return True


def _cancel(
    scene: Play, intervention: Intervention, order: Order, manager: User | None, *, at: datetime
) -> None:
    reason = scene.chance.choice(CANCEL_REASONS[order.side])
    interventions.cancel(intervention, side=order.side, reason=reason, now=at, by=manager)
    if scene.chance.random() < 0.04:
        interventions.dispute_cancellation(
            intervention, reason="Le client dit avoir prévenu.", now=at + timedelta(hours=5)
        )


def _debrief(scene: Play, intervention: Intervention, order: Order) -> None:
    at = order.ends_at + timedelta(hours=scene.chance.uniform(0.2, 30))
    if at > scene.now or scene.chance.random() > story.DEBRIEFS:
        return
    went_badly = scene.chance.random() < (0.45 if order.is_troubled else 0.09)
    low = 1 if went_badly else 3
    debriefs.file(
        intervention,
        score=scene.chance.choice((3, 4, 5, 6) if went_badly else (7, 8, 8, 9, 9, 9, 10)),
        why=scene.chance.choice(DEBRIEF_BAD if went_badly else DEBRIEF_GOOD)[0],
        brief_accuracy=scene.chance.randint(low, 5),
        access=scene.chance.randint(low, 5),
        client_readiness=scene.chance.randint(low, 5),
        company_support=scene.chance.randint(2, 5),
        suggestion=scene.chance.choice(SUGGESTIONS)[0] if scene.chance.random() < 0.12 else "",
        now=at,
    )


def _mend(scene: Play, day: date) -> None:
    """What the whys taught: briefs are rewritten, and adaptability weighs more in the grids."""
    publish_grids(
        scene.stage.partners,
        scene.stage.gifts,
        adaptability_percent=40,
        valid_from=day,
        by=scene.stage.users[cast.PAUL.email],
        now=at_clock(day, time(9), scene.zone),
        chance=scene.chance,
    )
    actions.record_done(
        title_en="Massage brief rewritten",
        title_fr="Brief massage réécrit",
        discipline=Discipline.objects.get(code="massage"),
        owner=scene.stage.users[cast.SONIA.email],
        now=at_clock(day, time(10), scene.zone),
    )


def _plan(scene: Play, order: Order) -> None:
    """An intervention of the next weeks; a few still wait for a partner or an introduction."""
    if order.requested_at > scene.now:
        return
    if scene.chance.random() < 0.07:
        _request(scene, order)
        return
    intervention = _request(scene, order)
    _prepare(scene, intervention, order, intervention.client.manager, until=scene.now)
