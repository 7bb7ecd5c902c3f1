from django.db import migrations, models

TALLIES = ("rating", "criterion", "intervention", "invitation", "debrief")


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_action")]

    operations = [
        migrations.RenameField("criteriontally", "cross", "product"),
        *[
            migrations.AddIndex(
                f"{name}tally",
                models.Index(
                    fields=["grain", "partner_id", "starts_on"], name=f"{name}tally_partner"
                ),
            )
            for name in TALLIES
        ],
    ]
