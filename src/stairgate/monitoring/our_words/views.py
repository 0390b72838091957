"""What screening looks for: try a sentence, add words and exceptions, end them. What is typed to be tried is not kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from stairgate.monitoring.our_words import dry_run
from stairgate.monitoring.our_words.forms import TryForm, WordForm
from stairgate.monitoring.our_words.slips import reason_on, slip_to_add, slip_to_end, wanted_on
from stairgate.monitoring.our_words.trying import try_sentence
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership, ScreeningWord
from stairgate.organisations.rules import Duty
from stairgate.organisations.screening_words import (
    LONGEST_WHY,
    MOST_WORDS,
    SHORTEST_WHY,
    CannotKeepWord,
    add_word,
    end_word,
    why_not_add,
)
from stairgate.organisations.selectors import screening_facts, words_in_force

_ENDED = 30


def _member(request: HttpRequest) -> Membership:
    member = current(request)
    require(member, Duty.SET_SCREENING)
    return member


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the box to try a sentence, our own words and our exceptions."""
    return _page(request, _member(request), {})


def _page(request: HttpRequest, me: Membership, more: dict[str, Any], *, status: int = 200) -> HttpResponse:
    rows = list(words_in_force(me.organisation).select_related("added_by")[:MOST_WORDS])
    ended = ScreeningWord.objects.filter(organisation=me.organisation, ended_at__isnull=False)
    values = {
        "active": "screening",
        "trying": TryForm(),
        "form": WordForm(),
        "words": [row for row in rows if row.kind != ScreeningWord.Kind.EXCEPTION],
        "exceptions": [row for row in rows if row.kind == ScreeningWord.Kind.EXCEPTION],
        "ended": ended.select_related("added_by", "ended_by").order_by("-ended_at")[:_ENDED],
    }
    return render(request, "our_words/index.html", values | more, status=status)


@sensitive_post_parameters("text")
@never_cache
@require_POST
def attempt(request: HttpRequest) -> HttpResponse:
    """Say what would happen to a sentence. It is not kept: not here, not in the address, not in a log."""
    me = _member(request)
    trying = TryForm(request.POST)
    tried = (
        try_sentence(facts=screening_facts(me.organisation), **trying.asked) if trying.is_valid() else None
    )
    values = {"trying": trying, "tried": tried}
    if request.headers.get("HX-Request"):
        return render(request, "our_words/_answer.html", values)
    return _page(request, me, values, status=200 if tried else 422)


@never_cache
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Show what a new word or exception would change, before it counts."""
    me = _member(request)
    form = WordForm(request.POST)
    if form.is_valid():
        wanted = form.wanted
        problem = why_not_add(me.organisation, wanted)
        if problem is None:
            values = {
                "active": "screening",
                "wanted": wanted,
                "run": dry_run.adding(me.organisation, wanted),
                "slip": slip_to_add(me, wanted),
            }
            return render(request, "our_words/preview.html", values)
        form.add_error("words", problem)
    return _page(request, me, {"form": form}, status=422)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Add exactly what was looked at."""
    me = _member(request)
    try:
        wanted = wanted_on(me, request.POST.get("slip", ""))
        row = add_word(actor=me.user, organisation=me.organisation, wanted=wanted, at=timezone.now())
    except CannotKeepWord as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"“{row.words}” is added. It counts from now on.")
    return redirect("screening:index")


@never_cache
@require_POST
def look_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what would change without a word or an exception, before it is ended."""
    me = _member(request)
    row = get(me, ScreeningWord.objects.select_related("added_by"), pk)
    because = " ".join(request.POST.get("because", "").split())
    if row.ended_at is not None:
        messages.error(request, f"“{row.words}” was ended already.")
        return redirect("screening:index")
    if not SHORTEST_WHY <= len(because) <= LONGEST_WHY:
        told = f"Say why, in {LONGEST_WHY} letters at most."
        return _page(request, me, {"refused": row.pk, "told": told, "typed": because}, status=422)
    values = {
        "active": "screening",
        "row": row,
        "because": because,
        "run": dry_run.ending(me.organisation, row),
        "slip": slip_to_end(me, row, because),
    }
    return render(request, "our_words/preview.html", values)


@require_POST
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End exactly what was looked at."""
    me = _member(request)
    row = get(me, ScreeningWord.objects.all(), pk)
    try:
        because = reason_on(me, row.pk, request.POST.get("slip", ""))
        end_word(actor=me.user, word=row, because=because, at=timezone.now())
    except CannotKeepWord as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"“{row.words}” is ended. It stays on record.")
    return redirect("screening:index")
