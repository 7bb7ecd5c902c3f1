from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("triangle", "0002_add_tokens_and_idempotency_keys"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="idempotencykey",
            options={"verbose_name": "idempotency key", "verbose_name_plural": "idempotency keys"},
        ),
        migrations.AlterModelOptions(
            name="pulse",
            options={"verbose_name": "pulse", "verbose_name_plural": "pulses"},
        ),
        migrations.AlterModelOptions(
            name="setting",
            options={
                "ordering": ["code"],
                "verbose_name": "setting",
                "verbose_name_plural": "settings",
            },
        ),
    ]
