from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0006_note_who_asks_to_be_called"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="linkopening",
            options={"verbose_name": "link opening", "verbose_name_plural": "link openings"},
        ),
        migrations.AlterModelOptions(
            name="rating",
            options={"verbose_name": "rating", "verbose_name_plural": "ratings"},
        ),
        migrations.AlterModelOptions(
            name="suppression",
            options={"verbose_name": "suppression", "verbose_name_plural": "suppressions"},
        ),
    ]
