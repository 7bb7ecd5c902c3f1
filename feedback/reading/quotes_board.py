"""The page of quotes: whys that clients allow to show, ready to be copied elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils import formats
from django.utils.translation import get_language

from feedback.models import Rating
from triangle.models import User
from triangle.typography import quoted

PAGE_SIZE = 25


@dataclass(frozen=True)
class Quote:
    rating: Rating
    with_score: bool

    @property
    def words(self) -> str:
        return quoted(self.rating.why, get_language() or "en")

    @property
    def source(self) -> str:
        """Who, when they agreed to be named; the service and the month in any case."""
        parts = [*self._names(), self._service(), self._month()]
        if self.with_score:
            parts.append(f"{self.rating.score}/10")
        return ", ".join(part for part in parts if part)

    @property
    def text(self) -> str:
        return f"{self.words}\n— {self.source}"

    def _names(self) -> list[str]:
        if self.rating.confidentiality != Rating.Confidentiality.NAMED:
            return []
        asked = self.rating.intervention or self.rating.invitation
        person = asked.contact.name if asked and asked.contact else ""
        return list(dict.fromkeys([person, self.rating.client.name]))

    def _service(self) -> str:
        return self.rating.service.name if self.rating.service else ""

    def _month(self) -> str:
        return formats.date_format(self.rating.answered_on, "F Y")


@dataclass(frozen=True)
class QuotesBoard:
    page: Page[Rating]
    quotes: list[Quote]
    with_score: bool


def board(user: User, *, page: str, with_score: bool) -> QuotesBoard:
    """Latest quoted first; consent that a newer version took back takes the quote away."""
    quoted_ones = Rating.objects.visible_to(user).to_be_quoted().exclude(quoted_at=None)
    rows = quoted_ones.select_related(
        "client", "service", "intervention__contact", "invitation__contact"
    ).order_by("-quoted_at", "-id")
    found = Paginator(rows, PAGE_SIZE).get_page(page)
    return QuotesBoard(found, [Quote(rating, with_score) for rating in found], with_score)
