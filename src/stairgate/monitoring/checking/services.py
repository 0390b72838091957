"""Going through the weekly check: an answer under every heading, and the signature. What is sealed is in `receipts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import SystemRandom
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from stairgate.channels.models import Channel
from stairgate.clauses import Coverage, control
from stairgate.monitoring.checking.models import CheckAnswer, PageCheck, SampleLook
from stairgate.monitoring.checking.receipts import (
    decisions_in,
    digest_of,
    receipt,
    seal,
    step_seal,
    stopped_in,
    write_down,
)
from stairgate.monitoring.checking.rules import (
    LONGEST_NOTE,
    SHORTEST_NOTE,
    Answer,
    Given,
    Step,
    answer_problem,
    headings_of,
    is_nil,
    sample_size,
)
from stairgate.monitoring.checking.selectors import (
    CheckNow,
    check_now,
    checked_accounts,
    checks_now,
    fresh_from,
    newest_answers,
    open_check,
    since_when,
)
from stairgate.monitoring.looks.services import ask_look
from stairgate.monitoring.models import Decision, Item
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.publishing.services import Refusal
from stairgate.publishing.services.common import member_fit
from stairgate.screening import Severity

_chance = SystemRandom()
_TO_LOOK_AGAIN = timedelta(days=7)
#: of what was grave and judged safe; more of it in one week is a matter of its own
_MOST_GRAVE = 25
#: decisions after which a week is still a quiet one
_NOTHING_DONE = frozenset({Decision.Kind.NO_ACTION, Decision.Kind.REPLY, Decision.Kind.SHOW})


@control("C39", "Each heading of a check is answered by a named, fit person, also when nothing was found")
@control("C75", "Each check asks whether something of ours was shared from a private account of ours")
@transaction.atomic
def answer(
    *,
    actor: User,
    organisation: Organisation,
    step: Step,
    given: Mapping[str, Given],
    seen: str,
    at: datetime,
) -> PageCheck:
    """Answer every heading of one step; return the check. The first answer begins it, and a later one counts.

    ``seen``: `step_seal` of what the person had before them, so that nobody wipes away what they did not see. Raises
    `NotAllowed`, and `Refusal` when an answer is missing or says too little.
    """
    organisation = _locked(organisation)
    member_fit(actor, organisation, Duty.DECIDE, at)
    for heading in headings_of(step):
        if problem := answer_problem(heading, given.get(heading.id)):
            raise Refusal(problem)
    check = _open(organisation, actor, at)
    before = newest_answers(check, fresh_from(checked_accounts(organisation), at))
    if step_seal(step, before) != seen:
        raise Refusal("Somebody answered this while you did. Read what they found, then answer.")
    CheckAnswer.objects.bulk_create(
        CheckAnswer(
            page_check=check,
            heading=heading.id,
            answer=given[heading.id].answer.value,
            note=given[heading.id].note.strip(),
            by=actor,
            at=at,
        )
        for heading in headings_of(step)
    )
    payload = {heading.id: given[heading.id].answer.value for heading in headings_of(step)}
    write_down(actor, check, "monitoring.check_answered", payload, at)
    return check


def _locked(organisation: Organisation) -> Organisation:
    """Lock the setting: only one check is under way, and what is answered follows what was answered before."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _open(organisation: Organisation, actor: User, at: datetime) -> PageCheck:
    if found := open_check(organisation):
        return found
    since = since_when(checks_now(organisation)[1], checked_accounts(organisation))
    if since is None:
        raise Refusal("There is no account to check yet.")
    return PageCheck.objects.create(organisation=organisation, since=since, begun_at=at, begun_by=actor)


@control(
    "C38",
    "A check is who, when, what was looked at and what was found, signed and sealed at the moment it was done: no "
    "other day can be written into it",
    coverage=Coverage.WHOLE,
)
@control("C39", "The receipt says under every heading what was found, also when it was nothing")
@transaction.atomic
def sign(*, actor: User, check: PageCheck, seen: str, note: str, at: datetime) -> PageCheck:
    """Sign a check; return it. From now on the accounts it covers count as checked. ``seen``: `seal` of what was shown.

    Raises `NotAllowed`, and `Refusal` with what is left, or when somebody answered something else meanwhile.
    """
    organisation = _locked(check.organisation)
    member_fit(actor, organisation, Duty.DECIDE, at)
    check = PageCheck.objects.select_for_update().get(pk=check.pk, organisation=organisation)
    found = check_now(organisation, at)
    if problem := _why_not(check, found, seen, note, at):
        raise Refusal(problem)
    # All is locked before the record is written, as `monitoring.services` does: deeds at once never wait for each other.
    covered = _lock_accounts([place.channel.pk for place in found.places])
    drawn = _draw(check, at)
    _close(check, found, actor, note.strip(), at)
    Channel.objects.filter(pk__in=covered).update(checked_at=at)
    due_at = at + _TO_LOOK_AGAIN
    SampleLook.objects.bulk_create(SampleLook(page_check=check, item_id=pk, due_at=due_at) for pk in drawn)
    return check


