from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0003_add_debrief_request"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="assessmentscore",
            options={
                "verbose_name": "assessment score",
                "verbose_name_plural": "assessment scores",
            },
        ),
        migrations.AlterModelOptions(
            name="debrief",
            options={"verbose_name": "debrief", "verbose_name_plural": "debriefs"},
        ),
        migrations.AlterModelOptions(
            name="debriefrequest",
            options={"verbose_name": "debrief request", "verbose_name_plural": "debrief requests"},
        ),
    ]
