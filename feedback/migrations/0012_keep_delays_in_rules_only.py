from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0011_give_each_survey_a_rule"),
    ]

    operations = [
        migrations.RemoveField(model_name="survey", name="delay_hours"),
        migrations.RemoveField(model_name="historicalsurvey", name="delay_hours"),
    ]
