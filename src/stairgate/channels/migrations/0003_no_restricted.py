"""No account was ever "restricted": what shuts one is worked out each time, or is a pause."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0002_pauses")]

    operations = [
        migrations.AlterField(
            model_name="channel",
            name="status",
            field=models.CharField(
                choices=[
                    ("authorised", "Authorised, not connected yet"),
                    ("live", "Live"),
                    ("closed", "Closed"),
                ],
                default="authorised",
                max_length=16,
            ),
        ),
    ]
