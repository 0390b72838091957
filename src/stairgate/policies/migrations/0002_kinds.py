"""A version is major or minor. Every version so far had to be signed anew, so each is a major one."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import F


def number_the_majors(apps, schema_editor):  # type: ignore[no-untyped-def]
    apps.get_model("policies", "PolicyVersion").objects.update(major_number=F("number"))


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="policyversion",
            name="major_number",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="policyversion",
            name="minor_number",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(number_the_majors, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(
                fields=("organisation", "major_number", "minor_number"), name="policy_label_once"
            ),
        ),
    ]
