"""What the mail provider tells: the right person, the right state, in whatever order."""

from base64 import b64encode
from datetime import timedelta

import pytest
from anymail.signals import AnymailTrackingEvent
from django.test import Client as Browser
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from feedback.models import Delivery, Invitation, MailEvent, Rule, Suppression
from feedback.sending import delivery_steps as steps
from feedback.sending import mail_events, mails, recipients, suppressions
from tests.factories import NOON, ContactFactory, InterventionFactory, InvitationFactory
from triangle.models import JournalEntry

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NOW = NOON + timedelta(days=30)
SECRET = "provider:a-long-secret-of-ours"


def sent(state="sent", contact=None, wave=0) -> Delivery:
    """A mail that left at NOON."""
    contact = contact or ContactFactory()
    done = InterventionFactory(completed=True, client=contact.client, contact=contact)
    one = InvitationFactory(
        intervention=done,
        status="sent" if state == "sent" else "uncertain",
        sent_at=NOON,
        rule=Rule.objects.get(survey__about="intervention"),
        expires_at=NOON + timedelta(days=60),
    )
    return Delivery.objects.create(
        invitation=one,
        wave=wave,
        state=state,
        due_at=NOON,
        data_started_at=NOON,
        sent_at=NOON,
        recipient=recipients.lock(contact.email),
        provider_id=f"provider-{one.pk}",
    )


def event(kind="delivered", delivery=None, *, hours=1, event_id=None, **fields):
    told = {
        "event_type": kind,
        "timestamp": NOON + hours * HOUR,
        "event_id": event_id,
        "esp_event": {},
        **fields,
    }
    if delivery:
        told.setdefault("recipient", delivery.invitation.contact.email)
        marks = {"invitation": str(delivery.invitation_id), "wave": str(delivery.wave)}
        told.setdefault("metadata", marks)
    return AnymailTrackingEvent(**told)


def receive(*events):
    for one in events:
        mail_events.receive(one, provider="Postmark", now=NOW)


def hard(delivery, **fields):
    return event("bounced", delivery, reject_reason="bounced", **fields)


class TestWhatItSays:
    @pytest.mark.parametrize(
        ("kind", "reason", "words", "expected"),
        [
            ("delivered", None, {}, "delivered"),
            ("deferred", None, {}, "soft_bounce"),
            ("bounced", "invalid", {}, "hard_bounce"),
            ("bounced", "bounced", {}, "hard_bounce"),
            ("bounced", "bounced", {"Type": "SoftBounce"}, "soft_bounce"),
            ("bounced", "bounced", {"event": "soft_bounce"}, "soft_bounce"),
            ("bounced", "bounced", {"bounce_class": "22"}, "soft_bounce"),
            ("bounced", "bounced", {"error": "quota exceeded"}, "soft_bounce"),
            ("bounced", "blocked", {}, "soft_bounce"),
            ("bounced", "spam", {}, "soft_bounce"),
            ("rejected", "bounced", {}, "hard_bounce"),
            ("rejected", "spam", {}, "complaint"),
            ("rejected", "unsubscribed", {}, "opt_out"),
            ("complained", "spam", {}, "complaint"),
            ("unsubscribed", None, {}, "opt_out"),
            ("opened", None, {}, None),
            ("clicked", None, {}, None),
            ("queued", None, {}, None),
            ("unknown", None, {}, None),
        ],
    )
    def test_each_word_of_a_provider(self, kind, reason, words, expected):
        told = event(kind, reject_reason=reason, esp_event=words)
        assert mail_events.kind_of(told) == expected

    def test_a_code_of_4_is_soft(self):
        told = event("bounced", reject_reason="bounced", mta_response="smtp; 452 4.2.2 full")
        assert mail_events.kind_of(told) == "soft_bounce"


