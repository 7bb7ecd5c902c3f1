from django.db import migrations

TALLIES = ("ratingtally", "criteriontally", "interventiontally", "invitationtally", "debrieftally")
# Each recount leaves a dead row for each of its cells; the touched cells are a queue, mostly dead.
CELLS = "autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05"
QUEUE = "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000"


def settings():
    return [*((name, CELLS) for name in TALLIES), ("touched", QUEUE)]


def vacuum_soon(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, options in settings():
            schema_editor.execute(f"ALTER TABLE indicators_{name} SET ({options})")


def vacuum_as_usual(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, options in settings():
            names = ", ".join(option.split(" = ")[0] for option in options.split(", "))
            schema_editor.execute(f"ALTER TABLE indicators_{name} RESET ({names})")


class Migration(migrations.Migration):
    dependencies = [("indicators", "0010_note_what_is_shown_beside_tallies")]

    operations = [migrations.RunPython(vacuum_soon, vacuum_as_usual)]
