"""Suggest a post, see what became of it, and begin a post from what a colleague suggested."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.organisations.access import current, get
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.publishing import services
from stairgate.publishing.forms import SuggestForm
from stairgate.publishing.models import Suggestion
from stairgate.publishing.rules import must_change
from stairgate.publishing.screen import screen_words
from stairgate.publishing.selectors.suggestions import open_suggestions, own_suggestions
from stairgate.publishing.views.compose import first_content

_A_PAGE = 20
_OWN = 10


@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    """Show what waits for an answer, to whoever may write; and to everybody what became of their own."""
    return _page(request, current(request))


def _page(request: HttpRequest, member: Membership, *, refused: UUID | None = None) -> HttpResponse:
    """Show both lists; ``refused`` is the suggestion whose answer was, with what was typed still there."""
    may_write = Duty.WRITE in member.duties_on(timezone.localdate())
    rows = open_suggestions(member.organisation) if may_write else Suggestion.objects.none()
    values = {
        "active": "suggest",
        "may_write": may_write,
        "page": Paginator(rows, _A_PAGE).get_page(request.GET.get("page")),
        "own": own_suggestions(member)[:_OWN],
        "refused": refused,
        "typed": request.POST,
    }
    return render(request, "publishing/suggestions.html", values, status=422 if refused else 200)


def suggest(request: HttpRequest) -> HttpResponse:
    """Write a suggestion. What screening finds is shown before it is sent."""
    member = current(request)
    form = SuggestForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        notes = _notes(member, values["text"], values["about"])
        if not notes or request.POST.get("shown"):
            try:
                services.suggest(
                    actor=member.user, organisation=member.organisation, at=timezone.now(), **values
                )
            except services.Refusal as refusal:
                form.add_error("text", str(refusal))
            else:
                messages.success(request, "Thank you. Whoever writes the posts sees it on their Today.")
                return redirect("publishing:suggestions")
        return _form(request, form, notes)
    return _form(request, form, [])


def _form(request: HttpRequest, form: SuggestForm, notes: list[dict[str, Any]]) -> HttpResponse:
    values = {"active": "suggest", "form": form, "notes": notes, "must": _must(notes)}
    return render(request, "publishing/suggest.html", values, status=422 if notes or form.errors else 200)


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Return the notes for what is typed, without keeping it."""
    member = current(request)
    form = SuggestForm(request.POST)
    words = form.cleaned_data if form.is_valid() else {"text": "", "about": ""}
    notes = _notes(member, words["text"], words["about"])
    return render(request, "publishing/_suggest_notes.html", {"notes": notes, "must": _must(notes)})


def _notes(member: Membership, text: str, about: str) -> list[dict[str, Any]]:
    """Return what screening finds in a suggestion: it is read as a post would be."""
    words = "\n\n".join((text.replace("\r\n", "\n").strip(), about))
    found = screen_words(words, member.organisation, alts=(), is_reply=False).findings
    return [
        {"finding": one, "quote": words[one.start : one.end], "must_change": must_change(one)}
        for one in found
    ]


def _must(notes: list[dict[str, Any]]) -> bool:
    return any(note["must_change"] for note in notes)


@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin a draft from a suggestion."""
    member = current(request)
    row = get(member, Suggestion.objects.all(), pk)
    try:
        post = services.begin_from(
            actor=member.user, suggestion=row, start=first_content(member), at=timezone.now()
        )
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("publishing:suggestions")
    messages.success(request, "A draft with these words. Look through it, then send it for approval.")
    return redirect("publishing:edit", post.pk)


@require_POST
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say "not this time", and why."""
    member = current(request)
    row = get(member, Suggestion.objects.all(), pk)
    try:
        reason = request.POST.get("reason", "")
        services.decline(actor=member.user, suggestion=row, reason=reason, at=timezone.now())
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, member, refused=row.pk)
    messages.success(request, "Answered. They can read your reason.")
    return redirect("publishing:suggestions")
