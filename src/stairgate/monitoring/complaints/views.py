"""The list of complaints, one of them, and the form in which one question decides first."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stairgate.monitoring.complaints import services
from stairgate.monitoring.complaints.rules import QUESTION, Came, Standing
from stairgate.monitoring.complaints.selectors import complaints
from stairgate.monitoring.handling.services import able_to_decide
from stairgate.monitoring.models import Complaint, Item
from stairgate.monitoring.serious.services import LEADS
from stairgate.monitoring.views import A_PAGE, day_typed, decider
from stairgate.organisations.access import get
from stairgate.organisations.models import Membership
from stairgate.organisations.selectors import holders
from stairgate.publishing.services import Refusal

_LOOK = {Standing.OPEN: "wait", Standing.LATE: "bad", Standing.CLOSED: "ok"}
form_page = require_http_methods(["GET", "POST"])


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List complaints: what is to be answered first."""
    member = decider(request)
    day = member.organisation.day(timezone.now())
    page = Paginator(complaints(member.organisation), A_PAGE).get_page(request.GET.get("page"))
    rows = [(row, _LOOK[row.standing_on(day)], row.standing_on(day).value) for row in page]
    return render(request, "complaints/list.html", {"active": "inbox", "page": page, "rows": rows})


@require_GET
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one complaint."""
    return _one(request, decider(request), pk)


def _one(request: HttpRequest, member: Membership, pk: UUID, *, status: int = 200) -> HttpResponse:
    people = ("dealt_by", "recorded_by", "closed_by")
    row = get(member, Complaint.objects.select_related(*people), pk)
    now = row.standing_on(member.organisation.day(timezone.now()))
    values = {"active": "inbox", "row": row, "look": _LOOK[now], "standing": now.value, "typed": request.POST}
    return render(request, "complaints/one.html", values, status=status)


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """Record a complaint that was told in person, by telephone or by letter."""
    return _form(request, decider(request), None)


@form_page
def of_item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record an item as a complaint."""
    member = decider(request)
    return _form(request, member, get(member, Item.objects.select_related("organisation"), pk))


def _form(request: HttpRequest, member: Membership, item: Item | None) -> HttpResponse:
    status = 200
    if request.method == "POST":
        try:
            row = _recorded(request, member, item)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            status = 422
        else:
            if row is None:
                return _to_the_lead(request, member, item)
            messages.success(request, "Recorded. Whoever deals with it is reminded until it is answered.")
            return redirect("monitoring:complaint", row.pk)
    values = {
        "active": "inbox",
        "item": item,
        "question": QUESTION,
        "ways": Came.choices,
        "able": able_to_decide(member.organisation, timezone.now()),
        "today": member.organisation.day(timezone.now()),
        "typed": request.POST,
    }
    if item is not None:
        values["came_on"] = member.organisation.day(item.written_at)
    return render(request, "complaints/form.html", values, status=status)


def _recorded(request: HttpRequest, member: Membership, item: Item | None) -> Complaint | None:
    typed = request.POST
    try:
        dealt_by = UUID(typed.get("dealt_by", ""))
    except ValueError:
        dealt_by = None
    return services.record_complaint(
        actor=member.user,
        organisation=member.organisation,
        item=item,
        version=typed.get("version", ""),
        about_child=typed.get("about_child", ""),
        told=services.Told(
            what=typed.get("what", ""),
            from_whom=typed.get("from_whom", ""),
            came=typed.get("came", ""),
            came_on=day_typed(typed.get("came_on", "")),
        ),
        dealt_by=dealt_by,
        at=timezone.now(),
    )


def _to_the_lead(request: HttpRequest, member: Membership, item: Item | None) -> HttpResponse:
    """Show whom to tell: it is no complaint, and nothing of it was recorded as one."""
    leads = holders(member.organisation, LEADS, member.organisation.day(timezone.now()))
    return render(request, "complaints/to_the_lead.html", {"active": "inbox", "leads": leads, "item": item})


@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close a complaint with its outcome."""
    member = decider(request)
    row = get(member, Complaint.objects.all(), pk)
    outcome = request.POST.get("outcome", "")
    try:
        services.close_complaint(actor=member.user, complaint=row, outcome=outcome, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _one(request, member, pk, status=422)
    messages.success(request, "Closed. It stays on the list.")
    return redirect("monitoring:complaints")
