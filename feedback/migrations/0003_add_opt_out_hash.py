from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0002_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="opt_out_hash",
            field=models.CharField(editable=False, max_length=64, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="invitation",
            name="skip_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_address", "no address"),
                    ("opted_out", "opted out"),
                    ("bounced", "address bounced"),
                    ("cancelled", "intervention cancelled"),
                    ("too_late", "too late to ask"),
                    ("answered", "already answered"),
                ],
                default="",
                max_length=20,
                verbose_name="reason of the skip",
            ),
        ),
    ]
