"""One request on a page: everybody concerned reads the same, and signs their part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.channels.asking import deciding, form, rules, services
from stairgate.channels.asking.forms import DecisionForm, SignForm
from stairgate.channels.asking.selectors import is_committee, known_of, seats, visible, why_taken_back
from stairgate.channels.asking.still_them import ask_again, shown
from stairgate.channels.asking.views import told
from stairgate.channels.models import AccountRequest
from stairgate.channels.printed import request_paper
from stairgate.organisations.access import NotAllowed, current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.papers import paper_answer
from stairgate.organisations.rules import Duty, Role

State = AccountRequest.State
_TYPED = "typed_on_request"
#: of the form, what may be kept over the question whether it is still them
_KEPT = frozenset(DecisionForm.base_fields) | {"deed"}


@require_GET
def read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a request with what it waits for, and the part of whoever reads it."""
    member, row = _request(request, pk)
    if row.state == State.DRAFT:
        return redirect("channels:ask_step", pk=pk, step=form.STEPS[0].slug)
    kept: dict[str, Any] = request.session.pop(_TYPED, None) or {}
    if kept.get("pk") != str(pk):
        return _page(request, member, row)
    return _page(request, member, row, form=_form(kept["deed"], kept, bound=False))


def _request(request: HttpRequest, pk: UUID) -> tuple[Membership, AccountRequest]:
    """Return the member and a request in which they have a part, or may see all of. Raises `NotAllowed`, Http404."""
    member = current(request)
    try:
        return member, get(member, visible(member, member.organisation.day(timezone.now())), pk)
    except Http404:
        require(member, Duty.SEE_ACCOUNTS)
        raise


def _page(
    request: HttpRequest, member: Membership, row: AccountRequest, *, status: int = 200, **refused: Any
) -> HttpResponse:
    now = timezone.now()
    known = known_of(row, now)
    part = _part(member, row, now)
    values = {
        "active": "accounts",
        "row": row,
        "told": told(row, known),
        "ready": _ready(row, known) if row.state in {State.SENT, State.COSIGN} else (),
        "part": part,
        "form": _form(part.deed, _first(row, known), bound=False) if part.deed else None,
        "young": form.for_the_young(row.answers),
        "left": form.left_of_risks(row.answers),
        "mine": row.requested_by_id == member.user_id,
        "may_end": services.may_end(row, member, known.today),
        "taken_back": why_taken_back(row) if row.state == State.WITHDRAWN else "",
        "sees_all": Duty.SEE_ACCOUNTS in member.duties_on(known.today),
        "conditions": [(one["words"], date.fromisoformat(one["due_on"])) for one in row.conditions],
    }
    return render(request, "asking/request.html", values | refused, status=status)


def _first(row: AccountRequest, known: rules.Known) -> dict[str, Any]:
    """Return what the form of a decision begins with."""
    look = date.fromisoformat(form.line(row.answers, "evaluate_on")) + timedelta(days=30)
    return {"digest": row.digest, "until": min(max(look, known.today + timedelta(days=30)), known.latest)}


class _Part:
    """What whoever reads may do here: the deed's name, "" for none, and why not."""

    def __init__(self, deed: str = "", why: str = "", second: bool = False) -> None:
        self.deed, self.why, self.second = deed, why, second


def _part(member: Membership, row: AccountRequest, now: datetime) -> _Part:
    who, roles = str(member.user_id), member.roles_on(member.organisation.day(now))
    if row.state == State.COSIGN:
        manages = bool(roles & {Role.MANAGER, Role.SERVICE_MANAGER})
        committee = is_committee(member.user, member.organisation)
        why = rules.why_may_not_cosign(who, seats(row, now), manages=manages, committee=committee)
        return _Part(why=why) if why else _Part("cosign")
    if row.state != State.SENT:
        return _Part()
    leads = bool(roles & {Role.DSL, Role.DEPUTY_DSL}) and row.requested_by_id != member.user_id
    if leads and form.for_the_young(row.answers) and row.lead_by_id is None:
        return _Part("lead_sign")
    sat = seats(row, now)
    why = rules.why_may_not_decide(who, sat)
    return _Part(why=why) if why else _Part("decide", second=rules.needs_cosigner(who, sat))


