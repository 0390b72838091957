"""Noticing early that an approval no longer stands, so that its author learns of it before the time of sending.

The gate asks everything again as it sends; this only asks sooner. One look at a setting takes a bounded number
of queries, and only what seems to have lost its ground is read again, whole and under lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from stairgate.channels.selectors import accounts_now
from stairgate.ledger.services import record
from stairgate.organisations.models import Organisation
from stairgate.organisations.rules import Duty
from stairgate.policies.models import PolicyVersion
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import fit_for, in_force
from stairgate.publishing.gate import lapse_early
from stairgate.publishing.models import Approval, Delivery, Post
from stairgate.publishing.rules import PASSING
from stairgate.publishing.selectors.changes import gone_stale
from stairgate.publishing.states import READY, PostState

log = structlog.get_logger(__name__)


def sweep(now: datetime, worker: str) -> int:
    """Lapse every approval that no longer stands; return how many posts were touched.

    One setting in trouble stops none of the others. Raises `ExceptionGroup` with all of it at the end.
    """
    waiting, half = _waiting().values("organisation"), _half_approved().values("post__organisation")
    trouble: list[Exception] = []
    done = 0
    for organisation in Organisation.objects.filter(Q(pk__in=waiting) | Q(pk__in=half)):
        try:
            done += _look(organisation, now)
        except Exception as error:
            log.exception("lapsing_trouble", organisation=str(organisation.pk))
            trouble.append(error)
    if trouble:
        raise ExceptionGroup("settings in trouble", trouble)
    return done


def _waiting() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state__in=READY)


def _half_approved() -> QuerySet[Approval]:
    """Return the yes of whoever was the first of two."""
    return Approval.objects.filter(post__state=PostState.WITH_APPROVER, voided_at__isnull=True)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What approvals of one setting stand on, now."""

    version: PolicyVersion | None
    approvers: frozenset[UUID]
    writers: frozenset[UUID]
    open_channels: frozenset[UUID]
    too_late: datetime  # what was to go out before then never does

    @classmethod
    def of(cls, organisation: Organisation, now: datetime) -> _Ground:
        version, on = in_force(organisation), organisation.day(now)
        parameters = version.parameters if version else None
        approvers = fit_for(organisation, Duty.APPROVE, parameters=parameters, on=on)
        writers = fit_for(organisation, Duty.WRITE, parameters=parameters, on=on)
        accounts = accounts_now(organisation, now, version=version)
        return cls(
            version,
            frozenset(member.user_id for member in approvers),
            frozenset(member.user_id for member in writers),
            frozenset(a.channel.pk for a in accounts if all(r.clause == PASSING for r in a.restrictions)),
            now - timedelta(minutes=(parameters or Parameters()).sending_window_minutes),
        )

    def holds(self, approval: Approval, now: datetime) -> bool:
        policy = self.version.pk if self.version else None
        return (
            approval.approver_id in self.approvers
            and approval.policy_id == policy
            and now <= approval.expires_at
        )


def _look(organisation: Organisation, now: datetime) -> int:
    ground = _Ground.of(organisation, now)
    waiting = _waiting().filter(organisation=organisation)
    given = Approval.objects.filter(post__in=waiting.values("post"), voided_at__isnull=True)
    doubtful = {approval.post_id for approval in given if not ground.holds(approval, now)}
    stale = frozenset(gone_stale(waiting))
    rows = list(waiting.values_list("pk", "post_id", "channel_id", "revision__created_by_id", "send_at"))
    done = 0
    for pk, post, channel, writer, send_at in rows:
        shaky = (
            pk in stale
            or post in doubtful
            or channel not in ground.open_channels
            or writer not in ground.writers
        )
        if shaky or send_at < ground.too_late:
            done += lapse_early(delivery_id=pk, now=now)
    half = list(_half_approved().filter(post__organisation=organisation))
    return done + sum(_let_go(yes.pk, yes.post_id, ground, now) for yes in half if not ground.holds(yes, now))


@transaction.atomic
def _let_go(approval_id: UUID, post_id: UUID, ground: _Ground, now: datetime) -> bool:
    """Void the yes of somebody who was the first of two: the post goes on waiting, for another person."""
    post = Post.objects.select_for_update().get(pk=post_id)
    approval = (
        post.approvals.select_related("approver").filter(pk=approval_id, voided_at__isnull=True).first()
    )
    if approval is None or post.state != PostState.WITH_APPROVER:
        return False
    approval.voided_at, approval.void_reason = now, _why(approval, ground)
    approval.save(update_fields=["voided_at", "void_reason"])
    record(
        organisation_id=post.organisation_id,
        kind="publishing.approval_lapsed",
        actor="worker",
        subject=str(post.id),
        payload={"approver": str(approval.approver_id), "reason": approval.void_reason},
        at=now,
    )
    return True


def _why(approval: Approval, ground: _Ground) -> str:
    if ground.version is None or approval.policy_id != ground.version.pk:
        return "The policy was adopted anew since this approval."
    if approval.approver_id not in ground.approvers:
        return f"{approval.approver.first_name} may not approve any more."
    return "The approval is too old."
