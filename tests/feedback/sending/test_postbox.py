"""What a real conversation with a mail server makes of a delivery."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
    AnymailUnsupportedFeature,
)
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from requests import Response

from feedback import invitations
from feedback.models import Delivery
from feedback.sending import deliveries, postbox
from tests.factories import NOON, InterventionFactory
from tests.process.smtp_sink import Sink

DONE = NOON + timedelta(hours=1)
DUE = DONE + timedelta(hours=2)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings):
    sink = Sink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_TIMEOUT = 0.3  # seconds
    yield sink
    sink.close()


def ends(mails=1):
    InterventionFactory.create_batch(mails, completed=True)
    invitations.open_due(now=DONE)
    return dict(deliveries.send_due(now=DUE))


def test_a_mail_arrives_with_its_marks(sink):
    assert ends() == {"sent": 1}
    [message] = sink.arrived
    delivery = Delivery.objects.select_related("invitation__contact").get(wave=0)
    assert message["X-Invitation"] == str(delivery.invitation_id)
    assert message["X-Wave"] == "0"
    assert message["To"].addresses[0].addr_spec == delivery.invitation.contact.email
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_one_connection_carries_many_mails(sink):
    assert ends(mails=3) == {"sent": 3}
    assert (len(sink.arrived), sink.connections) == (3, 1)


def test_a_server_that_hangs_up_between_mails_is_called_again(sink):
    sink.hangs_up_after = "reply"
    assert ends(mails=3) == {"sent": 3}
    assert (len(sink.arrived), sink.connections) == (3, 3)


@pytest.mark.parametrize(
    ("says", "end"),
    [
        (b"450 grey listed", "retry"),
        (b"452 4.2.2 mailbox full", "retry"),
        (b"550 unknown", "failed"),
        (b"550 5.7.1 not from you", "failed"),
    ],
)
def test_a_refused_recipient(sink, says, end):
    sink.to_recipient = says
    assert ends(mails=2) == {end: 2}
    assert sink.arrived == []
    assert Delivery.objects.first().error == says.decode()


@pytest.mark.parametrize(("says", "end"), [(b"451 later", "retry"), (b"554 spam", "failed")])
def test_a_refused_message(sink, says, end):
    sink.to_message = says
    assert ends() == {end: 1}
    assert Delivery.objects.get().data_started_at == (None if end == "retry" else DUE)


@pytest.mark.parametrize("refuses", ["to_sender", "to_recipient", "to_message"])
def test_a_server_that_closes_makes_all_wait_and_costs_no_attempt(sink, refuses):
    setattr(sink, refuses, b"421 closing")
    assert ends(mails=3) == {"queued": 3}
    assert sink.connections == 1
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {0}
    setattr(sink, refuses, b"250 ok")
    assert dict(deliveries.send_due(now=DUE + timedelta(minutes=1))) == {"sent": 3}


def test_a_sender_who_may_not_send_makes_all_wait(sink):
    sink.to_sender = b"530 log in first"
    assert ends(mails=2) == {"queued": 2}


@pytest.mark.parametrize(("at", "connections"), [("sender", 2), ("recipient", 3)])
def test_a_server_that_hangs_up_before_the_message_leaves_no_doubt(sink, at, connections):
    sink.hangs_up_at = at
    assert ends(mails=3) == ({"queued": 3} if at == "sender" else {"retry": 3})
    assert (sink.arrived, sink.connections) == ([], connections)


def test_three_cuts_in_a_row_are_doubt_and_end_the_tick(sink):
    sink.hangs_up_after = "message"
    assert ends(mails=5) == {"uncertain": 3, "queued": 2}
    assert len(sink.arrived) == 3
    sink.hangs_up_after = ""
    assert dict(deliveries.send_due(now=DUE + timedelta(hours=1))) == {"sent": 2}
    assert len(sink.arrived) == 5


def test_a_silence_after_the_message_is_doubt_and_ends_the_tick(sink):
    sink.stalls_at = "message"
    assert ends(mails=3) == {"uncertain": 1, "queued": 2}
    assert len(sink.arrived) == 1


@pytest.mark.parametrize("stage", ["greeting", "sender"])
def test_a_server_that_says_nothing_costs_one_timeout(sink, stage):
    sink.stalls_at = stage
    assert ends(mails=3) == {"queued": 3}
    assert sink.connections <= 2


def test_what_there_is_no_time_for_is_given_back_before_its_lease_ends(sink, settings):
    settings.DELIVERY_LEASE_SECONDS = 0
    assert ends(mails=3) == {"queued": 3}
    assert sink.arrived == []


def test_a_line_that_begins_with_a_dot_arrives_whole(sink):
    with postbox.Line() as line:
        message = EmailMessage("Dots", ".\n..\nend", "a@example.org", ["b@example.org"])
        line.open()
        line.hand_over(line.pack(message))
    assert sink.arrived[0].get_content() == ".\r\n..\r\nend\r\n"


def api_error(status):
    response = Response()
    response.status_code = status
    return AnymailRequestsAPIError("told", response=response)


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (AnymailRecipientsRefused("refused"), postbox.Declined),
        (AnymailUnsupportedFeature("tags"), postbox.Declined),
        (AnymailConfigurationError("no key"), postbox.Unreachable),
        (api_error(422), postbox.Declined),
        (api_error(401), postbox.Unreachable),
        (api_error(429), postbox.Unreachable),
        (api_error(502), postbox.Cut),
        (AnymailAPIError("connection lost"), postbox.Cut),
        (OSError("disk full"), postbox.Cut),
    ],
)
def test_what_the_api_of_a_provider_says(error, answer):
    class Provider(BaseEmailBackend):
        def send_messages(self, messages):
            raise error

    with postbox.Line(Provider()) as line, pytest.raises(answer):
        line.hand_over(line.pack(EmailMessage(to=["a@example.org"])))


def test_a_provider_names_the_mail_and_is_told_not_to_track_it():
    seen = []

    class Provider(BaseEmailBackend):
        def send_messages(self, messages):
            seen.extend(messages)
            messages[0].anymail_status = SimpleNamespace(message_id="abc-1")

    InterventionFactory(completed=True)
    invitations.open_due(now=DONE)
    with postbox.Line(Provider()) as line:
        deliveries.send_due(now=DUE, line=line)
    delivery = Delivery.objects.get(wave=0)
    assert delivery.provider_id == "abc-1"
    assert seen[0].metadata == {"invitation": str(delivery.invitation_id), "wave": "0"}
    assert (seen[0].track_opens, seen[0].track_clicks) == (False, False)
