"""Opening, reading, answering and signing: each deed needs the one before it, and none can be skipped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.organisations.access import actor_in
from stairgate.organisations.models import User
from stairgate.people.declaring.rules import may_sign
from stairgate.people.declaring.selectors import with_declared_on
from stairgate.people.models import Person
from stairgate.policies.library.selectors import must_read
from stairgate.policies.library.services import keep_receipts_of_signing
from stairgate.policies.models import Attempt, PartRead, PolicyVersion, Questions, Reading, Signature
from stairgate.policies.reading.rules import (
    PROOF_LASTS,
    Marked,
    Proof,
    digest_of,
    ends_of,
    is_text,
    mark,
    parts_of,
    proof_holds,
    question_from,
    question_to,
    same_name,
)
from stairgate.policies.reading.selectors import confirmations_today, pack_for


class CannotSign(Exception):
    """Nothing was written; the message says why and what to do."""


class ProofWanted(CannotSign):
    """Whoever signs has to show once more that it is them."""


@transaction.atomic
def open_version(*, actor: User, version: PolicyVersion, at: datetime) -> Reading:
    """Open the version in force for reading; return the reading, which is the same one each time.

    Raises `NotAllowed`, and `CannotSign` for another version than the one in force.
    """
    actor_in(actor, version.organisation_id)
    _check_version(version)
    reading, new = Reading.objects.get_or_create(
        version=version, user=actor, defaults={"text_digest": version.text_digest, "opened_at": at}
    )
    if new:
        bind_questions(version, at)
        _write(reading, "policies.opened", {}, at)
    return reading


def bind_questions(version: PolicyVersion, at: datetime) -> Questions:
    """Bind the questions of the version's pack to it, once and for good; return them."""
    pack = pack_for(version)
    asked = [question_to(question) for question in pack.questions]
    found, _ = Questions.objects.get_or_create(
        version=version,
        defaults={
            "pack": pack.id,
            "pack_version": pack.version,
            "asked": asked,
            "digest": hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest(),
            "bound_at": at,
        },
    )
    return found


@transaction.atomic
def finish_part(*, actor: User, reading: Reading, number: int, at: datetime) -> Reading:
    """Note that somebody reached the end of a part; return the reading. A part that was read stays read.

    Raises `NotAllowed`, and `CannotSign` when the part before it was not read.
    """
    reading = _own(actor, reading)
    parts = parts_of(reading.version.text)
    done = reading.parts.filter(so_far__in=ends_of(reading.version.text)).count()
    if number <= done:
        return reading
    if number != done + 1 or number > len(parts):
        raise CannotSign("Please read the parts in their order. We have brought you to the next one.")
    part = parts[number - 1]
    PartRead.objects.create(
        reading=reading, number=number, title=part.title[:200], so_far=part.so_far, read_at=at
    )
    if number == len(parts):
        reading.read_at = at
        reading.save(update_fields=["read_at"])
        _write(reading, "policies.read", {"parts": number, "so_far": part.so_far}, at)
    return reading


@transaction.atomic
def answer(*, actor: User, reading: Reading, given: Mapping[str, str], at: datetime) -> Marked:
    """Try the understanding check; return what is right and what is not. A try with every answer is kept.

    Raises `NotAllowed`, and `CannotSign` before the policy was read to its end.
    """
    reading = _own(actor, reading)
    if reading.read_at is None:
        raise CannotSign("Please read the policy to its end first. The questions come after it.")
    questions = bind_questions(reading.version, at)
    marked = mark([question_from(one) for one in questions.asked], given)
    if marked.open or reading.passed_at is not None:
        return marked
    Attempt.objects.create(
        reading=reading,
        at=at,
        asked=len(questions.asked),
        right=len(marked.right),
        wrong=list(marked.wrong),
    )
    if marked.passed:
        reading.passed_at = at
        reading.save(update_fields=["passed_at"])
        _write(reading, "policies.understood", {"questions": questions.digest}, at)
    return marked


