"""How long a client's answer takes to be saved, against a bare view that inserts one row."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test.utils import override_settings
from django.urls import include, path, reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from feedback.answering import nonces
from feedback.models import About, Invitation, LinkOpening, Rating, RatingCriterion, Survey
from feedback.surveys import versions
from indicators.bench import market, served, timing
from partners.models import Intervention
from triangle import links

ALONE, SHARE, SHARES = 300, 200, 6  # answers in one process; served in shares, one to warm up
ANSWERS = ALONE + SHARE * SHARES
INSERT: served.Post = ("/bench/insert/", {})
FORM = "application/x-www-form-urlencoded"  # as browsers send a form without files


@csrf_exempt
@login_not_required
def insert(request: HttpRequest) -> HttpResponse:
    LinkOpening.objects.create(invitation_id=1, at=timezone.now(), method="POST", address_hash="x")
    return HttpResponse(status=302)


urlpatterns = [path("bench/insert/", insert), path("", include("triangle.urls"))]


def run(size: int) -> dict[str, Any]:
    """Ratio: answers per second against bare inserts, with the same middleware, in turns.

    Once in this process, without a server, and once by eight clients of two gunicorn workers.
    """
    market.fill(min(size, 20_000))
    posts = _posts()
    result = _in_one_process(posts[:ALONE]) | _served(posts[ALONE:])
    saved = Rating.objects.filter(source=Rating.Source.LINK, is_explained=True).count()
    return {"answers": saved, **result}


def _in_one_process(posts: list[served.Post]) -> dict[str, Any]:
    browser = Browser(SERVER_NAME="localhost")
    answers, inserts = [], []
    with override_settings(ROOT_URLCONF=__name__):
        for url, data in posts:
            inserts.append(timing.once(lambda: _post(browser, *INSERT)))
            answers.append(timing.once(partial(_post, browser, url, data)))
    answer, bare = timing.middle(answers[10:]), timing.middle(inserts[10:])
    return {
        "answer_ms": answer,
        "answer_p99_ms": timing.percentile(answers[10:], 99),
        "insert_ms": bare,
        "answers_per_second": timing.per_second(1, answer),
        "inserts_per_second": timing.per_second(1, bare),
        "answers_against_inserts": timing.ratio(bare, answer),
    }


def _served(posts: list[served.Post]) -> dict[str, Any]:
    answers, inserts, each = [], [], []
    with served.server() as port:
        served.together(port, [*posts[:SHARE], *[INSERT] * SHARE])  # both are warm
        for start in range(SHARE, len(posts), SHARE):
            inserts.append(served.together(port, [INSERT] * SHARE)[0])
            took, single = served.together(port, posts[start : start + SHARE])
            answers.append(took)
            each += single
    answer, bare = timing.middle(answers), timing.middle(inserts)
    return {
        "served_answers_per_second": timing.per_second(SHARE, answer),
        "served_inserts_per_second": timing.per_second(SHARE, bare),
        "served_answers_against_inserts": timing.ratio(bare, answer),
        "served_answer_p99_ms": timing.percentile(each, 99),
    }


def _posts() -> list[served.Post]:
    """A valid form for each of new invitations: score, why and five criteria."""
    now = timezone.now()
    done = list(Intervention.objects.completed().order_by("pk")[:ANSWERS])
    keys = [one.pk for one in done]
    Rating.objects.filter(intervention__in=keys).delete()
    LinkOpening.objects.all().delete()
    Invitation.objects.filter(intervention__in=keys).update(
        status=Invitation.Status.SENT,
        version=versions.current(Survey.objects.get(about=About.INTERVENTION)),
        answered_at=None,
        expires_at=now + timedelta(days=9),
    )
    invitations = list(Invitation.objects.filter(intervention__in=keys).order_by("pk"))
    for one in invitations:
        one.link_seed = links.new_seed()
        one.token_hash = links.token_hash(one.token)
    Invitation.objects.bulk_update(invitations, ["link_seed", "token_hash"])
    asked = RatingCriterion.objects.order_by("slot")[: market.ASKED]
    criteria = {f"satisfaction_{one.slot}": "4" for one in asked}
    return [
        (
            reverse("answer", args=[one.token]),
            {
                "score": "9",
                "why": "On time, kind and well prepared.",
                "company_score": "5",
                "partner_score": "4",
                "importance": "5",
                "nonce": nonces.issue(one, now=now),
                **criteria,
            },
        )
        for one in invitations
    ]


def _post(browser: Browser, url: str, data: dict[str, str]) -> None:
    body = urlencode(data)
    status = browser.post(url, body, content_type=FORM, secure=True).status_code
    if status != 302:
        raise RuntimeError(f"{url} answered {status}")