def _ready(row: AccountRequest, known: rules.Known) -> list[tuple[str, str]]:
    """Return what is looked up afresh for whoever decides: the question, and what is wrong, "" when nothing is."""
    found = rules.problems(row.answers, known)

    def wrong(*starts: str) -> str:
        return " ".join(dict.fromkeys(words for name, words in found.items() if name.startswith(starts)))

    rows = [
        ("Administrators: role, check, training and signature in date", wrong("admin")),
        ("No other page of ours has a name like it", wrong("name")),
        ("The mailbox is shared, and two people can open it", wrong("mailbox", "holders")),
        ("A measure, and a day to look that is still to come", wrong("evaluat")),
        ("Each risk has something done about it, and an owner, and not too much is left", wrong("risk_")),
    ]
    if form.for_the_young(row.answers):
        rows.append(("The safeguarding lead has signed", "" if row.lead_by_id else "Not yet."))
    return rows


def _form(deed: str, given: dict[str, Any], *, bound: bool) -> forms.Form:
    kind = DecisionForm if deed == "decide" else SignForm
    made: forms.Form = kind(given) if bound else kind(initial=given)
    return made


def _sign(
    request: HttpRequest, pk: UUID, deed: str, do: Callable[[Membership, AccountRequest, Any], str]
) -> HttpResponse:
    """Do a deed that is signed; after a refusal show what was typed beside what was wrong with it."""
    member, row = _request(request, pk)
    if row.state not in {State.SENT, State.COSIGN}:
        messages.error(request, f"Nothing was signed. {row.get_state_display()}.")
        return redirect("channels:request", pk=pk)
    part = _part(member, row, timezone.now())
    if part.deed != deed:
        raise NotAllowed(part.why or "This does not wait for your signature.")
    made = _form(deed, request.POST.dict(), bound=True)
    if not made.is_valid():
        return _page(request, member, row, status=422, form=made)
    if not shown(request, member):
        kept = {name: request.POST.get(name, "")[:1000] for name in _KEPT if name in request.POST}
        request.session[_TYPED] = {**kept, "deed": deed, "pk": str(pk)}
        return ask_again(reverse("channels:request", args=[pk]))
    try:
        messages.success(request, do(member, row, made.cleaned_data))
    except deciding.CannotDecide as refusal:
        made.add_error(None, str(refusal))
        return _page(request, member, row, status=422, form=made)
    return redirect("channels:request", pk=pk)


@require_POST
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say yes, yes with conditions, or no."""

    def do(member: Membership, row: AccountRequest, values: Any) -> str:
        wanted = [
            deciding.Wanted(values[f"condition{n}"], values[f"due{n}"])
            for n in (1, 2, 3)
            if values[f"condition{n}"] and values[f"due{n}"]
        ]
        decided = deciding.decide(
            actor=member.user,
            request=row,
            digest=values["digest"],
            decision=AccountRequest.Decision(values["decision"]),
            reason=values["reason"],
            name=values["name"],
            until=values["until"],
            conditions=wanted,
            at=timezone.now(),
        )
        return _DONE[State(decided.state)]

    return _sign(request, pk, "decide", do)


_DONE = {
    State.AUTHORISED: "Authorised and signed. Now it can be connected.",
    State.COSIGN: "Signed. You would be one of its administrators, so somebody else has to sign, too.",
    State.REFUSED: "Sent back with your reason.",
}


@require_POST
def lead_sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign as safeguarding lead."""

    def do(member: Membership, row: AccountRequest, values: Any) -> str:
        deciding.sign_as_lead(
            actor=member.user,
            request=row,
            digest=values["digest"],
            name=values["name"],
            at=timezone.now(),
        )
        return "Signed. The service manager can decide now."

    return _sign(request, pk, "lead_sign", do)


@require_POST
def cosign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the second signature of a small setting."""

    def do(member: Membership, row: AccountRequest, values: Any) -> str:
        deciding.cosign(
            actor=member.user,
            request=row,
            digest=values["digest"],
            name=values["name"],
            at=timezone.now(),
        )
        return _DONE[State.AUTHORISED]

    return _sign(request, pk, "cosign", do)


@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a request back; whoever manages takes back that of somebody else, with a reason."""
    member, row = _request(request, pk)
    reason = request.POST.get("reason", "").strip()
    try:
        services.withdraw(actor=member.user, request=row, reason=reason, at=timezone.now())
        messages.success(request, "Taken back. It stays on record.")
    except services.NeedsReason as refusal:
        return _page(request, member, row, status=422, refused=str(refusal))
    except services.CannotAsk as refusal:
        messages.error(request, str(refusal))
    return redirect("channels:request", pk=pk)


@require_GET
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a request as a PDF: the whole form, what was signed, the decision and its conditions."""
    member, row = _request(request, pk)
    if row.state == State.DRAFT:
        return redirect("channels:ask_step", pk=pk, step=form.STEPS[0].slug)
    now = timezone.now()
    made = request_paper(row, told(row, known_of(row, now), whole=True), why_taken_back(row), at=now)
    return paper_answer(request, made, f"request-{member.organisation.day(now)}")
