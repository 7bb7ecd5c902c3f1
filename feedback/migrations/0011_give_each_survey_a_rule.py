from django.db import migrations


def give(apps, schema_editor):
    """The delay of a survey becomes that of its first rule."""
    using = schema_editor.connection.alias
    surveys = apps.get_model("feedback", "Survey").objects.using(using)
    rules = apps.get_model("feedback", "Rule").objects.using(using)
    for survey in surveys.filter(rules=None):
        rules.create(survey=survey, delay_hours=survey.delay_hours)


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0010_ask_by_rules_and_label_by_themes"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
