"""Reading the policy part by part, answering the questions, signing; and who has not."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stairgate.clauses import Coverage, control
from stairgate.organisations.access import current, require
from stairgate.organisations.models import Membership
from stairgate.organisations.papers import paper_answer
from stairgate.organisations.rules import Duty
from stairgate.people.declaring.rules import is_due
from stairgate.people.declaring.services import CannotDeclare, declare
from stairgate.people.views.declaring import answers_in, asked_with
from stairgate.policies.library.selectors import must_read
from stairgate.policies.models import Reading
from stairgate.policies.packs.document import Document
from stairgate.policies.printed import certificate
from stairgate.policies.reading import services
from stairgate.policies.reading.proof import proof_of
from stairgate.policies.reading.rules import Marked, Means, Step, digest_of, is_text, minutes_of, parts_of
from stairgate.policies.reading.selectors import (
    Progress,
    Reader,
    confirmations_today,
    progress_of,
    questions_of,
    readers,
    signatures_in,
)
from stairgate.policies.reading.services import CannotSign, ProofWanted
from stairgate.policies.selectors import in_force

_EACH_PAGE = 50
#: what was typed before somebody was asked if it is still them; kept in their session until they are back
_TYPED = "signing_typed"


def _progress(request: HttpRequest) -> tuple[Membership, Progress]:
    member = current(request)
    require(member, Duty.SEE_POLICY)
    return member, progress_of(member, in_force(member.organisation))


def _with_reading(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand a view the reading that somebody has begun; who has begun none is led to where that is done."""

    @functools.wraps(view)
    def found(request: HttpRequest, **named: int) -> HttpResponse:
        member, progress = _progress(request)
        if progress.reading is None:
            return redirect("reading:start")
        return view(request, member, progress, progress.reading, **named)

    return found


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Show what is to be read and signed, and how far this person is."""
    _, progress = _progress(request)
    parts = parts_of(progress.version.text) if progress.version else ()
    left = parts[progress.parts_read :]
    values = {
        "active": "policy",
        "progress": progress,
        "parts": parts,
        "minutes": minutes_of(left) if left else 0,
        "questions": len(questions_of(progress.version)) if progress.version else 0,
        "next_part": min(progress.parts_read + 1, len(parts)),
    }
    return render(request, "reading/start.html", values)


@require_POST
def open_it(request: HttpRequest) -> HttpResponse:
    """Open the version in force, and lead to where this person is in it."""
    member, progress = _progress(request)
    if progress.version is None:
        raise Http404
    try:
        services.open_version(actor=member.user, version=progress.version, at=timezone.now())
    except CannotSign as why:
        return _sorry(request, why)
    return _on(member, progress_of(member, progress.version))


def _on(member: Membership, progress: Progress) -> HttpResponse:
    """Lead to what comes next."""
    if progress.step == Step.READ:
        return redirect("reading:part", progress.parts_read + 1)
    where = {Step.CHECK: "reading:questions", Step.SIGN: "reading:name"}
    return redirect(where.get(progress.step, "reading:start"))


def _sorry(request: HttpRequest, why: CannotSign) -> HttpResponse:
    messages.error(request, str(why))
    return redirect("reading:start")


@require_GET
@_with_reading
def part(
    request: HttpRequest, member: Membership, progress: Progress, reading: Reading, number: int
) -> HttpResponse:
    """Show one part: those that were read, and the next one. Nobody skips."""
    parts = parts_of(reading.version.text)
    if not 1 <= number <= min(progress.parts_read + 1, len(parts)):
        return _on(member, progress)
    values = {
        "active": "policy",
        "version": reading.version,
        "part": parts[number - 1],
        "number": number,
        "parts": parts,
        "was_read": number <= progress.parts_read,
        "minutes": minutes_of(parts[number - 1 :]),
    }
    return render(request, "reading/part.html", values)


@require_POST
@_with_reading
def part_read(
    request: HttpRequest, member: Membership, progress: Progress, reading: Reading, number: int
) -> HttpResponse:
    """Note that a part was read to its end, and lead on."""
    try:
        services.finish_part(actor=member.user, reading=reading, number=number, at=timezone.now())
    except CannotSign as why:
        messages.error(request, str(why))
    if number < progress.parts_read:
        return redirect("reading:part", number + 1)
    return _on(member, progress_of(member, progress.version))


@require_http_methods(["GET", "POST"])
@_with_reading
def questions(request: HttpRequest, member: Membership, progress: Progress, reading: Reading) -> HttpResponse:
    """Ask the questions; say kindly what is not right, and ask again."""
    if progress.step not in {Step.CHECK, Step.SIGN}:
        return _on(member, progress)
    asked = questions_of(reading.version)
    if request.method == "GET" and progress.step == Step.SIGN:
        return redirect("reading:name")
    given = {one.id: request.POST.get(one.id, "") for one in asked}
    marked: Marked | None = None
    if request.method == "POST":
        try:
            marked = services.answer(actor=member.user, reading=reading, given=given, at=timezone.now())
        except CannotSign as why:
            return _sorry(request, why)
        if marked.passed:
            messages.success(request, "All of them are right. Now you can sign.")
            return redirect("reading:name")
    rows = [_asked(one, given.get(one.id, ""), marked) for one in asked]
    values = {"active": "policy", "rows": rows, "marked": marked, "version": reading.version}
    return render(request, "reading/questions.html", values, status=422 if marked else 200)


def _asked(question: Any, chosen: str, marked: Marked | None) -> dict[str, Any]:
    """Return a question as the page shows it: what was right stays chosen, what was not is asked again."""
    state = ""
    if marked is not None:
        state = "open" if question.id in marked.open else "wrong" if question.id in marked.wrong else "right"
        if marked.open and state != "open":
            state = ""  # nothing is told before everything is answered
    return {"question": question, "chosen": "" if state == "wrong" else chosen, "state": state}


@require_http_methods(["GET", "POST"])
@_with_reading
def name(request: HttpRequest, member: Membership, progress: Progress, reading: Reading) -> HttpResponse:
    """Show the lines to tick and the place for the name; sign."""
    if progress.step != Step.SIGN:
        return _on(member, progress)
    now = timezone.now()
    proof, typed, wrong = proof_of(request, now), _typed(request), ""
    if request.method == "GET" and not services.proved(reading, proof, now):
        return _ask_who(request, typed)
    documents = list(must_read(member.organisation))
    lines = confirmations_today(reading.version, now, documents)
    asks = progress.person is not None and is_due(progress.declared_on, member.organisation.day(now))
    said = answers_in(request)
    if request.method == "POST":
        try:
            if asks:  # kept by itself, and sealed: nothing of it waits in the session while somebody shows who they are
                declare(actor=member.user, organisation=member.organisation, answers=said, at=now)
                asks = False
            services.sign(
                actor=member.user,
                reading=reading,
                name_typed=typed["name"],
                confirmed=typed["ticked"],
                seen=request.POST.get("seen", ""),
                proof=proof,
                at=now,
            )
        except ProofWanted:
            return _ask_who(request, typed)
        except (CannotDeclare, CannotSign) as why:
            wrong = str(why)
        else:
            request.session.pop(_TYPED, None)
            messages.success(
                request,
                "Signed. Your copy is here, and stays here. Download it too, and it is yours for good.",
            )
            return redirect("reading:mine")
    values = {
        "active": "policy",
        "version": reading.version,
        "person": progress.person,
        "lines": lines,
        "documents": documents,
        "seen": digest_of(lines),
        "typed": typed,
        "asked": asked_with(said) if asks else (),
        "wrong": wrong,
        "proof": proof,
        "demo": proof is not None and proof.means == Means.DEMO,
        "now": now,
    }
    return render(request, "reading/name.html", values, status=422 if wrong else 200)


def _ask_who(request: HttpRequest, typed: dict[str, Any]) -> HttpResponse:
    """Keep what was typed, ask if it is still them, and come back."""
    request.session[_TYPED] = typed
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")


def _typed(request: HttpRequest) -> dict[str, Any]:
    """Return what was typed just now, or before somebody was asked if it is still them."""
    if request.method == "POST":
        return {"name": request.POST.get("name", "")[:200], "ticked": request.POST.getlist("ticked")[:50]}
    kept: dict[str, Any] = request.session.pop(_TYPED, None) or {"name": "", "ticked": []}
    return kept


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Show everything this person ever signed."""
    member = current(request)
    found = signatures_in(member.organisation).filter(user=member.user_id)
    version = in_force(member.organisation)
    values = {"active": "policy", "signatures": found[:_EACH_PAGE], "version": version}
    return render(request, "reading/mine.html", values)


