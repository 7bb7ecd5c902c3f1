"""To whom an invitation is written: the contact of a client, or the partner."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.crypto import salted_hmac

from feedback.models import ContactPolicy, Invitation, Recipient
from feedback.models.survey import OF_PARTNER
from feedback.sending import window

Role = ContactPolicy.Role


def email_of(invitation: Invitation) -> str:
    """Empty where there is nobody to write to."""
    person = invitation.partner if asks_partner(invitation) else invitation.contact
    return person.email.strip() if person else ""


def name_of(invitation: Invitation) -> str:
    person = invitation.partner if asks_partner(invitation) else invitation.contact
    return person.name if person else ""


def zone_of(invitation: Invitation) -> ZoneInfo:
    """Partners work where the company is."""
    contact = None if asks_partner(invitation) else invitation.contact
    return window.zone(contact.time_zone if contact else "")


def asks_partner(invitation: Invitation) -> bool:
    return role_of(invitation) == Role.PARTNER


def role_of(invitation: Invitation) -> ContactPolicy.Role:
    return role_about(invitation.about)


def role_about(about: str) -> ContactPolicy.Role:
    return Role.PARTNER if about in OF_PARTNER else Role.CLIENT


def lock(email: str) -> Recipient:
    """This person's row, ours until the transaction ends; nobody else decides about them meanwhile.

    Whoever writes first waits for the other: the count that follows sees what was committed.
    """
    [recipient] = _lock([address_hash(email)])
    return recipient


def lock_all(emails: Iterable[str]) -> dict[str, Recipient]:
    """The same for many, by address as given; in one order, so that no two wait for each other."""
    hashes = {email: address_hash(email) for email in emails if email}
    found = {one.address_hash: one for one in _lock(sorted(set(hashes.values())))}
    return {email: found[one] for email, one in hashes.items()}


def _lock(hashes: Iterable[str]) -> list[Recipient]:
    """One statement that writes what is new and, by writing it again, locks what was there."""
    return Recipient.objects.bulk_create(
        [Recipient(address_hash=one) for one in hashes],
        update_conflicts=True,
        unique_fields=["address_hash"],
        update_fields=["address_hash"],
    )


def address_hash(email: str) -> str:
    return salted_hmac(
        "feedback.sending.recipients", normal(email), secret=settings.LINK_KEY, algorithm="sha256"
    ).hexdigest()


def domain_of(email: str) -> str:
    return normal(email).rpartition("@")[2]


def normal(email: str) -> str:
    return email.strip().lower()
