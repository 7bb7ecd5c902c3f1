"""Every page of the admin opens, with the same queries however many rows; nothing is lost there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from knox.models import AuthToken

from feedback.models import (
    ContactPolicy,
    Delivery,
    ImportRun,
    LinkOpening,
    MailEvent,
    RatingTheme,
    Rule,
    Suppression,
    SurveyVersion,
    Theme,
    ThemeDictionary,
    ThemeTerm,
)
from indicators.models import (
    Action,
    Alert,
    AlertDigest,
    AlertPolicy,
    AlertPreference,
    Amendment,
    Benchmark,
    ClosedMonth,
    Handover,
    JobRun,
    SavedView,
    SharedLink,
    TallyState,
    Target,
    Touched,
    ViewSchedule,
    ZoneChange,
)
from partners.models import Assessment, AssessmentScore, Criterion, CriterionGrid, DebriefRequest
from tests import factories
from tests.factories import NOON, UserFactory
from triangle import journal, links, tokens
from triangle.models import (
    IdempotencyKey,
    JournalEntry,
    Pulse,
    Region,
    Role,
    Segment,
    Service,
    Setting,
    TokenScope,
    User,
)

pytestmark = pytest.mark.django_db
OWN = {"triangle", "clients", "partners", "feedback", "indicators"}
TODAY = date(2026, 3, 10)


def _saved_view(n):
    owner = UserFactory()
    return SavedView.objects.create(owner=owner, name=f"{n}", page="dashboard", created_at=NOON)


def label(model):
    return lambda n: model.objects.create(code=f"x{n}", name_en=f"X {n}", name_fr=f"X {n}")


def cell(model, **fields):
    def make(n):
        scope = {"level": 1, "starts_on": TODAY + timedelta(days=n)}
        return model.objects.create(**scope, **fields)

    return make


def grid(n):
    return CriterionGrid.objects.create(
        discipline=factories.DisciplineFactory(), version=1, valid_from=TODAY
    )


def criterion(n):
    return Criterion.objects.create(
        grid=grid(n), kind="skill", name_en=f"S{n}", name_fr=f"S{n}", asked=3
    )


def assessment(n):
    return Assessment.objects.create(
        partner=factories.PartnerFactory(), grid=grid(n), assessor=UserFactory(), assessed_on=TODAY
    )


MAKERS = {
    "user": lambda n: UserFactory(),
    "discipline": lambda n: factories.DisciplineFactory(),
    "setting": label(Setting),
    "segment": label(Segment),
    "region": label(Region),
    "service": lambda n: factories.ServiceFactory(),
    "tokenscope": lambda n: tokens.create(UserFactory(), name="x", scopes=["read"], now=NOON)[0],
    "idempotencykey": lambda n: IdempotencyKey.objects.create(
        user=UserFactory(), key=f"k{n}", fingerprint="f", created_at=NOON
    ),
    "journalentry": lambda n: journal.record("seen", UserFactory(), now=NOON, actor=UserFactory()),
    "pulse": lambda n: Pulse.objects.create(name=f"p{n}", at=NOON),
    "client": lambda n: factories.ContactFactory(client__manager=UserFactory()).client,
    "contact": lambda n: factories.ContactFactory(),
    "partner": lambda n: factories.PartnerFactory(),
    "intervention": lambda n: factories.InterventionFactory(),
    "debrief": lambda n: factories.DebriefFactory(),
    "debriefrequest": lambda n: DebriefRequest.objects.create(
        intervention=factories.InterventionFactory(completed=True),
        token_hash=links.new_seed(),
        asked_at=NOON,
        expires_at=NOON + timedelta(days=1),
    ),
    "criteriongrid": grid,
    "criterion": criterion,
    "assessment": assessment,
    "assessmentscore": lambda n: AssessmentScore.objects.create(
        assessment=assessment(n), criterion=criterion(n), held=3
    ),
    "survey": lambda n: factories.SurveyFactory(code=f"s{n}", is_active=False),
    "rule": lambda n: Rule.objects.create(survey=factories.SurveyFactory()),
    "contactpolicy": lambda n: ContactPolicy.objects.get(role="client"),
    "surveyversion": lambda n: SurveyVersion.objects.create(
        survey=factories.SurveyFactory(), number=n + 100, content={}, created_at=NOON
    ),
    "mailevent": lambda n: MailEvent.objects.create(
        provider="p", event_id=f"e{n}", kind="delivered", at=NOON, received_at=NOON
    ),
    "benchmark": lambda n: Benchmark.objects.create(
        name="Trade", value=30, measured_on=TODAY, source="A study"
    ),
    "zonechange": lambda n: ZoneChange.objects.create(
        month=TODAY.replace(day=1),
        criterion=factories.RatingCriterionFactory(slot=16 - n),
        from_zone="watch",
        to_zone="strength",
        decided=True,
    ),
    "ratingcriterion": lambda n: factories.RatingCriterionFactory(slot=16 - n),
    "theme": lambda n: Theme.objects.create(code=f"t{n}", name_en="T", name_fr="T"),
    "themeterm": lambda n: ThemeTerm.objects.create(
        theme=Theme.objects.get(code="price"), language="fr", words=f"w{n}", stems=f"w{n}"
    ),
    "themedictionary": lambda n: ThemeDictionary.objects.get(pk=1),
    "ratingtheme": lambda n: RatingTheme.objects.create(
        rating=factories.RatingFactory(), theme=Theme.objects.get(code="price")
    ),
    "reasonchip": lambda n: factories.ReasonChipFactory(),
    "invitation": lambda n: factories.InvitationFactory(),
    "linkopening": lambda n: LinkOpening.objects.create(
        invitation=factories.InvitationFactory(), at=NOON, method="GET", address_hash="h"
    ),
    "suppression": lambda n: Suppression.objects.create(
        email=f"a{n}@example.org", reason="opt_out", at=NOON, survey=factories.SurveyFactory()
    ),
    "delivery": lambda n: Delivery.objects.create(
        invitation=factories.InvitationFactory(), due_at=NOON
    ),
    "importrun": lambda n: ImportRun.objects.create(
        name=f"r{n}", by=UserFactory(), created_at=NOON
    ),
    "rating": lambda n: factories.RatingFactory(),
    "touched": lambda n: Touched.objects.create(
        family=1, day=TODAY, service_id=n, segment_id=1, setting_id=1, region_id=1
    ),
    "amendment": lambda n: Amendment.objects.create(what=f"table_{n}"),
    "handover": lambda n: Handover.objects.create(client_id=n, manager_id=n),
    "tallystate": lambda n: TallyState.objects.get_or_create(pk=1)[0],
    "closedmonth": lambda n: ClosedMonth.objects.create(
        month=TODAY + timedelta(days=n), closed_at=NOON, formulas=1, frame={}
    ),
    "target": lambda n: Target.objects.create(
        indicator="nps",
        year=2026,
        value=n,
        by=UserFactory(),
        discipline=factories.DisciplineFactory(),
    ),
    "alert": lambda n: Alert.objects.create(
        key=f"a{n}",
        indicator="nps",
        raised_at=NOON,
        first=TODAY,
        last=TODAY,
        before=40,
        before_n=200,
        after=10,
        after_n=80,
        p=0.001,
        state="seen",
        seen_at=NOON,
        seen_by=UserFactory(),
    ),
    "alertpolicy": lambda n: AlertPolicy.objects.get_or_create(pk=1, saved_at=NOON)[0],
    "alertpreference": lambda n: AlertPreference.objects.create(user=UserFactory()),
    "alertdigest": lambda n: AlertDigest.objects.create(
        user=UserFactory(), day=TODAY, claimed_at=NOON
    ),
    "savedview": _saved_view,
    "sharedlink": lambda n: SharedLink.objects.create(
        made_by=UserFactory(),
        role="manager",
        name=f"Link {n}",
        token_hash=f"{n}",
        created_at=NOON,
        expires_at=NOON + timedelta(days=1),
    ),
    "viewschedule": lambda n: ViewSchedule.objects.create(
        view=_saved_view(n), cadence="weekly", next_due_at=NOON
    ),
    "jobrun": lambda n: JobRun.objects.create(
        name=f"j{n}", started_at=NOON, requested_at=NOON, requested_by=UserFactory()
    ),
    "action": lambda n: Action.objects.create(
        title_en="A", title_fr="A", discipline=factories.DisciplineFactory(), owner=UserFactory()
    ),
}
DERIVED = {
    "tokenscope",
    "idempotencykey",
    "journalentry",
    "pulse",
    "debrief",
    "debriefrequest",
    "assessmentscore",
    "invitation",
    "linkopening",
    "delivery",
    "importrun",
    "rating",
    "rule",
    "contactpolicy",
    "surveyversion",
    "mailevent",
    "zonechange",
    "theme",
    "themeterm",
    "themedictionary",
    "ratingtheme",
    "closedmonth",
    "target",
    "alert",
    "alertpolicy",
    "alertpreference",
    "alertdigest",
    "jobrun",
    "savedview",
    "sharedlink",
    "viewschedule",
    "touched",
    "amendment",
    "handover",
    "tallystate",
}
# Words that were not sent, answers that nobody may count before their month is over, bare hashes;
# and cells, whose key of many parts the admin cannot show.
CELLS = {"ratingtally", "interventiontally", "invitationtally", "debrieftally"}
UNSEEN = {"draft", "pulseanswer", "recipient", *CELLS}
LOST_WITHOUT_HARM = {
    "setting",
    "segment",
    "region",
    "discipline",
    "criterion",
    "suppression",
    "benchmark",
}


def registered() -> dict[str, admin.ModelAdmin]:
    return {
        model._meta.model_name: page
        for model, page in admin.site._registry.items()
        if model._meta.app_label in OWN
    }


def page_of(name: str, view: str, *args) -> str:
    app = registered()[name].model._meta.app_label
    return reverse(f"admin:{app}_{name}_{view}", args=args)


@pytest.fixture
def administrator(db) -> User:
    return UserFactory(role=Role.ADMIN, is_staff=True, is_superuser=True)


@pytest.fixture
def browser(client, administrator):
    client.force_login(administrator)
    return client


def test_all_models_are_there():
    models = {
        model._meta.model_name
        for app in OWN
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.startswith("Historical")
    }
    assert models - UNSEEN == set(registered()) == set(MAKERS)


def test_the_admin_asks_for_the_login_of_all_pages(client, db):
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_who_is_not_staff_stays_out(client, manager):
    client.force_login(manager)
    assert client.get(reverse("admin:index")).status_code in {302, 403}


@pytest.mark.parametrize("name", MAKERS)
def test_a_list_asks_the_same_queries_with_one_row_and_three(browser, name):
    counts = []
    for rows in ([0], [1, 2]):
        for number in rows:
            MAKERS[name](number)
        browser.get(page_of(name, "changelist"))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page_of(name, "changelist")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", MAKERS)
def test_a_row_opens_and_is_found(browser, name):
    row = MAKERS[name](0)
    assert browser.get(page_of(name, "change", row.pk)).status_code == 200
    found = browser.get(page_of(name, "changelist"), {"q": "1"})
    assert (found.status_code, bool(registered()[name].search_fields)) == (200, True)


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_derived_is_only_read(browser, name):
    assert browser.get(page_of(name, "add")).status_code == (403 if name in DERIVED else 200)
    row = MAKERS[name](0)
    answer = browser.post(page_of(name, "change", row.pk), {})
    assert answer.status_code == (403 if name in DERIVED else 200)


@pytest.mark.parametrize("name", sorted(MAKERS.keys() - LOST_WITHOUT_HARM - {"tokenscope"}))
def test_what_was_counted_is_not_deleted(browser, name):
    row = MAKERS[name](0)
    assert browser.post(page_of(name, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert registered()[name].model._default_manager.filter(pk=row.pk).exists()


def test_a_person_is_added_and_disabled(browser):
    form = {
        "email": "Lea@example.org",
        "role": "recruiter",
        "language": "fr",
        "usable_password": "true",
        "password1": "eight-tall-lamps",
        "password2": "eight-tall-lamps",
    }
    browser.post(page_of("user", "add"), form)
    person = User.objects.get(email__iexact="lea@example.org")
    assert person.check_password("eight-tall-lamps")
    assert person.history.get().history_user is not None


def test_a_service_is_saved_by_its_verb(browser, administrator):
    discipline = factories.DisciplineFactory()
    form = {"external_id": "s1", "name": "Yoga", "discipline": discipline.pk, "promise": ""}
    browser.post(page_of("service", "add"), form)
    service = Service.objects.get()
    browser.post(page_of("service", "change", service.pk), {**form, "name": "Slow yoga"})
    entries = JournalEntry.objects.filter(subject_type="service").order_by("id")
    assert list(entries.values_list("kind", "actor", "data__fields")) == [
        ("created", administrator.pk, ""),
        ("changed", administrator.pk, "name"),
    ]
    assert service.history.count() == 2
    assert LogEntry.objects.count() == 2


def test_a_token_is_revoked_by_its_verb(browser):
    scope = MAKERS["tokenscope"](0)
    browser.post(page_of("tokenscope", "delete", scope.pk), {"post": "yes"})
    assert not AuthToken.objects.exists()
    assert JournalEntry.objects.filter(kind="token.revoked").count() == 1


def test_several_tokens_are_revoked_together(browser):
    scopes = [MAKERS["tokenscope"](n).pk for n in range(2)]
    form = {"action": "delete_selected", "_selected_action": scopes, "post": "yes"}
    browser.post(page_of("tokenscope", "changelist"), form)
    assert not TokenScope.objects.exists()
    assert not AuthToken.objects.exists()


def test_a_history_opens(browser):
    service = factories.ServiceFactory()
    assert browser.get(page_of("service", "history", service.pk)).status_code == 200
