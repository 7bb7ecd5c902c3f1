"""Tallies: stored counts of a day or a month and a scope, always recounted from the facts.

A scope is (service, segment, partner, setting, region, manager); 0 stands for all of them. The
lattice of levels that are kept is declared in `lattice.py`. Days are the company's local days.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models import SLOTS

ALL = 0
NOBODY = -1  # the manager of clients nobody owns
SCORES = range(11)
ANSWERS_TO_A_CRITERION = (
    *("n", "sum", "squares", "score_sum", "score_squares", "product", "not_applicable"),
    *("importance_n", "importance_sum", "importance_squares"),
)


class Grain(models.IntegerChoices):
    DAY = 1, _("day")
    MONTH = 2, _("month")


class Kept(models.IntegerChoices):
    """Numbers of the levels; days below 10, months from 10 on."""

    DAY = 1, _("day, service, segment")
    DAY_SETTING = 2, _("day, setting")
    DAY_REGION = 3, _("day, region")
    DAY_ALL = 4, _("day")
    DAY_SERVICE = 5, _("day, service")
    DAY_SEGMENT = 6, _("day, segment")
    DAY_MANAGER = 7, _("day, manager")
    DAY_SETTING_MANAGER = 8, _("day, setting, manager")
    DAY_REGION_MANAGER = 9, _("day, region, manager")
    MONTH_ALL = 10, _("month")
    MONTH_SERVICE = 11, _("month, service")
    MONTH_SEGMENT = 12, _("month, segment")
    MONTH = 13, _("month, service, segment")
    MONTH_SETTING = 14, _("month, setting")
    MONTH_REGION = 15, _("month, region")
    PARTNER_ALL = 16, _("month, partner")
    PARTNER = 17, _("month, partner, service, segment")
    MONTH_MANAGER = 18, _("month, manager")
    MANAGER = 19, _("month, manager, service, segment")
    MONTH_SETTING_MANAGER = 20, _("month, setting, manager")
    MONTH_REGION_MANAGER = 21, _("month, region, manager")


class Family(models.IntegerChoices):
    """Which facts a tally counts."""

    RATING = 1, _("ratings")
    INTERVENTION = 2, _("interventions")
    INVITATION = 3, _("invitations")
    DEBRIEF = 4, _("debriefs")


class Count(models.PositiveIntegerField):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"default": 0, **kwargs})  # type: ignore[arg-type]


class Key(models.IntegerField):
    """The primary key of a row of the scope, 0 for all, -1 for the manager of nobody's clients."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"default": ALL, **kwargs})  # type: ignore[arg-type]


CELL = (
    *("level", "starts_on", "service_id", "segment_id"),
    *("partner_id", "setting_id", "region_id", "manager_id"),
)


class Tally(models.Model):
    """The cell is the key: a number of its own would cost each of them an index entry more."""

    pk = models.CompositePrimaryKey(*CELL)
    level = models.PositiveSmallIntegerField(choices=Kept)
    starts_on = models.DateField()
    service_id, segment_id, partner_id = Key(), Key(), Key()
    setting_id, region_id, manager_id = Key(), Key(), Key()

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["level", "partner_id", "starts_on"],
                condition=~models.Q(partner_id=ALL),
                name="%(class)s_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} · {self.starts_on}"


class RatingTally(Tally):
    """Current ratings by day of answer; `all_s` and `explained_s` count the score s.

    What is kept of the criterion in slot k begins with `criterion_k_`: NULL where nobody answered,
    which costs a cell one bit. Its `score_*` are over the ratings that answered it.
    """

    company_n, company_sum, company_squares = Count(), Count(), Count()
    partner_n, partner_sum, partner_squares = Count(), Count(), Count()

    class Meta(Tally.Meta):
        verbose_name = _("rating tally")
        verbose_name_plural = _("rating tallies")


for _score in SCORES:
    Count().contribute_to_class(RatingTally, f"all_{_score}")
    Count().contribute_to_class(RatingTally, f"explained_{_score}")
for _slot in range(1, SLOTS + 1):
    for _column in ANSWERS_TO_A_CRITERION:
        _answers: models.Field[int | None, int | None] = models.IntegerField(null=True)
        _answers.contribute_to_class(RatingTally, f"criterion_{_slot}_{_column}")


class InterventionTally(Tally):
    """Interventions by scheduled day; disputed cancellations are in no other column."""

    planned, completed, late, no_show, disputed = Count(), Count(), Count(), Count(), Count()
    cancelled_client, cancelled_partner, cancelled_company = Count(), Count(), Count()
    cancelled_external, cancelled_not_known = Count(), Count()
    expected_n, expected_sum, expected_squares = Count(), Count(), Count()
    delivered_n, delivered_sum, delivered_squares = Count(), Count(), Count()

    class Meta(Tally.Meta):
        verbose_name = _("intervention tally")
        verbose_name_plural = _("intervention tallies")


class InvitationTally(Tally):
    """Invitations by the day they were sent or skipped."""

    eligible, invited, delivered, answered, explained = Count(), Count(), Count(), Count(), Count()

    class Meta(Tally.Meta):
        verbose_name = _("invitation tally")
        verbose_name_plural = _("invitation tallies")


class DebriefTally(Tally):
    """Debriefs by day of answer; `score_s` counts the score s."""

    class Meta(Tally.Meta):
        verbose_name = _("debrief tally")
        verbose_name_plural = _("debrief tallies")


for _score in SCORES:
    Count().contribute_to_class(DebriefTally, f"score_{_score}")


class Touched(models.Model):
    """A cell whose facts changed: left by the database in the same statement, drained by a job."""

    family = models.PositiveSmallIntegerField(choices=Family)
    day = models.DateField()
    service_id = models.BigIntegerField()
    segment_id = models.BigIntegerField()
    partner_id = models.BigIntegerField(default=ALL)
    setting_id = models.BigIntegerField()
    region_id = models.BigIntegerField()
    manager_id = models.BigIntegerField(default=ALL)  # when it was touched
    client_id = models.BigIntegerField(default=ALL)  # whose manager of the drain counts as well

    class Meta:
        verbose_name = _("cell to recount")
        verbose_name_plural = _("cells to recount")

    def __str__(self) -> str:
        return f"{self.get_family_display()} · {self.day}"


class Handover(models.Model):
    """A client that has changed hands, once for each of the two managers, until it is drained."""

    client_id = models.BigIntegerField()
    manager_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("client who changed hands")
        verbose_name_plural = _("clients who changed hands")

    def __str__(self) -> str:
        return f"{self.client_id} · {self.manager_id}"


class TallyState(models.Model):
    """One row: the version of the tallies, moved by each recount, and how fresh they are.

    `levels` are those of the lattice they were counted for.
    """

    version = models.PositiveBigIntegerField(default=0)
    levels = models.CharField(max_length=100, default="")
    counted_at = models.DateTimeField(null=True)
    reconciled_at = models.DateTimeField(null=True)
    drift = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("state of the counting")
        verbose_name_plural = _("state of the counting")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="tallystate_single_row"),
        ]

    def __str__(self) -> str:
        return str(self.version)
