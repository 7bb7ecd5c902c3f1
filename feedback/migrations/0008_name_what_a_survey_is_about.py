from django.db import migrations, models

ABOUT = models.CharField(choices=[('intervention', 'Intervention completed'), ('cancellation', 'Intervention cancelled'), ('onboarding', 'Client onboarded'), ('relation', 'Relation with the client, now and then'), ('debrief', 'Debrief of a partner'), ('pulse', 'Pulse of the partners, now and then')], max_length=20, verbose_name='asked about')


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0007_name_plurals"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="survey", name="survey_one_active_per_event"),
        migrations.RenameField(model_name="survey", old_name="event", new_name="about"),
        migrations.RenameField(model_name="historicalsurvey", old_name="event", new_name="about"),
        migrations.AlterField(model_name="survey", name="about", field=ABOUT),
        migrations.AlterField(model_name="historicalsurvey", name="about", field=ABOUT.clone()),
    ]
