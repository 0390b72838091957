"""The one file of a backup: a list, and then exactly what is in the list.

It is a gzipped tar that any tar can open. The list comes first, so that a reader knows how much is to come and
where it belongs before it writes a byte; and it then takes nothing else: no other file, no byte more, no link,
no device, no path that leads outside.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, NoReturn

from stairgate.config.home import KEY_NAMES, HomeTrouble

FORMAT = 1
LIST = "manifest.json"
_LONGEST_LIST = 32 * 1024 * 1024
_CHUNK = 1024 * 1024
_NAME = re.compile(
    r"stairgate\.sqlite3|demo|setup-code|(keys|pictures|practice|postgresql)(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+"
)
_KEYS = {f"keys/{name}.key" for name in KEY_NAMES}
_NEEDED = {"sqlite": {*_KEYS, "stairgate.sqlite3"}, "postgresql": {*_KEYS, "postgresql/tables.json"}}


@dataclass(frozen=True, slots=True)
class Sum:
    """How long a file is, and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says of itself."""

    version: str
    database: str
    files: dict[str, Sum]


def takes(name: str) -> bool:
    """Whether a file of this name belongs in a backup."""
    return _NAME.fullmatch(name) is not None


def write(target: IO[bytes], sources: Mapping[str, Path], *, database: str) -> Contents:
    """Write a backup of these files, under the names given; return its list. Raises OSError."""
    contents = Contents(version("stairgate"), database, {name: _sum(path) for name, path in sources.items()})
    about = {"format": FORMAT, "made": time.strftime("%Y-%m-%dT%H:%M:%S%z"), **asdict(contents)}
    with tarfile.open(fileobj=target, mode="w:gz", format=tarfile.GNU_FORMAT) as archive:
        listed = json.dumps(about, indent=1).encode()
        _add(archive, LIST, len(listed), io.BytesIO(listed))
        for name, path in sources.items():
            with path.open("rb") as file:
                _add(archive, name, contents.files[name].size, file)
    return contents


def _sum(path: Path) -> Sum:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Sum(size, digest.hexdigest())


def _add(archive: tarfile.TarFile, name: str, size: int, file: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(time.time())
    archive.addfile(entry, file)


def about(path: Path) -> Contents:
    """Return the list of a backup. Raises `HomeTrouble` when it is not one that this program can read."""
    with _opened(path) as reader:
        return reader.contents()


def read(path: Path, into: Path | None = None) -> Contents:
    """Read a whole backup and check every byte; put its files into a folder when one is given.

    Raises `HomeTrouble` at the first thing that is not as listed, when there is no room, and OSError when the
    folder cannot be written.
    """
    with _opened(path) as reader:
        contents = reader.contents()
        if into:
            _check_room(into, sum(file.size for file in contents.files.values()))
        for name, wanted in contents.files.items():
            if into:
                with _created(into / name) as file:
                    reader.file(name, wanted, file)
            else:
                reader.file(name, wanted, None)
        reader.end()
    return contents


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise HomeTrouble(
            f"The backup needs {_megabytes(needed)} MB in {folder.parent}, and there are only {_megabytes(free)} MB. "
            "Make room first. Nothing was changed."
        )


def _megabytes(size: int) -> str:
    return f"{size // 1024**2 + 1:,}"


def _created(path: Path) -> IO[bytes]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


@contextmanager
def _opened(path: Path) -> Iterator[_Reader]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise HomeTrouble(
            f"{path} cannot be read ({error.strerror or error}). Nothing was changed."
        ) from None
    with file, gzip.GzipFile(fileobj=file) as stream:
        yield _Reader(path, stream)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads a backup from its beginning to its end, and trusts nothing that it has not checked.

    The blocks of the tar are read here, one by one, because a library that follows links, sparse files and
    headers about headers would do so before anybody could refuse.
    """

    path: Path
    stream: gzip.GzipFile

    def refuse(self, why: str) -> NoReturn:
        raise HomeTrouble(f"{self.path} is not a whole backup of Stairgate: {why}. Nothing was changed.")

    def contents(self) -> Contents:
        size = self._header(LIST)
        if size > _LONGEST_LIST:
            self.refuse("its list is too long")
        try:
            found = json.loads(self._exactly(size))
            self._padding(size)
            return self._contents(found)
        except (AttributeError, LookupError, TypeError, ValueError, OverflowError, RecursionError):
            self.refuse("its list cannot be read")

    def _contents(self, found: Any) -> Contents:
        if int(found["format"]) > FORMAT:
            raise HomeTrouble(
                f"{self.path} was made by a newer Stairgate ({str(found.get('version'))[:20]!r}). "
                "Install that version first. Nothing was changed."
            )
        if int(found["format"]) != FORMAT:
            self.refuse("its form is unknown")
        files = {str(name): Sum(int(one["size"]), str(one["sha256"])) for name, one in found["files"].items()}
        for name, one in files.items():
            if not takes(name) or one.size < 0:
                self.refuse(f"it lists something a backup never holds ({name[:80]!a})")
        database = str(found["database"])
        if missing := _NEEDED[database] - files.keys():
            self.refuse(f"it lacks {min(missing)}")
        return Contents(str(found["version"]), database, files)

    def file(self, name: str, wanted: Sum, target: IO[bytes] | None) -> None:
        """Read one file and compare it with the list; copy it to a target when there is one."""
        if self._header(name) != wanted.size:
            self.refuse(f"{name} is not as long as its list says")
        digest, left = hashlib.sha256(), wanted.size
        while left:
            chunk = self._exactly(min(left, _CHUNK))
            left -= len(chunk)
            digest.update(chunk)
            if target:
                target.write(chunk)
        self._padding(wanted.size)
        if digest.hexdigest() != wanted.sha256:
            self.refuse(f"{name} in it is damaged")

    def end(self) -> None:
        """Check that nothing follows but the zeros that end a tar, and that the last checksum holds."""
        rest = self._read(2 * tarfile.RECORDSIZE + 1)
        if len(rest) < 2 * tarfile.BLOCKSIZE or len(rest) > 2 * tarfile.RECORDSIZE or any(rest):
            self.refuse("it holds more, or less, than its list says")

    def _header(self, expected: str) -> int:
        """Read the header of the file that must come now; return its size."""
        try:
            entry = tarfile.TarInfo.frombuf(self._exactly(tarfile.BLOCKSIZE), "utf-8", "surrogateescape")
        except tarfile.TarError:
            self.refuse(f"{expected} is missing or damaged")
        if entry.name != expected or entry.type != tarfile.REGTYPE:
            self.refuse(f"where {expected} should be it holds {entry.name[:80]!a}")
        return entry.size

    def _padding(self, size: int) -> None:
        self._exactly(-size % tarfile.BLOCKSIZE)

    def _exactly(self, count: int) -> bytes:
        data = self._read(count)
        if len(data) != count:
            self.refuse("it was cut short")
        return data

    def _read(self, count: int) -> bytes:
        try:
            return self.stream.read(count)
        except (OSError, EOFError, zlib.error):
            self.refuse("it is damaged or was cut short")
