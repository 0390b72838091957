"""How much of an upload is kept: nobody fills the disk, signed in or not."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler

from stairgate.pixels import MOST_BYTES


class Bounded(FileUploadHandler):
    """Comes first, and hands on no more than a photo may have; what is cut is then refused as too large."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Return the piece for the next handler; None once there was enough, over all files of a request."""
        before, self._received = self._received, self._received + len(raw_data)
        return raw_data if before <= MOST_BYTES else None

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
