"""Fetching a photo as Instagram does: nobody sends it one, it comes and gets it. On this machine alone."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from stairgate.practice.errors import GraphError

MOST_BYTES = 8 * 1024 * 1024
_SECONDS = 10
_HERE = {"127.0.0.1", "localhost"}
_JPEG = b"\xff\xd8\xff"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Whoever sends us on is not where the photo is."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def photo_at(address: str) -> bytes:
    """Return the JPEG at an address. Raises `GraphError` as Instagram does for what it cannot fetch or use."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    if urlsplit(address).hostname not in _HERE:
        raise _not_fetched()
    try:
        with opener.open(address, timeout=_SECONDS) as answer:
            kind, data = str(answer.headers.get_content_type()), bytes(answer.read(MOST_BYTES + 1))
    except TimeoutError:
        raise GraphError(-2, "It takes too long to download the media.", subcode=2207003) from None
    except (OSError, ValueError, http.client.HTTPException):
        raise _not_fetched() from None
    if len(data) > MOST_BYTES:
        raise GraphError(36000, "The image size is too large.", subcode=2207004)
    if kind != "image/jpeg" or not data.startswith(_JPEG):
        raise GraphError(36001, "The image format is not supported.", subcode=2207005)
    return data


def _not_fetched() -> GraphError:
    return GraphError(9004, "The media could not be fetched from this URI.", subcode=2207052)
