"""Urgent templates as they stand now, what was sent from them, and who still has to look at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Duty
from stairgate.policies.models import PolicyVersion
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import fit_for, in_force
from stairgate.publishing.models import (
    Delivery,
    Post,
    Revision,
    TakeDown,
    UrgentApproval,
    UrgentSending,
    UrgentTemplate,
    UrgentVersion,
)
from stairgate.publishing.rules import ApprovalFact, Barrier, still_open
from stairgate.publishing.screen import screen_all
from stairgate.publishing.slots import every_way, filled
from stairgate.publishing.urgent import TemplateFacts, UrgentFacts, template_barriers
from stairgate.screening import Finding, Screening

#: what stored values and gaps that nobody could have typed are refused with
_MALFORMED = (ValueError, TypeError, KeyError)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the approvals ahead of one setting stand on, now."""

    policy: PolicyVersion | None
    approvers: Mapping[UUID, Membership]  # fit to approve today, by user

    @property
    def parameters(self) -> Parameters:
        return self.policy.parameters if self.policy else Parameters()

    @classmethod
    def of(cls, organisation: Organisation, policy: PolicyVersion | None, now: datetime) -> Ground:
        """Read who may approve today. One query."""
        parameters = policy.parameters if policy else None
        fit = fit_for(organisation, Duty.APPROVE, parameters=parameters, on=organisation.day(now))
        return cls(policy, {member.user_id: member for member in fit})


def with_versions(templates: QuerySet[UrgentTemplate]) -> QuerySet[UrgentTemplate]:
    """Load with each template its versions, newest first, and what was said about them. Two queries more."""
    approvals = UrgentApproval.objects.select_related("approver")
    versions = UrgentVersion.objects.select_related("created_by")
    return templates.prefetch_related(
        Prefetch("versions", versions), Prefetch("versions__approvals", approvals)
    )


@dataclass(frozen=True, slots=True)
class TemplateNow:
    """A template's newest version, and why nothing may be sent from it now."""

    template: UrgentTemplate
    version: UrgentVersion
    facts: TemplateFacts
    barriers: tuple[Barrier, ...]

    @property
    def is_ready(self) -> bool:
        return not self.barriers

    @property
    def approvals(self) -> tuple[UrgentApproval, ...]:
        """Everything said about this version, also what no longer counts."""
        return tuple(self.version.approvals.all())

    @property
    def yes(self) -> tuple[UrgentApproval, ...]:
        """The approvals that were not taken back."""
        return tuple(approval for approval in self.approvals if approval.voided_at is None)

    @property
    def good_until(self) -> datetime:
        """When the first of its approvals is too old."""
        return min(approval.expires_at for approval in self.yes)


def template_now(template: UrgentTemplate, ground: Ground, now: datetime) -> TemplateNow:
    """Return a template `with_versions` as it stands now."""
    newest = template.versions.all()[0]
    facts = _facts_of(template, newest, ground)
    return TemplateNow(template, newest, facts, template_barriers(facts, now))


def templates_now(organisation: Organisation, now: datetime) -> list[TemplateNow]:
    """Return every template on the list, oldest first. Five queries."""
    rows = with_versions(UrgentTemplate.objects.filter(organisation=organisation, retired_at__isnull=True))
    ground = Ground.of(organisation, in_force(organisation), now)
    return [template_now(row, ground, now) for row in rows]


def not_approved_ahead(
    reader: Membership, policy: PolicyVersion | None, now: datetime
) -> QuerySet[UrgentTemplate]:
    """Return the templates that too few have approved under the policy in force, and that this reader did not write."""
    needed = policy.parameters.approvers if policy else 1
    newest = UrgentVersion.objects.filter(template=OuterRef("pk")).order_by("-number").values("pk")[:1]
    yes = UrgentApproval.objects.filter(
        version=OuterRef("newest"), voided_at__isnull=True, policy=policy, expires_at__gt=now
    )
    said = yes.order_by().values("version").annotate(count=Count("pk")).values("count")
    wrote = UrgentVersion.objects.filter(template=OuterRef("pk"), created_by=reader.user_id)
    rows = UrgentTemplate.objects.filter(organisation=reader.organisation_id, retired_at__isnull=True)
    rows = rows.annotate(newest=Subquery(newest)).annotate(said=Coalesce(Subquery(said), 0))
    return rows.filter(~Exists(wrote), ~Exists(yes.filter(approver=reader.user_id)), said__lt=needed)


