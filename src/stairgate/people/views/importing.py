"""Importing a list of people: choose a file, look at what each row does, then all at once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.people.importing import services
from stairgate.people.importing.columns import Column
from stairgate.people.importing.rows import Outcome
from stairgate.people.importing.tables import MOST_BYTES, Unreadable
from stairgate.people.importing.template import workbook
from stairgate.people.models import Spreadsheet
from stairgate.people.views.pages import terms_of

_EACH_PAGE = 25
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _manager(request: HttpRequest) -> Membership:
    member = current(request)
    require(member, Duty.MANAGE)
    return member


def _kept(request: HttpRequest, pk: UUID) -> tuple[Membership, Spreadsheet]:
    member = _manager(request)
    return member, get(member, Spreadsheet.objects.select_related("organisation", "uploaded_by"), pk)


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Ask for a file; keep it for two hours, and go on to its rows."""
    member = _manager(request)
    problem = ""
    if request.method == "POST":
        file = request.FILES.get("list")
        try:
            if file is None:
                raise Unreadable("Choose a file first.")
            kept = services.keep_list(
                actor=member.user,
                organisation=member.organisation,
                name=file.name or "",
                data=file.read(MOST_BYTES + 1),
                at=timezone.now(),
            )
            return redirect("people:import_look", pk=kept.pk)
        except Unreadable as refusal:
            problem = str(refusal)
    values = {"active": "people", "problem": problem, "columns": list(Column)}
    return render(request, "people/importing/choose.html", values, status=422 if problem else 200)


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """Hand out the workbook to fill in."""
    _manager(request)
    answer = HttpResponse(workbook(), content_type=_XLSX)
    answer["Content-Disposition"] = 'attachment; filename="people.xlsx"'
    return answer


@never_cache
@require_GET
def look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what each row does, rows with problems first."""
    _, kept = _kept(request, pk)
    now = timezone.now()
    values: dict[str, object] = {"active": "people", "kept": kept}
    if not services.is_open(kept, now):
        return render(request, "people/importing/closed.html", values)
    plan = services.plan(kept, terms=terms_of(request), at=now)
    lists = [(outcome.value, _WORDS[outcome], plan.counts[outcome]) for outcome in _ORDER]
    full = [name for name, _, count in lists if count]
    show = request.GET.get("show", "")
    show = show if show in full else full[0]
    rows = [line for line in plan.lines if line.outcome == show]
    values |= {
        "plan": plan,
        "lists": [row for row in lists if row[2]],
        "show": show,
        "page": Paginator(rows, _EACH_PAGE).get_page(request.GET.get("page")),
        "problems": plan.counts[Outcome.PROBLEM],
    }
    return render(request, "people/importing/look.html", values)


_ORDER = (Outcome.PROBLEM, Outcome.NEW, Outcome.ADDS, Outcome.NOTHING)
_WORDS = {
    Outcome.PROBLEM: "With a problem",
    Outcome.NEW: "New",
    Outcome.ADDS: "Adds to somebody",
    Outcome.NOTHING: "Nothing changes",
}


@require_POST
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Import what was shown."""
    member, kept = _kept(request, pk)
    try:
        done = services.take_over(
            actor=member.user,
            kept=kept,
            seen=request.POST.get("seen", ""),
            leave_out=bool(request.POST.get("leave_out")),
            terms=terms_of(request),
            at=timezone.now(),
        )
    except services.CannotImport as refusal:
        messages.error(request, str(refusal))
        return redirect("people:import_look", pk=pk)
    messages.success(
        request, _said(done) if done else "This list was imported already. Nothing was done twice."
    )
    return redirect("people:list")


def _said(done: services.Plan) -> str:
    new, adds = done.counts[Outcome.NEW], done.counts[Outcome.ADDS]
    parts = [f"{new} {'person is' if new == 1 else 'people are'} new on the register"] if new else []
    parts += [f"{adds} already there got a check or a course"] if adds else []
    return f"Imported: {', '.join(parts)}."


@require_POST
def forget(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Throw an uploaded list away."""
    member, kept = _kept(request, pk)
    services.throw_away(actor=member.user, kept=kept)
    messages.success(request, "Thrown away. Nothing of it was kept.")
    return redirect("people:import")