class TestWhichMail:
    def matched(self, **fields):
        receive(event(**fields))
        return MailEvent.objects.get().delivery

    def test_by_our_marks(self):
        one = sent()
        marks = {"invitation": str(one.invitation_id), "wave": "0"}
        assert self.matched(metadata=marks) == one

    def test_by_the_id_of_the_provider(self):
        one = sent()
        assert self.matched(message_id=one.provider_id) == one

    def test_by_our_message_id_through_an_smtp_relay(self):
        one = sent()
        message = mails.invitation(one.invitation, wave=0, now=NOON)
        assert self.matched(message_id=message.extra_headers["Message-ID"]) == one

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"message_id": "unknown"},
            {"metadata": {"invitation": "999999", "wave": "0"}},
            {"metadata": {"invitation": "9" * 40, "wave": "0"}},
            {"metadata": {"invitation": "1 OR 1=1", "wave": "-1"}},
            {"metadata": ["not", "a", "mapping"]},
            {"message_id": "\x00"},
        ],
    )
    def test_what_is_about_no_mail_of_ours_is_kept_and_changes_nothing(self, fields):
        one = sent()
        bounce = {"reject_reason": "bounced", "recipient": one.invitation.contact.email}
        assert self.matched(kind="bounced", **bounce, **fields) is None
        assert not Suppression.objects.exists()


class TestWhatFollows:
    def test_a_delivery_is_noted_and_ends_the_doubt(self):
        one = sent("uncertain")
        receive(event("delivered", one, hours=2), event("delivered", one, hours=1))
        one.refresh_from_db()
        assert (one.state, one.sent_at, one.delivered_at) == ("sent", NOON, NOON + HOUR)
        assert Invitation.objects.get().status == "sent"
        assert Delivery.objects.filter(wave=1, state="queued").count() == 1

    def test_told_while_the_worker_is_dying_it_ends_the_doubt_afterwards(self):
        from feedback.sending import deliveries

        one = sent("uncertain")
        Delivery.objects.update(state="data_started", leased_until=NOON + HOUR)
        receive(event("delivered", one))
        assert deliveries.recover(now=NOW) == {"uncertain": 1, "sent": 1}

    def test_a_mail_that_somebody_was_about_to_send_again_stays_here(self, manager):
        one = sent("uncertain")
        steps.queue_again(one, source="uncertain", by=manager, now=NOON)
        receive(event("delivered", one))
        one.refresh_from_db()
        assert one.state == "sent"

    def test_a_hard_bounce_stops_everything_to_this_address(self):
        one = sent()
        reminder = Delivery.objects.create(invitation=one.invitation, wave=1, due_at=NOW)
        receive(hard(one))
        suppression = Suppression.objects.get()
        reminder.refresh_from_db()
        assert (suppression.email, suppression.reason, suppression.survey) == (
            one.invitation.contact.email,
            "hard_bounce",
            None,
        )
        assert Invitation.objects.get().bounced_at == NOON + HOUR
        assert (reminder.state, reminder.error) == ("skipped", "bounced")

    @pytest.mark.parametrize(
        ("kind", "reason"), [("complained", "complaint"), ("unsubscribed", "opt_out")]
    )
    def test_what_a_person_told_the_provider_is_a_wish(self, kind, reason):
        receive(event(kind, sent()))
        assert Suppression.objects.get().reason == reason

    def test_three_soft_bounces_are_a_hard_one(self):
        contact = ContactFactory()
        mail = [sent(contact=contact) for _each in range(3)]
        receive(*(event("deferred", one, hours=place) for place, one in enumerate(mail, 1)))
        assert Suppression.objects.get().at == NOON + 3 * HOUR
        bounced = dict(Invitation.objects.values_list("pk", "bounced_at"))
        assert [bounced[one.invitation_id] for one in mail] == [None, None, NOON + 3 * HOUR]

    def test_a_delivery_in_between_told_late_takes_it_back(self):
        contact = ContactFactory()
        mail = [sent(contact=contact) for _each in range(3)]
        receive(*(event("deferred", one, hours=place) for place, one in enumerate(mail, 1)))
        receive(event("delivered", mail[1], hours=2.5))
        assert not Suppression.objects.exists()
        assert set(Invitation.objects.values_list("bounced_at", flat=True)) == {None}

    def test_nothing_is_said_of_an_address_written_in_the_meantime(self):
        one = sent()
        old = one.invitation.contact.email
        type(one.invitation.contact).objects.update(email="new@example.org")
        receive(hard(one, recipient=old))
        assert Suppression.objects.get().email == old

    def test_a_forwarding_address_is_not_ours(self):
        one = sent()
        receive(hard(one, recipient="elsewhere@example.net"))
        assert Suppression.objects.get().email == one.invitation.contact.email

    def test_lifted_stays_lifted_until_something_new_is_told(self, quality_lead):
        one = sent()
        receive(hard(one, event_id="1"))
        works = suppressions.LiftReason.WORKS
        suppressions.lift(Suppression.objects.get(), reason=works, by=quality_lead, now=NOW)
        receive(hard(one, event_id="1"), event("delivered", one))
        assert not Suppression.objects.exists()
        mail_events.receive(hard(one, event_id="2"), provider="Postmark", now=NOW + HOUR)
        assert Suppression.objects.exists()

    def test_the_address_is_not_kept_with_the_event(self):
        one = sent()
        email = one.invitation.contact.email
        receive(hard(one, mta_response=f"550 5.1.1 <{email}>: unknown\x00"))
        assert MailEvent.objects.get().detail == "550 5.1.1 <…@…>: unknown"