def _facts_of(template: UrgentTemplate, version: UrgentVersion, ground: Ground) -> TemplateFacts:
    versions = template.versions.all()
    return TemplateFacts(
        is_current=version.pk == versions[0].pk and template.retired_at is None,
        digest=version.digest,
        digest_now=_digest_of(version),
        purpose=version.purpose,
        writers=frozenset(row.created_by_id for row in versions),
        approvals=tuple(_said(row, ground) for row in version.approvals.all()),
        approvers_needed=ground.parameters.approvers,
        policy=ground.policy.pk if ground.policy else None,
    )


def _digest_of(version: UrgentVersion) -> str:
    try:
        return version.wording.digest
    except _MALFORMED:
        return "malformed"


def _said(row: UrgentApproval, ground: Ground) -> ApprovalFact:
    fit = row.approver_id in ground.approvers
    return ApprovalFact(
        approver=row.approver_id,
        digest=row.digest,
        policy=row.policy_id,
        expires_at=row.expires_at,
        voided=row.voided_at is not None,
        confirmed=row.confirmed,
        why_not=() if fit else (f"{row.approver.first_name} may not approve any more.",),
    )


def sending_of(revision: Revision) -> UrgentSending | None:
    """Return how a version was sent from a template; None for every other. One query."""
    return UrgentSending.objects.select_related("version", "revision").filter(revision=revision).first()


def sending_behind(delivery: Delivery) -> UrgentSending | None:
    """Return how a delivery came to be sent from a template; None for every other. One query.

    Only those made as it was sent: what lapsed and was then approved by somebody stands on that yes alone.
    """
    sending = sending_of(delivery.revision)
    return sending if sending is not None and sending.sent_at == delivery.created_at else None


def urgent_facts(
    sending: UrgentSending,
    post: Post,
    *,
    screening: Screening,
    policy: PolicyVersion | None,
    now: datetime,
) -> UrgentFacts:
    """Return what must be known of a post that was sent from a template, read afresh."""
    organisation, revision = post.organisation, sending.revision
    ground = Ground.of(organisation, policy, now)
    template = with_versions(UrgentTemplate.objects.all()).get(pk=sending.version.template_id)
    version = next(row for row in template.versions.all() if row.pk == sending.version_id)
    return UrgentFacts(
        template=_facts_of(template, version, ground),
        is_own=template.organisation_id == organisation.pk,
        by_sender=revision.number == 1 and revision.created_by_id == post.author_id,
        words=revision.text,
        words_filled=_filled(sending, organisation),
        purpose=revision.purpose,
        pictures=revision.pictures.count(),
        taken_down=TakeDown.objects.filter(delivery__post=post).exists(),
        is_reply=post.kind != Post.Kind.POST or bool(post.reply_to),
        unanswered=len(still_open(screening, frozenset())),
        good_until=sending.sent_at + timedelta(hours=ground.parameters.approval_life_hours),
    )


def _filled(sending: UrgentSending, organisation: Organisation) -> str | None:
    try:
        return filled(sending.version.wording, sending.values, organisation.day(sending.sent_at))
    except _MALFORMED:
        return None


def open_findings(version: UrgentVersion, organisation: Organisation, now: datetime) -> tuple[Finding, ...]:
    """Return what screening points at in the words, however their gaps are filled; each thing once. One query."""
    ways = tuple(every_way(version.wording, organisation.day(now)))
    found = screen_all(ways, organisation)
    pointed = (finding for way in ways for finding in still_open(found[way], frozenset()))
    return tuple({finding.rule: finding for finding in pointed}.values())


def may_look_second(sending: UrgentSending, fit: Iterable[Membership]) -> tuple[Membership, ...]:
    """Return who of those fit to approve may take the second look: nobody who sent it or wrote its words."""
    never = {sending.revision.post.author_id, sending.version.created_by_id}
    return tuple(member for member in fit if member.user_id not in never)