@control(
    "C107",
    "Exactly what was signed stays with the signer, also when newer versions come",
    coverage=Coverage.WHOLE,
)
@require_GET
def copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show exactly what this person signed: the words of that version, and the lines they ticked."""
    member = current(request)
    signature = signatures_in(member.organisation).filter(user=member.user_id, pk=pk).first()
    if signature is None:
        raise Http404
    version = signature.version
    values = {
        "active": "policy",
        "signature": signature,
        "version": version,
        "document": Document.of(version.text),
        "intact": is_text(version.text, signature.text_digest),
    }
    return render(request, "reading/copy.html", values)


@require_GET
def certificate_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a signature and the words that were signed as a PDF: to the signer, and to who sees the register."""
    member = current(request)
    among = signatures_in(member.organisation)
    if Duty.SEE_PEOPLE not in member.duties_on(timezone.localdate()):
        among = among.filter(user=member.user_id)
    signature = among.filter(pk=pk).first()
    if signature is None:
        raise Http404
    return paper_answer(request, certificate(signature, at=timezone.now()), "certificate-of-signing")


@require_GET
def who(request: HttpRequest) -> HttpResponse:
    """Show who has not opened, not read or not signed the version in force."""
    member = current(request)
    require(member, Duty.SEE_PEOPLE)
    version, today = in_force(member.organisation), timezone.localdate()
    found = _lists(readers(member.organisation, version, on=today) if version else [])
    show = request.GET.get("show", "")
    show = show if show in found else "waiting"
    values = {
        "active": "people",
        "version": version,
        "parts": len(parts_of(version.text)) if version else 0,
        "lists": found,
        "show": show,
        "page": Paginator(found[show], _EACH_PAGE).get_page(request.GET.get("page")),
        "manages": Duty.MANAGE in member.duties_on(today),
    }
    return render(request, "reading/who.html", values)


def _lists(found: list[Reader]) -> dict[str, list[Reader]]:
    return {
        "waiting": [one for one in found if one.step != Step.SIGNED],
        "unopened": [one for one in found if one.step == Step.OPEN],
        "signed": [one for one in found if one.step == Step.SIGNED],
        "everyone": found,
    }
