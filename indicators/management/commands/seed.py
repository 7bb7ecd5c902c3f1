"""`manage.py seed --json`: a small marketplace for tests by strangers, and the keys to it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from feedback.models import About, Invitation
from indicators.demo import cast, load
from indicators.demo.play import Size
from triangle import links, tokens
from triangle.models import User, scopes_open_to

LINKS = 20  # open invitations whose links are printed


class Command(BaseCommand):
    help = "Load a test marketplace once; print accounts, open invitations and API tokens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
        parser.add_argument("--size", type=int, default=300, help="interventions (50 to 20000)")

    def handle(self, *, size: int, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("the test marketplace has known passwords: it needs DEBUG=true")
        if not 50 <= size <= 20_000:
            raise CommandError("--size goes from 50 to 20000")
        if not load.is_loaded():
            load.load(now=timezone.now(), size=_sized(size), seed=1, progress=lambda *_: None)
        document = {
            "base_url": settings.PUBLIC_BASE_URL,
            "accounts": _accounts(),
            "invitations": _invitations(),
            "tokens": _tokens(),
        }
        if options["json"]:
            self.stdout.write(json.dumps(document, indent=1))
            return
        for role, accounts in document["accounts"].items():
            self.stdout.write(f"{role}: {', '.join(one['email'] for one in accounts)}")


def _sized(interventions: int) -> Size:
    """Fewer people for fewer interventions; about two months of them."""
    return Size(
        months=2,
        interventions=interventions,
        partners=min(40, max(8, interventions // 20)),
        clients=min(150, max(12, interventions // 8)),
    )


def _accounts() -> dict[str, list[dict[str, str]]]:
    accounts: dict[str, list[dict[str, str]]] = defaultdict(list)
    for account in cast.ACCOUNTS:
        accounts[str(account.role)].append({"email": account.email, "password": cast.PASSWORD})
    return accounts


def _invitations() -> list[dict[str, Any]]:
    """The latest that were sent and not answered, with their personal links."""
    waiting = Invitation.objects.filter(
        status=Invitation.Status.SENT, about=About.INTERVENTION, channel="mail"
    ).order_by("-sent_at")
    return [
        {
            "id": invitation.pk,
            "intervention": invitation.intervention and invitation.intervention.external_id,
            "link": links.address(f"/r/{invitation.token}/"),
            "opt_out": links.address(f"/u/{invitation.opt_out_token}/"),
            "expires_at": invitation.expires_at.isoformat(),
        }
        for invitation in waiting.select_related("intervention")[:LINKS]
    ]


@transaction.atomic
def _tokens() -> list[dict[str, Any]]:
    """A new token with all its rights for each role that may call the API."""
    made = []
    for account in (cast.ALIX, cast.SONIA, cast.CLAIRE):
        user = User.objects.get(email=account.email)
        rights = list(scopes_open_to(user))
        _row, secret = tokens.create(user, name="seed", scopes=rights, now=timezone.now())
        made.append({"role": str(account.role), "scopes": rights, "token": secret})
    return made
