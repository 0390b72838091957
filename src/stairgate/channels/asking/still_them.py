"""Whoever signs has shown a moment ago that it is still them."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from stairgate.clauses import Coverage, control
from stairgate.organisations.models import Membership


@control("C103", "Whoever signs has shown a moment ago that it is still them", coverage=Coverage.WHOLE)
def shown(request: HttpRequest, member: Membership) -> bool:
    """Return whether they typed a password or used a key lately. Nobody has one in the demo."""
    return (settings.DEMO and member.organisation.is_demo) or did_recently_reauthenticate(request)


def ask_again(back: str) -> HttpResponse:
    """Return the way to the question whether it is still them, which leads on to ``back``."""
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")
