"""``stairgate verify`` on what an installation hands out: sound, tampered with, and against a seal kept outside."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.installation import Installation, Said, run

pytestmark = pytest.mark.xdist_group("installation")

Files = dict[str, bytes]
_START = (
    "from pathlib import Path; from django.db import transaction; from stairgate.ledger import services; "
    "from stairgate.organisations.models import Organisation; place = Organisation.objects.get().pk; "
)


def deed(ours: Installation, words: str) -> None:
    ours.python(
        f"{_START} transaction.atomic(services.record)(organisation_id=place, kind='test.done', actor='worker', "
        f"subject='x', payload={{'words': {words!r}}}, at=now)"
    )


def sealed(ours: Installation, path: Path) -> Path:
    """Have a seal made, and keep it outside."""
    ours.python(
        f"{_START} Path({str(path)!r}).write_text(services.checkpoint(organisation_id=place, at=now).note)"
    )
    return path


def handed_out(ours: Installation, path: Path) -> Path:
    ours.python(f"{_START} Path({str(path)!r}).write_bytes(services.export(organisation_id=place, at=now))")
    return path


@pytest.fixture(scope="module")
def outside(first: tuple[Installation, object], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What somebody outside holds: an early seal, a later one, the record; and the record of a second history."""
    folder = tmp_path_factory.mktemp("outside")
    with first[0].copied(folder / "ours") as ours:
        early = sealed(ours, folder / "early.txt")
        with ours.copied(folder / "other") as other:
            deed(ours, "what happened")
            deed(ours, "and what followed")
            deed(other, "what never happened")
            deed(other, "and was signed all the same")
            other_record = handed_out(other, folder / "other.zip")
        later = sealed(ours, folder / "later.txt")
        record = handed_out(ours, folder / "record.zip")
    return {"early": early, "later": later, "record": record, "other": other_record}


def verdict(said: Said) -> str:
    """The last words of a check, which fit its exit status."""
    assert said.err == "", said
    words = next(
        line for line in reversed(said.out.splitlines()) if line.startswith(("GOOD", "TAMPERED", "UNUSABLE"))
    )
    verdict = words.partition(".")[0]
    assert said.code == {"GOOD": 0, "TAMPERED": 1, "UNUSABLE": 2}[verdict], said
    return verdict


def test_a_sound_record(outside: dict[str, Path]) -> None:
    said = run("verify", str(outside["record"]))
    assert verdict(said) == "GOOD"
    assert "cannot show that it was never written anew" in said.out


def test_a_sound_record_that_continues_what_was_kept(outside: dict[str, Path]) -> None:
    kept = ["--checkpoint", str(outside["early"]), "--checkpoint", str(outside["later"])]
    said = run("verify", str(outside["record"]), *kept)
    assert verdict(said) == "GOOD"
    assert said.out.count("is part of this record") == 2 and "it continues the checkpoint" in said.out


def test_the_program_in_the_record_says_the_same(outside: dict[str, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(outside["record"]) as archive:
        archive.extract("verify.py", tmp_path)
    command = [sys.executable, str(tmp_path / "verify.py"), str(outside["record"])]
    done = subprocess.run(command, capture_output=True, timeout=300)
    assert (done.returncode, done.stdout.decode()) == (0, run("verify", str(outside["record"])).out)


def changed(record: Path, target: Path, change: Callable[[Files], object]) -> Path:
    with zipfile.ZipFile(record) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target


def on_entries(change: Callable[[list[bytes]], object]) -> Callable[[Files], object]:
    def do(files: Files) -> None:
        lines = files["entries.jsonl"].splitlines(keepends=True)
        change(lines)
        files["entries.jsonl"] = b"".join(lines)

    return do


def say_otherwise(lines: list[bytes]) -> None:
    entry = json.loads(lines[-1])
    entry["payload"]["words"] = "nothing"
    lines[-1] = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode() + b"\n"


TAMPERED: dict[str, Callable[[Files], object]] = {
    "another word": on_entries(say_otherwise),
    "another person": on_entries(lambda lines: lines.append(lines.pop().replace(b'"worker"', b'"nobody"'))),
    "one entry out": on_entries(lambda lines: lines.pop(3)),
    "two swapped": on_entries(lambda lines: lines.insert(3, lines.pop(4))),
    "one twice": on_entries(lambda lines: lines.append(lines[-1])),
    "the end cut off": on_entries(list.pop),
    "no seals": lambda files: files.update({"checkpoints.txt": b""}),
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED.keys())
def test_a_record_that_was_changed(
    outside: dict[str, Path], tmp_path: Path, change: Callable[[Files], object]
) -> None:
    said = run("verify", str(changed(outside["record"], tmp_path / "changed.zip", change)))
    assert verdict(said) == "TAMPERED" and "PROBLEM: " in said.out


def test_a_second_history_signed_with_the_key_is_found_by_what_was_kept(outside: dict[str, Path]) -> None:
    """The limit of the ledger, as docs/ledger.md says: alone, and by a seal from before, it looks sound."""
    other = str(outside["other"])
    assert verdict(run("verify", other)) == "GOOD"
    assert verdict(run("verify", other, "--checkpoint", str(outside["early"]))) == "GOOD"
    assert verdict(run("verify", other, "--checkpoint", str(outside["later"]))) == "TAMPERED"


def test_the_key_may_be_given_another_way(outside: dict[str, Path]) -> None:
    with zipfile.ZipFile(outside["record"]) as archive:
        key = archive.read("key.txt").decode().strip()
    assert verdict(run("verify", str(outside["record"]), "--key", key)) == "GOOD"
    another = key[:-4] + ("AAA=" if not key.endswith("AAA=") else "BBB=")
    assert verdict(run("verify", str(outside["record"]), "--key", another)) != "GOOD"
    assert verdict(run("verify", str(outside["record"]), "--key", "nonsense")) == "UNUSABLE"


@pytest.mark.parametrize("data", [None, b"", b"Dear council,", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_record(data: bytes | None, outside: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "record.zip"
    if data is not None:
        path.write_bytes(data)
    assert verdict(run("verify", str(path))) == "UNUSABLE"
    assert verdict(run("verify", str(tmp_path))) == "UNUSABLE"
    assert verdict(run("verify", str(outside["record"]), "--checkpoint", str(path))) == "UNUSABLE"


def test_a_record_cut_short_or_with_something_more(outside: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "cut.zip").write_bytes(outside["record"].read_bytes()[:-100])
    assert verdict(run("verify", str(tmp_path / "cut.zip"))) == "UNUSABLE"
    more = changed(outside["record"], tmp_path / "more.zip", lambda files: files.update({"../more": b"x"}))
    assert verdict(run("verify", str(more))) == "UNUSABLE"
