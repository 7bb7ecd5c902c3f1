"""Who may open a page."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from tests.factories import UserFactory
from triangle.access import back_office, partner_only, roles
from triangle.models import Role


def opens(guard, user):
    request = RequestFactory().get("/")
    request.user = user
    try:
        return guard(lambda request: HttpResponse())(request).status_code == 200
    except Http404:
        return False


@pytest.mark.parametrize("role", Role.values)
def test_each_guard_knows_its_roles(role):
    user = UserFactory.build(role=role)
    assert opens(back_office, user) == (role != "partner")
    assert opens(partner_only, user) == (role == "partner")
    assert opens(roles(Role.RECRUITER), user) == (role == "recruiter")


def test_nobody_is_let_in_without_an_account():
    for guard in (back_office, partner_only, roles(*Role)):
        assert not opens(guard, AnonymousUser())


def test_a_superuser_enters_the_back_office():
    assert opens(back_office, UserFactory.build(role="partner", is_superuser=True))
