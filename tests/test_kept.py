"""The cast that is put there again is the cast that the services built."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from stairgate.channels.services import account_for
from stairgate.ledger.models import Entry
from stairgate.ledger.services import verify_log
from tests.cast import Cast, built_willow_lane
from tests.kept import keep

pytestmark = pytest.mark.django_db


class _Undo(Exception):
    pass


def _rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_what_was_kept_is_written_anew_as_of_another_moment() -> None:
    then = timezone.now()
    before = _rows()
    with pytest.raises(_Undo), transaction.atomic():
        built, kept = keep(lambda: built_willow_lane(then), then)
        rows = _rows()
        entries = list(Entry.objects.values_list("log__organisation_id", "index", "kind", "payload"))
        raise _Undo
    assert _rows() == before
    now = then + timedelta(minutes=20)
    again: Cast = kept.again(now)
    assert _rows() == rows
    assert list(Entry.objects.values_list("log__organisation_id", "index", "kind", "payload")) == entries
    assert not verify_log(again.organisation.pk)
    assert {entry.at for entry in Entry.objects.all()} == {now}
    assert again.policy.adopted_at == now and again.channel.authorised_at == now
    assert again.member(again.tom).started_on == built.organisation.day(then)
    assert again.channel.organisation == again.organisation and again.priya.check_password(
        "a long enough password"
    )
    assert account_for(again.channel).token == "not-a-token"
