"""The library, its documents, who has read them, and the list of help."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stairgate.organisations.access import NotAllowed, current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.papers import paper_answer
from stairgate.organisations.rules import Duty, Role
from stairgate.organisations.selectors import holders
from stairgate.people.models import Person
from stairgate.policies.drafting import begin_draft
from stairgate.policies.library import selectors, services
from stairgate.policies.library.forms import DocumentForm
from stairgate.policies.library.models import LibraryDocument
from stairgate.policies.library.printed import card_paper, card_version
from stairgate.policies.library.rules import Kind
from stairgate.policies.library.selectors import Entry
from stairgate.policies.library.services import CannotKeep
from stairgate.policies.reading.selectors import directory_pack
from stairgate.policies.selectors import in_force

_EACH = 60  # names on one page

form_page = require_http_methods(["GET", "POST"])


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show every document that holds, and what this person has still to read."""
    me, now = current(request), timezone.now()
    rows = list(selectors.current(me.organisation).order_by("title").select_related("recorded_by"))
    mine = set(selectors.unread(me.organisation, person__user=me.user_id).values_list("pk", flat=True))
    order = list(Kind.values)
    rows.sort(key=lambda row: (order.index(row.kind), row.title))
    only = {Kind.SAFEGUARDING.value} & {row.kind for row in rows}  # of this there is one
    values = {
        "active": "policy",
        "rows": [(row, row.pk in mine) for row in rows],
        "day": me.organisation.day(now),
        "safeguarding": bool(only),
        "adds": [kind for kind in Kind.values if kind not in only and services.may_record(me, kind, now)],
        "withdrawn": selectors.withdrawn(me.organisation)[:_EACH],
    }
    return render(request, "library/index.html", values)


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """Record a document that is not there yet."""
    return _form(request, None)


@form_page
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record the next version of a document."""
    me = current(request)
    return _form(request, get(me, selectors.current(me.organisation), pk))


def _form(request: HttpRequest, before: LibraryDocument | None) -> HttpResponse:
    me, now = current(request), timezone.now()
    kinds = [kind for kind in Kind if services.may_record(me, kind, now)]
    if not kinds or (before and before.kind not in kinds):
        raise NotAllowed("A manager records the documents of the library.")
    kept = ("kind", "title", "link", "place", "for_everyone")
    initial = {name: getattr(before, name) for name in kept} if before else _wanted(request)
    form = DocumentForm(request.POST or None, initial=initial)
    form.fields["kind"].choices = [  # type: ignore[attr-defined]
        (kind.value, kind.label) for kind in kinds if before is None or kind == before.kind
    ]
    if request.method == "POST" and form.is_valid():
        try:
            row = services.record_document(
                actor=me.user,
                organisation=me.organisation,
                kind=form.about,
                details=form.details,
                replaces=before,
                at=now,
            )
        except CannotKeep as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"“{row.title}” is in the library.")
            return _then(request, me, row, now)
    begins = _may_begin(me, now)
    values = {"active": "policy", "form": form, "before": before, "begins": begins}
    return render(request, "library/form.html", values, status=422 if form.errors else 200)


def _may_begin(me: Membership, now: datetime) -> bool:
    """Return whether a manager of a new setting may go straight on to the first policy."""
    return Duty.MANAGE in me.duties_on(me.organisation.day(now)) and in_force(me.organisation) is None


def _then(request: HttpRequest, me: Membership, row: LibraryDocument, now: datetime) -> HttpResponse:
    """Lead to the document; or begin the first policy, where that was asked for with it."""
    if request.POST.get("then") != "begin" or not _may_begin(me, now):
        return redirect("library:document", row.pk)
    begin_draft(actor=me.user, organisation=me.organisation, at=now)
    return redirect("policies:facts")  # the first thing to do in it; the draft itself is one step back


def _wanted(request: HttpRequest) -> dict[str, object]:
    kind = request.GET.get("kind", "")
    return {"kind": kind} if kind in Kind.values else {}


@require_GET
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one document: where it is, its versions, and for whoever is in charge who has not read it."""
    me, now = current(request), timezone.now()
    row = get(me, LibraryDocument.objects.select_related("organisation"), pk)
    day, duties = me.organisation.day(now), me.duties_on(me.organisation.day(now))
    told = selectors.story(row)
    holds = row.pk == told[0].pk and row.withdrawn_at is None
    sees = Duty.SEE_PEOPLE in duties and row.for_everyone and holds
    waiting = list(selectors.not_read(row, day)) if sees else []
    values = {
        "active": "policy",
        "row": row,
        "holds": holds,
        "newest": told[0],
        "story": told,
        "day": day,
        "receipt": row.receipts.filter(person__user=me.user_id).first(),
        "sees": sees,
        "waiting": waiting[:_EACH],
        "count": len(waiting),
        "manages": Duty.MANAGE in duties,
        "records": services.may_record(me, row.kind, now),
    }
    return render(request, "library/document.html", values)


