"""A small marketplace drawn by lot, and its figures counted by hand."""

from collections import Counter
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.utils.crypto import get_random_string

from clients.models import Client
from feedback.models import Invitation, Rating, RatingCriterion
from indicators.models import TallyState
from partners.models import CancelledBy, Debrief, Intervention, Status
from partners.scope import Scope
from tests.factories import (
    ClientFactory,
    DisciplineFactory,
    PartnerFactory,
    RatingCriterionFactory,
    ServiceFactory,
    SurveyFactory,
    UserFactory,
)
from triangle.models import Region, Segment, Setting
from triangle.periods import Period, local_day

PARIS = ZoneInfo("Europe/Paris")
SLOTS = (2, 5)
START = datetime(2025, 1, 20, tzinfo=PARIS)


class Market:
    def __init__(self, *, interventions: int = 150, seed: int = 7, start: datetime = START):
        self.draw = Random(seed)
        self.start = start
        disciplines = DisciplineFactory.create_batch(2)
        self.services = [ServiceFactory(discipline=disciplines[n % 2]) for n in range(3)]
        self.partners = PartnerFactory.create_batch(3)
        self.managers = UserFactory.create_batch(2)
        self.segments = [Segment.objects.get(), self._label(Segment, "big")]
        self.regions = [Region.objects.get(), self._label(Region, "south")]
        self.settings = list(Setting.objects.order_by("pk")[:3])
        owners = [None, *self.managers, self.managers[0]]
        self.clients = [ClientFactory(manager=owner) for owner in owners]
        self.survey = SurveyFactory()
        for slot in SLOTS:
            if not RatingCriterion.objects.filter(slot=slot).exists():
                RatingCriterionFactory(slot=slot)
        self.add(interventions)

    def _label(self, model, code):
        return model.objects.create(code=code, name_en=code, name_fr=code)

    def add(self, interventions):
        made = Intervention.objects.bulk_create(self._intervention() for _ in range(interventions))
        Invitation.objects.bulk_create(map(self._invitation, self._some(made, 0.8)))
        ratings = [self._rating(one, True) for one in self._some(made, 0.7)]
        ratings += [self._rating(one.intervention, False) for one in self._some(ratings, 0.1)]
        Rating.objects.bulk_create(ratings)
        Debrief.objects.bulk_create(map(self._debrief, self._some(made, 0.5)))

    def _some(self, rows, share):
        return [row for row in rows if self.draw.random() < share]

    def _instant(self):
        """Any minute of ninety days, those around midnight and of the clock change included."""
        return self.start + timedelta(minutes=self.draw.randrange(129_600))

    def _intervention(self):
        choose = self.draw.choice
        status = choose([*Status.values, "completed", "completed", "cancelled"])
        at = self._instant()
        done = at + timedelta(hours=choose([1, 30])) if status == "completed" else None
        side = choose(CancelledBy.values) if status == "cancelled" else ""
        return Intervention(
            service=choose(self.services),
            client=choose(self.clients),
            partner=choose([None, *self.partners]),
            setting=choose(self.settings),
            segment=choose(self.segments),
            region=choose(self.regions),
            status=status,
            scheduled_at=at,
            scheduled_on=local_day(at),
            completed_at=done,
            completed_on=done and local_day(done),
            cancelled_by=side,
            is_disputed=bool(side) and self.draw.random() < 0.2,
            expected_percent=choose([None, 60, 80, 100]),
            delivered_percent=choose([None, 50, 75, 100]),
        )

    def _invitation(self, intervention):
        status = self.draw.choice([*Invitation.Status.values, "answered", "sent"])
        at = self._instant()
        left = status in {"sent", "answered", "expired"}
        skip = self.draw.choice(Invitation.Skip.values) if status == "skipped" else ""
        return Invitation(
            **intervention.scope(),
            intervention=intervention,
            survey=self.survey,
            token_hash=get_random_string(64),
            status=status,
            skip_reason=skip,
            hand_reason="spoken" if skip == "by_hand" else "",
            due_at=at,
            expires_at=at,
            sent_at=at if left else None,
            answered_at=at if status == "answered" else None,
            is_explained=status == "answered" and self.draw.random() < 0.6,
            bounced_at=at if left and self.draw.random() < 0.1 else None,
            counted_on=None if status == "scheduled" else local_day(at),
        )

    def _rating(self, intervention, is_current):
        at = self._instant()
        answers = {
            f"{name}_{slot}": self.draw.choice([None, *range(6)])
            for name in ("satisfaction", "importance")
            for slot in SLOTS
        }
        return Rating(
            **intervention.scope(),
            **answers,
            intervention=intervention,
            score=self.draw.randrange(11),
            why=self.draw.choice(["", "Because."]),
            company_score=self.draw.choice([None, *range(6)]),
            partner_score=self.draw.choice([None, *range(6)]),
            not_applicable=self.draw.choice([0, 1 << 4, 1 << 1, 1 << 8]),
            answered_at=at,
            answered_on=local_day(at),
            is_current=is_current,
            source=Rating.Source.IMPORT,
        )

    def _debrief(self, intervention):
        at = self._instant()
        return Debrief(
            **intervention.scope(),
            intervention=intervention,
            score=self.draw.randrange(11),
            why="Because.",
            answered_at=at,
            answered_on=local_day(at),
        )

    def scope(self) -> Scope:
        """A filter drawn by lot: often nothing, one thing, or several."""
        rows = {
            "service": self.services,
            "discipline": [service.discipline for service in self.services],
            "setting": self.settings,
            "region": self.regions,
            "segment": self.segments,
            "partner": self.partners,
            "client": self.clients,
            "manager": self.managers,
        }
        names = self.draw.sample(sorted(rows), self.draw.choice([0, 1, 1, 2, 3]))
        chosen = {
            name: {row.pk for row in self.draw.sample(rows[name], self.draw.choice([1, 1, 2]))}
            for name in names
        }
        portfolio = self.draw.choice([None, None, self.managers[0].pk])
        keys = {name: tuple(sorted(values)) for name, values in chosen.items()}
        return Scope(**keys, portfolio=portfolio)

    def period(self) -> Period:
        first = datetime.combine(
            local_day(self._instant()).replace(day=self.draw.choice([1, 1, 9, 28])), time()
        ).date()
        return Period(first, first + timedelta(days=self.draw.choice([0, 5, 27, 30, 31, 61, 90])))


