"""One mail a day with the new alerts, to those who asked for it and outside their quiet hours."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext, override

from indicators.models import Alert, AlertDigest, AlertPreference
from triangle import links
from triangle.models import User
from triangle.periods import local_day

DIGEST_HOUR = 8  # local


def send_due(*, now: datetime) -> int:
    """How many mails left."""
    wishes = AlertPreference.objects.filter(wants_digest=True, user__is_active=True)
    due = [wish for wish in wishes.select_related("user") if is_due(wish, now=now)]
    return sum(_send(wish.user, now=now) for wish in due)


def is_due(wish: AlertPreference, *, now: datetime) -> bool:
    """From eight on, or from the end of the quiet hours when that is later."""
    hour = timezone.localtime(now, timezone.get_default_timezone()).hour
    return hour >= DIGEST_HOUR and not _is_quiet(hour, wish.quiet_from, wish.quiet_until)


def save_wish(
    user: User, *, wants_digest: bool, quiet_from: int, quiet_until: int
) -> AlertPreference:
    wish, _is_new = AlertPreference.objects.update_or_create(
        user=user,
        defaults={
            "wants_digest": wants_digest,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
        },
    )
    return wish


def _is_quiet(hour: int, start: int, end: int) -> bool:
    """The window may pass midnight."""
    return start <= hour < end if start <= end else hour >= start or hour < end


def _send(user: User, *, now: datetime) -> bool:
    """The row is the claim: of two who try, one wins, and a mail that was cut is not sent twice."""
    if AlertDigest.objects.filter(user=user, day=local_day(now)).exists():
        return False
    alerts = list(_new(user))
    if not alerts:
        return False
    digest, is_mine = AlertDigest.objects.get_or_create(
        user=user, day=local_day(now), defaults={"claimed_at": now, "alerts": len(alerts)}
    )
    if not is_mine:
        return False
    try:
        _mail(user, alerts, day=digest.day).send()
    except OSError as error:  # of the line or the server, smtplib's included
        AlertDigest.objects.filter(pk=digest.pk).update(error=str(error)[:500])
        return False
    AlertDigest.objects.filter(pk=digest.pk).update(sent_at=now)
    return True


def _new(user: User) -> QuerySet[Alert]:
    """Open, and in no mail that left."""
    alerts = Alert.objects.visible_to(user).open().for_list()
    sent = AlertDigest.objects.filter(user=user, sent_at__isnull=False).order_by("-day").first()
    return alerts.filter(raised_at__gt=sent.claimed_at) if sent else alerts


def _mail(user: User, alerts: list[Alert], *, day: date) -> EmailMultiAlternatives:
    with override(user.language):
        context = {
            "alerts": alerts,
            "user": user,
            "language": user.language,
            "company": settings.COMPANY_NAME,
            "address": settings.COMPANY_ADDRESS,
            "url": links.address(reverse("alerts")),
        }
        subject = ngettext("%(n)s figure has moved", "%(n)s figures have moved", len(alerts)) % {
            "n": len(alerts)
        }
        message = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string("indicators/mail_alerts.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[user.email],
            headers={"Message-ID": _message_id(user, day), "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(
            render_to_string("indicators/mail_alerts.html", context), "text/html"
        )
    return message


def _message_id(user: User, day: date) -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return f"<alerts.{user.pk}.{day:%Y%m%d}@{domain}>"
