"""How long before its start something was cancelled: the classes of notice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SHORT, LONG = timedelta(hours=24), timedelta(hours=72)
_DAY_BEFORE, _DAYS_BEFORE = F("scheduled_at") - SHORT, F("scheduled_at") - LONG

NOTICES: dict[str, tuple[_StrPromise, Q]] = {
    "short": (pgettext_lazy("notice", "under 24 h"), Q(cancelled_at__gt=_DAY_BEFORE)),
    "middle": (
        pgettext_lazy("notice", "24 to 72 h"),
        Q(cancelled_at__lte=_DAY_BEFORE, cancelled_at__gt=_DAYS_BEFORE),
    ),
    "long": (pgettext_lazy("notice", "over 72 h"), Q(cancelled_at__lte=_DAYS_BEFORE)),
    "unknown": (pgettext_lazy("notice", "not known"), Q(cancelled_at__isnull=True)),
}
