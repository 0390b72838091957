"""The address from which a network fetches an approved photo. Nobody signs in: the address is signed."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stairgate.publishing.fetching import named_by, photo_for

#: a network fetches each photo once or twice
MOST_AN_ATTEMPT = 60
_HOUR = 3600
_HEADERS = {"X-Robots-Tag": "noindex, nofollow, noarchive, noimageindex", "Referrer-Policy": "no-referrer"}


@login_not_required
@never_cache
@require_safe
def fetch(request: HttpRequest, token: str) -> HttpResponse:
    """Return the one photo that a true address names, as long as it may go out. Anything else does not exist."""
    now, named = timezone.now(), named_by(token)
    photo = photo_for(named, now) if named and not _too_often(named.attempt) else None
    if photo is None:
        return HttpResponse(status=404, headers=_HEADERS)
    return HttpResponse(photo, content_type="image/jpeg", headers=_HEADERS)


def _too_often(attempt: UUID) -> bool:
    """Count one fetching in this attempt. Only true addresses are counted, so strangers cannot fill the cache."""
    key = f"fetch-{attempt}"
    asked = int(cache.get(key, 0)) + 1
    cache.set(key, asked, _HOUR)
    return asked > MOST_AN_ATTEMPT
