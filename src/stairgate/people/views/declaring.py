"""A declaration: one's own page, and what a manager or the safeguarding lead does about somebody's."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stairgate.organisations.access import NotAllowed, current, get
from stairgate.organisations.models import Membership
from stairgate.people.declaring import services
from stairgate.people.declaring.guides import guides
from stairgate.people.declaring.rules import QUESTIONS, Answer, Question, is_due, renew_by
from stairgate.people.declaring.services import CannotDeclare
from stairgate.people.models import Declaration, Person
from stairgate.people.views.pages import person_page

_CHOICES = ((Answer.YES, "Yes"), (Answer.NO, "No"), (Answer.HELP, "I need help"))
Asked = tuple[Question, list[tuple[Answer, str, bool]]]


def answers_in(request: HttpRequest) -> dict[str, Answer]:
    """Return what somebody answered on a form; what is none of the three answers is no answer."""
    given = {question.name: request.POST.get(question.name, "") for question in QUESTIONS}
    return {name: Answer(said) for name, said in given.items() if said in set(Answer)}


def asked_with(said: Mapping[str, Answer]) -> list[Asked]:
    """Return each question with its choices, and which of them was chosen."""
    return [
        (question, [(value, words, said.get(question.name) == value) for value, words in _CHOICES])
        for question in QUESTIONS
    ]


@never_cache
@require_http_methods(["GET", "POST"])
def declaration(request: HttpRequest) -> HttpResponse:
    """Ask somebody to declare, and show them what they declared last and what was agreed."""
    member, now = current(request), timezone.now()
    problem, said = "", answers_in(request)
    if request.method == "POST":
        try:
            services.declare(actor=member.user, organisation=member.organisation, answers=said, at=now)
            messages.success(
                request,
                "Thank you. A manager or the safeguarding lead comes to you if there is anything to do.",
            )
            unsure = said["private"] != Answer.YES or said["shown"] != Answer.YES
            return redirect("people:guides" if unsure else "people:declaration")
        except CannotDeclare as refusal:
            problem = str(refusal)
    person = (
        Person.objects.select_related("organisation")
        .filter(user=member.user_id, organisation=member.organisation_id)
        .first()
    )
    opened = services.read(actor=member.user, person=person, at=now) if person else None
    values = {
        "active": "people",
        "person": person,
        "opened": opened,
        "renew_by": renew_by(opened.declaration.declared_on) if opened else None,
        "again": bool(
            opened and not problem and not is_due(opened.declaration.declared_on, timezone.localdate())
        ),
        "problem": problem,
        "questions": asked_with(said),
    }
    return render(request, "people/declaration.html", values, status=422 if problem else 200)


@require_GET
def how_private(request: HttpRequest) -> HttpResponse:
    """Show how an account on each big network is made as private as it goes."""
    current(request)
    return render(request, "people/guides.html", {"active": "people", "guides": guides()})


@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """Agree to the plan for oneself."""
    member = current(request)
    try:
        seen = request.POST.get("plan", "")
        services.agree(actor=member.user, organisation=member.organisation, seen=seen, at=timezone.now())
        messages.success(request, "Recorded, with the time.")
    except CannotDeclare as refusal:
        messages.error(request, str(refusal))
    return redirect("people:declaration")


@never_cache
@require_POST
def read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what somebody declared, this one time."""
    member = current(request)
    person = get(member, Person.objects.select_related("organisation", "user"), pk)
    opened = services.read(actor=member.user, person=person, at=timezone.now())
    return person_page(request, member, person, opened=opened)


@never_cache
@require_POST
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the plan that was agreed; what was typed stays when it is refused."""
    member, found = _declaration(request, pk)
    words, now = request.POST.get("plan", ""), timezone.now()
    try:
        services.write_plan(actor=member.user, declaration=found, words=words, at=now)
    except CannotDeclare as refusal:
        opened = services.read(actor=member.user, person=found.person, at=now)
        shown = {"opened": opened, "plan_problem": str(refusal), "plan_typed": words}
        return person_page(request, member, found.person, status=422, **shown)
    messages.success(request, f"Kept. {found.person.first_name} sees it on their Today, and agrees.")
    return redirect("people:person", pk=found.person_id)


@require_POST
def helped(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record that somebody got the help they asked for."""
    member, found = _declaration(request, pk)
    try:
        services.helped(actor=member.user, declaration=found, at=timezone.now())
        messages.success(request, "Recorded, with your name.")
    except CannotDeclare as refusal:
        messages.error(request, str(refusal))
    return redirect("people:person", pk=found.person_id)


def _declaration(request: HttpRequest, pk: UUID) -> tuple[Membership, Declaration]:
    member = current(request)
    rows = Declaration.objects.filter(person__organisation=member.organisation_id)
    found = rows.select_related("person__organisation", "person__user").filter(pk=pk).first()
    if found is None:
        raise Http404
    if not services.reads(member, found.person, timezone.now()):
        raise NotAllowed("Only a manager and the safeguarding lead do this.")
    return member, found
