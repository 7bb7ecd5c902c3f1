from django.db import migrations

MATTERS = {"completed": "intervention", "cancelled": "cancellation"}


def rename(apps, schema_editor, names=MATTERS):
    for model in ("Survey", "HistoricalSurvey"):
        rows = apps.get_model("feedback", model).objects.using(schema_editor.connection.alias)
        for old, new in names.items():
            rows.filter(about=old).update(about=new)


def rename_back(apps, schema_editor):
    rename(apps, schema_editor, {new: old for old, new in MATTERS.items()})


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0008_name_what_a_survey_is_about"),
    ]

    operations = [migrations.RunPython(rename, rename_back)]
