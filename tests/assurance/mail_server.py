"""A mail server of a few lines, on this machine: it takes e-mails, says no, or goes silent, as a test wants."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class MailServer:
    """``say`` replaces an answer: by the word of the command, or "." for the end of the e-mail; "" hangs up."""

    port: int = 0
    say: dict[str, str] = field(default_factory=dict)
    got: list[str] = field(default_factory=list)

    def talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as line:
            self._answer(line, "220 here")
            while command := line.readline().decode().strip():
                word = command.split()[0].upper()
                if not self._answer(
                    line, {"QUIT": "221 bye", "DATA": "354 go on"}.get(word, "250 fine"), word
                ):
                    return
                if word == "DATA" and "DATA" not in self.say:
                    words = b"".join(iter(line.readline, b".\r\n")).decode()
                    if self._answer(line, "250 taken", "."):
                        self.got.append(words)

    def _answer(self, line: object, usual: str, word: str = "") -> bool:
        said = self.say.get(word, usual)
        if said:
            line.write(f"{said}\r\n".encode())  # type: ignore[attr-defined]
            line.flush()  # type: ignore[attr-defined]
        return bool(said)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server that listens while the block lasts."""
    door = socket.create_server(("127.0.0.1", 0))
    server = MailServer(port=door.getsockname()[1])

    def serve() -> None:
        with suppress(OSError):
            while True:
                server.talk(door.accept()[0])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(5)
