"""Drafts, reviews and what asks for one. So far a version was looked at when it was adopted, and never since."""

from __future__ import annotations

import uuid
from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Max


def looked_at_when_adopted(apps, schema_editor):  # type: ignore[no-untyped-def]
    held = apps.get_model("organisations", "RoleHeld").objects.filter(role="dsl")
    for version in apps.get_model("policies", "PolicyVersion").objects.select_related("organisation"):
        leads = held.filter(membership__organisation=version.organisation)
        version.reviewed_at = version.adopted_at
        zone = ZoneInfo(version.organisation.timezone)
        version.reviewed_on = version.adopted_at.astimezone(zone).date()
        version.leads_seen = leads.aggregate(newest=Max("pk"))["newest"] or 0
        version.save(update_fields=["reviewed_at", "reviewed_on", "leads_seen"])


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0003_invitations"),
        ("policies", "0003_reading"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="policyversion",
            name="content",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="leads_seen",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="reviewed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="reviewed_on",
            field=models.DateField(null=True),
        ),
        migrations.RunPython(looked_at_when_adopted, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("policyversion", "reviewed_at", models.DateTimeField()),
        migrations.AlterField("policyversion", "reviewed_on", models.DateField()),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("reviewed_at", models.DateTimeField()),
                ("reason", models.TextField()),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="policies.policyversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-reviewed_at"],
            },
        ),
        migrations.CreateModel(
            name="Trigger",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("guidance", "New national guidance"),
                            ("incident", "A serious incident"),
                            ("platform", "A change at the network"),
                            ("account", "A new account"),
                            ("other", "Something else has changed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(max_length=300)),
                ("noted_at", models.DateTimeField()),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="policy_triggers",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["noted_at"],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("content", models.JSONField()),
                ("parameters_json", models.JSONField()),
                ("begun_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("dropped_at", models.DateTimeField(null=True)),
                (
                    "adopted_as",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draft",
                        to="policies.policyversion",
                    ),
                ),
                (
                    "based_on",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.policyversion",
                    ),
                ),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="policy_drafts",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("adopted_as__isnull", True), ("dropped_at__isnull", True)),
                        fields=("organisation",),
                        name="policy_draft_open_once",
                    )
                ],
            },
        ),
    ]
