import pytest
from django.http import QueryDict

from partners.models import Intervention
from partners.scope import DIMENSIONS, MOST_CHOICES, Scope, UnknownScopeError, choices
from tests.factories import (
    ClientFactory,
    InterventionFactory,
    PartnerFactory,
    ServiceFactory,
    UserFactory,
)
from triangle.models import Role, Setting

pytestmark = pytest.mark.django_db


def asked(text, user):
    return Scope.from_query(QueryDict(text), user=user)


def test_nothing_asked_is_everything(quality_lead):
    assert asked("", quality_lead) == Scope()
    assert not asked("", quality_lead)


def test_the_same_choices_in_any_order_are_one_key(quality_lead):
    one, other = ServiceFactory(), ServiceFactory()
    there = asked(f"service={one.pk}&service={other.pk}&service={one.pk}", quality_lead)
    back = asked(f"service={other.pk}&service={one.pk}", quality_lead)
    assert there == back == Scope(service=(one.pk, other.pk))
    assert hash(there) == hash(back)


@pytest.mark.parametrize(
    "text",
    [
        *("service=x", "service=-1", "service=9.5", "service=", "service=٣", "service=%00"),
        *("service=999", f"service={'9' * 5000}", "service=9223372036854775808", "manager=1'--"),
    ],
)
def test_what_is_no_key_is_ignored(text, quality_lead):
    assert asked(text, quality_lead) == Scope()


@pytest.mark.parametrize("text", ["service=x", "service=999", "manager=1'--", "client=%00"])
def test_what_is_cut_off_is_not_hidden(text, quality_lead):
    assert asked(text, quality_lead).is_cut


def test_an_empty_field_and_a_twin_cut_nothing_off(quality_lead):
    service = ServiceFactory()
    text = f"service={service.pk}&service={service.pk}&partner="
    assert not asked(text, quality_lead).is_cut


def test_a_plain_mapping_is_read_too(quality_lead):
    service = ServiceFactory()
    assert Scope.from_query({"service": service.pk}, user=quality_lead).service == (service.pk,)


def test_a_filter_is_short(quality_lead):
    ServiceFactory.create_batch(MOST_CHOICES + 1)
    text = "&".join(f"service={key}" for key in range(1, 900))
    assert len(asked(text, quality_lead).service) <= MOST_CHOICES


def test_names_of_all_dimensions_come_in_one_query(quality_lead, django_assert_num_queries):
    service, partner, client = ServiceFactory(name="Yoga"), PartnerFactory(), ClientFactory()
    text = f"service={service.pk}&partner={partner.pk}&client={client.pk}&setting=2&segment=1"
    with django_assert_num_queries(1):
        chips = asked(text, quality_lead).chips()
    assert [(chip.dimension, chip.value) for chip in chips] == [
        ("service", "Yoga"),
        ("setting", Setting.objects.get(pk=2).name),
        ("segment", "Not known"),
        ("partner", partner.name),
        ("client", client.name),
    ]


def test_a_chip_keeps_the_rest_of_the_address(quality_lead):
    one, other = ServiceFactory(), ServiceFactory()
    chips = Scope(service=(one.pk, other.pk)).chips(also="period=everything")
    assert [chip.query for chip in chips] == [
        f"period=everything&service={other.pk}",
        f"period=everything&service={one.pk}",
    ]


def test_a_scope_reads_its_own_query_back(quality_lead):
    scope = Scope(service=(ServiceFactory().pk,), partner=(PartnerFactory().pk,), setting=(1, 2))
    assert asked(scope.as_query(), quality_lead) == scope


@pytest.mark.parametrize("name", [*DIMENSIONS])
def test_each_dimension_narrows_facts(name, manager):
    mine, _other = InterventionFactory(client__manager=manager), InterventionFactory()
    mine.setting_id = 2
    mine.save()
    keys = {
        "service": mine.service_id,
        "discipline": mine.service.discipline_id,
        "setting": mine.setting_id,
        "region": mine.region_id,
        "segment": mine.segment_id,
        "partner": mine.partner_id,
        "client": mine.client_id,
        "manager": manager.pk,
    }
    narrowed = Scope(**{name: (keys[name],)}).narrow(Intervention.objects.order_by("pk"))
    assert narrowed[0] == mine
    assert narrowed.count() == (2 if name in {"region", "segment"} else 1)


def test_a_manager_counts_the_own_portfolio_and_what_nobody_owns(manager):
    other = UserFactory()
    InterventionFactory(client__manager=other)
    seen = {InterventionFactory(client__manager=manager), InterventionFactory()}
    scope = asked("", manager)
    assert set(scope.narrow(Intervention.objects.all())) == seen
    assert set(Intervention.objects.visible_to(manager)) == seen


def test_a_client_one_may_not_see_is_ignored_like_one_that_does_not_exist(manager):
    secret = ClientFactory(name="Secret", manager=UserFactory())
    assert asked(f"client={secret.pk}", manager) == asked("client=999999", manager)


def test_too_long_a_filter_says_that_it_is_cut(quality_lead):
    services = [ServiceFactory().pk for _ in range(MOST_CHOICES + 1)]
    found = asked("&".join(f"service={key}" for key in services), quality_lead)
    assert (len(found.service), found.is_cut) == (MOST_CHOICES, True)


def test_a_recruiter_counts_nobody_s_facts():
    InterventionFactory()
    scope = asked("", UserFactory(role=Role.RECRUITER))
    assert not scope.narrow(Intervention.objects.all()).exists()


def test_external_ids(manager):
    service, client = ServiceFactory(external_id="yoga"), ClientFactory(external_id="c-1")
    ids = {"service": ["yoga"], "client": ["c-1"], "setting": ["company"]}
    setting = Setting.objects.get(code="company")
    expected = Scope(service=(service.pk,), client=(client.pk,), setting=(setting.pk,))
    assert Scope.from_external_ids(ids) == expected
    assert Scope.from_external_ids({"manager": [manager.email]}).manager == (manager.pk,)


def test_an_unknown_external_id_is_named(manager):
    ClientFactory(external_id="c-1", manager=UserFactory())
    with pytest.raises(UnknownScopeError, match="unknown client: c-1"):
        Scope.from_external_ids({"client": ["c-1"]}, user=manager)


def test_choices_are_what_one_may_see(manager, django_assert_num_queries):
    ClientFactory(manager=UserFactory())
    mine = ClientFactory(manager=manager)
    with django_assert_num_queries(1):
        assert choices("client", user=manager) == [(mine.pk, mine.name)]
