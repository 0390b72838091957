"""Handing out the record is a deed like any other: somebody may, and it is written down."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.utils import timezone

from stairgate.assurance.services import hand_out
from stairgate.ledger.models import Checkpoint
from stairgate.organisations.access import NotAllowed
from tests.cast import willow_lane


@pytest.mark.django_db
def test_only_a_manager_hands_out_the_record_and_it_says_who() -> None:
    now = timezone.now()
    cast = willow_lane(now)
    for actor in (cast.kofi, cast.gwen, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            hand_out(actor=actor, organisation=cast.organisation, at=now)
    assert not Checkpoint.objects.exists()
    with zipfile.ZipFile(
        io.BytesIO(hand_out(actor=cast.priya, organisation=cast.organisation, at=now))
    ) as zipped:
        last = json.loads(zipped.read("entries.jsonl").splitlines()[-1])
    assert last["header"]["kind"] == "assurance.handed_out"
    assert last["header"]["actor"] == str(cast.priya.id)