def _why_not(check: PageCheck, found: CheckNow, seen: str, note: str, at: datetime) -> str:
    if check.signed_at is not None:
        return "Somebody has signed it already."
    if at < check.begun_at:
        return "The clock of this computer has gone back. Ask whoever looks after Stairgate to set it right."
    if found.left:
        return " ".join(found.left)
    if seal(found) != seen:
        return "Something was answered anew after you read it. Read it again, then sign."
    if len(note) > LONGEST_NOTE:
        return f"That is too long: {len(note)} letters, and {LONGEST_NOTE} fit."
    return ""


def _lock_accounts(accounts: list[UUID]) -> list[UUID]:
    rows = Channel.objects.select_for_update(no_key=True).filter(pk__in=accounts).order_by("pk")
    return list(rows.values_list("pk", flat=True))


@control(
    "C39",
    "Of what was judged safe, all that was grave and some of the rest by chance is drawn for somebody else",
)
def _draw(check: PageCheck, at: datetime) -> list[UUID]:
    """Return what is looked at again of what was judged safe since the last check, locked in one order."""
    later = Decision.objects.filter(item=OuterRef("item"), pk__gt=OuterRef("pk"))
    drawn = SampleLook.objects.filter(item=OuterRef("item"), page_check__signed_at__gte=OuterRef("at"))
    rows = Decision.objects.filter(
        ~Exists(later),
        ~Exists(drawn),
        kind=Decision.Kind.NO_ACTION,
        item__organisation=check.organisation,
        item__state=Item.State.DECIDED,
        at__gt=check.since,
        at__lte=at,
    )
    risks: dict[UUID, int] = dict(rows.values_list("item_id", "item__risk"))
    grave = sorted((pk for pk, risk in risks.items() if risk >= Severity.HOLD), key=lambda pk: -risks[pk])
    others = [pk for pk, risk in risks.items() if risk < Severity.HOLD]
    chosen = [*grave[:_MOST_GRAVE], *_chance.sample(others, sample_size(len(others)))]
    locked = Item.objects.select_for_update().filter(pk__in=chosen).order_by("pk")
    return list(locked.values_list("pk", flat=True))


def _close(check: PageCheck, found: CheckNow, actor: User, note: str, at: datetime) -> None:
    decided = decisions_in(check, at)
    every = [Given(Answer(said)) for said in check.answers.values_list("answer", flat=True)]
    acted = sum(count for kind, count in decided.items() if kind not in _NOTHING_DONE)
    acted += stopped_in(check, at)
    check.receipt = receipt(check, found, decided, actor, note, at)
    check.digest = digest_of(check.receipt)
    check.is_nil = is_nil(every, replace(found.seen, acted=acted))
    check.signed_at, check.signed_by, check.note = at, actor, note
    check.due_on = found.due.on if found.due else None
    payload = {
        "digest": check.digest,
        "nothing_found": check.is_nil,
        "accounts": len(found.places),
        "answers": {name: one.answer.value for name, one in found.given.items()},
    }
    check.entry = write_down(actor, check, "monitoring.checked", payload, at)
    check.save()


@control(
    "C39",
    "What was judged safe is looked at again by somebody else; where they disagree it waits for another than whoever "
    "judged it",
)
@transaction.atomic
def look_again(
    *, actor: User, look: SampleLook, version: str, agrees: bool, note: str, at: datetime
) -> SampleLook:
    """Say of something that was judged safe whether one agrees; return the look. Otherwise it is in the inbox again.

    ``version``: `Item.version` of what was read. Raises `NotAllowed`, also for whoever decided about it, and `Refusal`.
    """
    item = Item.objects.select_for_update().get(pk=look.item_id)
    row = SampleLook.objects.select_for_update(of=("self",)).select_related("page_check").get(pk=look.pk)
    member_fit(actor, item.organisation, Duty.DECIDE, at)
    if item.decisions.filter(by=actor).exists():
        raise NotAllowed("You decided about this yourself. Somebody else takes the second look.")
    if problem := _look_problem(row, item, version, note, agrees=agrees):
        raise Refusal(problem)
    if not agrees:
        ask_look(actor=actor, item=item, version=version, why=note, at=at)
    row.looked_by, row.looked_at, row.agrees, row.note = actor, at, agrees, note.strip()
    row.save()
    payload = {"item": str(item.pk), "agrees": agrees}
    write_down(actor, row.page_check, "monitoring.looked_again", payload, at)
    return row


def _look_problem(row: SampleLook, item: Item, version: str, note: str, *, agrees: bool) -> str:
    if row.looked_at is not None:
        return "Somebody has looked at it already."
    if item.version != version:
        return "It was changed after you read it, or is in the inbox again. Read it again, then say."
    if not agrees and len(note.strip()) < SHORTEST_NOTE:
        return "Say in a sentence what you see in it."
    if len(note) > LONGEST_NOTE:
        return f"That is too long: {len(note)} letters, and {LONGEST_NOTE} fit."
    return ""
