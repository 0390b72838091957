"""Accounts from before authorisations ended count for a year from the decision, and for at least a month from now."""

from datetime import timedelta
from typing import Any

from django.db import migrations
from django.utils import timezone


def give_an_end(apps: Any, schema_editor: object) -> None:
    channels = apps.get_model("channels", "Channel")
    soon = (timezone.now() + timedelta(days=30)).date()
    for channel in channels.objects.filter(authorised_until__isnull=True):
        channel.authorised_until = max(channel.authorised_at.date() + timedelta(days=365), soon)
        channel.save(update_fields=["authorised_until"])


class Migration(migrations.Migration):
    dependencies = [("channels", "0005_requests")]

    operations = [migrations.RunPython(give_an_end, migrations.RunPython.noop, elidable=True)]
