from django.db import migrations


def forget(apps, schema_editor):
    tallies = apps.get_model("indicators", "CriterionTally").objects
    tallies.using(schema_editor.connection.alias).exclude(partner_id=0).delete()


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_name_plurals")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop, elidable=True)]
