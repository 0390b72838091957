"""What may go out from a template approved ahead, with one person there. Pure: the time is an argument too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stairgate.clauses import control
from stairgate.publishing.rules import NO_PURPOSE, ApprovalFact, Barrier, standing


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """One version of a template and what was said about it, at this moment."""

    is_current: bool  # the newest version, of a template that is on the list
    digest: str  # as it was stored
    digest_now: str  # of the words, gaps and choices as they are
    purpose: str
    writers: frozenset[UUID]  # of any version
    approvals: tuple[ApprovalFact, ...]
    approvers_needed: int
    policy: UUID | None


@control(
    "C78", "An urgent template is approved ahead, by people who wrote no version of it, for a limited time"
)
def template_barriers(facts: TemplateFacts, now: datetime) -> tuple[Barrier, ...]:
    """Return every reason why nothing may be sent from this template now; empty means it may."""
    found = []
    if not facts.is_current or facts.digest != facts.digest_now:
        found.append("This template was changed or taken off the list.")
    if facts.purpose in {"", NO_PURPOSE}:
        found.append("This template does not say what it is for.")
    counted = standing(facts.approvals, facts.digest_now, facts.policy, facts.writers, now)
    if len({approval.approver for approval in counted}) < facts.approvers_needed:
        found.append(_why_not_approved(facts, now))
    return tuple(Barrier("C78", says) for says in found)


def _why_not_approved(facts: TemplateFacts, now: datetime) -> str:
    live = [approval for approval in facts.approvals if not approval.voided]
    why = [says for approval in live for says in approval.why_not]
    if any(approval.policy != facts.policy for approval in live):
        why.append("The policy was adopted anew since this template was approved.")
    if any(now > approval.expires_at for approval in live):
        why.append("The approval of this template is too old.")
    if not all(approval.confirmed.strip() for approval in live):
        why.append("Whoever approved it did not say that its tone and its boundaries are right.")
    return " ".join(why) or "This template is not approved yet."


@dataclass(frozen=True, slots=True)
class UrgentFacts:
    """What the gate re-reads of a post that was sent from a template."""

    template: TemplateFacts
    is_own: bool  # the template belongs to the setting of the post
    by_sender: bool  # the version is the post's first, and its author's
    words: str
    words_filled: (
        str | None
    )  # the template filled with the stored values; None when a value is not of its kind
    purpose: str
    pictures: int
    is_reply: bool
    taken_down: bool  # somebody asked for that, on any of its pages
    unanswered: int  # what screening points at: nothing can be kept with a reason here
    good_until: datetime


@control(
    "C78", "What is sent from an urgent template says exactly what the template and its typed values say"
)
def urgent_barriers(facts: UrgentFacts, now: datetime) -> tuple[Barrier, ...]:
    """Return every reason why this may not go out as urgent, whatever its own approvals are."""
    checks = (
        (facts.is_own and facts.by_sender, "It was not sent from a template of ours by whoever it says."),
        (facts.words == facts.words_filled, "It does not say what its template says."),
        (facts.purpose == facts.template.purpose, "It is for something else than its template."),
        (facts.pictures == 0, "A picture was never approved ahead."),
        (not facts.is_reply, "A reply is never urgent: it needs somebody else to look."),
        (not facts.taken_down, "The post was taken down, so nothing more of it goes out."),
        (facts.unanswered == 0, "Screening points at something in it, so somebody else has to look."),
        (now <= facts.good_until, "It was sent too long ago. Send it anew."),
    )
    own = tuple(Barrier("C78", says) for holds, says in checks if not holds)
    return template_barriers(facts.template, now) + own


@control(
    "C78", "The second look at an urgent post is by a fit person who neither sent it nor wrote its words"
)
def why_may_not_look(*, looker: UUID, sender: UUID, writer: UUID) -> tuple[str, ...]:
    """Return every reason why this person may not take the second look; empty means they may."""
    own: tuple[str, ...] = ()
    if looker == sender:
        own += ("You sent it, so somebody else looks at it.",)
    if looker == writer:
        own += ("You wrote its words, so somebody else looks at it.",)
    return own
