"""Forms of the register: each is a page of its own, and back at the person when it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from stairgate.organisations.access import current, require
from stairgate.organisations.invitations import CannotInvite
from stairgate.organisations.models import Membership
from stairgate.organisations.roles import CannotChangeRole, give_role
from stairgate.organisations.rules import Duty, Role
from stairgate.people import services
from stairgate.people.forms import (
    CheckForm,
    InviteForm,
    LeavingForm,
    LineManagerForm,
    PersonForm,
    ReferenceForm,
    RoleForm,
    TrainingForm,
)
from stairgate.people.leaving import CannotLeave, leave
from stairgate.people.lines import could_manage, name_line_manager
from stairgate.people.models import Check, Person, Training
from stairgate.people.rules import review_after
from stairgate.people.selectors import not_on_register
from stairgate.people.views.deeds import show_link
from stairgate.people.views.pages import person_for, terms_of

_REFUSALS = (services.CannotRegister, CannotChangeRole, CannotInvite, CannotLeave)

form_page = require_http_methods(["GET", "POST"])
Deed = Callable[[dict[str, Any]], Person]


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """Add a person; with ``for``, somebody who signs in already."""
    member, today = current(request), timezone.localdate()
    require(member, Duty.MANAGE)
    chosen = request.GET.get("for", "")
    rows = not_on_register(member.organisation, today)
    place = next((row for row in rows if str(row.pk) == chosen), None)

    def deed(values: dict[str, Any]) -> Person:
        return services.register(
            actor=member.user,
            organisation=member.organisation,
            user=place.user if place else None,
            at=timezone.now(),
            **values,
        )

    initial = _from_place(place) if place else {"started_on": today}
    form = PersonForm(request.POST or None, today=today, initial=initial)
    words = {"title": "Add a person", "button": "Add to the register", "done": "is on the register."}
    return _form(request, form, deed, words)


def _from_place(place: Membership) -> dict[str, object]:
    return {
        "first_name": place.first_name,
        "job_title": place.job_title,
        "started_on": place.started_on,
        "work_email": place.user.email,
    }


@form_page
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put right what the register says of a person."""
    member, person = person_for(request, pk, Duty.MANAGE)

    def deed(values: dict[str, Any]) -> Person:
        basis = Person.Basis(values.pop("basis"))
        services.change(actor=member.user, person=person, basis=basis, at=timezone.now(), **values)
        return person

    kept = ("first_name", "full_name", "job_title", "basis", "started_on", "work_email")
    initial = {name: getattr(person, name) for name in kept}
    form = PersonForm(request.POST or None, today=timezone.localdate(), initial=initial)
    if person.birth_date_sealed:
        form.fields["birth_date"].help_text = "There is one. Leave this empty to keep it."
    return _form(request, form, deed, {"title": "Change details", "button": "Keep the changes"}, person)


@form_page
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a criminal record check."""
    member, person = person_for(request, pk, Duty.MANAGE)
    today, years = timezone.localdate(), terms_of(request).dbs_review_years

    def deed(values: dict[str, Any]) -> Person:
        level = Check.Level(values.pop("level"))
        looked = values["status_on"] or values["seen_on"]
        review_on = review_after(looked, years)
        services.record_check(
            actor=member.user, person=person, level=level, review_on=review_on, at=timezone.now(), **values
        )
        return person

    form = CheckForm(request.POST or None, today=today, initial={"seen_on": today})
    words = {
        "title": "Record a DBS check",
        "lead": f"Write down what you saw. Our policy looks at a check again after {years} years at most.",
        "button": "I have seen it: record it",
        "done": "has a check on record.",
    }
    return _form(request, form, deed, words, person)


@form_page
def training(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a finished course."""
    member, person = person_for(request, pk, Duty.MANAGE)

    def deed(values: dict[str, Any]) -> Person:
        course = Training.Course(values.pop("course"))
        services.record_training(actor=member.user, person=person, course=course, at=timezone.now(), **values)
        return person

    years = terms_of(request).child_protection_years
    form = TrainingForm(request.POST or None, today=timezone.localdate(), years=years)
    words = {
        "title": "Record training",
        "button": "Record the course",
        "done": "has finished a course.",
    }
    return _form(request, form, deed, words, person)


