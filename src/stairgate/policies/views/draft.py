"""The next version: what is in it, the adoption gate, and adopting it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.organisations.access import current, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.policies import drafting
from stairgate.policies.adopting import CannotAdopt, DraftNow, adopt_draft, draft_now
from stairgate.policies.forms import AdoptForm
from stairgate.policies.models import Draft
from stairgate.policies.packs.form import GROUPS, Pack
from stairgate.policies.selectors import in_force, responsible
from stairgate.policies.wording import CannotChange


def manager(request: HttpRequest) -> Membership:
    """Return who asks. Raises `NotAllowed` unless they manage the setting: only they write the next version."""
    member = current(request)
    require(member, Duty.MANAGE)
    return member


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the draft with everything that is missing; without one, how to begin."""
    member, now = manager(request), timezone.now()
    page = draft_now(member.organisation, now)
    if page is None:
        start = {
            "active": "policy",
            "version": in_force(member.organisation),
            "pack": drafting.pack_for(member.organisation.kind),
        }
        return render(request, "policies/begin.html", start)
    own = {*page.tailoring.texts}
    values: dict[str, Any] = {
        "active": "policy",
        "page": page,
        "fence": "".join("o" if bar.holds else "b" for bar in page.bars),
        "gate_label": f"{sum(bar.holds for bar in page.bars)} of {len(page.bars)} bars of the adoption gate hold",
        "chapters": _chapters(page.pack, own),
        "lists": [(group, title, page.pack.list_for(group)) for group, title in GROUPS.items()],
        "own": own,
        "gone": [risk for risk in page.base.risks if risk.id not in {one.id for one in page.pack.risks}],
        "responsible": responsible(member.organisation, on=member.organisation.day(now)),
        "next": _next_labels(page),
    }
    return render(request, "policies/next.html", values)


def _chapters(pack: Pack, own: set[str]) -> list[tuple[str, list[object], int]]:
    """Return the sections by chapter, and how many of each are in words of the setting's own."""
    found: dict[str, list[object]] = {}
    counts: dict[str, int] = {}
    for section in pack.sections:
        found.setdefault(section.chapter, []).append(section)
        counts[section.chapter] = counts.get(section.chapter, 0) + (section.id in own)
    return [(chapter, sections, counts[chapter]) for chapter, sections in found.items()]


def _next_labels(page: DraftNow) -> dict[str, str]:
    """Return what the next version would be called, as a major one and as a correction."""
    version = page.version
    if version is None:
        return {"major": "1", "minor": ""}
    return {
        "major": f"{version.major_number + 1}",
        "minor": f"{version.major_number}.{version.minor_number + 1}",
    }


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """Show the draft beside the version in force, and its own words beside the template."""
    member = manager(request)
    page = draft_now(member.organisation, timezone.now())
    if page is None:
        return redirect("policies:next")
    return render(request, "policies/draft_changes.html", {"active": "policy", "page": page})


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin the next version."""
    member = current(request)
    drafting.begin_draft(actor=member.user, organisation=member.organisation, at=timezone.now())
    return redirect("policies:next")


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Put the draft away."""
    return deed(
        request, lambda m, d: drafting.drop_draft(actor=m.user, draft=d, at=timezone.now()), "Put away."
    )


@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    """Adopt the draft."""
    member = manager(request)
    draft, form = drafting.open_draft(member.organisation), AdoptForm(request.POST)
    if draft is None:
        return redirect("policies:next")
    if not form.is_valid():
        messages.error(request, "Choose if everybody signs again, and press the button once more.")
        return redirect("policies:next")
    try:
        version = adopt_draft(
            actor=member.user,
            draft=draft,
            seen=form.cleaned_data["seen"],
            correction=form.cleaned_data["kind"] == "minor",
            accepts_risk=form.cleaned_data["accepts"],
            at=timezone.now(),
        )
    except (CannotAdopt, CannotChange) as refusal:
        messages.error(request, str(refusal))
        return redirect("policies:next")
    then = (
        "Everybody signs it now, you too."
        if version.is_major
        else "It corrects a detail: nobody signs again."
    )
    messages.success(request, f"Version {version.label} is in force. {then}")
    return redirect("reading:start" if version.is_major else "policies:words")


def deed(request: HttpRequest, does: Callable[[Membership, Draft], None], done: str) -> HttpResponse:
    """Do a deed on the open draft and go back to it. What is refused is said there."""
    member = manager(request)
    draft = drafting.open_draft(member.organisation)
    if draft is None:
        return redirect("policies:next")
    try:
        does(member, draft)
    except CannotChange as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("policies:next")
