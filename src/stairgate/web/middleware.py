"""Which setting a request speaks for; the second step at sign-in; plain answers to refusals."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import BadRequest
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from stairgate.organisations.access import NotAllowed, membership_of
from stairgate.organisations.models import Membership
from stairgate.policies.selectors import with_parameters
from stairgate.web.help import help_for
from stairgate.web.terms import terms_for

#: pages a person may see before their second step is set up
_BEFORE_SECOND_STEP = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "help_now",
        "look",
    }
)


class MembershipMiddleware:
    """Sets ``request.membership`` and ``request.help``; sends people without a second step to set one up; renders refusals."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        membership = (
            membership_of(request.user, with_parameters(_with_second_step()))
            if request.user.is_authenticated
            else None
        )
        request.membership = membership  # type: ignore[attr-defined]
        # asked for by the few pages that show it
        request.help = SimpleLazyObject(lambda: help_for(membership))  # type: ignore[attr-defined]
        if membership is None:
            return self.get_response(request)
        request.terms = SimpleLazyObject(lambda: terms_for(membership.organisation))  # type: ignore[attr-defined]
        with timezone.override(membership.organisation.timezone):
            return _with_words(request, self.get_response(request))

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        membership: Membership | None = getattr(request, "membership", None)
        if membership is not None and _holds_zero(request.POST):
            raise BadRequest("A zero character is nothing anybody types, and not every database takes it.")
        name = request.resolver_match.url_name if request.resolver_match else ""
        if membership is None and name == "today" and request.user.is_authenticated:
            return redirect("account_inactive")  # they left: every other page does not exist for them
        if membership is None or name in _BEFORE_SECOND_STEP or not needs_second_step(membership):
            return None
        return redirect("mfa_activate_totp")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, NotAllowed):
            return None
        return render(request, "403.html", {"why": str(exception)}, status=403)


def _holds_zero(typed: QueryDict) -> bool:
    return any("\x00" in value for _, values in typed.lists() for value in values)


def _with_second_step() -> QuerySet[Membership]:
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    second = Authenticator.objects.filter(user=OuterRef("user"), type__in=kinds)
    return Membership.objects.annotate(has_second_step=Exists(second))


def _with_words(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Return the answer; a bare "not like this" gets the words that Django leaves out."""
    if not isinstance(answer, HttpResponseNotAllowed) or answer.content:
        return answer
    page = render(request, "405.html", status=answer.status_code)
    page["Allow"] = answer["Allow"]
    return page


def needs_second_step(membership: Membership) -> bool:
    """Return whether this person still has to add an authenticator or a passkey. Never in the demo."""
    if settings.DEMO and membership.organisation.is_demo:
        return False
    return not getattr(membership, "has_second_step", False)
