"""What the database itself refuses about clients."""

import pytest
from django.db import IntegrityError, transaction

from clients.models import Client, Contact
from tests.factories import ClientFactory

pytestmark = pytest.mark.django_db


def test_a_client_is_a_company_or_an_individual():
    with pytest.raises(IntegrityError, match="client_kind_known"), transaction.atomic():
        ClientFactory(kind="robot")


def test_an_external_id_names_one_client():
    first = ClientFactory()
    with pytest.raises(IntegrityError, match="external_id"), transaction.atomic():
        ClientFactory(external_id=first.external_id)
    assert Client.objects.get() == first


def test_a_client_has_one_main_contact_and_as_many_others_as_it_likes():
    client = ClientFactory()
    for is_main in (True, False, False):
        Contact.objects.create(client=client, name="Nadia", is_main=is_main)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.create(client=client, name="Nadia", is_main=True)
    assert client.contacts.count() == 3
