"""The door of the mail provider: anymail's own views, which know what each provider sends."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from anymail import urls as anymail_urls
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, tracking
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from feedback.sending import mail_events

Door = Callable[[HttpRequest], HttpResponse]


@login_not_required
@csrf_exempt  # the secret in the address of the webhook, by basic authentication, is the authority
@require_http_methods(["HEAD", "OPTIONS", "POST"])
def tell(request: HttpRequest, provider: str) -> HttpResponse:
    """There is no such door before a secret is set."""
    door = _doors().get(provider)
    if door is None or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    try:
        return door(request)
    except AnymailWebhookValidationFailure:
        return HttpResponse(status=403)
    except ImproperlyConfigured as error:  # nobody has set up this provider
        raise Http404 from error


def receive(event: AnymailTrackingEvent, esp_name: str, **_signal: Any) -> None:
    """Of anymail's signal `tracking`, connected once the app is ready."""
    mail_events.receive(event, provider=esp_name, now=timezone.now())


class Readable(AnymailCoreWebhookView):
    """Before a view of anymail: garbage is the sender's fault (400) and no fault of ours (500)."""

    def parse_events(self, request: HttpRequest) -> list[AnymailTrackingEvent]:
        try:
            events: list[AnymailTrackingEvent] = super().parse_events(request)
        except (SuspiciousOperation, ImproperlyConfigured):
            raise
        except Exception as error:
            raise SuspiciousOperation("not an event of this provider") from error
        return events


@cache
def _doors() -> dict[str, Door]:
    """By the provider's name; none for mail that comes in."""
    views = (door.callback.view_class for door in anymail_urls.urlpatterns)
    return {
        view.__module__.rpartition(".")[2]: _readable(view).as_view()
        for view in views
        if view.signal in (tracking, None)
    }


def _readable(view: Any) -> Any:
    return type("Door", (Readable, view), {})