KINDS = st.sampled_from(
    [
        ("delivered", None),
        ("deferred", None),
        ("bounced", "bounced"),
        ("complained", None),
        ("unsubscribed", None),
    ]
)
TOLD = st.tuples(KINDS, st.integers(0, 2), st.integers(1, 72))  # which mail, how many hours later


class TestInAnyOrder:
    """Each list of events, told in another order and partly twice, leads to the same rows.

    But for one thing: a reminder keeps the reason that stopped it first; and one stopped by soft
    bounces stays stopped when a delivery between them is told later.
    """

    @pytest.fixture
    def mail(self):
        contact = ContactFactory()
        return [sent("uncertain", contact), sent("sent", contact), sent("uncertain", contact)]

    def rows(self, with_reminders):
        waves = {} if with_reminders else {"wave": 0}
        fields = ("invitation", "wave", "state", "sent_at", "delivered_at", "due_at")
        deliveries = Delivery.objects.filter(**waves).order_by("invitation", "wave")
        return (
            list(deliveries.values_list(*fields)),
            list(Invitation.objects.order_by("pk").values_list("status", "bounced_at")),
            list(Suppression.objects.values_list("email", "survey", "reason", "at")),
            set(MailEvent.objects.values_list("event_id", "kind", "delivery")),
        )

    def outcome(self, mail, told, with_reminders):
        from django.db import transaction

        with transaction.atomic():
            for place, ((kind, reason), which, hours) in told:
                one = Delivery.objects.select_related("invitation__contact").get(pk=mail[which].pk)
                receive(event(kind, one, hours=hours, reject_reason=reason, event_id=str(place)))
            rows = self.rows(with_reminders)
            transaction.set_rollback(True)
        return rows

    def check(self, mail, told, data):
        numbered = list(enumerate(told))
        twice = data.draw(st.lists(st.sampled_from(numbered), max_size=3)) if told else []
        shuffled = data.draw(st.permutations([*numbered, *twice]))
        is_soft = any(kind == "deferred" for (kind, _reason), _which, _hours in told)
        straight = self.outcome(mail, numbered, with_reminders=not is_soft)
        assert self.outcome(mail, shuffled, with_reminders=not is_soft) == straight

    @hypothesis_settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(told=st.lists(TOLD, max_size=7), data=st.data())
    def test_the_same_rows(self, mail, told, data):
        self.check(mail, told, data)


