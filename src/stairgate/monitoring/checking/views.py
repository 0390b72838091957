"""The weekly check: one page with its steps, the signature, the receipt, and the second look."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.monitoring.checking import services
from stairgate.monitoring.checking.models import CheckAnswer, PageCheck, SampleLook
from stairgate.monitoring.checking.printed import receipt_paper
from stairgate.monitoring.checking.receipts import seal, step_seal
from stairgate.monitoring.checking.rules import (
    BY_ID,
    LONGEST_NOTE,
    TOLD_THE_LEAD,
    Answer,
    Given,
    Stage,
    Step,
    headings_of,
)
from stairgate.monitoring.checking.selectors import (
    CheckNow,
    Line,
    check_now,
    looks_for,
    names_on_rota,
    receipt_lines,
    sealed_by,
    signed_checks,
    withdrawn,
)
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.papers import paper_answer, seal_words
from stairgate.organisations.rules import Duty
from stairgate.publishing.services import Refusal

_LOOKS = 10


def reader(request: HttpRequest) -> Membership:
    """Return whose page this is: whoever decides about comments, and whoever sees the accounts, may read it."""
    member = current(request)
    if Duty.DECIDE not in member.duties_on(member.organisation.day(timezone.now())):
        require(member, Duty.SEE_ACCOUNTS)
    return member


def _decider(request: HttpRequest) -> Membership:
    member = current(request)
    require(member, Duty.DECIDE)
    return member


@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Show the check that is due, as far as it has got. ``?step=`` opens a step that is done already."""
    return _page(request, reader(request), opened=request.GET.get("step", ""))


def _page(
    request: HttpRequest,
    member: Membership,
    *,
    opened: str = "",
    typed: Mapping[str, tuple[str, str]] | None = None,
    status: int = 200,
    **refused: object,
) -> HttpResponse:
    now = timezone.now()
    found = check_now(member.organisation, now)
    may = Duty.DECIDE in member.duties_on(member.organisation.day(now))
    on_rota, turn = names_on_rota(
        member.organisation, found.due.on if found.due else member.organisation.day(now)
    )
    wanted = Step(opened) if opened in {one.value for one in Step} else found.current
    values = {
        "active": "check",
        "found": found,
        "may": may,
        "open_step": wanted if may and found.places else None,
        "questions": _questions(found, wanted, typed or {}),
        "seal": seal(found),
        "step_seal": step_seal(wanted, _counting(found)) if wanted else "",
        "turn": turn,
        "on_rota": on_rota,
        "covered": (until := member.organisation.rota_until) is not None
        and until >= member.organisation.day(now),
        "late": found.stage == Stage.LATE,
        "longest": LONGEST_NOTE,
        "told": TOLD_THE_LEAD,
    }
    return render(request, "checking/check.html", values | refused, status=status)


def _questions(
    found: CheckNow, wanted: Step | None, typed: Mapping[str, tuple[str, str]]
) -> list[tuple[Line, str, str]]:
    """Return the headings of the open step, each with what was typed, or else what was answered before."""
    lines = next((step.lines for step in found.steps if step.step == wanted), ())
    return [(line, *typed.get(line.heading.id, _answered(line))) for line in lines]


def _counting(found: CheckNow) -> dict[str, CheckAnswer]:
    return {line.heading.id: line.answer for step in found.steps for line in step.lines if line.answer}


def _answered(line: Line) -> tuple[str, str]:
    return (line.answer.answer, line.answer.note) if line.answer else ("", "")


@require_POST
def answer(request: HttpRequest, step: str) -> HttpResponse:
    """Answer every heading of one step."""
    member = _decider(request)
    if step not in {one.value for one in Step}:
        raise Http404
    sent = _sent(request, Step(step))
    given = {name: Given(Answer(said), note) for name, (said, note) in sent.items() if said in set(Answer)}
    try:
        services.answer(
            actor=member.user,
            organisation=member.organisation,
            step=Step(step),
            given=given,
            seen=request.POST.get("seen", ""),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, member, opened=step, typed=sent, status=422, wrong=str(refusal))
    return redirect(f"{reverse('checking:check')}#now")


def _sent(request: HttpRequest, step: Step) -> dict[str, tuple[str, str]]:
    sent = request.POST
    return {
        one.id: (sent.get(one.id, ""), sent.get(f"{one.id}-note", "").replace("\r\n", "\n"))
        for one in headings_of(step)
    }


@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Sign the check that is under way."""
    member = _decider(request)
    row = PageCheck.objects.filter(organisation=member.organisation, signed_at__isnull=True).first()
    note = request.POST.get("note", "").replace("\r\n", "\n")
    try:
        if row is None:
            raise Refusal("Nothing is answered yet. Go through the steps first.")
        done = services.sign(
            actor=member.user, check=row, seen=request.POST.get("seal", ""), note=note, at=timezone.now()
        )
    except Refusal as refusal:
        return _page(request, member, status=422, wrong=str(refusal), note=note)
    messages.success(request, "Signed and sealed. Here is the receipt.")
    return redirect("checking:receipt", done.pk)


@require_GET
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what one check found, and what proves it."""
    member = reader(request)
    row = get(member, signed_checks(member.organisation), pk)
    values = {
        "active": "check",
        "row": row,
        "lines": receipt_lines(row),
        "withdrawn": [(BY_ID[one.heading], one) for one in withdrawn(row) if one.heading in BY_ID],
        "seal": seal_words(row.digest),
        "checkpoint": sealed_by(row),
        "looks": row.sample.select_related("looked_by").order_by("pk"),
    }
    return render(request, "checking/receipt.html", values)


@require_GET
def receipt_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Print a receipt."""
    member = reader(request)
    row = get(member, signed_checks(member.organisation), pk)
    paper = receipt_paper(row, receipt_lines(row), sealed_by(row), at=timezone.now())
    return paper_answer(request, paper, f"weekly-check-{row.signed_on:%Y-%m-%d}")


@require_GET
def again(request: HttpRequest) -> HttpResponse:
    """Show what was judged safe, and waits for a second person."""
    return _again(request, _decider(request))


def _again(request: HttpRequest, member: Membership, *, status: int = 200, **refused: object) -> HttpResponse:
    values = {"active": "check", "rows": looks_for(member)[:_LOOKS], "longest": LONGEST_NOTE}
    return render(request, "checking/again.html", values | refused, status=status)


@require_POST
def look_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say whether one agrees that something is safe."""
    member = _decider(request)
    rows = SampleLook.objects.filter(page_check__organisation=member.organisation_id)
    row = rows.filter(pk=pk).first()
    said, note = request.POST.get("agrees", ""), request.POST.get("note", "")
    if row is None or said not in {"yes", "no"}:
        raise Http404
    try:
        services.look_again(
            actor=member.user,
            look=row,
            version=request.POST.get("version", ""),
            agrees=said == "yes",
            note=note,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _again(request, member, status=422, wrong=str(refusal), about=row.pk, note=note)
    done = "Thank you: two people have looked at it." if said == "yes" else "It is in the inbox again."
    messages.success(request, done)
    return redirect("checking:again")
