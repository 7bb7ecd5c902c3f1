from django.db import migrations, models

import indicators.models.tally

TALLIES = ("ratingtally", "criteriontally", "interventiontally", "invitationtally", "debrieftally")
WITH_PARTNERS = tuple(name for name in TALLIES if name != "criteriontally")
CELL = ("level", "starts_on", "service_id", "segment_id", "partner_id", "setting_id", "region_id")
KEPT = [
    (1, "day, service, segment"),
    (2, "day, setting"),
    (3, "day, region"),
    (10, "month"),
    (11, "month, service"),
    (12, "month, segment"),
    (13, "month, service, segment"),
    (14, "month, setting"),
    (15, "month, region"),
    (16, "month, partner"),
    (17, "month, partner, service, segment"),
]


def forget(apps, schema_editor):
    """All is counted anew when the migrations are done."""
    for name in (*TALLIES, "touched"):
        rows = apps.get_model("indicators", name).objects
        rows.using(schema_editor.connection.alias).all().delete()


def keys():
    for name in TALLIES:
        yield migrations.RemoveConstraint(name, f"{name}_cell")
        yield migrations.RemoveIndex(name, f"{name}_partner")
        yield migrations.RemoveField(name, "grain")
        level = models.PositiveSmallIntegerField(choices=KEPT, default=0)
        yield migrations.AddField(name, "level", level, preserve_default=False)
        for key in ("setting_id", "region_id"):
            yield migrations.AddField(name, key, indicators.models.tally.Key(default=0))
        for key in ("service_id", "segment_id", "partner_id"):
            yield migrations.AlterField(name, key, indicators.models.tally.Key(default=0))
        fields = (*CELL, "slot") if name == "criteriontally" else CELL
        cell = models.UniqueConstraint(fields=fields, name=f"{name}_cell")
        yield migrations.AddConstraint(name, cell)
    for name in WITH_PARTNERS:
        index = models.Index(
            condition=~models.Q(partner_id=0),
            fields=["level", "partner_id", "starts_on"],
            name=f"{name}_partner",
        )
        yield migrations.AddIndex(name, index)
    for key in ("setting_id", "region_id"):
        key_of_old_rows = models.BigIntegerField(default=0)
        yield migrations.AddField("touched", key, key_of_old_rows, preserve_default=False)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0008_note_zone_changes_and_outside_benchmarks")]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop, elidable=True),
        *keys(),
        migrations.AddField("tallystate", "levels", models.CharField(max_length=100, default="")),
    ]
