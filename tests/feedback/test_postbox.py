"""What a real conversation with a mail server makes of a delivery."""

from datetime import timedelta

import pytest

from feedback import deliveries, invitations
from feedback.models import Delivery
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
    delivery = Delivery.objects.select_related("invitation__contact").get()
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
    ("says", "end"), [(b"450 grey listed", "retry"), (b"550 unknown", "failed")]
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


@pytest.mark.parametrize("how", ["hangs_up_after", "stalls_at"])
def test_a_cut_after_the_message_is_doubt_and_ends_the_tick(sink, how):
    setattr(sink, how, "message")
    assert ends(mails=3) == {"uncertain": 1, "retry": 2}
    assert len(sink.arrived) == 1
    setattr(sink, how, "")
    assert dict(deliveries.send_due(now=DUE + timedelta(hours=1))) == {"sent": 2}
    assert len(sink.arrived) == 3


def test_a_server_that_never_greets_costs_one_timeout(sink):
    sink.stalls_at = "greeting"
    assert ends(mails=3) == {"retry": 3}
    assert sink.connections == 1
