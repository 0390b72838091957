from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0005_approval"),
    ]

    operations = [
        migrations.AddField(
            model_name="approval",
            name="confirmed",
            field=models.TextField(
                blank=True, help_text="What its approver said is so: tone and boundaries (C81)"
            ),
        ),
    ]
