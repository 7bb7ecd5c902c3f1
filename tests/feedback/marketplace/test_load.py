"""What a good bundle becomes, and that the same bundle twice changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.utils import timezone

from clients.models import Client, Contact
from feedback.models import Invitation, Rating, RatingCriterion, ReasonChip
from partners import debriefs
from partners.models import Intervention, Partner
from tests.factories import (
    NOON,
    ContactFactory,
    InvitationFactory,
    RatingFactory,
    UserFactory,
)
from tests.feedback.marketplace.conftest import CLIENTS, INTERVENTIONS, RATINGS, WHOLE
from triangle.models import NOT_KNOWN, Discipline, Region, Role, Service


def counts(report) -> dict[str, tuple[int, int, int, int, int]]:
    return {
        file.name.removesuffix(".csv"): (
            file.read,
            file.created,
            file.changed,
            file.unchanged,
            file.set_aside,
        )
        for file in report.files
    }


def rows_of_all_tables() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in apps.get_models()}


def test_a_whole_bundle_is_created(run, bundle):
    assert counts(run(bundle())) == {
        "services": (1, 1, 0, 0, 0),
        "partners": (1, 1, 0, 0, 0),
        "clients": (1, 1, 0, 0, 0),
        "interventions": (2, 2, 0, 0, 0),
        "ratings": (1, 1, 0, 0, 0),
    }


def test_the_same_bundle_twice_changes_nothing(run, bundle):
    run(bundle())
    before = rows_of_all_tables()
    report = run(bundle())
    assert (report.changes, counts(report)["ratings"]) == (0, (1, 0, 0, 1, 0))
    assert rows_of_all_tables() == before


def test_a_dry_run_tells_the_same_and_writes_nothing(run, bundle):
    before = rows_of_all_tables()
    report = run(bundle(), dry_run=True)
    assert (report.changes, report.is_imported, report.current_ratings) == (6, False, 1)
    assert rows_of_all_tables() == before


def test_a_dry_run_of_changes_tells_what_the_import_does(run, bundle):
    run(bundle())
    clients = CLIENTS.replace("Rousseau", "Roux").replace("small", "big")
    changed = bundle(clients=clients, ratings=RATINGS.replace(",9,", ",3,"))
    told = counts(run(changed, dry_run=True))
    assert told == counts(run(changed))
    assert (told["clients"], told["ratings"]) == ((1, 0, 1, 0, 0), (1, 0, 1, 0, 0))


def test_an_intervention_has_its_days_and_scope(run, bundle):
    run(bundle())
    done = Intervention.objects.get(external_id="i1")
    client = Client.objects.get(external_id="c1")
    assert (done.completed_at, done.completed_on, done.scheduled_on, done.amount) == (
        datetime(2026, 3, 10, 12, 0, tzinfo=UTC),
        date(2026, 3, 10),
        date(2026, 3, 10),
        Decimal("120.50"),
    )
    assert (done.setting, done.segment, done.region) == (
        client.setting,
        client.segment,
        client.region,
    )
    assert (done.partner.name, done.service.name, done.delivered_percent) == (
        "Nour Haddad",
        "Yoga",
        100,
    )


def test_a_cancellation_has_its_side_and_no_partner_is_needed(run, bundle):
    run(bundle())
    cancelled = Intervention.objects.get(external_id="i2")
    assert (cancelled.cancelled_by, cancelled.partner, cancelled.completed_at) == (
        "client",
        None,
        None,
    )


def test_a_cancellation_without_side_is_not_known(run, bundle):
    run(bundle(interventions=INTERVENTIONS.replace(",client,,", ",,,")))
    assert Intervention.objects.get(external_id="i2").cancelled_by == "not_known"


def test_a_late_end_delivered_half(run, bundle):
    late = INTERVENTIONS.replace("2026-03-10T13:00", "2026-03-12T13:00")
    run(bundle(interventions=late))
    assert Intervention.objects.get(external_id="i1").delivered_percent == 50


def test_a_rating_shares_the_scope_of_its_intervention(run, bundle):
    run(bundle())
    rating = Rating.objects.get()
    assert rating.scope() == Intervention.objects.get(external_id="i1").scope()
    assert (rating.source, rating.is_explained, rating.is_current, rating.answered_on) == (
        "import",
        True,
        True,
        date(2026, 3, 10),
    )


@pytest.mark.parametrize(("days", "unread"), [(1, 1), (29, 1), (32, 0)])
def test_answers_of_more_than_a_month_ago_are_history_and_read(run, bundle, days, unread):
    answered_at = timezone.now() - timedelta(days=days)
    run(bundle(ratings=RATINGS.replace("2026-03-10T18:00:00+01:00", answered_at.isoformat())))
    assert Rating.objects.unread().count() == unread


def test_a_rating_without_why_is_unexplained(run, bundle):
    run(bundle(ratings=RATINGS.replace("Toujours à l’heure", "")))
    assert Rating.objects.get().is_explained is False


def test_an_invitation_made_elsewhere_counts_as_answered_with_a_dead_link(run, bundle):
    run(bundle())
    invitation = Invitation.objects.get()
    assert (invitation.status, invitation.counted_on, invitation.is_explained) == (
        "answered",
        date(2026, 3, 10),
        True,
    )
    assert Rating.objects.get().invitation == invitation
    assert not Invitation.objects.with_token(invitation.token).exists()


def test_without_invited_at_there_is_no_invitation(run, bundle):
    run(bundle(ratings="external_id,intervention,score,answered_at\nr1,i1,9,2026-03-11\n"))
    assert (Rating.objects.count(), Invitation.objects.count()) == (1, 0)


def test_an_invitation_mailed_from_here_is_left_as_it_is(run, bundle):
    run(bundle(ratings="external_id,intervention,score,answered_at\n"))
    intervention = Intervention.objects.get(external_id="i1")
    mailed = InvitationFactory(intervention=intervention, sent=True)
    mailed.deliveries.create(due_at=NOON)
    run(bundle())
    assert Invitation.objects.get().status == "sent"


def test_labels_are_found_by_code_or_name_and_created_when_new(run, bundle):
    region = Region.objects.create(code="69", name_en="Lyons", name_fr="lyon")
    report = run(bundle())
    assert Client.objects.get().region == region
    assert Discipline.objects.filter(code="wellbeing", name_en="Wellbeing").exists()
    assert "2 new labels of the kind “discipline”: sport, wellbeing" in report.warnings


def test_an_empty_label_is_not_known(run, bundle):
    run(bundle(clients="external_id,name,region\nc1,Atelier,\n"))
    assert Client.objects.get().region_id == NOT_KNOWN


def test_a_partner_has_exactly_the_disciplines_of_the_file(run, bundle, only):
    run(bundle())
    report = run(only(partners="external_id,name,disciplines\np1,Nour Haddad,sport|cooking\n"))
    partner = Partner.objects.get()
    assert {one.code for one in partner.disciplines.all()} == {"sport", "cooking"}
    assert {one.code for one in partner.settings.all()} == {"company"}
    assert counts(report)["partners"] == (1, 0, 1, 0, 0)


def test_a_column_that_is_not_there_keeps_what_is_there(run, bundle, only):
    run(bundle())
    report = run(only(clients="external_id,name\nc1,Atelier Roux\n"))
    client = Client.objects.get()
    assert (client.name, client.region.code, client.segment.code) == (
        "Atelier Roux",
        "Lyon",
        "small",
    )
    assert report.changes == 1


def test_an_address_becomes_the_main_contact_and_the_one_of_the_intervention(run, bundle):
    clients = "external_id,name,language,email\nc1,Atelier,en,nadia@example.org\n"
    run(bundle(clients=clients))
    contact = Contact.objects.get()
    assert (contact.client.name, contact.email, contact.language) == (
        "Atelier",
        "nadia@example.org",
        "en",
    )
    assert Intervention.objects.get(external_id="i1").contact == contact


def test_an_address_that_changes_makes_a_changed_client(run, bundle, only):
    run(bundle())
    clients = "external_id,name,email\nc1,Atelier Rousseau,{}\n"
    reports = [run(only(clients=clients.format(one))) for one in ("a@x.org", "b@x.org", "b@x.org")]
    assert [report.changes for report in reports] == [1, 1, 0]
    assert Contact.objects.get().email == "b@x.org"


def test_an_empty_address_keeps_the_one_we_have(run, bundle, only):
    run(bundle())
    ContactFactory(client=Client.objects.get(), email="nadia@example.org")
    report = run(only(clients="external_id,name,email\nc1,Atelier Rousseau,\n"))
    assert (report.changes, Contact.objects.get().email) == (0, "nadia@example.org")


def test_the_manager_is_found_by_address(run, bundle):
    manager = UserFactory(email="claire@example.org")
    run(bundle(clients="external_id,name,manager\nc1,Atelier,Claire@Example.org\n"))
    assert Client.objects.get().manager == manager


def test_an_unknown_manager_is_a_warning(run, bundle):
    UserFactory(email="partner@example.org", role=Role.PARTNER)
    report = run(bundle(clients="external_id,name,manager\nc1,Atelier,partner@example.org\n"))
    assert (Client.objects.get().manager, report.error_count) == (None, 0)
    assert any("partner@example.org" in warning for warning in report.warnings)


def test_segments_of_the_past_stay_what_they_were(run, bundle):
    run(bundle())
    report = run(bundle(clients=CLIENTS.replace("small", "big")))
    assert Intervention.objects.get(external_id="i1").segment.code == "small"
    assert counts(report)["interventions"] == (2, 0, 0, 2, 0)


def test_a_scope_that_was_not_known_is_filled(run, bundle):
    run(bundle(clients="external_id,name\nc1,Atelier Rousseau\n"))
    told = counts(run(bundle(), dry_run=True))
    assert told == counts(run(bundle()))
    assert told["interventions"] == (2, 0, 2, 0, 0)
    assert Rating.objects.get().region.code == "Lyon"


def test_a_corrected_partner_takes_the_ratings_along(run, bundle, only):
    run(bundle())
    partners = "external_id,name,disciplines\np2,Ida Blanc,wellbeing\n"
    run(only(partners=partners, interventions=INTERVENTIONS.replace(",p1,", ",p2,")))
    assert Rating.objects.get().partner.name == "Ida Blanc"
    assert Invitation.objects.get().partner.name == "Ida Blanc"


def test_a_change_leaves_its_history(run, bundle, only):
    run(bundle())
    run(only(services="external_id,name,discipline\nyoga,Yoga doux,wellbeing\n"))
    history = Service.objects.get().history.order_by("pk")
    assert [(one.name, one.history_type) for one in history] == [("Yoga", "+"), ("Yoga doux", "~")]


def test_steps_noted_here_are_scored_with_those_of_the_file(run, bundle):
    run(bundle())
    done = Intervention.objects.filter(external_id="i1")
    done.update(introduced_at=NOON, confirmed_at=NOON, amount=None)
    run(bundle())
    assert done.get().delivered_percent == 56


@pytest.mark.parametrize("days_late, percent", [(0, 56), (2, 28)])
def test_a_brief_rated_in_a_debrief_counts_beside_the_file(run, bundle, days_late, percent):
    run(bundle())
    done = Intervention.objects.get(external_id="i1")
    debriefs.file(done, score=9, why="Warm welcome", now=NOON, brief_accuracy=0)
    ended = f"2026-03-{10 + days_late}T13:00"
    report = run(bundle(interventions=INTERVENTIONS.replace("2026-03-10T13:00", ended)))
    done.refresh_from_db()
    assert (done.delivered_percent, report.changes) == (percent, int(days_late > 0))


@pytest.mark.parametrize("files", [["services"], ["clients"], ["services", "clients", "partners"]])
def test_any_subset_of_files_can_be_imported(run, only, files):
    report = run(only(**{name: WHOLE[name] for name in files}))
    assert (report.error_count, len(report.files)) == (0, len(files))


def test_ratings_alone_refer_to_what_is_already_here(run, bundle, only):
    run(bundle(ratings="external_id,intervention,score,answered_at\n"))
    report = run(only(ratings=RATINGS))
    assert counts(report)["ratings"] == (1, 1, 0, 0, 0)


def test_a_zip_with_a_folder_inside_is_the_same(run, bundle, zipped):
    assert run(zipped(bundle(), inside="marketplace/")).changes == 6


def test_criteria_are_columns_by_slot(run, bundle):
    skill = RatingCriterion.objects.get(code="skill")
    ratings = (
        "external_id,intervention,score,why,answered_at,"
        "satisfaction:skill,importance:skill,satisfaction:calm\n"
        "r1,i1,9,Fine,2026-03-11,4,5,na\n"
    )
    run(bundle(ratings=ratings))
    rating = Rating.objects.get()
    calm = RatingCriterion.objects.get(code="calm")
    assert (rating.satisfaction(skill), rating.importance(skill)) == (4, 5)
    assert (rating.satisfaction(calm), rating.is_not_applicable(calm)) == (None, True)
    assert (rating.is_not_applicable(skill), calm.is_asked) == (False, False)
    assert run(bundle(ratings=ratings)).changes == 0


def test_reasons_become_chips_that_nobody_is_offered(run, bundle):
    ratings = (
        "external_id,intervention,score,answered_at,reasons\nr1,i1,9,2026-03-11,listening|weather\n"
    )
    run(bundle(ratings=ratings))
    assert {chip.code for chip in Rating.objects.get().reasons.all()} == {"listening", "weather"}
    assert ReasonChip.objects.get(code="weather").is_offered is False
    assert run(bundle(ratings=ratings)).changes == 0


REVISIONS = (
    "external_id,intervention,score,why,answered_at\n"
    "r2,i1,4,Late after all,2026-03-12T10:00:00Z\n"
    "r1,i1,9,Fine,2026-03-11T10:00:00Z\n"
)


def test_of_several_ratings_the_latest_is_current(run, bundle):
    report = run(bundle(ratings=REVISIONS))
    first, second = Rating.objects.order_by("answered_at")
    assert (first.is_current, second.is_current) == (False, True)
    assert (first.revises, second.revises) == (None, first)
    assert report.current_ratings == 1
    assert run(bundle(ratings=REVISIONS)).changes == 0


def test_at_the_same_instant_the_later_line_is_current(run, bundle):
    same = REVISIONS.replace("2026-03-12", "2026-03-11")
    run(bundle(ratings=same))
    assert Rating.objects.current().get().external_id == "r1"
    assert run(bundle(ratings=same)).changes == 0


def test_a_later_answer_of_another_bundle_takes_over(run, bundle, only):
    run(bundle())
    run(only(ratings=REVISIONS.replace("r1,", "r3,")))
    assert Rating.objects.current().get().external_id == "r2"
    assert [one.external_id for one in Rating.objects.order_by("answered_at")] == ["r1", "r3", "r2"]


def test_an_older_answer_does_not_take_over(run, bundle, only):
    run(bundle(ratings=REVISIONS))
    old = "external_id,intervention,score,answered_at\nr0,i1,1,2026-03-01\n"
    report = run(only(ratings=old))
    assert Rating.objects.current().get().external_id == "r2"
    assert report.current_ratings == 0


def test_an_answer_by_link_that_came_later_stays_current(run, bundle):
    run(bundle(ratings="external_id,intervention,score,answered_at\n"))
    intervention = Intervention.objects.get(external_id="i1")
    by_link = RatingFactory(intervention=intervention, answered_at=datetime(2026, 4, 1, tzinfo=UTC))
    run(bundle())
    assert Rating.objects.current().get() == by_link


def test_a_corrected_instant_changes_which_answer_is_current(run, bundle):
    run(bundle(ratings=REVISIONS))
    corrected = REVISIONS.replace("2026-03-12", "2026-03-01")
    run(bundle(ratings=corrected))
    assert Rating.objects.current().get().external_id == "r1"


def test_an_answer_moved_to_another_intervention_gives_its_place_back(run, bundle, only):
    interventions = INTERVENTIONS.replace("i2,c1,yoga,,cancelled", "i2,c1,yoga,,confirmed").replace(
        ",client,,", ",,,"
    )
    run(bundle(interventions=interventions, ratings=REVISIONS))
    moved = "external_id,intervention,score,why,answered_at\nr2,i2,4,Late,2026-03-12T10:00:00Z\n"
    run(only(ratings=moved))
    current = Rating.objects.current().order_by("external_id")
    assert [(one.external_id, one.intervention.external_id) for one in current] == [
        ("r1", "i1"),
        ("r2", "i2"),
    ]


@pytest.mark.parametrize("name", ["clients", "interventions", "ratings"])
def test_each_file_keeps_out_of_another_portfolio(run, bundle, only, name):
    run(bundle())
    Client.objects.update(manager=UserFactory(role=Role.MANAGER))
    changed = {name: WHOLE[name].replace("Rousseau", "Roux").replace(",9,", ",1,")}
    report = run(only(**changed), by=UserFactory(role=Role.MANAGER))
    assert (report.changes, report.error_count) == (0, WHOLE[name].count("\n") - 1)


@pytest.mark.parametrize("role", [Role.QUALITY_LEAD, Role.ADMIN])
def test_who_sees_everything_imports_into_all_portfolios(run, bundle, role):
    run(bundle())
    Client.objects.update(manager=UserFactory(role=Role.MANAGER))
    report = run(bundle(ratings=RATINGS.replace(",9,", ",1,")), by=UserFactory(role=role))
    assert (report.changes, report.error_count) == (1, 0)


def test_a_manager_changes_the_own_clients_and_those_nobody_owns(run, bundle):
    manager = UserFactory(role=Role.MANAGER)
    for owner in (manager, None):
        run(bundle())
        Client.objects.update(manager=owner)
        changed = bundle(clients=CLIENTS.replace("Rousseau", f"of {owner}"))
        assert run(changed, by=manager).changes == 1
