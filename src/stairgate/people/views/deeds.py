"""Deeds of one press on a person's page."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from stairgate.organisations.access import current, require
from stairgate.organisations.invitations import LIVES_DAYS, CannotInvite, invite
from stairgate.organisations.models import Membership, RoleHeld
from stairgate.organisations.roles import CannotChangeRole
from stairgate.organisations.roles import end_role as end
from stairgate.organisations.rules import Duty
from stairgate.people import disclosure, services
from stairgate.people.models import Check, Person, Reference
from stairgate.people.rules import review_after
from stairgate.people.views.pages import person_for, person_page, terms_of


def show_link(request: HttpRequest, member: Membership, person: Person, token: str) -> HttpResponse:
    """Show a person with the link for their first sign-in, this one time: only its digest is kept."""
    address = settings.BASE_URL + reverse("invited", args=[token])
    colleagues = Person.objects.filter(organisation=member.organisation_id, user=None, ended_on=None)
    then = colleagues.exclude(work_email="").order_by("first_name", "pk").first()
    answer = person_page(request, member, person, link=address, link_days=LIVES_DAYS, then=then)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a new link for somebody who has not signed in yet; the old one stops."""
    member, person = person_for(request, pk, Duty.MANAGE)
    place = Membership.objects.filter(user=person.user_id, organisation=person.organisation_id).first()
    if place is None:
        raise Http404
    try:
        token = invite(actor=member.user, membership=place, at=timezone.now())
    except CannotInvite as refusal:
        messages.error(request, str(refusal))
        return redirect("people:person", pk=pk)
    return show_link(request, member, person, token)


@never_cache
@require_POST
def show_birth_date(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a date of birth, this one time."""
    member, person = person_for(request, pk, Duty.MANAGE)
    if not person.birth_date_sealed:
        raise Http404
    shown = disclosure.show_birth_date(actor=member.user, person=person, at=timezone.now())
    return person_page(request, member, person, birth_date=shown)


@never_cache
@require_POST
def show_number(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a certificate's number, this one time."""
    member, check = _check(request, pk)
    if not check.number_sealed:
        raise Http404
    number = disclosure.show_number(actor=member.user, check=check, at=timezone.now())
    return person_page(request, member, check.person, number=number, number_of=check.pk)


@require_POST
def withdraw_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record that a check no longer holds."""
    member, check = _check(request, pk)
    services.withdraw_check(actor=member.user, check=check, on=timezone.localdate(), at=timezone.now())
    messages.success(request, "Withdrawn. It counts for nothing from now on, and stays on record.")
    return redirect("people:person", pk=check.person_id)


@require_POST
def look_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a look at the update service in which nothing has changed."""
    member, check = _check(request, pk)
    today = timezone.localdate()
    review_on = review_after(today, terms_of(request).dbs_review_years)
    try:
        services.look_again(actor=member.user, check=check, on=today, review_on=review_on, at=timezone.now())
        messages.success(request, "Recorded. The check holds on.")
    except services.CannotLookAgain as refusal:
        messages.error(request, str(refusal))
    return redirect("people:person", pk=check.person_id)


def _check(request: HttpRequest, pk: UUID) -> tuple[Membership, Check]:
    member = _manager(request)
    rows = Check.objects.filter(person__organisation=member.organisation_id)
    found = rows.select_related("person__organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    return member, found


@require_POST
def verify_reference(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record that a reference is real."""
    member = _manager(request)
    rows = Reference.objects.filter(person__organisation=member.organisation_id)
    found = rows.select_related("person__organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    services.verify_reference(actor=member.user, reference=found, on=timezone.localdate(), at=timezone.now())
    messages.success(request, "Recorded, with your name.")
    return redirect("people:person", pk=found.person_id)


@require_POST
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role at once."""
    member = _manager(request)
    rows = RoleHeld.objects.filter(membership__organisation=member.organisation_id)
    held = rows.select_related("membership__organisation", "membership__user__person").filter(pk=pk).first()
    if held is None:
        raise Http404
    try:
        end(actor=member.user, held=held, at=timezone.now())
        messages.success(request, f"{held.get_role_display()}: ended. It carries nothing from now on.")
    except CannotChangeRole as refusal:
        messages.error(request, str(refusal))
    person = getattr(held.membership.user, "person", None)
    return redirect("people:person", pk=person.pk) if person else redirect("people:list")


def _manager(request: HttpRequest) -> Membership:
    member = current(request)
    require(member, Duty.MANAGE)
    return member