@control(
    "C88", "Whoever signs has read every part and answered every question rightly", coverage=Coverage.WHOLE
)
@control(
    "C17",
    "Nobody becomes fit for a duty of an administrator but by signing like this",
    coverage=Coverage.WHOLE,
)
@control("C109", "A person signs for themselves only, in their own sign-in")
@control("C110", "The date of a signature is the time of the deed; nobody types it", coverage=Coverage.WHOLE)
@transaction.atomic
def sign(
    *,
    actor: User,
    reading: Reading,
    name_typed: str,
    confirmed: Collection[str],
    seen: str,
    proof: Proof | None,
    at: datetime,
) -> Signature:
    """Sign what was read; return the signature, bound to the digest of its text. Signed is signed once.

    ``confirmed`` are the keys of the lines that were ticked, ``seen`` the digest of the words of all of them.
    What is asked about one's own accounts must have been answered within the year (C68): `people.declaring`.
    Raises `NotAllowed`; `ProofWanted` when whoever signs has to show again that it is them; else `CannotSign`.
    """
    reading = _own(actor, reading)
    signed = Signature.objects.filter(version=reading.version_id, user=actor).first()
    if signed is not None:
        return signed
    if reading.read_at is None or reading.passed_at is None:
        raise CannotSign("Please read the policy to its end and answer the questions first.")
    documents = list(must_read(reading.version.organisation))
    lines = confirmations_today(reading.version, at, documents)
    if seen != digest_of(lines):
        raise CannotSign(
            "The safeguarding lead or a document has changed just now. Please read the lines once more."
        )
    if missing := [line for line in lines if line.key not in confirmed]:
        raise CannotSign(f"Please tick each line that is true for you. Not ticked: “{missing[0].words}”")
    person = _checked_name(actor, reading.version.organisation_id, name_typed)
    if not may_sign(person.declared_on, reading.version.organisation.day(at)):
        raise CannotSign(
            "Please answer the questions about your own accounts first. “I need help” counts too."
        )
    if proof is None or not proved(reading, proof, at):
        raise ProofWanted(
            f"Please show that it is still you. That counts for {PROOF_LASTS.seconds // 60} minutes."
        )
    signature = Signature.objects.create(
        version=reading.version,
        user=actor,
        name_typed=" ".join(name_typed.split()),
        text_digest=reading.text_digest,
        signed_at=at,
        reading=reading,
        confirmed=[{"key": line.key, "words": line.words, "clauses": line.clauses} for line in lines],
        proved_at=proof.at,
        proved_by=proof.means,
    )
    _write(reading, "policies.signed", {"confirmed": seen, "proved_by": proof.means.value}, at)
    keep_receipts_of_signing(person=person, documents=documents, at=at)
    return signature


def proved(reading: Reading, proof: Proof | None, at: datetime) -> bool:
    """Return whether what was read may be signed with this proof of who is there."""
    demo = settings.DEMO and reading.version.organisation.is_demo
    return reading.passed_at is not None and proof_holds(
        proof, passed_at=reading.passed_at, now=at, demo=demo
    )


def _checked_name(actor: User, organisation_id: UUID, name_typed: str) -> Any:
    """Return their row of the register, with the day on which they last declared. Raises `CannotSign`."""
    mine = Person.objects.select_related("user", "organisation").filter(
        organisation=organisation_id, user=actor
    )
    person = with_declared_on(mine).first()
    if person is None:
        raise CannotSign("You are not on the staff register yet. Ask your manager to add you.")
    if len(name_typed) > 160 or not same_name(name_typed, person.full_name):
        raise CannotSign("The name you typed does not match the staff register. Type it just as it is there.")
    return person


def _own(actor: User, reading: Reading) -> Reading:
    """Return the reading, locked, with its version. Raises `NotAllowed`, `CannotSign`."""
    reading = (
        Reading.objects.select_for_update(of=("self",))
        .select_related("version__organisation")
        .get(pk=reading.pk, user=actor)
    )
    actor_in(actor, reading.version.organisation_id)
    _check_version(reading.version)
    if reading.text_digest != reading.version.text_digest:
        raise CannotSign("These are not the words that you opened. Please tell your manager.")
    return reading


def _check_version(version: PolicyVersion) -> None:
    latest = PolicyVersion.objects.filter(organisation=version.organisation_id).order_by("-number").first()
    if latest is None or latest.pk != version.pk:
        raise CannotSign("There is a newer version of the policy. Please read and sign that one.")
    if not is_text(latest.text, latest.text_digest):
        raise CannotSign(
            "The words of this policy are not those that were adopted. Please tell your manager."
        )


def _write(reading: Reading, kind: str, said: Mapping[str, object], at: datetime) -> None:
    version = reading.version
    record(
        organisation_id=version.organisation_id,
        kind=kind,
        actor=str(reading.user_id),
        subject=str(version.pk),
        payload={"number": version.number, "label": version.label, "digest": reading.text_digest, **said},
        at=at,
    )
