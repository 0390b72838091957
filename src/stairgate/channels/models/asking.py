"""How an account comes to be authorised (Appendix 2), and stays so."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from stairgate.channels.models.accounts import Channel
from stairgate.organisations.models import Organisation, User

if TYPE_CHECKING:
    from stairgate.channels.asking.form import Answers


class FoundPage(models.Model):
    """A page in our name that nobody authorised. It is no account: nothing can be sent to it (C89)."""

    class End(models.TextChoices):
        AUTHORISED = "authorised", "Authorised"
        GONE = "gone", "Taken down, or not ours"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="found_pages")
    network = models.CharField(max_length=16, choices=Channel.Network)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300, blank=True)
    found_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    regularise_by = models.DateField()
    settled = models.CharField(max_length=16, choices=End, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["regularise_by", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "network", "name"],
                condition=Q(settled_at__isnull=True),
                name="found_page_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AccountRequest(models.Model):
    """One request for an account. Once sent its answers never change: signatures are bound to their digest."""

    class State(models.TextChoices):
        DRAFT = "draft", "Not sent yet"
        SENT = "sent", "Waits for the service manager"
        COSIGN = "cosign", "Waits for a second signature"
        AUTHORISED = "authorised", "Authorised"
        REFUSED = "refused", "Not authorised"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Decision(models.TextChoices):
        YES = "yes", "Authorise"
        CONDITIONS = "conditions", "Authorise with conditions"
        NO = "no", "Not yet"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="account_requests")
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    answers = models.JSONField(default=dict, help_text="As typed; see `asking.form`")
    digest = models.CharField(max_length=64, blank=True)
    for_young = models.BooleanField(
        default=False, help_text="Once sent: young people are among the readers (C94)"
    )
    found = models.ForeignKey(
        FoundPage,
        on_delete=models.PROTECT,
        null=True,
        related_name="requests",
        help_text="What it is to mend",
    )
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    lead_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="The safeguarding lead (C94)"
    )
    lead_at = models.DateTimeField(null=True)
    lead_name = models.CharField(max_length=160, blank=True)
    decision = models.CharField(max_length=16, choices=Decision, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_name = models.CharField(max_length=160, blank=True, help_text="As signed (C103)")
    reason = models.CharField(max_length=1000, blank=True)
    conditions = models.JSONField(default=list, help_text="Words and day of each, as decided")
    until = models.DateField(null=True)
    cosigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cosigned_at = models.DateTimeField(null=True)
    cosigned_name = models.CharField(max_length=160, blank=True)
    channel = models.OneToOneField(Channel, on_delete=models.PROTECT, null=True, related_name="request")

    class Meta:
        ordering = ["-changed_at"]
        indexes = [models.Index(fields=["organisation", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="request_two_people",
            ),
            models.CheckConstraint(
                condition=Q(lead_by__isnull=True)
                | ~Q(lead_by=F("requested_by")) & (Q(decided_by__isnull=True) | ~Q(lead_by=F("decided_by"))),
                name="request_lead_is_another",
            ),
            models.CheckConstraint(
                condition=Q(cosigned_by__isnull=True)
                | ~Q(cosigned_by=F("requested_by")) & ~Q(cosigned_by=F("decided_by")),
                name="request_cosigner_is_another",
            ),
            models.CheckConstraint(
                condition=Q(state="authorised", channel__isnull=False, decided_by__isnull=False)
                | ~Q(state="authorised") & Q(channel__isnull=True),
                name="request_makes_the_account",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(sent_at__isnull=False) & ~Q(digest=""),
                name="request_sent_is_frozen",
            ),
        ]

    def __str__(self) -> str:
        return str(self.answers.get("name") or "A page without a name yet")

    @property
    def form(self) -> Answers:
        """Return the answers."""
        answers: Answers = self.answers
        return answers

    @property
    def network_label(self) -> str:
        """Return the network in words, "" while none is chosen."""
        chosen = self.answers.get("network")
        return dict(Channel.Network.choices).get(str(chosen), "")


class Condition(models.Model):
    """Something the service manager made the yes depend on. Late, it shuts the account until it is met (C102)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="conditions")
    words = models.CharField(max_length=300)
    due_on = models.DateField()
    made_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    met_how = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["due_on", "made_at"]

    def __str__(self) -> str:
        return self.words


class Renewal(models.Model):
    """What came of the account, as promised, and whether it goes on (C98). One is open at a time; kept for ever."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="renewals")
    evaluation = models.TextField(max_length=2000)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_name = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    until = models.DateField(null=True, help_text="None: it does not go on")

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="renewal_two_people",
            ),
            models.UniqueConstraint(
                fields=["channel"], condition=Q(decided_at__isnull=True), name="renewal_once"
            ),
        ]

    def __str__(self) -> str:
        return f"renewal of {self.channel_id}"
