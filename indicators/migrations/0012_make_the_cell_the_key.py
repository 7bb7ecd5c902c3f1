from django.db import migrations, models

import indicators.models.tally

CELL = (
    *("level", "starts_on", "service_id", "segment_id"),
    *("partner_id", "setting_id", "region_id", "manager_id"),
)
KEPT = [
    (1, "day, service, segment"),
    (2, "day, setting"),
    (3, "day, region"),
    (4, "day"),
    (5, "day, service"),
    (6, "day, segment"),
    (7, "day, manager"),
(8, "day, setting, manager"),
    (9, "day, region, manager"),
    (10, "month"),
    (11, "month, service"),
    (12, "month, segment"),
    (13, "month, service, segment"),
    (14, "month, setting"),
    (15, "month, region"),
    (16, "month, partner"),
    (17, "month, partner, service, segment"),
    (18, "month, manager"),
    (19, "month, manager, service, segment"),
(20, "month, setting, manager"),
    (21, "month, region, manager"),
]
SCORES, SLOTS = range(11), range(1, 17)
ANSWERS = ("n", "sum", "squares")
CRITERION = (
    *(*ANSWERS, "score_sum", "score_squares", "product", "not_applicable"),
    *(f"importance_{name}" for name in ANSWERS),
)
CANCELLED = ("client", "partner", "company", "external", "not_known")
TALLIES = {
    "RatingTally": (
        *(f"{side}_{name}" for side in ("company", "partner") for name in ANSWERS),
        *(f"{kind}_{score}" for score in SCORES for kind in ("all", "explained")),
    ),
    "InterventionTally": (
        *("planned", "completed", "late", "no_show", "disputed"),
        *(f"cancelled_{side}" for side in CANCELLED),
        *(f"{side}_{name}" for side in ("expected", "delivered") for name in ANSWERS),
    ),
    "InvitationTally": ("eligible", "invited", "delivered", "answered", "explained"),
    "DebriefTally": tuple(f"score_{score}" for score in SCORES),
}
NAMES = {
    "RatingTally": ("rating tally", "rating tallies"),
    "InterventionTally": ("intervention tally", "intervention tallies"),
    "InvitationTally": ("invitation tally", "invitation tallies"),
    "DebriefTally": ("debrief tally", "debrief tallies"),
}
# Each recount leaves a dead row for each of its cells.
CELLS = "autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05"


def fields(name):
    yield "pk", models.CompositePrimaryKey(*CELL, blank=True, editable=False, primary_key=True, serialize=False)
    yield "level", models.PositiveSmallIntegerField(choices=KEPT)
    yield "starts_on", models.DateField()
    for key in CELL[2:]:
        yield key, indicators.models.tally.Key(default=0)
    for column in TALLIES[name]:
        yield column, indicators.models.tally.Count(default=0)
    if name == "RatingTally":
        for column in (f"criterion_{slot}_{answers}" for slot in SLOTS for answers in CRITERION):
            yield column, models.IntegerField(null=True)


def tally(name):
    index = models.Index(
        condition=models.Q(("partner_id", 0), _negated=True),
        fields=["level", "partner_id", "starts_on"],
        name=f"{name.lower()}_partner",
    )
    singular, plural = NAMES[name]
    options = {
        "verbose_name": singular,
        "verbose_name_plural": plural,
        "abstract": False,
        "indexes": [index],
    }
    return migrations.CreateModel(name, [*fields(name)], options)


def forget(apps, schema_editor):
    """All is counted anew when the migrations are done."""
    rows = apps.get_model("indicators", "Touched").objects
    rows.using(schema_editor.connection.alias).all().delete()


def vacuum_soon(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in TALLIES:
            schema_editor.execute(f"ALTER TABLE indicators_{name.lower()} SET ({CELLS})")


class Migration(migrations.Migration):
    dependencies = [("indicators", "0011_vacuum_tallies_soon")]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop, elidable=True),
        *(migrations.DeleteModel(name) for name in ("CriterionTally", *TALLIES)),
        *(tally(name) for name in TALLIES),
        migrations.RunPython(vacuum_soon, migrations.RunPython.noop),
        migrations.AddField("touched", "manager_id", models.BigIntegerField(default=0)),
        migrations.AddField("touched", "client_id", models.BigIntegerField(default=0)),
        migrations.CreateModel(
            "Handover",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("client_id", models.BigIntegerField()),
                ("manager_id", models.BigIntegerField()),
            ],
            {
                "verbose_name": "client who changed hands",
                "verbose_name_plural": "clients who changed hands",
            },
        ),
    ]
