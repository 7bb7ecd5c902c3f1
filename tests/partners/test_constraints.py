"""What the database itself refuses about partners, grids, interventions and debriefs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from partners.models import (
    Assessment,
    AssessmentScore,
    Criterion,
    CriterionGrid,
    DebriefRequest,
    Intervention,
)
from tests.factories import (
    NOON,
    DebriefFactory,
    DisciplineFactory,
    InterventionFactory,
    PartnerFactory,
    UserFactory,
)
from triangle.models import Setting

pytestmark = pytest.mark.django_db


def refused(name, write):
    """SQLite names the columns of a unique constraint, not the constraint."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write()
    assert name in str(error.value) or "UNIQUE constraint failed" in str(error.value)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("intervention_status_known", {"status": "lost"}),
        ("intervention_cancelled_has_a_side", {"status": "cancelled"}),
        ("intervention_cancelled_has_a_side", {"cancelled_by": "client"}),
        ("intervention_completed_has_an_instant", {"status": "completed"}),
        ("intervention_scheduled_day_follows", {"scheduled_on": None}),
        ("intervention_expected_percent_0_to_100", {"expected_percent": 101}),
        ("intervention_delivered_percent_0_to_100", {"delivered_percent": 101}),
        ("intervention_only_cancelled_is_disputed", {"is_disputed": True}),
    ],
)
def test_an_intervention(name, fields):
    intervention = InterventionFactory()
    rows = Intervention.objects.filter(pk=intervention.pk)
    refused(name, lambda: rows.update(**fields))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("debrief_score_0_to_10", {"score": 11}),
        ("debrief_why_not_empty", {"why": ""}),
        ("debrief_brief_accuracy_0_to_5", {"brief_accuracy": 6}),
        ("debrief_access_0_to_5", {"access": -1}),
        ("debrief_client_readiness_0_to_5", {"client_readiness": 6}),
        ("debrief_company_support_0_to_5", {"company_support": 6}),
    ],
)
def test_a_debrief(name, fields):
    refused(name, lambda: DebriefFactory(**fields))


def test_one_debrief_per_intervention():
    filed = DebriefFactory()
    refused("intervention_id", lambda: DebriefFactory(intervention=filed.intervention))


def ask(intervention, *, token_hash="0" * 64, expires_at=NOON + timedelta(days=1)):
    DebriefRequest.objects.create(
        intervention=intervention, token_hash=token_hash, asked_at=NOON, expires_at=expires_at
    )


def test_a_debrief_request_ends_after_it_was_asked():
    intervention = InterventionFactory(completed=True)
    refused("debrief_request_ends_after_asking", lambda: ask(intervention, expires_at=NOON))


def test_a_debrief_is_asked_once_by_its_own_link():
    first, second = InterventionFactory(completed=True), InterventionFactory(completed=True)
    ask(first)
    refused("intervention_id", lambda: ask(first, token_hash="1" * 64))
    refused("token_hash", lambda: ask(second))


def test_a_partner_has_a_known_status():
    refused("partner_status_known", lambda: PartnerFactory(status="lost"))


def grid(**fields):
    usual = {"discipline": DisciplineFactory(), "version": 1, "valid_from": NOON.date()}
    return CriterionGrid.objects.create(**{**usual, **fields})


@pytest.mark.parametrize("code", ["school", None])
def test_a_version_of_a_grid_is_unique(code):
    setting = Setting.objects.get(code=code) if code else None
    first = grid(setting=setting)
    refused("grid_version_unique", lambda: grid(discipline=first.discipline, setting=setting))


def criterion(of, **fields):
    usual = {"kind": "skill", "name_en": "Skill", "name_fr": "Savoir", "asked": Decimal(3)}
    return Criterion.objects.create(grid=of, **{**usual, **fields})


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("criterion_weight_0_to_100", {"weight_percent": 101}),
        ("criterion_asked_within_scale", {"asked": Decimal("5.5")}),
        ("criterion_asked_within_scale", {"asked": Decimal(-1)}),
    ],
)
def test_a_criterion(name, fields):
    refused(name, lambda: criterion(grid(), **fields))


def test_an_assessment():
    of, partner, assessor = grid(), PartnerFactory(), UserFactory()
    usual = {"partner": partner, "grid": of, "assessor": assessor, "assessed_on": NOON.date()}
    made = Assessment.objects.create(**usual)
    refused("assessment_once_per_assessor", lambda: Assessment.objects.create(**usual))
    asked = criterion(of)
    score = {"assessment": made, "criterion": asked}
    refused(
        "assessment_score_not_negative",
        lambda: AssessmentScore.objects.create(**score, held=Decimal(-1)),
    )
    AssessmentScore.objects.create(**score, held=Decimal(1))
    refused(
        "assessment_score_once_per_criterion",
        lambda: AssessmentScore.objects.create(**score, held=Decimal(2)),
    )
