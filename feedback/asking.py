"""Writing the invitations of one rule, each with its first mail or the reason why there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from feedback.models import ContactPolicy, Delivery, Invitation, SurveyVersion
from feedback.models.invitation import purpose
from feedback.occasions import Occasion
from feedback.sending import pace, recipients, suppressions, window
from triangle import journal, links
from triangle.periods import local_day

Skip, Status = Invitation.Skip, Invitation.Status


def ask(found: list[Occasion], *, now: datetime) -> int:
    """About matters of one rule; returns how many invitations are new."""
    rule = found[0].rule
    version = SurveyVersion.objects.filter(survey=rule.survey).order_by("-number").first()
    planned = [_invitation(one, version) for one in found]
    barred = suppressions.skips(map(recipients.email_of, planned), survey=rule.survey)
    policy = pace.policy_for(planned[0])
    for invitation, occasion in zip(planned, found, strict=True):
        _plan(invitation, occasion, policy)
        _hold_back(invitation, barred, now=now)
    return _write(planned, now=now)


def _invitation(occasion: Occasion, version: SurveyVersion | None) -> Invitation:
    survey = occasion.rule.survey
    invitation = Invitation(
        **occasion.scope,
        **_links(survey.about),
        about=survey.about,
        survey=survey,
        rule=occasion.rule,
        version=version,
        intervention=occasion.intervention,
        contact=occasion.contact,
        occasion=occasion.day,
        language=next(filter(None, occasion.languages), settings.LANGUAGE_CODE),
    )
    if occasion.partner:
        invitation.partner = occasion.partner
    return invitation


def _plan(invitation: Invitation, occasion: Occasion, policy: ContactPolicy) -> None:
    """In the first open hour after the delay, in the time of who is asked."""
    after = occasion.at + timedelta(hours=occasion.rule.delay_hours)
    zone = recipients.zone_of(invitation)
    invitation.due_at = window.next_open(after, policy, zone, window.is_holiday)
    days = occasion.rule.survey.expires_days
    invitation.expires_at = invitation.due_at + timedelta(days=days)


def _hold_back(
    invitation: Invitation, barred: Mapping[str, Invitation.Skip], *, now: datetime
) -> None:
    email = recipients.email_of(invitation)
    reason = barred.get(recipients.normal(email)) if email else Skip.NO_ADDRESS
    if reason:
        invitation.status, invitation.skip_reason = Status.SKIPPED, reason
        invitation.counted_on = local_day(now)


def _links(about: str) -> dict[str, str]:
    seed = links.new_seed()
    return {
        "link_seed": seed,
        "token_hash": links.token_hash(links.token_for(purpose(about), seed)),
        "opt_out_hash": links.token_hash(links.token_for("unsubscribe", seed)),
    }


def _write(planned: list[Invitation], *, now: datetime) -> int:
    """Another sweep may have been faster: only rows that bear our tokens are ours."""
    with transaction.atomic():
        Invitation.objects.bulk_create(planned, ignore_conflicts=True)
        ours = list(Invitation.objects.filter(token_hash__in=[one.token_hash for one in planned]))
        scheduled = [one for one in ours if one.status == Status.SCHEDULED]
        Delivery.objects.bulk_create(
            [Delivery(invitation=one, due_at=one.due_at) for one in scheduled]
        )
        journal.record_each("invitation.scheduled", scheduled, now=now)
        for reason, rows in _by_reason(ours).items():
            journal.record_each("invitation.skipped", rows, now=now, reason=reason)
    return len(ours)


def _by_reason(invitations: list[Invitation]) -> dict[str, list[Invitation]]:
    found = defaultdict(list)
    for one in invitations:
        if one.skip_reason:
            found[one.skip_reason].append(one)
    return found
