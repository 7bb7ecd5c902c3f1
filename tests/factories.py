"""Real rows for tests; each factory gives the least that is valid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from clients.models import Client, Contact
from feedback.models import About, Invitation, Rating, RatingCriterion, ReasonChip, Survey
from feedback.models.invitation import purpose
from partners.models import Debrief, Intervention, Partner, Status
from triangle import links
from triangle.models import Discipline, Role, Service, User
from triangle.periods import local_day

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)  # 12:00 in Paris


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence("user{}@example.org".format)
    first_name = "Claire"
    last_name = "Morvan"
    role = Role.MANAGER
    language = "en"


class DisciplineFactory(DjangoModelFactory):
    class Meta:
        model = Discipline

    code = factory.Sequence("discipline-{}".format)
    name_en = factory.LazyAttribute(lambda o: o.code.title())
    name_fr = factory.LazyAttribute(lambda o: o.code.title())


class ServiceFactory(DjangoModelFactory):
    class Meta:
        model = Service

    name = factory.Sequence("Service {}".format)
    discipline = factory.SubFactory(DisciplineFactory)


class ClientFactory(DjangoModelFactory):
    class Meta:
        model = Client

    name = factory.Sequence("Client {}".format)


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact
        django_get_or_create = ("client",)

    client = factory.SubFactory(ClientFactory)
    name = "Nadia Ferrand"
    email = factory.Sequence("nadia{}@example.org".format)
    language = "fr"


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = Partner

    name = factory.Sequence("Partner {}".format)


class InterventionFactory(DjangoModelFactory):
    """A confirmed intervention at NOON with a contact to write to."""

    class Meta:
        model = Intervention

    service = factory.SubFactory(ServiceFactory)
    client = factory.SubFactory(ClientFactory)
    contact = factory.SubFactory(ContactFactory, client=factory.SelfAttribute("..client"))
    partner = factory.SubFactory(PartnerFactory)
    status = Status.CONFIRMED
    scheduled_at = NOON
    scheduled_on = factory.LazyAttribute(lambda o: o.scheduled_at and local_day(o.scheduled_at))

    class Params:
        completed = factory.Trait(
            status=Status.COMPLETED,
            completed_at=factory.LazyAttribute(lambda o: o.scheduled_at + timedelta(hours=1)),
            completed_on=factory.LazyAttribute(lambda o: local_day(o.completed_at)),
        )
        cancelled = factory.Trait(
            status=Status.CANCELLED,
            cancelled_by="client",
            cancelled_at=factory.LazyAttribute(lambda o: o.scheduled_at - timedelta(days=1)),
        )


class SurveyFactory(DjangoModelFactory):
    class Meta:
        model = Survey
        django_get_or_create = ("code",)

    code = "after_intervention"
    name_en = "After the intervention"
    name_fr = "Après l’intervention"
    about = About.INTERVENTION


class RatingCriterionFactory(DjangoModelFactory):
    class Meta:
        model = RatingCriterion
        django_get_or_create = ("code",)

    slot = factory.Sequence(lambda n: n % 11 + 6)  # the first five come with every installation
    code = factory.LazyAttribute(lambda o: f"criterion-{o.slot}")
    name_en = factory.LazyAttribute(lambda o: f"Criterion {o.slot}")
    name_fr = factory.LazyAttribute(lambda o: f"Critère {o.slot}")


class ReasonChipFactory(DjangoModelFactory):
    class Meta:
        model = ReasonChip
        django_get_or_create = ("code",)

    code = factory.Sequence("reason-{}".format)
    name_en = factory.LazyAttribute(lambda o: o.code.title())
    name_fr = factory.LazyAttribute(lambda o: o.code.title())


class ScopedFactory(DjangoModelFactory):
    """A fact that inherits the scope of its intervention."""

    class Meta:
        abstract = True

    intervention = factory.SubFactory(InterventionFactory, completed=True)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        scope = kwargs["intervention"].scope()
        return super()._create(model_class, *args, **{**scope, **kwargs})


class InvitationFactory(ScopedFactory):
    """Scheduled for two hours after the end of its intervention."""

    class Meta:
        model = Invitation

    survey = factory.SubFactory(SurveyFactory)
    about = About.INTERVENTION
    contact = factory.LazyAttribute(lambda o: o.intervention.contact)
    due_at = factory.LazyAttribute(lambda o: o.intervention.completed_at + timedelta(hours=2))
    expires_at = factory.LazyAttribute(lambda o: o.due_at + timedelta(days=14))
    link_seed = factory.LazyFunction(links.new_seed)
    token_hash = factory.LazyAttribute(
        lambda o: links.token_hash(links.token_for(purpose(o.about), o.link_seed))
    )
    opt_out_hash = factory.LazyAttribute(
        lambda o: links.token_hash(links.token_for("unsubscribe", o.link_seed))
    )

    class Params:
        sent = factory.Trait(
            status=Invitation.Status.SENT,
            sent_at=factory.SelfAttribute("due_at"),
            counted_on=factory.LazyAttribute(lambda o: local_day(o.due_at)),
        )


class PulseFactory(DjangoModelFactory):
    """A partner asked for a pulse, by mail."""

    class Meta:
        model = Invitation

    survey = factory.LazyFunction(lambda: Survey.objects.get(about=About.PULSE))
    about = About.PULSE
    partner = factory.SubFactory(PartnerFactory)
    status = Invitation.Status.SENT
    language = "en"
    due_at = NOON
    sent_at = factory.SelfAttribute("due_at")
    occasion = factory.LazyAttribute(lambda o: str(local_day(o.due_at)))
    expires_at = factory.LazyAttribute(lambda o: o.due_at + timedelta(days=30))
    link_seed = factory.LazyFunction(links.new_seed)
    token_hash = factory.LazyAttribute(
        lambda o: links.token_hash(links.token_for("partner", o.link_seed))
    )
    opt_out_hash = factory.LazyAttribute(
        lambda o: links.token_hash(links.token_for("unsubscribe", o.link_seed))
    )


class RatingFactory(ScopedFactory):
    class Meta:
        model = Rating

    score = 9
    why = "Always on time and kind."
    answered_at = NOON + timedelta(days=1)
    answered_on = factory.LazyAttribute(lambda o: local_day(o.answered_at))
    source = Rating.Source.PHONE


class DebriefFactory(ScopedFactory):
    class Meta:
        model = Debrief

    score = 8
    why = "Warm welcome, the room was ready."
    answered_at = NOON + timedelta(hours=3)
    answered_on = factory.LazyAttribute(lambda o: local_day(o.answered_at))
