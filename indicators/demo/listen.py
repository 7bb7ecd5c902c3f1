"""The demonstration asks as the product does, and its people answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from django.core.mail import get_connection

from clients import clients
from feedback import invitations, ratings
from feedback.answering import pulse_answers
from feedback.models import About, Invitation, Rating, Rule
from feedback.reading import reading
from feedback.sending import deliveries, postbox, reminders
from indicators.demo import cast, story
from indicators.demo.scene import Play, at_clock
from indicators.demo.story import Answer
from indicators.demo.voices import ANSWER_SHARES, VOICES, Voice
from partners import debriefs
from triangle.models import User
from triangle.periods import local_day

ASKED_AT = time(17, 30)  # one round a day, within the hours of the policy
READ_AFTER = timedelta(days=4)  # managers have read what is older
REAL_MAIL_FROM = timedelta(days=3)  # older mails are sent to nowhere, recent ones to the mailbox
SPARED = 0.7  # share of the unhappy interventions that one manager would rather not ask about
SPARED_AT_RANDOM = 0.01  # of all, by everybody
IN_TURN = ("about", "intervention_id", "partner_id", "client_id", "contact_id", "pk")
NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


def ask_more(scene: Play) -> None:
    """From now on partners and the relation are asked too, and clients after their onboarding."""
    Rule.objects.update(is_active=True)
    scene.joining = list(scene.stage.clients[-cast.JOINING :])


def ask(scene: Play, day: date) -> None:
    """The day's invitations are opened and sent; those who will answer are chosen."""
    now = min(at_clock(day, ASKED_AT, scene.zone), scene.now)
    if scene.joining and day.weekday() == 1:
        clients.finish_onboarding(scene.joining.pop(), now=now)
    invitations.close_debriefs(now=now)
    invitations.expire(now=now)
    invitations.open_due(now=now)
    _spare(scene, now)
    reminders.stop(now=now)
    is_old = scene.now - now > REAL_MAIL_FROM
    with postbox.Line(get_connection(NOWHERE if is_old else None)) as line:
        deliveries.send_due(now=now, line=line)
    sent = Invitation.objects.filter(status="sent", counted_on=day)
    for invitation in sent.order_by(*IN_TURN):
        if reply := _reply(scene, invitation):
            at = now + (reply.delay if isinstance(reply, Answer) else _patience(scene.chance))
            scene.replies[local_day(at)].append((invitation.pk, at, reply))


def _spare(scene: Play, now: datetime) -> None:
    """Who leaves out what went wrong shows on the page of participation, whatever the reason."""
    spares = scene.stage.users[cast.NORA.email]
    waiting = Invitation.objects.filter(about=About.INTERVENTION, status="scheduled")
    waiting = waiting.select_related("intervention__debrief", "client__manager")
    for invitation in waiting.order_by(*IN_TURN):
        manager = invitation.client and invitation.client.manager
        debrief = getattr(invitation.intervention, "debrief", None)
        went_wrong = debrief is not None and debrief.score <= 6
        share = SPARED if went_wrong and manager == spares else SPARED_AT_RANDOM
        if manager and scene.chance.random() < share:
            reason = scene.chance.choice(Invitation.HandReason.values[:3])
            invitations.leave_out(
                invitation, reason=Invitation.HandReason(reason), by=manager, now=now
            )


def _reply(scene: Play, invitation: Invitation) -> Answer | Voice | None:
    """What they will say, if anything."""
    if invitation.about == About.INTERVENTION:
        order = scene.lived.get(invitation.intervention_id or 0)
        if order is None or scene.chance.random() >= story.ANSWERS:
            return None
        maker = scene.makers[scene.stage.partners[order.maker or 0].pk]
        codes = [criterion.code for criterion in scene.criteria]
        return story.answer(order, maker, codes, scene.chance)
    about = About(invitation.about)
    if scene.chance.random() >= ANSWER_SHARES.get(about, 0):
        return None
    return scene.chance.choice(VOICES[about])


def _patience(chance: Random) -> timedelta:
    return timedelta(hours=chance.expovariate(1 / 20))


def hear(scene: Play, day: date) -> None:
    heard = {pk: (at, reply) for pk, at, reply in scene.replies.pop(day, ()) if at <= scene.now}
    for invitation in Invitation.objects.for_answer().filter(pk__in=heard).order_by(*IN_TURN):
        at, reply = heard[invitation.pk]
        if isinstance(reply, Answer):
            _say(scene, invitation, reply, at)
        else:
            _voice(scene, invitation, reply, at)


def _voice(scene: Play, invitation: Invitation, voice: Voice, at: datetime) -> None:
    score, french, english = voice
    why = english if invitation.language == "en" else french
    if invitation.about == About.PULSE:
        pulse_answers.answer(invitation, score=score, why=why, now=at)
    elif invitation.about == About.DEBRIEF and invitation.intervention:
        debriefs.file(invitation.intervention, score=score, why=why, now=at)
    else:
        _read(scene, ratings.answer(invitation, score=score, why=why, now=at), at)


def _say(scene: Play, invitation: Invitation, reply: Answer, at: datetime) -> None:
    chance = scene.chance
    weighed = scene.criteria[invitation.pk % len(scene.criteria)]
    rating = ratings.answer(
        invitation,
        score=reply.score,
        why=_words(invitation, reply),
        reasons=[scene.chips[reply.reason]] if chance.random() < 0.6 else [],
        criteria={criterion: reply.levels[criterion.code] for criterion in scene.criteria},
        importance={weighed: _importance(weighed.code, chance)},
        company_score=max(0, min(5, round(reply.score / 2 + chance.gauss(-0.2, 0.7)))),
        partner_score=max(0, min(5, round(reply.score / 2 + chance.gauss(0.2, 0.5)))),
        wants_contact=chance.random() < (0.2 if reply.score <= 6 else 0.02),
        confidentiality=chance.choices(Rating.Confidentiality.values, weights=(0.45, 0.45, 0.1))[0],
        may_quote=chance.random() < (0.35 if reply.score >= 9 else 0.05),
        now=at,
    )
    _read(scene, rating, at)


def _read(scene: Play, rating: Rating, at: datetime) -> None:
    manager: User | None = rating.client.manager
    if manager is None or scene.now - at <= READ_AFTER:
        return
    read_at = at + timedelta(days=1)
    ratings.mark_read([rating], by=manager, now=read_at)
    if rating.score >= 9 and scene.chance.random() < 0.3:
        reading.thank(rating, by=manager, now=read_at)
    if rating.may_quote and rating.confidentiality != "aggregated" and scene.chance.random() < 0.2:
        reading.quote(rating, by=manager, now=read_at)


IMPORTANCE = {"punctuality": 4.4, "listening": 4.2, "preparation": 4.3, "skill": 4.6}


def _importance(criterion: str, chance: Random) -> int:
    return max(0, min(5, round(IMPORTANCE.get(criterion, 3.2) + chance.gauss(0, 0.6))))


def _words(invitation: Invitation, reply: Answer) -> str:
    return " ".join(_lines(invitation, reply))


def _lines(invitation: Invitation, reply: Answer) -> Iterator[str]:
    language = 2 if invitation.language == "en" else 1
    first = invitation.partner.name.split()[0] if invitation.partner else ""
    for line in (reply.line, *([reply.more] if reply.more else [])):
        yield line[language].format(first=first)