@form_page
def reference(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a reference."""
    member, person = person_for(request, pk, Duty.MANAGE)

    def deed(values: dict[str, Any]) -> Person:
        services.record_reference(actor=member.user, person=person, at=timezone.now(), **values)
        return person

    form = ReferenceForm(request.POST or None, today=timezone.localdate())
    words = {"title": "Record a reference", "button": "Record it", "done": "has a reference on record."}
    return _form(request, form, deed, words, person)


@form_page
def role(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a role to somebody who has a sign-in."""
    member, person = person_for(request, pk, Duty.MANAGE)
    place = _place(person)
    if place is None:
        return redirect("people:sign_in", pk=pk)

    def deed(values: dict[str, Any]) -> Person:
        wanted = Role(values.pop("role"))
        give_role(actor=member.user, membership=place, role=wanted, at=timezone.now(), **values)
        return person

    today = timezone.localdate()
    form = RoleForm(request.POST or None, today=today, initial={"starts_on": today})
    words = {"title": "Give a role", "button": "Give this role", "done": "has a new role."}
    return _form(request, form, deed, words, person)


def _place(person: Person) -> Membership | None:
    places = Membership.objects.filter(user=person.user_id, organisation=person.organisation_id)
    return places.select_related("user", "organisation").first()


@form_page
def line_manager(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say who somebody's line manager is."""
    member, person = person_for(request, pk, Duty.MANAGE)

    def deed(values: dict[str, Any]) -> Person:
        name_line_manager(actor=member.user, person=person, manager=values["manager"], at=timezone.now())
        return person

    among = could_manage(person, timezone.localdate())
    form = LineManagerForm(request.POST or None, among=among, now=person.line_manager)
    words = {"title": "Line manager", "button": "Keep it", "done": "has a line manager."}
    return _form(request, form, deed, words, person)


@form_page
def leaving(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record that somebody leaves."""
    member, person = person_for(request, pk, Duty.MANAGE)

    def deed(values: dict[str, Any]) -> Person:
        leave(actor=member.user, person=person, last_day=values["last_day"], at=timezone.now())
        return person

    today = timezone.localdate()
    form = LeavingForm(request.POST or None, today=today, initial={"last_day": person.ended_on or today})
    words = {
        "title": "They are leaving",
        "lead": "After that day every role has ended and nobody signs in as them. The record stays. "
        "If you move the day later, roles that were to end have to be given again.",
        "button": "Record their last day",
        "done": "is leaving. What is due that day is listed below.",
    }
    return _form(request, form, deed, words, person)


@form_page
def sign_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let somebody sign in: choose their roles, and get the link to hand over."""
    member, person = person_for(request, pk, Duty.MANAGE)
    if person.user_id:
        return redirect("people:person", pk=pk)
    if not person.work_email:
        messages.error(request, f"{person.first_name} needs a work email first. Add it here.")
        return redirect("people:change", pk=pk)
    form = InviteForm(request.POST or None, today=timezone.localdate(), initial={"roles": [Role.STAFF]})
    if request.method == "POST" and form.is_valid():
        try:
            token = services.let_sign_in(
                actor=member.user,
                person=person,
                roles=[Role(name) for name in form.cleaned_data["roles"]],
                phone=form.cleaned_data["phone"],
                at=timezone.now(),
            )
            return show_link(request, member, person, token)
        except _REFUSALS as refusal:
            form.add_error(None, str(refusal))
    words = {
        "title": "Let them sign in",
        "lead": f"They sign in with {person.work_email}. You get a link to hand over yourself, good for one use.",
        "button": "Make the link",
    }
    return _show(request, form, words, person)


def _form(
    request: HttpRequest, form: forms.Form, deed: Deed, words: dict[str, str], person: Person | None = None
) -> HttpResponse:
    """Show a form, or do its deed and go to the person. What the service refuses is said above the form."""
    if request.method == "POST" and form.is_valid():
        try:
            about = deed(dict(form.cleaned_data))
        except _REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{about.first_name} {words['done']}" if "done" in words else "Kept.")
            return redirect("people:person", pk=about.pk)
    return _show(request, form, words, person)


def _show(
    request: HttpRequest, form: forms.Form, words: dict[str, str], person: Person | None
) -> HttpResponse:
    values = {"active": "people", "form": form, "words": words, "person": person}
    return render(request, "people/form.html", values, status=422 if form.errors else 200)
