"""Each step: what it writes, what it refuses, and that a second time writes nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from partners import debriefs, grids, interventions
from partners.interventions import NotAllowed
from partners.models import Criterion, DebriefRequest, Intervention, Partner, Status
from tests.factories import (
    NOON,
    ClientFactory,
    ContactFactory,
    InterventionFactory,
    PartnerFactory,
    ServiceFactory,
)
from triangle import links
from triangle.changes import Change
from triangle.models import JournalEntry, Region, Segment, Setting

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


def kinds(intervention):
    return [entry.kind for entry in JournalEntry.objects.about(intervention).order_by("id")]


def test_a_request_copies_the_scope_and_writes_to_the_main_contact(manager):
    segment = Segment.objects.create(code="big", name_en="Big", name_fr="Grand")
    region = Region.objects.create(code="south", name_en="South", name_fr="Sud")
    client = ClientFactory(segment=segment, region=region, setting=Setting.objects.last())
    contact = ContactFactory(client=client)
    made = interventions.request(
        client=client, service=ServiceFactory(), now=NOON, by=manager, scheduled_at=LATER
    )
    made.refresh_from_db()
    assert (made.segment, made.region, made.setting) == (segment, region, client.setting)
    assert (made.contact, made.status, made.requested_at) == (contact, "requested", NOON)
    assert str(made.scheduled_on) == "2026-03-11"
    assert kinds(made) == ["requested"]


def test_a_request_may_have_a_setting_of_its_own():
    event = Setting.objects.get(code="event")
    made = interventions.request(
        client=ClientFactory(), service=ServiceFactory(), now=NOON, setting=event
    )
    assert made.setting == event


def a_request():
    return InterventionFactory(status=Status.REQUESTED, partner=PartnerFactory())


STEPS = [
    ("proposed", a_request, lambda i, now: interventions.propose(i, now=now)),
    ("confirmed", a_request, lambda i, now: interventions.confirm(i, now=now)),
    ("introduced", a_request, lambda i, now: interventions.introduce(i, now=now)),
    ("brief_refined", a_request, lambda i, now: interventions.refine_brief(i, brief="B", now=now)),
    ("started", InterventionFactory, lambda i, now: interventions.start(i, now=now)),
    ("completed", InterventionFactory, lambda i, now: interventions.complete(i, now=now)),
    (
        "cancelled",
        InterventionFactory,
        lambda i, now: interventions.cancel(i, side="client", reason="ill", now=now),
    ),
    ("no_show", InterventionFactory, lambda i, now: interventions.mark_no_show(i, now=now)),
    (
        "rescheduled",
        InterventionFactory,
        lambda i, now: interventions.reschedule(i, scheduled_at=LATER, now=now),
    ),
    (
        "cancellation_disputed",
        lambda: InterventionFactory(cancelled=True),
        lambda i, now: interventions.dispute_cancellation(i, reason="not us", now=now),
    ),
]


@pytest.mark.parametrize(("kind", "make", "step"), STEPS, ids=[step[0] for step in STEPS])
def test_a_step_taken_twice_is_written_once(kind, make, step):
    intervention = make()
    stale = Intervention.objects.get(pk=intervention.pk)
    step(intervention, NOON)
    first = Intervention.objects.filter(pk=intervention.pk).values().get()
    step(intervention, LATER)
    step(stale, LATER)
    assert Intervention.objects.filter(pk=intervention.pk).values().get() == first
    assert kinds(intervention) == [kind]


@pytest.mark.parametrize(("kind", "make", "step"), STEPS, ids=[step[0] for step in STEPS])
def test_the_object_shows_what_was_written(kind, make, step):
    intervention = make()
    step(intervention, NOON)
    fresh = Intervention.objects.get(pk=intervention.pk)
    for field in Intervention._meta.concrete_fields:
        assert getattr(intervention, field.attname) == getattr(fresh, field.attname)


@pytest.mark.parametrize(("kind", "make", "step"), STEPS[:-1], ids=[step[0] for step in STEPS[:-1]])
def test_no_step_leads_out_of_a_cancellation(kind, make, step):
    gone = InterventionFactory(cancelled=True, cancelled_by="external", scheduled_at=NOON)
    if kind == "cancelled":
        gone = InterventionFactory(completed=True)
    with pytest.raises(NotAllowed, match="no longer possible"):
        step(gone, NOON)
    assert kinds(gone) == []


def test_only_a_cancellation_is_disputed():
    with pytest.raises(NotAllowed):
        interventions.dispute_cancellation(InterventionFactory(), reason="no", now=NOON)


def test_a_stale_object_does_not_undo_what_others_did():
    stale = InterventionFactory()
    interventions.reschedule(Intervention.objects.get(pk=stale.pk), scheduled_at=LATER, now=NOON)
    interventions.start(stale, now=NOON)
    stale.refresh_from_db()
    assert (stale.status, stale.scheduled_at, str(stale.scheduled_on)) == (
        "in_progress",
        LATER,
        "2026-03-11",
    )


def test_confirming_needs_a_date():
    with pytest.raises(NotAllowed, match="date"):
        interventions.confirm(InterventionFactory(status="requested", scheduled_at=None), now=NOON)


@pytest.mark.parametrize("step", [interventions.introduce, interventions.start])
def test_a_step_of_the_partner_needs_a_partner(step):
    with pytest.raises(NotAllowed, match="partner"):
        step(InterventionFactory(partner=None), now=NOON)


def test_the_end_comes_after_the_start():
    with pytest.raises(NotAllowed, match="end"):
        interventions.reschedule(
            InterventionFactory(), scheduled_at=LATER, scheduled_end_at=LATER, now=NOON
        )


def test_another_partner_is_introduced_anew():
    intervention = InterventionFactory(introduced_at=NOON)
    other = PartnerFactory()
    interventions.assign(intervention, other, now=NOON)
    interventions.assign(intervention, other, now=LATER)
    intervention.refresh_from_db()
    assert (intervention.partner, intervention.introduced_at) == (other, None)
    assert kinds(intervention) == ["assigned"]


@pytest.mark.parametrize("status", ["applicant", "onboarding", "paused", "left"])
def test_only_an_active_partner_is_assigned(status):
    intervention = InterventionFactory(partner=None)
    with pytest.raises(NotAllowed, match="not active"):
        interventions.assign(intervention, PartnerFactory(status=status), now=NOON)
    assert Partner.objects.get().interventions.count() == 0


def test_the_grid_held_at_assignment_stays_with_the_intervention(quality_lead):
    intervention, partner = InterventionFactory(partner=None), PartnerFactory()
    criterion = Criterion(kind="skill", name_en="Skill", name_fr="Savoir", weight_percent=100)
    criterion.asked = Decimal(3)
    grid = grids.publish(
        discipline=intervention.service.discipline,
        criteria=[criterion],
        valid_from=NOON.date(),
        now=NOON,
    )
    grids.assess(partner, grid, scores={criterion: Decimal(4)}, now=NOON, assessor=quality_lead)
    interventions.assign(intervention, partner, now=NOON)
    partner.assessments.all().delete()
    intervention.refresh_from_db()
    assert intervention.expected_percent == 80


def test_completion_scores_the_delivery_and_asks_for_the_debrief():
    intervention = InterventionFactory(started_at=NOON)
    interventions.complete(intervention, now=NOON + timedelta(hours=12))
    intervention.refresh_from_db()
    assert (intervention.status, str(intervention.completed_on)) == ("completed", "2026-03-11")
    assert intervention.delivered_percent == 38
    request = DebriefRequest.objects.get(intervention=intervention)
    assert request.token_hash == links.token_hash(request.token)
    assert request.expires_at == NOON + timedelta(hours=12) + debriefs.LINK_VALID


def test_nobody_is_asked_for_a_debrief_without_a_partner():
    interventions.complete(InterventionFactory(partner=None), now=NOON)
    assert not DebriefRequest.objects.exists()


def test_completion_scores_what_the_row_says_not_the_page():
    stale = InterventionFactory(partner=PartnerFactory())
    interventions.introduce(Intervention.objects.get(pk=stale.pk), now=NOON - timedelta(days=4))
    interventions.start(Intervention.objects.get(pk=stale.pk), now=NOON)
    interventions.complete(stale, now=NOON)
    assert stale.delivered_percent == 82


@pytest.mark.parametrize(
    ("side", "delivered"),
    [("client", None), ("partner", 0), ("company", 0), ("external", None), ("not_known", None)],
)
def test_a_cancellation_has_a_side_and_a_reason(side, delivered):
    intervention = InterventionFactory()
    interventions.cancel(intervention, side=side, reason="  ill ", now=NOON)
    intervention.refresh_from_db()
    assert (intervention.cancelled_by, intervention.cancel_reason) == (side, "ill")
    assert (intervention.cancelled_at, intervention.delivered_percent) == (NOON, delivered)


def test_an_unknown_side_is_refused():
    intervention = InterventionFactory()
    with pytest.raises(NotAllowed, match="side"):
        interventions.cancel(intervention, side="weather", reason="rain", now=NOON)
    assert Intervention.objects.get().status == "confirmed"


def test_a_disputed_cancellation_counts_against_nobody():
    intervention = InterventionFactory()
    interventions.cancel(intervention, side="partner", reason="ill", now=NOON)
    interventions.dispute_cancellation(intervention, reason="the client asked", now=LATER)
    intervention.refresh_from_db()
    assert (intervention.is_disputed, intervention.delivered_percent) == (True, None)


def test_a_step_costs_two_queries(django_assert_num_queries):
    intervention = InterventionFactory()
    with django_assert_num_queries(2):
        interventions.start(intervention, now=NOON)


def from_platform(**fields):
    return interventions.save_from_platform(external_id="M-1", now=NOON, **fields)


def test_the_platform_creates_then_changes_then_changes_nothing():
    client, service = ClientFactory(), ServiceFactory()
    first, change = from_platform(client=client, service=service, scheduled_at=NOON)
    assert (change, first.status, first.client) == (Change.CREATED, "requested", client)
    partner = PartnerFactory()
    again, change = from_platform(partner=partner, status="confirmed")
    assert (change, again.partner, again.confirmed_at) == (Change.CHANGED, partner, NOON)
    _, change = from_platform(partner=partner, status="confirmed", client=client)
    assert change == Change.UNCHANGED
    assert kinds(first) == ["received", "confirmed"]


def test_what_the_platform_does_not_send_stays():
    first, _ = from_platform(client=ClientFactory(), service=ServiceFactory(), place="Lyon")
    from_platform(brief="Mind the dog")
    first.refresh_from_db()
    assert (first.place, first.brief) == ("Lyon", "Mind the dog")


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "cancelled", "cancelled_by": ""},
        {"status": "completed", "completed_at": None},
        {"status": "requested", "completed_at": NOON},
        {"status": "no_show", "cancel_reason": "why"},
    ],
)
def test_the_same_message_of_the_platform_twice_changes_nothing(fields):
    scope = {"client": ClientFactory(), "service": ServiceFactory(), "partner": PartnerFactory()}
    _, first = from_platform(**scope, scheduled_at=NOON, **fields)
    _, second = from_platform(**scope, scheduled_at=NOON, **fields)
    assert (first, second) == (Change.CREATED, Change.UNCHANGED)


def test_a_completion_by_the_platform_asks_for_the_debrief_once():
    scope = {"client": ClientFactory(), "service": ServiceFactory(), "partner": PartnerFactory()}
    made, _ = from_platform(**scope, status="in_progress", scheduled_at=NOON)
    from_platform(status="completed", completed_at=LATER)
    from_platform(place="Lyon")
    made.refresh_from_db()
    assert (str(made.completed_on), made.delivered_percent) == ("2026-03-11", 50)
    assert DebriefRequest.objects.count() == 1


def test_the_platform_does_not_reopen_what_has_ended():
    made, _ = from_platform(client=ClientFactory(), service=ServiceFactory(), status="cancelled")
    with pytest.raises(NotAllowed):
        from_platform(status="confirmed")
    made.refresh_from_db()
    assert (made.status, made.cancelled_by) == ("cancelled", "not_known")
