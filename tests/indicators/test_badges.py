import pytest

from indicators.badges import tell_frame
from tests.factories import RatingFactory, UserFactory
from triangle.models import Role


def badges(rf, user):
    request = rf.get("/")
    request.user = user
    return tell_frame(request).badges


def test_a_manager_sees_what_waits_in_the_own_portfolio(rf, manager):
    RatingFactory()
    RatingFactory(intervention__client__manager=UserFactory())
    RatingFactory(why="", is_explained=False)
    assert badges(rf, manager) == {"today": 1, "answers": 1}


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_others_are_told_nothing_and_cost_nothing(rf, db, django_assert_num_queries, role):
    user = UserFactory(role=role)
    with django_assert_num_queries(0):
        assert badges(rf, user) == {}
