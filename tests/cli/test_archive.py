"""A backup that somebody has changed, cut or made up is refused, and nothing of it is written."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import resource
import subprocess
import tarfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.cli.installation import COMMAND, Installation, refused

Entry = tuple[tarfile.TarInfo, bytes]


def entry(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "") -> Entry:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(data), kind, link
    return info, data


_PLAIN = (tarfile.REGTYPE, "")


class Made:
    """A backup made by hand: sound, until a test changes it."""

    def __init__(self) -> None:
        self.about: dict[str, Any] = {"format": 1, "version": "0.1", "made": "now", "database": "sqlite"}
        self.files = {f"keys/{name}.key": b"k" * 44 for name in ("fields", "ledger", "names", "session")}
        self.files["stairgate.sqlite3"] = b""  # SQLite takes an empty file for an empty database
        self.kinds: dict[str, tuple[bytes, str]] = {}
        self.extra: list[Entry] = []
        self.listed: dict[str, dict[str, Any]] = {}

    def tar(self) -> bytes:
        sums = {
            name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in self.files.items()
        }
        about = json.dumps({**self.about, "files": sums | self.listed}).encode()
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for info, data in [
                entry("manifest.json", about),
                *(entry(name, data, *self.kinds.get(name, _PLAIN)) for name, data in self.files.items()),
                *self.extra,
            ]:
                archive.addfile(info, io.BytesIO(data))
        return file.getvalue()

    def gz(self) -> bytes:
        return gzip.compress(self.tar())


def restored(tmp_path: Path, data: bytes) -> Any:
    (tmp_path / "b.tar.gz").write_bytes(data)
    home = Installation(tmp_path / "place/home")
    home.home.parent.mkdir()
    return home.run("restore", str(tmp_path / "b.tar.gz"))


def test_what_is_made_here_is_sound(tmp_path: Path) -> None:
    """Else every refusal below would prove nothing."""
    assert restored(tmp_path, Made().gz()).code == 0
    assert (tmp_path / "place/home/keys/fields.key").read_bytes() == b"k" * 44


def replaced(name: str, kind: bytes, link: str = "") -> Callable[[Made], bytes]:
    """The file of this name is something else instead."""

    def make(made: Made) -> bytes:
        made.kinds[name] = (kind, link)
        return made.gz()

    return make


def _rounded(size: int) -> int:
    return size + -size % tarfile.BLOCKSIZE


def listed(name: str, data: bytes = b"x") -> Callable[[Made], bytes]:
    """A file of this name, in the list and all."""

    def make(made: Made) -> bytes:
        made.files[name] = data
        return made.gz()

    return make


def also(*more: Entry) -> Callable[[Made], bytes]:
    """Something that is not in the list."""

    def make(made: Made) -> bytes:
        made.extra += more
        return made.gz()

    return make


def says(**about: object) -> Callable[[Made], bytes]:
    def make(made: Made) -> bytes:
        made.about |= about
        return made.gz()

    return make


def without(name: str) -> Callable[[Made], bytes]:
    def make(made: Made) -> bytes:
        del made.files[name]
        return made.gz()

    return make


def swapped(made: Made) -> bytes:
    return gzip.compress(made.tar().replace(b"k" * 44, b"l" * 44, 1))


def two_swapped(made: Made) -> bytes:
    made.files["pictures/1"], made.files["pictures/2"] = b"1" * 512, b"2" * 512
    tar = made.tar()
    return gzip.compress(
        tar.replace(b"1" * 512, b"0" * 512).replace(b"2" * 512, b"1" * 512).replace(b"0" * 512, b"2" * 512)
    )


def longer(made: Made) -> bytes:
    made.listed["keys/fields.key"] = {"size": 2, "sha256": "00"}
    return made.gz()


def listed_as(size: object) -> Callable[[Made], bytes]:
    def make(made: Made) -> bytes:
        made.listed["stairgate.sqlite3"] = {"size": size, "sha256": "00"}
        return made.gz()

    return make


def bare_list(text: bytes) -> Callable[[Made], bytes]:
    def make(made: Made) -> bytes:
        info, data = entry("manifest.json", text)
        return gzip.compress(info.tobuf() + data + bytes(-len(data) % 512) + bytes(10240))

    return make


def flipped(at: float) -> Callable[[Made], bytes]:
    def make(made: Made) -> bytes:
        made.files["pictures/1"] = os.urandom(5000)
        data = bytearray(made.gz())
        data[int(len(data) * at)] ^= 0x10
        return bytes(data)

    return make


def cut(at: float) -> Callable[[Made], bytes]:
    def make(made: Made) -> bytes:
        made.files["pictures/1"] = os.urandom(5000)
        data = made.gz()
        return data[: int(len(data) * at)]

    return make


HOSTILE: dict[str, Callable[[Made], bytes]] = {
    "leads outside": listed("pictures/../../outside"),
    "leads outside, unlisted": also(entry("../outside", b"x")),
    "only dots": listed("pictures/.."),
    "absolute": listed("/tmp/outside"),
    "absolute, unlisted": also(entry("/tmp/outside", b"x")),
    "hidden": listed("pictures/.bashrc"),
    "another folder": listed("elsewhere/file"),
    "the marker of a restore": listed("restoring/file"),
    "the lock": listed("lock"),
    "a zero byte": listed("pictures/a\0b"),
    "a line break": listed("pictures/a\n"),
    "symbolic link": replaced("keys/fields.key", tarfile.SYMTYPE, "/etc/passwd"),
    "symbolic link, unlisted": also(entry("pictures/link", b"", tarfile.SYMTYPE, "/tmp")),
    "hard link": replaced("keys/fields.key", tarfile.LNKTYPE, "keys/names.key"),
    "device": replaced("keys/fields.key", tarfile.CHRTYPE),
    "pipe": replaced("keys/fields.key", tarfile.FIFOTYPE),
    "folder": replaced("keys/fields.key", tarfile.DIRTYPE),
    "sparse": replaced("keys/fields.key", tarfile.GNUTYPE_SPARSE),
    "a header about headers": replaced("keys/fields.key", tarfile.XHDTYPE),
    "a long name": replaced("keys/fields.key", tarfile.GNUTYPE_LONGNAME),
    "one file more": also(entry("pictures/more", b"x")),
    "the same file twice": also(entry("keys/fields.key", b"k" * 44)),
    "a file and a folder of one name": lambda made: (
        listed("pictures/a/b")(made) and listed("pictures/a")(made)
    ),
    "a swapped file": swapped,
    "two files swapped": two_swapped,
    "a wrong length": longer,
    "more than any disk": listed_as(2**60),
    "a negative length": listed_as(-1),
    "a length that is no number": listed_as("x"),
    "a length without end": listed_as(float("inf")),
    "without a key": without("keys/names.key"),
    "without its database": without("stairgate.sqlite3"),
    "a database that is none": listed("stairgate.sqlite3", b"not a database at all" * 100),
    "a newer form": says(format=2, version="9.0"),
    "an older form": says(format=0),
    "a form that is no number": says(format=[]),
    "another database": says(database="paper"),
    "a list that is no list": bare_list(b'{"format": 1, "version": "", "database": "sqlite", "files": []}'),
    "an empty list": bare_list(b""),
    "a list that nests too deep": bare_list(b"[" * 200_000),
    "a list that is not text": bare_list(b"\xff\xfe{}"),
    "an empty file": lambda made: b"",
    "no archive": lambda made: b"Dear nursery, here is the backup." * 100,
    "a tar that is not packed": lambda made: made.tar(),
    "another tar": lambda made: gzip.compress(bytes(10240)),
    "cut at the end": lambda made: made.gz()[:-4],
    "more after the end": lambda made: made.gz() + gzip.compress(b"x" * 100_000),
    **{f"cut at {at}": cut(at) for at in (0.01, 0.2, 0.5, 0.9)},
    **{f"one bit at {at}": flipped(at) for at in (0.0, 0.05, 0.3, 0.6, 0.9)},
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_backup_is_refused_and_nothing_is_written(
    make: Callable[[Made], bytes], tmp_path: Path
) -> None:
    refused(restored(tmp_path, make(Made())))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["b.tar.gz", "place"]
    assert not Path("/tmp/outside").exists()


def test_a_backup_from_a_newer_version_says_what_to_do(tmp_path: Path) -> None:
    refused(restored(tmp_path, says(format=2, version="9.0")(Made())), "newer", "9.0", "Install that version")


def test_more_than_the_disk_holds_is_never_begun(tmp_path: Path) -> None:
    refused(restored(tmp_path, listed_as(2**60)(Made())), "needs", "Make room first")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    said = Installation(tmp_path / "home").run("restore", str(tmp_path / "nothing.tar.gz"))
    refused(said, "nothing.tar.gz", "cannot be read")
    refused(Installation(tmp_path / "home").run("restore", str(tmp_path)), "cannot be read")
    assert list(tmp_path.iterdir()) == []


_BOMB = 512 * 1024**2


def _with_little_memory() -> None:
    """What the bomb unpacks to does not fit into it; the program itself does, many times over."""
    resource.setrlimit(resource.RLIMIT_AS, (_BOMB, _BOMB))
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))


@cache
def zeros() -> bytes:
    """A gzip stream of zeros, made in pieces."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1024**2)
    packed = b"".join(packer.compress(piece) for _ in range(_BOMB // len(piece)))
    return packed + packer.flush()


@pytest.mark.parametrize("kind", ["list", "header about headers", "file", "end"])
def test_a_bomb_does_not_go_off(kind: str, tmp_path: Path) -> None:
    """A small file that unpacks to half a gigabyte costs neither memory, nor disk, nor time."""
    sound = Made().tar()
    after_list = 512 + _rounded(tarfile.TarInfo.frombuf(sound[:512], "utf-8", "strict").size)
    front = sound if kind == "end" else b"" if kind == "list" else sound[:after_list]
    if kind != "end":
        info = tarfile.TarInfo("manifest.json" if kind == "list" else "keys/fields.key")
        info.size, info.type = _BOMB, tarfile.XHDTYPE if kind == "header about headers" else tarfile.REGTYPE
        front += info.tobuf(tarfile.GNU_FORMAT)
    (tmp_path / "bomb.tar.gz").write_bytes(gzip.compress(front) + zeros())
    home = Installation(tmp_path / "home")
    command = [*COMMAND, "restore", str(tmp_path / "bomb.tar.gz")]
    done = subprocess.run(
        command, env=home.everything, stderr=subprocess.PIPE, timeout=300, preexec_fn=_with_little_memory
    )
    assert done.returncode == 2 and done.stderr.startswith(b"stairgate: "), done.stderr
    assert b"memory" not in done.stderr.lower()
    assert not home.home.exists()
