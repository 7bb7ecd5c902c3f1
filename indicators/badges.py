"""What waits for me, as counts in the navigation of every page."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from feedback.models import Rating
from indicators.today import waiting
from triangle.frame import OFFICE, Facts
from triangle.models import User

MOST_COUNTED = 100  # beyond, the badge says that there are more


def tell_frame(request: HttpRequest) -> Facts:
    user = request.user
    if not isinstance(user, User) or not (user.is_superuser or user.role in OFFICE):
        return Facts()
    unread = Rating.objects.visible_to(user).unread()
    return Facts(
        badges={
            "today": waiting(user, now=timezone.now()),
            "answers": unread.order_by()[:MOST_COUNTED].count(),
        }
    )
