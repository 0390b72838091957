"""The register of everybody, and the page of one person."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from stairgate.clauses import control
from stairgate.organisations.access import current, get, require
from stairgate.organisations.invitations import has_signed_in
from stairgate.organisations.models import Invitation, Membership
from stairgate.organisations.papers import paper_answer
from stairgate.organisations.rules import Duty, in_force
from stairgate.people.declaring.selectors import standings
from stairgate.people.declaring.services import reads
from stairgate.people.models import LeavingTask, Person
from stairgate.people.printed import register_paper
from stairgate.people.selectors import Row, Terms, here, not_on_register, register_rows

_EACH_PAGE = 25


def terms_of(request: HttpRequest) -> Terms:
    """Return what the policy in force asks of the register; the middleware knows."""
    terms: Terms = request.terms  # type: ignore[attr-defined]
    return terms


def person_for(request: HttpRequest, pk: UUID, duty: Duty) -> tuple[Membership, Person]:
    """Return the member who asks and a person of their setting. Raises Http404, `NotAllowed`.

    Everybody may see themselves.
    """
    member = current(request)
    person = get(member, Person.objects.select_related("organisation", "user"), pk)
    if duty != Duty.SEE_PEOPLE or person.user_id != member.user_id:
        require(member, duty)
    return member, person


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Show everybody who works here, with their checks and training; who has no duty to see it, themselves."""
    member, today = current(request), timezone.localdate()
    duties = member.duties_on(today)
    sees_all = Duty.SEE_PEOPLE in duties
    among = Person.objects.all() if sees_all else Person.objects.filter(user=member.user_id)
    rows = register_rows(member.organisation, among, terms=terms_of(request), on=today)
    lists = _lists(rows, today)
    show = request.GET.get("show", "")
    show = show if show in lists else "everyone"
    values = {
        "active": "people",
        "lists": lists,
        "show": show,
        "page": Paginator(lists[show], _EACH_PAGE).get_page(request.GET.get("page")),
        "sees_all": sees_all,
        "manages": Duty.MANAGE in duties,
        "missing": not_on_register(member.organisation, today)[:_EACH_PAGE] if sees_all else (),
        "few": _few(lists["content"], terms_of(request).page_administrators) if sees_all else None,
        "needed": terms_of(request).page_administrators,
        "years": terms_of(request).dbs_review_years,
        "today": today,
    }
    return render(request, "people/list.html", values)


@control(
    "C18", "A manager is told when nobody more than needed could keep the pages open: a third is prompted for"
)
def _few(managing: list[Row], needed: int) -> list[str] | None:
    """Return the first names of the fit administrators when there is no one to spare, else None."""
    names = [row.person.first_name for row in managing if row.administers]
    return sorted(names) if len(names) <= needed else None


def _lists(rows: list[Row], today: date) -> dict[str, list[Row]]:
    everyone = [row for row in rows if here(row, today)]
    return {
        "everyone": everyone,
        "content": [row for row in everyone if row.may_manage],
        "soon": [row for row in everyone if row.runs_out],
        "left": [row for row in rows if not here(row, today)],
    }


@require_GET
def register_pdf(request: HttpRequest) -> HttpResponse:
    """Send everybody who works here as a PDF."""
    member, today = current(request), timezone.localdate()
    require(member, Duty.SEE_PEOPLE)
    rows = register_rows(member.organisation, Person.objects.all(), terms=terms_of(request), on=today)
    paper = register_paper(member.organisation, _lists(rows, today)["everyone"], at=timezone.now())
    return paper_answer(request, paper, f"staff-register-{today}")


@require_GET
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what the register holds of one person."""
    member, found = person_for(request, pk, Duty.SEE_PEOPLE)
    return person_page(request, member, found)


def person_page(
    request: HttpRequest, member: Membership, found: Person, *, status: int = 200, **shown: object
) -> HttpResponse:
    """Show one person; ``shown`` may hold what was asked for just now: a number, a link."""
    now, today = timezone.now(), timezone.localdate()
    among = Person.objects.filter(pk=found.pk).prefetch_related(
        "checks",
        "training",
        "references",
        Prefetch("leaving_tasks", LeavingTask.objects.select_related("done_by")),
    )
    [row] = register_rows(member.organisation, among, terms=terms_of(request), on=today)
    place = row.member
    invited = (
        Invitation.objects.filter(membership=place, used_at=None, void_at=None, expires_at__gt=now).first()
        if place is not None
        else None
    )
    leaves = found.ended_on is not None and found.user_id is not None
    signed = (
        found.user.signatures.filter(version__organisation=member.organisation_id).select_related("version")
        if leaves and found.user
        else None
    )
    standing = next(iter(standings(member.organisation, on=today, pk=found.pk)), None)
    values = {
        "active": "people",
        "standing": standing,
        "copies": signed.order_by("-signed_at")[:_EACH_PAGE] if signed is not None else (),
        "reads": reads(member, found, now),
        "mine": found.user_id == member.user_id,
        "row": row,
        "person": row.person,
        "place": place,
        "works_here": here(row, today),
        "signs_in": place is not None and in_force(place.started_on, place.ended_on, today),
        "has_signed_in": place is not None and has_signed_in(place.user),
        "invited": invited,
        "manages": Duty.MANAGE in member.duties_on(today),
        "today": today,
    }
    return render(request, "people/person.html", values | shown, status=status)
