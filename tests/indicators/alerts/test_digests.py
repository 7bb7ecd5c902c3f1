from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction

from indicators.alerts import digests
from indicators.alerts.digests import save_wish, send_due
from indicators.models import Alert, AlertDigest, AlertPreference
from tests.factories import UserFactory
from tests.indicators.alerts.test_alerts import an_alert

pytestmark = pytest.mark.django_db

EIGHT = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)  # 8:00 in Paris
DAY = timedelta(days=1)


def wish(user, **fields):
    return save_wish(user, **{"wants_digest": True, "quiet_from": 20, "quiet_until": 8, **fields})


def test_nobody_asked(quality_lead):
    an_alert()
    assert send_due(now=EIGHT) == 0
    wish(quality_lead, wants_digest=False)
    assert (send_due(now=EIGHT), mail.outbox) == (0, [])


def test_one_mail_a_day_with_all_that_is_new(quality_lead):
    wish(quality_lead)
    an_alert()
    an_alert(key="two", manager=UserFactory(first_name="Ana"))
    assert [send_due(now=EIGHT + timedelta(minutes=5 * n)) for n in range(3)] == [1, 0, 0]
    [message] = mail.outbox
    assert message.subject == "2 figures have moved"
    assert "Clients of Ana Morvan: NPS from +40 to +10" in message.body
    assert message.body.count("by chance alone at most once in twenty years") == 2
    assert "An alert is a reason to look, not a verdict." in message.body
    assert message.to == [quality_lead.email]


def test_the_next_day_only_what_is_new_since(quality_lead):
    wish(quality_lead)
    an_alert(raised_at=EIGHT - timedelta(hours=4))
    send_due(now=EIGHT)
    assert send_due(now=EIGHT + DAY) == 0
    an_alert(key="two", raised_at=EIGHT + timedelta(hours=20))
    assert send_due(now=EIGHT + DAY) == 1
    assert [row.alerts for row in AlertDigest.objects.order_by("day")] == [1, 1]


def test_nothing_new_is_no_mail(quality_lead):
    wish(quality_lead)
    an_alert(state="seen", seen_at=EIGHT)
    assert (send_due(now=EIGHT), AlertDigest.objects.count()) == (0, 0)


def test_a_manager_hears_of_their_own_portfolio(manager):
    wish(manager)
    an_alert()
    an_alert(key="other", manager=UserFactory())
    assert send_due(now=EIGHT) == 0
    an_alert(key="mine", manager=manager)
    assert send_due(now=EIGHT) == 1
    assert "Clients of Claire Morvan" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("quiet", "hour_utc", "due"),
    [
        ((20, 8), 5, False),  # 7:00 in Paris
        ((20, 8), 6, True),
        ((20, 8), 17, True),
        ((20, 8), 18, False),  # 20:00
        ((8, 10), 6, False),
        ((8, 10), 8, True),
        ((12, 12), 6, True),
        ((22, 6), 5, False),  # not quiet, but before eight
    ],
)
def test_from_eight_on_and_never_in_quiet_hours(quality_lead, quiet, hour_utc, due):
    found = wish(quality_lead, quiet_from=quiet[0], quiet_until=quiet[1])
    now = datetime(2026, 4, 1, hour_utc, tzinfo=UTC)
    assert digests.is_due(found, now=now) is due


@pytest.mark.parametrize(("day", "hour_utc"), [(date(2026, 3, 28), 7), (date(2026, 3, 29), 6)])
def test_eight_is_eight_on_both_sides_of_a_clock_change(quality_lead, day, hour_utc):
    found = wish(quality_lead, quiet_until=0)
    at = datetime(day.year, day.month, day.day, hour_utc, tzinfo=UTC)
    assert digests.is_due(found, now=at)
    assert not digests.is_due(found, now=at - timedelta(minutes=1))


def test_in_the_language_of_its_reader(quality_lead):
    quality_lead.language = "fr"
    quality_lead.save()
    wish(quality_lead)
    an_alert()
    send_due(now=EIGHT)
    assert '<html lang="fr">' in mail.outbox[0].alternatives[0].content


class Broken(EmailBackend):
    def send_messages(self, messages):
        raise OSError("line cut")


def test_a_mail_that_was_cut_is_not_sent_again_that_day_and_is_made_up_for(quality_lead, settings):
    wish(quality_lead)
    an_alert()
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    assert send_due(now=EIGHT) == 0
    assert AlertDigest.objects.get().error == "line cut"
    settings.EMAIL_BACKEND = backend
    assert (send_due(now=EIGHT + timedelta(hours=1)), send_due(now=EIGHT + DAY)) == (0, 1)


def test_a_claim_of_somebody_else_is_respected(quality_lead):
    wish(quality_lead)
    an_alert()
    AlertDigest.objects.create(user=quality_lead, day=date(2026, 4, 1), claimed_at=EIGHT)
    assert (send_due(now=EIGHT), mail.outbox) == (0, [])


def test_who_left_hears_nothing(quality_lead):
    wish(quality_lead)
    an_alert()
    quality_lead.is_active = False
    quality_lead.save()
    assert send_due(now=EIGHT) == 0


def test_what_the_database_refuses(quality_lead):
    AlertDigest.objects.create(user=quality_lead, day=date(2026, 4, 1), claimed_at=EIGHT)
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertDigest.objects.create(user=quality_lead, day=date(2026, 4, 1), claimed_at=EIGHT)
    with pytest.raises(IntegrityError), transaction.atomic():
        wish(quality_lead, quiet_from=24)


def test_a_wish_is_saved_on_the_page(as_quality_lead, quality_lead):
    form = {"wants_digest": "on", "quiet_from": "19", "quiet_until": "9"}
    for _twice in range(2):
        assert as_quality_lead.post("/alerts/", form).status_code == 302
    found = AlertPreference.objects.get(user=quality_lead)
    assert (found.wants_digest, found.quiet_from, found.quiet_until) == (True, 19, 9)


def test_a_wrong_hour_is_said_beside_its_field(as_quality_lead):
    answer = as_quality_lead.post("/alerts/", {"quiet_from": "25", "quiet_until": "8"})
    assert (answer.status_code, AlertPreference.objects.count()) == (422, 0)
    assert 'id="id_quiet_from_error"' in answer.content.decode()


def test_seen_before_the_mail_is_not_in_it(quality_lead):
    wish(quality_lead)
    Alert.objects.filter(pk=an_alert().pk).update(state="seen", seen_at=EIGHT)
    assert send_due(now=EIGHT) == 0