@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a document out of the library."""
    reason = request.POST.get("reason", "")
    return _deed(
        request,
        pk,
        lambda me, row, now: services.withdraw_document(actor=me.user, document=row, reason=reason, at=now),
        "It is out of the library, and stays on record.",
    )


@require_POST
def read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that one has read a document."""
    return _deed(
        request,
        pk,
        lambda me, row, now: services.say_read(actor=me.user, document=row, at=now),
        "Thank you. It is kept that you have read it.",
    )


@require_POST
def told(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    """Say that somebody who does not sign in was given a document, and has read it."""
    whom = get(current(request), Person.objects.all(), person)
    return _deed(
        request,
        pk,
        lambda me, row, now: services.say_read_for(actor=me.user, person=whom, document=row, at=now),
        f"Kept: {whom.first_name} has read it.",
    )


def _deed(
    request: HttpRequest,
    pk: UUID,
    deed: Callable[[Membership, LibraryDocument, datetime], None],
    done: str,
) -> HttpResponse:
    me = current(request)
    row = get(me, LibraryDocument.objects.select_related("organisation"), pk)
    try:
        deed(me, row, timezone.now())
    except CannotKeep as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("library:document", pk)


def _help(me: Membership, now: datetime) -> list[Entry]:
    version = in_force(me.organisation)
    pack = directory_pack(me.organisation, version)
    return selectors.entries(me.organisation, version, pack, me.organisation.day(now))


def _leads(me: Membership, now: datetime) -> list[Membership]:
    return list(holders(me.organisation, [Role.DSL, Role.DEPUTY_DSL], me.organisation.day(now)))


@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """Show whom to turn to, with who looked at each entry when."""
    me, now = current(request), timezone.now()
    found, leads = _help(me, now), _leads(me, now)
    values: dict[str, Any] = {
        "active": "policy",
        "groups": [
            ("near", "Near us", [one for one in found if one.scope == "local"]),
            ("across", "Across the country", [one for one in found if one.scope != "local"]),
        ],
        "stale": len(selectors.stale(found)),
        "leads": leads,
        "checks": bool(services.CHECKERS & me.roles_on(me.organisation.day(now))),
        "card": card_version(selectors.for_the_card(found), leads),
    }
    return render(request, "library/help.html", values)


@require_POST
def check(request: HttpRequest, entry: str) -> HttpResponse:
    """Keep a look at one entry: it is right, or it has changed."""
    me, now = current(request), timezone.now()
    row = next((one for one in _help(me, now) if one.id == entry), None)
    if row is None:
        raise Http404
    try:
        services.check_contact(
            actor=me.user,
            organisation=me.organisation,
            entry=row,
            seen=request.POST.get("seen", ""),
            changed_to=request.POST.get("changed_to", ""),
            at=now,
        )
    except CannotKeep as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Kept: you looked at {row.name} today.")
    return redirect(f"{reverse('library:help')}#e-{row.id}")


@require_GET
def card(request: HttpRequest) -> HttpResponse:
    """Send the card for families as a PDF."""
    me, now = current(request), timezone.now()
    require(me, Duty.SEE_POLICY)
    found = selectors.for_the_card(_help(me, now))
    return paper_answer(
        request, card_paper(me.organisation, found, _leads(me, now), at=now), "where-to-find-help"
    )
