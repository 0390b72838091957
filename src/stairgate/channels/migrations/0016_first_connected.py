"""When an account was first connected: what is due counts from there, however often it is connected anew."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def as_known(apps: Any, schema_editor: Any) -> None:
    """Count from when it was connected last: nothing older is known."""
    apps.get_model("channels", "Connection").objects.update(first_at=F("connected_at"))


class Migration(migrations.Migration):
    dependencies = [("channels", "0015_sheet_reach")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="first_at",
            field=models.DateTimeField(help_text="When it was connected for the first time", null=True),
        ),
        migrations.RunPython(as_known, migrations.RunPython.noop, elidable=True),
    ]
