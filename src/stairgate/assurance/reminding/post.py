"""Handing one e-mail to a mail server, or in the demo to a folder. It knows nothing of reminders.

What it says about an e-mail is what can be known: the server took it, the server said no, nobody heard of it, or we cannot tell.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Taken:
    """The mail server has it, or it lies in the outbox."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """It did not go out. ``for_good``: trying again would be no better."""

    why: str
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """The connection broke after we began to hand it over."""

    why: str


Answer = Taken | NotSent | Unknown


def write(*, mail_id: str, to: str, subject: str, text: str, at: datetime) -> EmailMessage:
    """Return the e-mail. Its number is the row's, so that one sent again can be known as the same."""
    message = EmailMessage()
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    message["From"] = settings.MAIL.sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail_id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def hand_over(message: EmailMessage, mail_id: str) -> Answer:
    """Give an e-mail to whoever the settings name; return what became of it."""
    chosen = settings.MAIL
    if chosen.way == "outbox":
        return _put_in_outbox(message, settings.HOME.outbox / f"{mail_id}.eml")
    try:
        with _server(chosen) as server:
            return _give(server, message)
    except smtplib.SMTPAuthenticationError:
        return NotSent("The mail server does not accept our name and password.")
    except (OSError, smtplib.SMTPException) as error:  # nothing was handed over yet
        return NotSent(f"The mail server cannot be reached ({type(error).__name__}).")


@contextmanager
def _server(chosen: Any) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    if chosen.way == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(chosen.host, chosen.port, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(chosen.host, chosen.port, timeout=_SECONDS)
    try:
        if chosen.way == "smtp":
            server.starttls(context=context)
        if chosen.user:
            server.login(chosen.user, chosen.password)
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):  # what it said before counts
            server.quit()
        server.close()


def _give(server: smtplib.SMTP, message: EmailMessage) -> Answer:
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()))
        return _said_no(code, words)
    except smtplib.SMTPResponseException as refused:  # the sender, or the words
        return _said_no(refused.smtp_code, refused.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        return Unknown(f"The connection broke while it was handed over ({type(error).__name__}).")
    return Taken()


def _said_no(code: int, words: bytes | str) -> NotSent:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return NotSent(f"The mail server said: {code} {said}"[:300], for_good=code >= 500)


def _put_in_outbox(message: EmailMessage, path: Path) -> Answer:
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        part = path.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes())
        part.replace(path)
    except OSError as error:
        return NotSent(f"The outbox cannot be written ({type(error).__name__}).")
    return Taken()
