"""Deeds on what comes round: look for training, read who the lead is, tell somebody in person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from stairgate.assurance.refusal import Refusal
from stairgate.assurance.rounds.models import Activity, LeadRead, LookOut, SelfCheck
from stairgate.assurance.rounds.rules import Audience, term_of
from stairgate.assurance.rounds.selectors import leads_now
from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.organisations.access import NotAllowed, actor_in, manager_in
from stairgate.organisations.models import Organisation, RoleHeld, User
from stairgate.organisations.rules import Role
from stairgate.people.models import Person
from stairgate.policies.library.rules import is_link

#: where a look goes; more may be named in the words
PLACES = (
    "Our local safeguarding partnership",
    "Our council’s early years team",
    "The Department for Education",
    "The UK Safer Internet Centre",
    "CEOP Education",
)
LONGEST_FOUND = 2_000
LOOKERS = frozenset({Role.MANAGER, Role.SERVICE_MANAGER, Role.DSL, Role.DEPUTY_DSL})
_TALKERS = frozenset({Role.MANAGER, Role.DSL})


@transaction.atomic
def talked(*, actor: User, check: SelfCheck, at: datetime) -> None:
    """Say that one has spoken with somebody after their self-check. Raises `NotAllowed`, also for one's own."""
    member = actor_in(actor, check.organisation_id)
    if check.user_id == actor.pk or not member.roles_on(member.organisation.day(at)) & _TALKERS:
        raise NotAllowed("The manager or the safeguarding lead speaks with a colleague.")
    open_row = SelfCheck.objects.filter(pk=check.pk, wants_talk=True, talked_at__isnull=True)
    if open_row.update(talked_at=at, talked_by=actor):
        _write_down(check.organisation_id, actor, "assurance.talked", check.pk, {}, at)


@transaction.atomic
def look_out(
    *, actor: User, organisation: Organisation, places: Collection[str], found: str, at: datetime
) -> LookOut:
    """Keep what somebody found when they looked for training and guidance, also when it was nothing. Return it.

    Raises `NotAllowed`, and `Refusal` without a place, with too many words, or when they wrote today's down already.
    """
    member = actor_in(actor, organisation.id)
    today = organisation.day(at)
    if not member.roles_on(today) & LOOKERS:
        raise NotAllowed("Your role does not let you write down what training there is.")
    looked = [place for place in PLACES if place in places]
    words = found.replace("\r\n", "\n").strip()
    if not looked and not words:
        raise Refusal("Tick where you looked, or write it down.")
    if len(words) > LONGEST_FOUND:
        raise Refusal(f"That is too long: {len(words)} letters, and {LONGEST_FOUND} fit.")
    row, new = LookOut.objects.get_or_create(
        organisation=organisation,
        by=actor,
        on=today,
        defaults={"at": at, "term": term_of(today).key, "looked_at": looked, "found": words},
    )
    if not new:
        raise Refusal("You wrote today’s look down already.")
    payload = {"places": looked}
    _write_down(organisation.id, actor, "assurance.looked_out", row.pk, payload, at)
    return row


@control(
    "C61",
    "What children and parents had about using technology safely is noted: what, for whom, when and by whom",
    coverage=Coverage.WHOLE,
)
@transaction.atomic
def note_activity(
    *,
    actor: User,
    organisation: Organisation,
    what: str,
    audience: Audience,
    on: date,
    done_by: str,
    link: str,
    note: str,
    at: datetime,
) -> Activity:
    """Keep what there was for children or their parents; return it. It counts for the term of its day.

    Raises `NotAllowed` for another setting, and `Refusal` unless it says what, when, who, and a link or a note.
    """
    actor_in(actor, organisation.id)
    said = {"what": what, "done_by": done_by, "link": link, "note": note}
    said = {key: words.replace("\r\n", "\n").strip() for key, words in said.items()}
    if problem := _activity_problem(said, on, organisation.day(at)):
        raise Refusal(problem)
    row = Activity.objects.create(
        organisation=organisation, audience=audience, on=on, term=term_of(on).key, by=actor, at=at, **said
    )
    payload = {"term": row.term, "audience": row.audience, "on": on.isoformat()}
    _write_down(organisation.id, actor, "assurance.activity_noted", row.pk, payload, at)
    return row


_ROOM = {"what": 200, "done_by": 80, "link": 500, "note": LONGEST_FOUND}


def _activity_problem(said: Mapping[str, str], on: date, today: date) -> str:
    if not said["what"] or not said["done_by"]:
        return "Say what it was, and who did it."
    if not said["link"] and not said["note"]:
        return "Add a link to it, or a note of what was said."
    if said["link"] and not is_link(said["link"]):
        return "The link begins with https:// and holds no spaces."
    if any(len(said[key]) > most for key, most in _ROOM.items()):
        return "One of the answers is too long."
    if on > today:
        return "That day has not come yet. Note it when it is done."
    return ""


@transaction.atomic
def read_of_lead(*, actor: User, held: RoleHeld, at: datetime) -> None:
    """Say that one has read who the safeguarding lead is; again changes nothing. Raises `NotAllowed`, `Refusal`."""
    organisation = held.membership.organisation
    actor_in(actor, organisation.id)
    _require_now(held, organisation, at)
    _, new = LeadRead.objects.get_or_create(
        held=held, user=actor, defaults={"organisation": organisation, "at": at}
    )
    if new:
        _write_down(organisation.id, actor, "assurance.lead_read", held.membership_id, {}, at)


@transaction.atomic
def told_of_lead(*, actor: User, person: Person, held: RoleHeld, at: datetime) -> None:
    """Say that one told somebody who does not sign in who the safeguarding lead is. Raises `NotAllowed`, `Refusal`."""
    organisation = held.membership.organisation
    manager_in(actor, organisation.id)
    _require_now(held, organisation, at)

    if not Person.objects.filter(pk=person.pk, organisation=organisation, user__isnull=True).exists():
        raise NotAllowed("They sign in, and read it themselves.")
    _, new = LeadRead.objects.get_or_create(
        held=held, person=person, defaults={"organisation": organisation, "told_by": actor, "at": at}
    )
    if new:
        payload = {"person": str(person.pk)}
        _write_down(organisation.id, actor, "assurance.lead_told", held.membership_id, payload, at)


def _require_now(held: RoleHeld, organisation: Organisation, at: datetime) -> None:
    if not leads_now(organisation, organisation.day(at)).filter(pk=held.pk).exists():
        raise Refusal(f"{held.membership.first_name} is not the safeguarding lead any more.")


def _write_down(
    organisation: UUID, actor: User, kind: str, subject: object, payload: Mapping[str, object], at: datetime
) -> None:
    record(
        organisation_id=organisation,
        kind=kind,
        actor=str(actor.pk),
        subject=str(subject),
        payload=payload,
        at=at,
    )
