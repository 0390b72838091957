import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0002_nation"),
        ("policies", "0001_initial"),
        ("publishing", "0006_confirmed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UrgentApproval",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("digest", models.CharField(max_length=64)),
                ("approved_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "confirmed",
                    models.TextField(help_text="What its approver said is so: tone and boundaries (C81)"),
                ),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                ("void_reason", models.CharField(blank=True, max_length=300)),
                (
                    "approver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.policyversion",
                    ),
                ),
            ],
            options={
                "ordering": ["approved_at"],
            },
        ),
        migrations.CreateModel(
            name="UrgentTemplate",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "retired_at",
                    models.DateTimeField(blank=True, help_text="When it was taken off the list", null=True),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="urgent_templates",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["made_at"],
            },
        ),
        migrations.CreateModel(
            name="UrgentVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("closure", "Closed"),
                            ("snow", "Snow"),
                            ("illness", "Illness"),
                            ("late_coach", "Late coach"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(max_length=80)),
                ("text", models.TextField()),
                ("purpose", models.CharField(blank=True, max_length=160)),
                ("slots", models.JSONField(default=list)),
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="publishing.urgenttemplate",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="UrgentSending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "values",
                    models.JSONField(default=dict, help_text="By gap: a day, a time, a number or a choice"),
                ),
                (
                    "press",
                    models.UUIDField(
                        help_text="One press of the button: pressed twice, it is sent once", unique=True
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                (
                    "approvals",
                    models.ManyToManyField(
                        help_text="Those it was sent on; the gate asks for those that hold",
                        related_name="+",
                        to="publishing.urgentapproval",
                    ),
                ),
                (
                    "revision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="urgent",
                        to="publishing.revision",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sendings",
                        to="publishing.urgentversion",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="urgentapproval",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="approvals",
                to="publishing.urgentversion",
            ),
        ),
        migrations.CreateModel(
            name="SecondLook",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("due_at", models.DateTimeField(help_text="The end of the next working day")),
                (
                    "missed_at",
                    models.DateTimeField(blank=True, help_text="When it was noticed to be late", null=True),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("right", "It was right"), ("wrong", "Something is wrong")],
                        max_length=8,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="second_looks",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "sending",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="second_look",
                        to="publishing.urgentsending",
                    ),
                ),
            ],
            options={
                "ordering": ["due_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["organisation", "due_at"],
                        name="second_look_open",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="urgentversion",
            constraint=models.UniqueConstraint(fields=("template", "number"), name="urgent_version_once"),
        ),
        migrations.AddConstraint(
            model_name="urgentapproval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at__isnull", True)),
                fields=("version", "approver"),
                name="urgent_approval_once",
            ),
        ),
    ]
