"""How e-mail leaves this installation, from the environment. Without it none does, and Today says everything anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from stairgate.config.home import HomeTrouble

_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class MailSettings:
    """``way``: "off", "outbox" (the demo), "smtp" (STARTTLS), "smtps", "smtp+plain" (this machine only)."""

    way: str
    sender: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)


def mail_settings(environment: Mapping[str, str], *, demo: bool, host: str) -> MailSettings:
    """Return how e-mail is sent. Raises `HomeTrouble` when what is set cannot be meant."""
    sender = environment.get("STAIRGATE_MAIL_FROM", "").strip() or f"stairgate@{host}"
    if "@" not in sender or any(letter in sender for letter in "\r\n"):
        raise HomeTrouble("STAIRGATE_MAIL_FROM is not an e-mail address. Nothing was changed.")
    if demo:
        return MailSettings("outbox", sender)
    address = environment.get("STAIRGATE_MAIL_URL", "").strip()
    if not address:
        return MailSettings("off", sender)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise _not_meant() from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _not_meant()
    if parts.scheme == "smtp+plain" and parts.hostname not in _THIS_MACHINE:
        raise HomeTrouble(
            "STAIRGATE_MAIL_URL would send e-mail over the network without encryption. Write smtp:// or smtps://. "
            "Nothing was changed."
        )
    return MailSettings(
        way=parts.scheme,
        sender=sender,
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _not_meant() -> HomeTrouble:
    return HomeTrouble(
        "STAIRGATE_MAIL_URL cannot be read. Write smtp://user:password@mail.example:587, or smtps:// for port 465. "
        "Nothing was changed."
    )
