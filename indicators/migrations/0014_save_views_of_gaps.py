from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0013_choose_how_sure_alerts_are'),
    ]

    operations = [
        migrations.AlterField(
            model_name='savedview',
            name='page',
            field=models.CharField(choices=[('dashboard', 'Dashboard'), ('rows', 'Rows'), ('partners', 'Partners by band'), ('participation', 'Participation'), ('gaps', 'Where the gaps are')], max_length=20, verbose_name='page'),
        ),
    ]
