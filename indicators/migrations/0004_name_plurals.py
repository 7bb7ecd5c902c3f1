from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0003_name_products_and_find_cells_of_a_partner"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="criteriontally",
            options={"verbose_name": "criterion tally", "verbose_name_plural": "criterion tallies"},
        ),
        migrations.AlterModelOptions(
            name="debrieftally",
            options={"verbose_name": "debrief tally", "verbose_name_plural": "debrief tallies"},
        ),
        migrations.AlterModelOptions(
            name="interventiontally",
            options={
                "verbose_name": "intervention tally",
                "verbose_name_plural": "intervention tallies",
            },
        ),
        migrations.AlterModelOptions(
            name="invitationtally",
            options={
                "verbose_name": "invitation tally",
                "verbose_name_plural": "invitation tallies",
            },
        ),
        migrations.AlterModelOptions(
            name="ratingtally",
            options={"verbose_name": "rating tally", "verbose_name_plural": "rating tallies"},
        ),
        migrations.AlterModelOptions(
            name="tallystate",
            options={
                "verbose_name": "state of the counting",
                "verbose_name_plural": "state of the counting",
            },
        ),
        migrations.AlterModelOptions(
            name="touched",
            options={"verbose_name": "cell to recount", "verbose_name_plural": "cells to recount"},
        ),
    ]