class TestTheDoor:
    """Through anymail's own view for Postmark."""

    @pytest.fixture(autouse=True)
    def _secret(self, settings):
        settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}

    def tell(self, body, *, secret=SECRET, provider="postmark"):
        basic = b64encode(secret.encode()).decode()
        return Browser(enforce_csrf_checks=True, raise_request_exception=False).post(
            f"/mail-events/{provider}/",
            body,
            content_type="application/json",
            headers={"Authorization": f"Basic {basic}"},
        )

    def bounce(self, one, **fields):
        return {
            "RecordType": "Bounce",
            "ID": 4323372036854775807,
            "Type": "HardBounce",
            "MessageID": one.provider_id,
            "Email": one.invitation.contact.email,
            "BouncedAt": (NOON + HOUR).isoformat(),
            "Details": "smtp;550 5.1.1 unknown",
            "Metadata": {"invitation": str(one.invitation_id), "wave": "0"},
            **fields,
        }

    def test_three_events_to_the_right_persons_and_no_further_mail(self):
        bounced, complained, delivered = sent(), sent(), sent("uncertain")
        bodies = [
            self.bounce(bounced),
            self.bounce(complained, RecordType="SpamComplaint", Type="SpamComplaint", ID=2),
            {
                "RecordType": "Delivery",
                "MessageID": delivered.provider_id,
                "Recipient": delivered.invitation.contact.email,
                "DeliveredAt": (NOON + HOUR).isoformat(),
                "Metadata": {},
            },
        ]
        for body in [*bodies, *bodies]:
            assert self.tell(body).status_code == 200
        assert MailEvent.objects.count() == 3
        reasons = dict(Suppression.objects.values_list("email", "reason"))
        assert reasons == {
            bounced.invitation.contact.email: "hard_bounce",
            complained.invitation.contact.email: "complaint",
        }
        delivered.refresh_from_db()
        assert (delivered.state, delivered.delivered_at) == ("sent", NOON + HOUR)

    @pytest.mark.parametrize("secret", ["", "provider:", "provider:wrong", SECRET.upper()])
    def test_a_wrong_secret_is_refused(self, secret):
        assert self.tell(self.bounce(sent()), secret=secret).status_code == 403
        assert not MailEvent.objects.exists()

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "{",
            "[]",
            "null",
            '"words"',
            "[1, 2]",
            b"\xff\xfe\x00",
            '{"RecordType": "Inbound"}',
            '{"RecordType": "Bounce", "BouncedAt": 7, "Metadata": []}',
            '{"RecordType": "Bounce", "Type": ["x"]}',
            "[" * 100_000,
        ],
    )
    def test_garbage_is_the_fault_of_who_sends_it(self, body):
        assert 400 <= self.tell(body).status_code < 500
        assert not MailEvent.objects.exists()

    def test_odd_values_are_kept_as_they_can_be(self):
        body = self.bounce(sent(), ID="x" * 5000, Details="\x00" * 9, Email=None, BouncedAt="soon")
        assert self.tell(body).status_code == 200
        told = MailEvent.objects.get()
        assert len(told.event_id) == 64
        assert timezone.now() - told.at < timedelta(minutes=1)

    @pytest.mark.parametrize("provider", ["nobody", "mailgun", "amazon_ses"])
    def test_who_is_not_set_up_has_no_door(self, provider):
        assert self.tell("{}", provider=provider).status_code in {400, 404}

    def test_there_is_no_door_without_a_secret(self, settings):
        settings.ANYMAIL = {}
        assert self.tell(self.bounce(sent())).status_code == 404

    def test_each_change_has_one_entry_in_the_journal(self):
        one = sent("uncertain")
        for _twice in range(2):
            self.tell(self.bounce(one))
        kinds = list(JournalEntry.objects.order_by("id").values_list("kind", flat=True))
        assert kinds == ["delivery.sent", "invitation.sent", "suppression.added"]
