"""Signatures of the demo's people, as they stand once somebody has declared, read, understood and signed.

What they declare goes through its service. The signature is written as rows: its deeds ask for a person at a screen
(`policies.reading.services`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from stairgate.ledger.services import record
from stairgate.organisations.models import User
from stairgate.people.declaring.rules import QUESTIONS
from stairgate.people.declaring.services import declare
from stairgate.policies.library.selectors import must_read
from stairgate.policies.models import Attempt, PartRead, PolicyVersion, Reading, Signature
from stairgate.policies.reading.rules import Means, confirmations, parts_of
from stairgate.policies.reading.services import bind_questions

#: the answers after which nothing is to do
IN_ORDER = {question.name: question.wanted for question in QUESTIONS}


@transaction.atomic
def signed(*, user: User, version: PolicyVersion, name: str, at: datetime) -> Signature:
    """Put the whole story of one signature there; return it. For made-up people only."""
    declare(actor=user, organisation=version.organisation, answers=IN_ORDER, at=at)
    asked = len(bind_questions(version, at).asked)
    reading = Reading.objects.create(
        version=version,
        user=user,
        text_digest=version.text_digest,
        opened_at=at,
        read_at=at,
        passed_at=at,
    )
    PartRead.objects.bulk_create(
        PartRead(reading=reading, number=number, title=part.title[:200], so_far=part.so_far, read_at=at)
        for number, part in enumerate(parts_of(version.text), start=1)
    )
    Attempt.objects.create(reading=reading, at=at, asked=asked, right=asked, wrong=[])
    documents = [f"“{one.title}” ({one.version})" for one in must_read(version.organisation)]
    lines = confirmations(lead=["Gwen"], deputies=[], documents=documents)
    signature = Signature.objects.create(
        version=version,
        user=user,
        name_typed=name,
        text_digest=version.text_digest,
        signed_at=at,
        reading=reading,
        confirmed=[{"key": line.key, "words": line.words, "clauses": line.clauses} for line in lines],
        proved_at=at,
        proved_by=Means.DEMO,
    )
    record(
        organisation_id=version.organisation_id,
        kind="policies.signed",
        actor=str(user.pk),
        subject=str(version.pk),
        payload={
            "number": version.number,
            "label": version.label,
            "digest": version.text_digest,
            "proved_by": Means.DEMO.value,
        },
        at=at,
    )
    return signature
