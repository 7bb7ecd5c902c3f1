"""Figures as the JSON document that strangers rely on: rates are fractions, unknown is null."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from indicators.figures import Figures
from indicators.formulas.estimates import Mean, Nps, Rate
from indicators.formulas.mapping import MappingPoint
from indicators.tallies.reader import By

Document = dict[str, Any]


def document(
    figures: Figures,
    *,
    filter: dict[str, Any] | None = None,
    by: By | None = None,
    repeat: Rate | None = None,
    targets: Document | None = None,
    comparison: Document | None = None,
) -> Document:
    """The whole, and with `by` its rows; `filter` says in the caller's words what was asked.

    A program gets the score of one partner from its first answer on, with n and interval: from the
    counts beside it it would follow anyway. Whom it shows it to, and from which n, is its matter.
    """
    as_of = figures.as_of and timezone.localtime(figures.as_of, timezone.get_default_timezone())
    head = {
        "as_of": as_of and as_of.isoformat(timespec="seconds"),
        "from": figures.period.first.isoformat(),
        "to": figures.period.last.isoformat(),
        "filter": filter or {},
        **body(figures),
    }
    if repeat:
        head["repeat"] = {
            **_rate(repeat, "rate"),
            "ordered_again": repeat.successes,
            "judged": repeat.n,
        }
    if targets is not None:
        head["targets"] = targets
    head |= comparison or {}
    if by:
        head["rows"] = [{"key": _key(row, by), **body(row)} for row in figures.rows]
    return head


def _key(row: Figures, by: By) -> str | None:
    if isinstance(row.key, date):
        return row.key.isoformat()[: 7 if by == "month" else 10]
    return None if row.key is None else row.external_id


def body(figures: Figures) -> Document:
    cancellation, volume, response = figures.cancellation, figures.volume, figures.response
    return {
        "nps": _nps(figures.nps),
        "nps_all": _nps(figures.nps_all),
        "cancellation": {
            **_rate(cancellation.rate, "rate"),
            "cancelled": cancellation.cancelled,
            "base": cancellation.base,
            "by_side": cancellation.by_side,
            "disputed": cancellation.disputed,
            "no_show": cancellation.no_show,
        },
        "volume": {
            "completed": volume.completed,
            "planned": volume.planned,
            "late": volume.late,
        },
        "punctuality": {
            **_rate(volume.punctuality, "rate"),
            "on_time": volume.punctuality.successes,
            "n": volume.punctuality.n,
        },
        "response": {
            "eligible": response.eligible,
            "invited": response.invited,
            "delivered": response.delivered,
            "answered": response.answered,
            "explained": response.explained,
            **_rate(response.rate, "rate"),
            "coverage": response.coverage.value,
        },
        "coverage": _rate(response.coverage, "rate"),
        "satisfaction": {
            "company": _mean(figures.company),
            "partner": _mean(figures.partner),
        },
        "triangle": {
            "expected": _mean(figures.expected),
            "delivered": _mean(figures.delivered),
            "perceived": _mean(figures.perceived),
        },
        "returns": {
            **_mean(figures.returns.mean),
            **_named(figures.returns.positive, "positive"),
            **_named(figures.returns.negative, "negative"),
        },
        "mapping": [_point(point) for point in figures.mapping],
    }


def _nps(nps: Nps) -> Document:
    return {
        "value": nps.value,
        "low": nps.low,
        "high": nps.high,
        "n": nps.n,
        "promoters": nps.promoters,
        "passives": nps.passives,
        "detractors": nps.detractors,
        "distribution": list(nps.distribution),
    }


def _rate(rate: Rate, name: str) -> Document:
    return {name: rate.value, "low": rate.low, "high": rate.high}


def _named(rate: Rate, name: str) -> Document:
    """Of a rate that is not the only one of its part."""
    return {name: rate.value, f"{name}_low": rate.low, f"{name}_high": rate.high}


def _mean(mean: Mean) -> Document:
    return {"value": mean.value, "low": mean.low, "high": mean.high, "n": mean.n}


def _point(point: MappingPoint) -> Document:
    return {
        "criterion": point.criterion,
        "satisfaction": point.satisfaction,
        "satisfaction_low": point.satisfaction_low,
        "satisfaction_high": point.satisfaction_high,
        "importance": point.importance,
        "importance_low": point.importance_low,
        "importance_high": point.importance_high,
        "n": point.n,
        "zone": point.zone,
        "decided": point.decided,
    }
