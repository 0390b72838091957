"""Who may approve, and what must be true before anything goes out. Pure: the time is an argument too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from stairgate.clauses import Coverage, control
from stairgate.organisations.words import together
from stairgate.policies.quiet import QuietHours
from stairgate.screening import Finding, Screening, Severity

#: how far a clock may seem to run backwards against the ledger before everything is held
CLOCK_TOLERANCE = timedelta(minutes=5)
#: what an author says when a post serves nothing that its account was authorised for
NO_PURPOSE = "None of these"
#: what whoever approves says is so, each time (C81). The words they saw are kept with their yes
APPROVER_CONFIRMS = (
    "It is respectful and kind: we would say it to any family, face to face.",
    "It speaks as the team, and leads nobody into private talk or friendship.",
    "Nobody could find a child or a colleague through it.",
)
#: why a reply is held that answers a child in other words than the policy's
ONLY_SIGNPOST = "Somebody under 18 may have written what it answers, so only the fixed words may go out."
#: the clause of a restriction that comes and goes by itself: the connection of an account in trouble
PASSING = "C28"


@dataclass(frozen=True, slots=True)
class Barrier:
    """One reason why the gate stays shut, with the clause it comes from."""

    clause: str
    says: str


@dataclass(frozen=True, slots=True)
class ApprovalFact:
    """One approval as it stands at this moment."""

    approver: UUID
    digest: str
    policy: UUID
    expires_at: datetime
    voided: bool
    why_not: tuple[str, ...]  # why this person may not approve today
    confirmed: str  # what they said is so when they approved
    purpose_reason: str = ""  # why it is right to send what serves no authorised purpose


@dataclass(frozen=True, slots=True)
class GateFacts:
    """Everything the gate re-reads, in the transaction that sends."""

    post_is_approved: bool
    revision_is_current: bool
    digest_now: str
    digest_of_revision: str
    writers: frozenset[UUID]
    writer_why_not: tuple[str, ...]  # why whoever wrote this version may not write today
    approvals: tuple[ApprovalFact, ...]
    urgent: tuple[Barrier, ...] | None  # why it may not go as sent from an urgent template; None: it was not
    approvers_needed: int
    policy: UUID | None
    send_at: datetime
    window: timedelta
    quiet: QuietHours
    restrictions: tuple[Barrier, ...]
    purpose: str
    purposes: tuple[str, ...]  # what the account was authorised for
    is_exactly: bool  # where only the fixed words may go out, these are them
    unanswered: tuple[Finding, ...]
    pictures_unanswered: int
    children_shown: int
    children_allowed: bool
    ledger_newest_at: datetime | None


@control("C78", "An author, or anyone who wrote a version, can never approve it")
def why_may_not_approve(
    *, approver: UUID, name: str, writers: frozenset[UUID], barriers: Iterable[str]
) -> tuple[str, ...]:
    """Return every reason why this person may not approve this post; empty means they may."""
    own = (f"{name} wrote this, so somebody else decides.",) if approver in writers else ()
    return own + tuple(barriers)


@control("C59", "The gate lets nothing but the fixed words answer somebody who seems to be under 18")
@control("C14", "Nothing goes out that was written by somebody who may not write today")
@control("C40", "Nothing goes out while something screening holds is still in the words")
@control(
    "C35",
    "A picture that shows a recognisable child, as its author says, is held unless the policy allows it",
)
@control("C78", "Any change after approval voids it; the gate compares digests at the moment of sending")
def gate_barriers(facts: GateFacts, now: datetime) -> tuple[Barrier, ...]:
    """Return every reason why this delivery may not go out now; empty means the gate opens (law 1)."""
    return (*facts.restrictions, *_barriers_of_the_post(facts, now), *_time_barriers(facts, now))


@control("C78", "An approval lapses at once when whoever gave it, the policy or the account no longer stands")
def lapse_barriers(facts: GateFacts, now: datetime) -> tuple[Barrier, ...]:
    """Return every reason why this delivery will not go out when its time comes, as far as is known already.

    Its time is one only when it has passed for good, and a connection in trouble is none: that may be put right
    before then.
    """
    lasting = (barrier for barrier in facts.restrictions if barrier.clause != PASSING)
    return (*lasting, *_barriers_of_the_post(facts, now), *_late(facts, now))


def _barriers_of_the_post(facts: GateFacts, now: datetime) -> tuple[Barrier, ...]:
    found: list[Barrier] = []
    if not facts.post_is_approved:
        found.append(Barrier("C78", "It is not approved."))
    if not facts.revision_is_current or facts.digest_now != facts.digest_of_revision:
        found.append(Barrier("C78", "It changed after it was approved."))
    found += [
        Barrier("C14", f"{says} They wrote this, so somebody else has to take it over.")
        for says in facts.writer_why_not
    ]
    found += _passing_barriers(facts, now)
    found += _purpose_barriers(facts, now)
    found += _content_barriers(facts)
    return tuple(found)


def valid_approvals(facts: GateFacts, now: datetime) -> list[ApprovalFact]:
    """Return the approvals of a post that count now."""
    return standing(facts.approvals, facts.digest_now, facts.policy, facts.writers, now)


@control(
    "C81",
    "An approval counts only with the approver’s answer on tone and boundaries, kept with it",
    coverage=Coverage.WHOLE,
)
def standing(
    approvals: Iterable[ApprovalFact],
    digest: str,
    policy: UUID | None,
    writers: frozenset[UUID],
    now: datetime,
) -> list[ApprovalFact]:
    """Return the approvals that count now: for this digest, in time, by somebody fit who did not write it.

    One in which nobody said that tone and boundaries are right counts for nothing.
    """
    return [
        approval
        for approval in approvals
        if not approval.voided
        and approval.digest == digest
        and approval.policy == policy
        and now <= approval.expires_at
        and approval.approver not in writers
        and approval.confirmed.strip()
        and not approval.why_not
    ]


def goes_urgently(facts: GateFacts, now: datetime) -> bool:
    """Return whether it stands on a template approved ahead: it was sent from one, and nobody approved it since."""
    return facts.urgent is not None and bool(_approval_barriers(facts, now))


def _passing_barriers(facts: GateFacts, now: datetime) -> list[Barrier]:
    """Return why neither its own approvals nor the template it was sent from let it pass."""
    own = _approval_barriers(facts, now)
    return own if facts.urgent is None or not own else list(facts.urgent)


def _approval_barriers(facts: GateFacts, now: datetime) -> list[Barrier]:
    counted = {approval.approver for approval in valid_approvals(facts, now)}
    if len(counted) >= facts.approvers_needed:
        return []
    live = [approval for approval in facts.approvals if not approval.voided]
    why = [says for approval in live for says in approval.why_not]
    if any(now > approval.expires_at for approval in live):
        why.append("The approval is too old.")
    if any(approval.policy != facts.policy for approval in live):
        why.append("The policy was adopted anew since it was approved.")
    if not all(approval.confirmed.strip() for approval in live):
        why.append("Whoever approved it did not say that its tone and its boundaries are right.")
    if any(approval.digest != facts.digest_now for approval in live):
        why.append("What was approved is not what would go out.")
    words = " ".join(why) or "A second person has not approved exactly this."
    return [Barrier("C78", words)]


@control(
    "C03",
    "What serves no authorised purpose goes out only with the approver’s written reason",
    coverage=Coverage.WHOLE,
)
@control(
    "C73",
    "What is for none of the account’s purposes needs a second person’s reason before it goes out",
    coverage=Coverage.WHOLE,
)
def _purpose_barriers(facts: GateFacts, now: datetime) -> list[Barrier]:
    if facts.purpose == NO_PURPOSE:
        if all(approval.purpose_reason.strip() for approval in valid_approvals(facts, now)):
            return []
        return [
            Barrier("C03", "It is for none of the page’s purposes, and whoever approved it gave no reason.")
        ]
    if facts.purpose in facts.purposes:
        return []
    return [
        Barrier("C03", "The page was not authorised for what this post is for. Choose its purpose again.")
    ]


def _content_barriers(facts: GateFacts) -> list[Barrier]:
    found = [
        Barrier(finding.clause, f"{finding.title}: somebody has to look at this.")
        for finding in facts.unanswered
    ]
    if not facts.is_exactly:
        found.append(Barrier("C59", ONLY_SIGNPOST))
    if facts.pictures_unanswered:
        found.append(Barrier("C35", "Nobody has said who can be seen in a picture."))
    if facts.children_shown and not facts.children_allowed:
        found.append(
            Barrier("C35", "A child could be recognised in a picture. Our policy does not allow that.")
        )
    return found


def _time_barriers(facts: GateFacts, now: datetime) -> list[Barrier]:
    if facts.ledger_newest_at and now < facts.ledger_newest_at - CLOCK_TOLERANCE:
        return [Barrier("C28", "The clock of this computer runs behind our own record. Set it right first.")]
    if late := _late(facts, now):
        return late
    if facts.quiet.include(now) and not goes_urgently(facts, now):
        return [
            Barrier(
                "C78", f"It is within our quiet hours, {facts.quiet.says}. Choose a time outside of them."
            )
        ]
    return []


def _late(facts: GateFacts, now: datetime) -> list[Barrier]:
    if now <= facts.send_at + facts.window:
        return []
    return [Barrier("C78", "Its time has passed. Choose a new time, and ask for approval again.")]


@control(
    "C79",
    "Personal contact details must be taken out; they cannot be kept with a reason",
    coverage=Coverage.WHOLE,
)
def must_change(finding: Finding) -> bool:
    """Return whether a finding has to go from the words: it cannot be kept with a reason."""
    return finding.severity >= Severity.HOLD


def still_open(screening: Screening, answered: frozenset[str]) -> tuple[Finding, ...]:
    """Return the findings that stop a post: those that must change, and those nobody gave a reason for."""
    return tuple(
        finding
        for finding in screening.findings
        if must_change(finding) or (finding.severity == Severity.LOOK and finding.key not in answered)
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the gate in front of the author: what must be true, and whether it is."""

    key: str
    done: bool
    says: str


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """What is known of a draft when its author asks whether it is ready."""

    has_words: bool
    accounts: tuple[str, ...]
    account_problems: tuple[str, ...]
    network_problems: tuple[str, ...]
    is_exactly: bool
    purpose: str
    purposes: tuple[str, ...]
    open_findings: int
    pictures: int
    pictures_without_alt: int
    pictures_unanswered: int
    children_shown: int
    children_allowed: bool
    send_at: datetime | None
    approvers: tuple[str, ...]
    approvers_needed: int
    quiet: QuietHours
    change: tuple[str, ...] | None = None  # what stands against it, where it changes what is on a page


