"""What a screen reader is told of a dashboard: a filter was applied, or figures moved."""

from __future__ import annotations

from zlib import crc32

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indicators.figures import Figures
from partners.filter_bar import interventions_match
from triangle import typography


def spoken(now: Figures) -> str:
    """12 interventions match, NPS +34 (n 9)."""
    matches = interventions_match(now.volume.planned)
    if not now.nps.n:
        return matches
    language = get_language() or "en"
    figures = {
        "matches": matches,
        "nps": typography.signed(now.nps.value, language),
        "n": typography.number(now.nps.n, language),
    }
    return _("%(matches)s, NPS %(nps)s (n %(n)s)") % figures


def moved(said: str) -> str:
    return _("New figures: %(said)s") % {"said": said}


def key(said: str) -> str:
    """Tells one from another in a header."""
    return f"{crc32(said.encode()):08x}"
