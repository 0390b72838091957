"""A picture that was taken in as an answer to a browser. Whoever asks was let in before."""

from __future__ import annotations

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404


def picture_answer(file: FieldFile, media_type: str) -> FileResponse:
    """Return the bytes of a picture, which never change. Raises Http404 when they are not there."""
    try:
        answer = FileResponse(file.open("rb"), content_type=media_type)
    except OSError:
        raise Http404 from None
    answer["Cache-Control"] = "private, max-age=86400, immutable"
    return answer