@control("C03", "Each post carries one purpose from those its account was authorised for")
def bars(facts: DraftFacts, now: datetime) -> tuple[Bar, ...]:
    """Return what must be true before a draft can be sent for approval, in the order a person meets it."""
    return (
        _accounts_bar(facts),
        *_change_bars(facts),
        _words_bar(facts),
        *_picture_bars(facts),
        _purpose_bar(facts),
        _time_bar(facts, now),
        _second_person_bar(facts),
    )


def _accounts_bar(facts: DraftFacts) -> Bar:
    if not facts.accounts:
        return Bar("accounts", False, "Choose where it will go")
    if facts.account_problems:
        return Bar("accounts", False, facts.account_problems[0])
    return Bar(
        "accounts", True, "Page is open to you" if len(facts.accounts) == 1 else "Pages are open to you"
    )


def _change_bars(facts: DraftFacts) -> tuple[Bar, ...]:
    if facts.change is None:
        return ()
    if facts.change:
        return (Bar("change", False, facts.change[0].rstrip(".")),)
    return (Bar("change", True, "It is on the page, and can be changed there"),)


def _words_bar(facts: DraftFacts) -> Bar:
    if not facts.has_words:
        return Bar("words", False, "Words: nothing written yet")
    if not facts.is_exactly:
        return Bar("words", False, "Words: only the fixed words may answer somebody under 18")
    if facts.network_problems:
        problem = facts.network_problems[0]
        return Bar("words", False, problem[:1].upper() + problem[1:])
    if facts.open_findings:
        things = "1 thing" if facts.open_findings == 1 else f"{facts.open_findings} things"
        return Bar("words", False, f"Words: {things} to look at")
    return Bar("words", True, "Words: nothing left to look at")


