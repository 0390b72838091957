"""Looking for every secret that was used, in every form, in everything that was written."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from pathlib import Path

#: of what is longer, this much of its beginning is enough to be found
_TELLING = 20


def secrets_of(credentials: Mapping[str, str], keys: Path) -> dict[str, bytes]:
    """Return every secret by name: what opens the page, what is made of it, and the keys, in each way to write them."""
    page, app = credentials["page_token"], credentials["app_secret"]
    found = {
        name: credentials[name].encode()
        for name in ("page_token", "user_token", "app_secret", "verify_token")
    }
    for name in ("page_token", "user_token"):
        proof = hmac.new(app.encode(), credentials[name].encode(), hashlib.sha256).hexdigest()
        found[f"proof of the {name}"] = proof.encode()
    found["page_token in base64"] = base64.b64encode(page.encode())[:-4]
    for file in sorted(keys.glob("*.key")):
        written = file.read_text().strip()
        raw = base64.b64decode(written)
        found |= {
            f"{file.name}": written.encode(),
            f"{file.name} in bytes": raw,
            f"{file.name} in hex": raw.hex().encode(),
        }
    return found


def leaks(secrets: Mapping[str, bytes], places: Iterator[Path]) -> list[str]:
    """Return which secret lies in which file."""
    found = []
    for place in places:
        content = place.read_bytes()
        found += [f"{name} in {place.name}" for name, value in secrets.items() if value[:_TELLING] in content]
    return found


def written(logs: Path, home: Path) -> Iterator[Path]:
    """Yield everything that was written but the keys themselves: what was logged, and the data folder."""
    yield from (file for file in logs.rglob("*") if file.is_file())
    for file in home.rglob("*"):
        if file.is_file() and "keys" not in file.relative_to(home).parts:
            yield file