def in_scope(fact, scope):
    client = Client.objects.get(pk=fact.client_id)
    held = {
        "service": fact.service_id,
        "discipline": fact.service.discipline_id,
        "setting": fact.setting_id,
        "region": fact.region_id,
        "segment": fact.segment_id,
        "partner": fact.partner_id,
        "client": fact.client_id,
        "manager": client.manager_id,
    }
    mine = scope.portfolio is None or client.manager_id in {None, scope.portfolio}
    return mine and all(
        not getattr(scope, name) or held[name] in getattr(scope, name) for name in held
    )


def count_by_hand(scope, period):
    """The same names as the sums of the reader, zero counts left out, and those by criterion."""
    counts, criteria = Counter(), {slot: Counter() for slot in SLOTS}

    def facts(model, day):
        rows = model.objects.filter(**{f"{day}__range": (period.first, period.last)})
        return [row for row in rows.select_related("service") if in_scope(row, scope)]

    def answer(into, prefix, value):
        if value is not None:
            into[f"{prefix}n"] += 1
            into[f"{prefix}sum"] += value
            into[f"{prefix}squares"] += value**2

    for one in facts(Rating, "answered_on"):
        if not one.is_current:
            continue
        counts[f"rating_all_{one.score}"] += 1
        counts[f"rating_explained_{one.score}"] += bool(one.why)
        answer(counts, "rating_company_", one.company_score)
        answer(counts, "rating_partner_", one.partner_score)
        for slot, into in criteria.items():
            satisfaction = getattr(one, f"satisfaction_{slot}")
            answer(into, "", satisfaction)
            answer(into, "importance_", getattr(one, f"importance_{slot}"))
            into["not_applicable"] += one.not_applicable >> (slot - 1) & 1
            if satisfaction is not None:
                into["score_sum"] += one.score
                into["score_squares"] += one.score**2
                into["product"] += one.score * satisfaction
    for one in facts(Intervention, "scheduled_on"):
        if one.is_disputed:
            counts["intervention_disputed"] += 1
            continue
        if one.status in {"requested", "proposed"}:
            continue
        counts["intervention_planned"] += 1
        counts["intervention_completed"] += one.status == "completed"
        counts["intervention_no_show"] += one.status == "no_show"
        counts["intervention_late"] += one.is_late
        counts[f"intervention_cancelled_{one.cancelled_by}"] += one.status == "cancelled"
        answer(counts, "intervention_expected_", one.expected_percent)
        answer(counts, "intervention_delivered_", one.delivered_percent)
    for one in facts(Invitation, "counted_on"):
        answered = one.status == "answered"
        kept = one.status in {"sent", "expired"} and not one.bounced_at
        counts["invitation_eligible"] += one.skip_reason != "cancelled"
        counts["invitation_invited"] += one.status != "skipped"
        counts["invitation_delivered"] += answered or kept
        counts["invitation_answered"] += answered
        counts["invitation_explained"] += answered and one.is_explained
    for one in facts(Debrief, "answered_on"):
        counts[f"debrief_score_{one.score}"] += 1
    return +counts, {slot: dict(+into) for slot, into in criteria.items() if +into}


def without_zeros(sums):
    """Sums of the reader in the form of a count by hand."""
    criteria = {slot: {k: v for k, v in into.items() if v} for slot, into in sums.criteria.items()}
    return (
        {name: count for name, count in sums.counts.items() if count},
        {slot: into for slot, into in criteria.items() if into},
    )


def version():
    return TallyState.objects.values_list("version", flat=True).first() or 0
