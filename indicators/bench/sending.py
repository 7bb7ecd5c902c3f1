"""How many due invitations a worker renders and hands over, against messages made ready before."""

from __future__ import annotations

import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from clients.models import Client, Contact
from feedback.models import ContactPolicy, Delivery, Invitation, Rule, SurveyVersion
from feedback.sending import deliveries, mails, postbox
from feedback.surveys import versions
from indicators.bench import market, timing
from partners.models import Intervention, Status
from triangle import links
from triangle.periods import local_day

MAILS = 10_000
DOMAINS = 100
HOST = "127.0.0.1"


def run(size: int) -> dict[str, Any]:
    """Ratios: mails per second, from due to noted as sent, against messages made ready before.

    In turns, in one process and over one connection: as bytes by smtplib alone, which is as fast as
    the sink goes, and as Django's messages by Django's own backend.
    """
    mails_each = min(size, MAILS) // timing.RUNS
    market.few()
    open_all_day()
    as_bytes, as_messages, sent = [], [], []
    with _sink() as port:
        due(20)
        _send_due(port)  # nothing is measured cold
        for _turn in range(timing.RUNS):
            made = _messages(due(mails_each))
            raw = [(one.to[0], one.message().as_bytes(linesep="\r\n")) for one in made]
            as_bytes.append(timing.once(partial(_send_bytes, port, raw)))
            as_messages.append(timing.once(partial(_send_messages, port, made)))
            sent.append(timing.once(partial(_send_due, port)))
    alone, ready, whole = map(timing.middle, (as_bytes, as_messages, sent))
    return {
        "mails": Delivery.objects.filter(wave=0, state=Delivery.State.SENT).count(),
        "not_sent": Delivery.objects.filter(wave=0).exclude(state=Delivery.State.SENT).count(),
        "bytes_of_a_mail": len(raw[0][1]),
        "ready_bytes_per_second": timing.per_second(mails_each, alone),
        "ready_messages_per_second": timing.per_second(mails_each, ready),
        "sent_per_second": timing.per_second(mails_each, whole),
        "sent_against_ready_bytes": timing.ratio(alone, whole),
        "sent_against_ready_messages": timing.ratio(ready, whole),
    }


def open_all_day() -> None:
    ContactPolicy.objects.update(
        opens_hour=0, closes_hour=24, weekdays="1234567", on_holidays=True, domain_per_hour=10**9
    )


def due(many: int) -> list[Invitation]:
    """Completed interventions of as many clients, each with an invitation that is due now."""
    now = timezone.now()
    rule = Rule.objects.select_related("survey").get(survey__about="intervention")
    before = Client.objects.count()
    owned = Client.objects.bulk_create(
        Client(name=f"Client {n}", manager_id=n % market.MANAGERS + 1)
        for n in range(before, before + many)
    )
    contacts = Contact.objects.bulk_create(
        Contact(client=one, name="Nadia Ferrand", email=f"nadia{one.pk}@{one.pk % DOMAINS}.example")
        for one in owned
    )
    done = Intervention.objects.bulk_create(
        Intervention(
            client=contact.client,
            contact=contact,
            service_id=contact.pk % market.SERVICES + 1,
            partner_id=contact.pk % market.PARTNERS + 1,
            status=Status.COMPLETED,
            scheduled_at=now - timedelta(hours=4),
            scheduled_on=local_day(now - timedelta(hours=4)),
            completed_at=now - timedelta(hours=3),
            completed_on=local_day(now - timedelta(hours=3)),
        )
        for contact in contacts
    )
    version = versions.current(rule.survey)
    asked = Invitation.objects.bulk_create(_invitation(one, rule, version, now) for one in done)
    Delivery.objects.bulk_create(Delivery(invitation=one, due_at=now) for one in asked)
    return asked


def _invitation(
    done: Intervention, rule: Rule, version: SurveyVersion | None, now: datetime
) -> Invitation:
    seed = links.new_seed()
    return Invitation(
        **done.scope(),
        intervention=done,
        contact=done.contact,
        survey=rule.survey,
        rule=rule,
        version=version,
        link_seed=seed,
        token_hash=links.token_hash(links.token_for("client", seed)),
        opt_out_hash=links.token_hash(links.token_for("unsubscribe", seed)),
        due_at=now,
        expires_at=now + timedelta(days=14),
    )


def _messages(asked: list[Invitation]) -> list[EmailMultiAlternatives]:
    """What the product sends, written beforehand."""
    now, found = timezone.now(), Invitation.objects.for_mail().in_bulk([one.pk for one in asked])
    return [mails.invitation(found[one.pk], wave=0, now=now) for one in asked]


def _send_bytes(port: int, messages: list[tuple[str, bytes]]) -> None:
    with smtplib.SMTP(HOST, port) as smtp:
        for to, content in messages:
            smtp.sendmail("quality@company.example", to, content)


def _send_messages(port: int, messages: list[EmailMultiAlternatives]) -> None:
    with EmailBackend(host=HOST, port=port) as backend:
        backend.send_messages(messages)


def _send_due(port: int) -> None:
    """As the task does, tick after tick."""
    with postbox.Line(EmailBackend(host=HOST, port=port)) as line:
        deliveries.recover(now=timezone.now())
        while not deliveries.send_batch(now=timezone.now(), line=line).is_last:
            pass


@contextmanager
def _sink() -> Iterator[int]:
    """Its port; a process of its own."""
    program = str(Path(__file__).with_name("mail_sink.py"))
    with subprocess.Popen(  # noqa: S603 - our own file
        [sys.executable, program], stdout=subprocess.PIPE, text=True
    ) as sink:
        try:
            yield int(sink.stdout.readline() if sink.stdout else "")
        finally:
            sink.kill()
