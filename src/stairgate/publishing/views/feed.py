"""The calendar on somebody's phone: the page that sets it up, and the file behind the secret address."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from stairgate.organisations.access import current
from stairgate.organisations.models import Membership
from stairgate.publishing import services
from stairgate.publishing.calendar import Span
from stairgate.publishing.feed import AHEAD, BACK, MOST
from stairgate.publishing.feed import render as write
from stairgate.publishing.models import CalendarFeed
from stairgate.publishing.screen import clean_among
from stairgate.publishing.selectors.calendar import placed_in

#: a phone asks every hour or so; one that asks more often is told to wait
MOST_AN_HOUR = 60
_HOUR = 3600


@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    """Show how to have the calendar on a phone, and whether this person has an address for it."""
    return _page(request, current(request))


@never_cache
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make a new address, and show it this one time: only its digest is kept."""
    member = current(request)
    token = services.make_feed(actor=member.user, organisation=member.organisation, at=timezone.now())
    address = settings.BASE_URL + reverse("publishing:feed", args=[token])
    return _page(request, member, address)


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Switch the address off."""
    member = current(request)
    if services.drop_feed(actor=member.user, organisation=member.organisation, at=timezone.now()):
        messages.success(request, "Switched off. Phones that had the address get nothing from now on.")
    return redirect("publishing:phone")


def _page(request: HttpRequest, member: Membership, address: str = "") -> HttpResponse:
    feed = CalendarFeed.objects.filter(membership=member).first()
    there = urlsplit(address)
    subscribe = there._replace(scheme="webcal").geturl() if there.scheme == "https" else ""
    values = {"active": "calendar", "feed": feed, "address": address, "subscribe": subscribe}
    return render(request, "publishing/phone.html", values)


@login_not_required
@never_cache
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Return the calendar file of whoever this secret belongs to. Anything else does not exist."""
    reader, now = services.reader_of(token), timezone.now()
    if reader is None:
        raise Http404
    if _too_often(reader, now):
        return HttpResponse(
            "Too often. Try again in an hour.", status=429, headers={"Retry-After": str(_HOUR)}
        )
    organisation = reader.organisation
    span = Span(organisation.day(now - BACK), organisation.day(now + AHEAD))
    posts = placed_in(organisation, span, most=MOST)
    clean = clean_among([post.title for post in posts], organisation)
    body = write(posts, name=organisation.name, now=now, is_clean=clean.__contains__, link=_link)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")


def _link(post: UUID) -> str:
    return settings.BASE_URL + reverse("publishing:review", args=[post])


def _too_often(reader: Membership, now: datetime) -> bool:
    """Count one reading in this hour. Only true addresses are counted, so strangers cannot fill the cache."""
    key = f"calendar-feed-{reader.pk}-{now:%Y%m%d%H}"
    asked = int(cache.get(key, 0)) + 1
    cache.set(key, asked, _HOUR)
    return asked > MOST_AN_HOUR
