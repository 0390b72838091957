"""The export: a zip that explains and proves itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from stairgate.ledger import verifier
from stairgate.ledger.proof import Key

README = """\
The record of a setting, from Stairgate
=======================================

Made {at}. Log: {log}

What is here
  entries.jsonl     every entry, one a line, oldest first: who, what kind of deed, about which record, when,
                    and what was kept about it. An entry that was erased for data protection keeps its place
                    but has lost its contents; a later entry says so.
  checkpoints.txt   signed statements of how long the record was and what was in it, at different times.
  key.txt           the public key that made the signatures.
  verify.py         the program that checks all this. It needs Python 3.11 and one package, and no network:

      python -m pip install cryptography
      python verify.py this-file.zip

How to make the check strong
  Whoever holds the signing key could write the whole record anew and sign it again. They cannot do so and
  still agree with a checkpoint that you kept. So keep a checkpoint somewhere they cannot reach (print it,
  send it by e-mail), and give it to the check later:

      python verify.py this-file.zip --checkpoint kept.txt

  If you do not trust whoever gave you this file, take verify.py from the Stairgate project, not from here.

What it cannot show
  That what was recorded is true, or that everything that happened was recorded. That the clock was right.
  Who sat at the keyboard. What an erased entry said. Anything after the last checkpoint you hold, against
  somebody who has the key.
"""


def pack(*, lines: Iterable[bytes], notes: Iterable[str], key: Key, at: str) -> bytes:
    """Return the zip as bytes. The same record exported at the same time gives the same bytes."""
    stamp = datetime.fromisoformat(at).timetuple()[:6]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(_member("entries.jsonl", stamp), "w") as file:
            for line in lines:
                file.write(line + b"\n")
        archive.writestr(_member("checkpoints.txt", stamp), "\n".join(notes))
        archive.writestr(_member("key.txt", stamp), key.text + "\n")
        archive.writestr(_member("verify.py", stamp), Path(verifier.__file__).read_bytes())
        archive.writestr(_member("README.txt", stamp), README.format(at=at, log=key.name))
    return target.getvalue()


def _member(name: str, stamp: tuple[int, ...]) -> zipfile.ZipInfo:
    year, month, day, hour, minute, second = stamp
    member = zipfile.ZipInfo(name, (year, month, day, hour, minute, second))
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member