def _picture_bars(facts: DraftFacts) -> tuple[Bar, ...]:
    if not facts.pictures:
        return ()
    cleaned = Bar("cleaned", True, "Place and time removed from photo")
    if facts.children_shown and not facts.children_allowed:
        return (cleaned, Bar("pictures", False, "Photo: a child could be recognised. Choose another photo"))
    if facts.pictures_unanswered:
        return (cleaned, Bar("pictures", False, "Photo: say who can be seen"))
    if facts.pictures_without_alt:
        return (cleaned, Bar("pictures", False, "Photo: describe it for people who can’t see it"))
    return (cleaned, Bar("pictures", True, "Photo: described, and nobody’s child can be recognised"))


def _purpose_bar(facts: DraftFacts) -> Bar:
    if facts.purpose == NO_PURPOSE:
        return Bar("purpose", True, "It is for none of these: whoever approves has to write down why")
    if facts.purpose and facts.purpose in facts.purposes:
        return Bar("purpose", True, f"It is for: {facts.purpose}")
    return Bar("purpose", False, "Say what it is for")


def _time_bar(facts: DraftFacts, now: datetime) -> Bar:
    if facts.send_at is None:
        if facts.quiet.include(now):
            return Bar(
                "time", True, f"Quiet hours, {facts.quiet.says}: approved now, it waits until they end"
            )
        return Bar("time", True, "It goes out as soon as it is approved")
    if facts.send_at <= now:
        return Bar("time", False, "That time has passed. Choose a later one")
    if facts.quiet.include(facts.send_at):
        return Bar("time", False, f"That is in our quiet hours, {facts.quiet.says}. Choose another time")
    return Bar("time", True, "The time is still to come")


@control("C78", "Nothing is sent for approval unless as many fit people are there as have to say yes")
def _second_person_bar(facts: DraftFacts) -> Bar:
    fit, needed = facts.approvers, facts.approvers_needed
    who = "A second person" if needed == 1 else "Two other people"
    if not fit:
        return Bar("second", False, f"{who}: nobody can approve at the moment")
    if len(fit) < needed:
        return Bar("second", False, f"{who}: two are needed, and only {fit[0]} can approve at the moment")
    if len(fit) > needed > 1:
        return Bar("second", True, f"{who}, out of {together(fit, 'and')}")
    return Bar("second", True, f"{who}: {together(fit, 'or' if needed == 1 else 'and')}")
