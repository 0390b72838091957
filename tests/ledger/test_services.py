"""What other rooms rely on: record, checkpoint, erase, export, verify_log."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from stairgate.ledger.keys import public_key
from stairgate.ledger.models import Checkpoint, Entry, Log
from stairgate.ledger.proof import canonical, commitment, examine_export, leaf_hash, read_checkpoints, root_of
from stairgate.ledger.selectors import history, newest_at, newest_checkpoint
from stairgate.ledger.services import LedgerError, checkpoint, erase, export, record, verify_log
from tests.ledger.flushing import guards_aside

AT = datetime(2026, 11, 24, 17, 45, 0, 123456, tzinfo=UTC)


def wrote(
    setting: UUID, *, subject: str = "post-1", actor: str = "tom", at: datetime = AT, **payload: object
) -> Entry:
    """Record one deed."""
    return record(
        organisation_id=setting,
        kind="publishing.approved",
        actor=actor,
        subject=subject,
        payload=payload,
        at=at,
    )


@pytest.mark.django_db
def test_entries_stand_in_order_under_the_root_that_is_signed(setting: UUID) -> None:
    entries = [wrote(setting, n=n) for n in range(11)]
    assert [entry.index for entry in entries] == list(range(11))
    point = checkpoint(organisation_id=setting, at=AT)
    root = root_of([bytes(entry.leaf_hash) for entry in entries])
    assert (point.size, bytes(point.root)) == (11, root)
    (note,) = read_checkpoints(point.note)
    assert (note.size, note.root, note.origin) == (11, root, f"stairgate/ledger/{setting}")
    assert note.signed_by(public_key(note.origin))
    assert newest_checkpoint(setting) == point


@pytest.mark.django_db
@pytest.mark.clause("C28")
def test_an_entry_says_who_did_what_and_when_and_is_the_same_when_read_back(setting: UUID) -> None:
    wrote(setting, text="Snow – we are closed ☃", at=AT.astimezone(ZoneInfo("America/New_York")))
    entry = Entry.objects.get(log__organisation_id=setting)
    header = json.loads(entry.header(entry.log.origin))
    assert header == {
        "actor": "tom",
        "at": "2026-11-24T17:45:00.123456Z",
        "commitment": bytes(entry.commitment).hex(),
        "id": str(entry.id),
        "index": 0,
        "kind": "publishing.approved",
        "log": f"stairgate/ledger/{setting}",
        "subject": "post-1",
        "v": 1,
    }
    assert entry.body == {"text": "Snow – we are closed ☃"}
    assert bytes(entry.leaf_hash) == leaf_hash(entry.header(entry.log.origin))
    assert bytes(entry.commitment) == commitment(bytes(entry.salt or b""), canonical(entry.body))


@pytest.mark.django_db
def test_settings_have_logs_of_their_own(setting: UUID) -> None:
    other = uuid4()
    wrote(setting)
    assert wrote(other).index == 0
    assert wrote(setting).index == 1
    assert history(setting).count() == 2


@pytest.mark.django_db
def test_what_happened_is_found_by_record_and_by_person(setting: UUID) -> None:
    wrote(setting, subject="a", actor="tom")
    wrote(setting, subject="b", actor="priya", at=AT + timedelta(hours=1))
    wrote(setting, subject="a", actor="priya", at=AT - timedelta(minutes=1))
    assert [entry.index for entry in history(setting)] == [2, 1, 0]
    assert [entry.index for entry in history(setting, subject="a")] == [2, 0]
    assert [entry.index for entry in history(setting, actor="priya")] == [2, 1]
    assert newest_at(setting) == AT + timedelta(hours=1)
    assert newest_at(uuid4()) is None
    assert newest_checkpoint(setting) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("C28")
def test_recording_outside_a_transaction_is_refused(setting: UUID) -> None:
    with pytest.raises(LedgerError, match="transaction"):
        wrote(setting)
    assert not Log.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_deed_that_is_rolled_back_leaves_no_gap(setting: UUID) -> None:
    with transaction.atomic():
        wrote(setting, n=0)
    with pytest.raises(RuntimeError), transaction.atomic():
        wrote(setting, n=1)
        raise RuntimeError
    with transaction.atomic():
        wrote(setting, n=2)
        with pytest.raises(RuntimeError), transaction.atomic():
            wrote(setting, n=3)
            raise RuntimeError
        wrote(setting, n=4)
    kept = list(Entry.objects.filter(log__organisation_id=setting))
    assert [(entry.index, (entry.body or {})["n"]) for entry in kept] == [(0, 0), (1, 2), (2, 4)]
    assert verify_log(setting) == []


@pytest.mark.django_db(transaction=True)
def test_a_first_deed_that_is_rolled_back_leaves_no_log(setting: UUID) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        wrote(setting)
        raise RuntimeError
    assert not Log.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "approved"},
        {"kind": "ledger.erased"},
        {"kind": "Publishing.approved"},
        {"actor": ""},
        {"actor": "Tom Smith"},
        {"subject": "x" * 201},
        {"at": datetime(2026, 11, 24)},
        {"payload": {"score": 0.5}},
        {"payload": {"when": AT}},
        {"payload": {"text": "x" * 1024 * 1024}},
        {"payload": {"text": "\ud800"}},
    ],
)
def test_what_could_not_be_kept_for_good_is_refused(setting: UUID, wrong: dict[str, object]) -> None:
    right = {"kind": "publishing.approved", "actor": "tom", "subject": "p", "payload": {}, "at": AT}
    with pytest.raises(LedgerError):
        record(organisation_id=setting, **(right | wrong))  # type: ignore[arg-type]
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_erasure_destroys_the_words_and_nothing_else(setting: UUID, tmp_path: Path) -> None:
    wrote(setting, n=0)
    entry = wrote(setting, words="Ottilie bumped her head")
    held = checkpoint(organisation_id=setting, at=AT)
    tombstone = erase(entry=entry, actor="priya", reason="parent-asked", at=AT + timedelta(days=1))
    kept = Entry.objects.get(pk=entry.pk)
    assert kept.erased
    assert (kept.salt, kept.payload, kept.body) == (None, None, None)
    assert (tombstone.kind, tombstone.subject, tombstone.index) == ("ledger.erased", str(entry.id), 2)
    assert tombstone.body == {"index": 1, "reason": "parent-asked"}
    raw = export(organisation_id=setting, at=AT + timedelta(days=1))
    report = examine_export(saved(tmp_path, raw), held=read_checkpoints(held.note))
    assert (report.problems, report.warnings) == ([], [])
    assert report.facts[0] == "Entries: 3, of which 1 erased (their place is kept)."
    assert b"Ottilie" not in zipfile.ZipFile(io.BytesIO(raw)).read("entries.jsonl")
    assert verify_log(setting) == []


@pytest.mark.django_db
def test_nothing_is_erased_twice_and_no_tombstone_at_all(setting: UUID) -> None:
    entry = wrote(setting)
    tombstone = erase(entry=entry, actor="priya", reason="asked", at=AT)
    for erased in (entry, tombstone):
        with pytest.raises(LedgerError):
            erase(entry=erased, actor="priya", reason="asked", at=AT)
    assert Entry.objects.count() == 2


def saved(folder: Path, raw: bytes) -> Path:
    """Write an export to a file."""
    path = folder / "export.zip"
    path.write_bytes(raw)
    return path


@pytest.mark.django_db
@pytest.mark.clause("C82")
def test_an_export_holds_everything_an_outsider_needs(setting: UUID, tmp_path: Path) -> None:
    wrote(setting, n=1)
    checkpoint(organisation_id=setting, at=AT)
    wrote(setting, n=2)
    raw = export(organisation_id=setting, at=AT)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert sorted(archive.namelist()) == [
            "README.txt",
            "checkpoints.txt",
            "entries.jsonl",
            "key.txt",
            "verify.py",
        ]
        assert len(archive.read("entries.jsonl").splitlines()) == 2
        assert "import stairgate" not in archive.read("verify.py").decode()
    report = examine_export(saved(tmp_path, raw))
    assert report.problems == []
    assert report.facts[1] == "Signed checkpoints that agree with the entries: 2 of 2."


@pytest.mark.django_db
def test_a_setting_where_nothing_happened_can_be_exported(setting: UUID, tmp_path: Path) -> None:
    assert verify_log(setting) == []
    report = examine_export(saved(tmp_path, export(organisation_id=setting, at=AT)))
    assert report.problems == []


@pytest.mark.django_db
@pytest.mark.clause("C82")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_entry SET actor = 'kofi' WHERE \"index\" = 1",
        'UPDATE ledger_entry SET payload = \'{"n":7}\' WHERE "index" = 1',
        "UPDATE ledger_entry SET payload = 'not even JSON' WHERE \"index\" = 1",
        'UPDATE ledger_entry SET payload = \'{"n":1.0}\' WHERE "index" = 1',
        'UPDATE ledger_entry SET payload = NULL, salt = NULL WHERE "index" = 1',
        'DELETE FROM ledger_entry WHERE "index" = 1',
        'DELETE FROM ledger_entry WHERE "index" = 2',
        "UPDATE ledger_log SET size = 2",
        "UPDATE ledger_checkpoint SET note = replace(note, '2026', '2025')",
    ],
)
def test_a_change_made_behind_the_guards_is_found_and_shows_in_an_export(
    setting: UUID, tmp_path: Path, change: str
) -> None:
    for n in range(3):
        wrote(setting, n=n)
    checkpoint(organisation_id=setting, at=AT)
    with connection.cursor() as cursor, guards_aside():
        cursor.execute(change)
    assert verify_log(setting)
    assert examine_export(saved(tmp_path, export(organisation_id=setting, at=AT))).problems


@pytest.mark.django_db
def test_a_signed_checkpoint_is_stored_as_it_was_handed_out(setting: UUID) -> None:
    wrote(setting)
    first = checkpoint(organisation_id=setting, at=AT)
    second = checkpoint(organisation_id=setting, at=AT + timedelta(days=1))
    assert list(Checkpoint.objects.values_list("note", flat=True)) == [first.note, second.note]
