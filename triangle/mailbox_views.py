"""Development only: the mails that would have left, with links that can be followed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from triangle import mailbox
from triangle.access import Request, back_office

FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "frame-ancestors": [SELF],
    "form-action": [NONE],
    "base-uri": [NONE],
}
# Links of a mail leave its frame and open in the page around it.
OUT_OF_THE_FRAME = '<base target="_top">'


def development_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: Request, /, **kwargs: str) -> HttpResponseBase:
        # Read at each request: mail.get_connection() decides where mails go just as late.
        if not settings.DEBUG or settings.EMAIL_BACKEND != FILE_BACKEND:
            raise Http404
        return view(request, **kwargs)

    return guarded


@require_safe
@development_only
@back_office
def mailbox_page(request: Request) -> HttpResponse:
    envelopes = mailbox.newest(_folder(), before=request.GET.get("before", ""))
    older = envelopes[-1].name if len(envelopes) == mailbox.PAGE_SIZE else ""
    return render(request, "mailbox/mailbox.html", {"envelopes": envelopes, "older": older})


@require_safe
@development_only
@back_office
def mail(request: Request, name: str) -> HttpResponse:
    return render(request, "mailbox/mail.html", {"letter": _letter(name)})


@require_safe
@csp(MAIL_POLICY)
@xframe_options_sameorigin
@development_only
@back_office
def body(request: Request, name: str) -> HttpResponse:
    return HttpResponse(OUT_OF_THE_FRAME + _letter(name).html)


def _letter(name: str) -> mailbox.Letter:
    letter = mailbox.read(_folder(), name)
    if letter is None:
        raise Http404
    return letter


def _folder() -> Path:
    return Path(settings.MAILBOX_DIR)
