"""Forms of the next version: each is a page of its own; when it is done, the draft again or what is next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from stairgate.organisations.models import Membership
from stairgate.policies import drafting
from stairgate.policies.forms import FactsForm, LinesForm, NumbersForm, RatingForm, RiskForm, WordsForm
from stairgate.policies.models import Draft
from stairgate.policies.packs.document import to_html, unwrapped
from stairgate.policies.packs.filling import BLANK, fill, shown, unresolved
from stairgate.policies.packs.form import GROUPS, Pack
from stairgate.policies.packs.loading import pack
from stairgate.policies.packs.tailoring import OWN, OwnRisk, own_risk, tailored
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import named_people
from stairgate.policies.views.draft import deed, manager
from stairgate.policies.wording import CannotChange, ChangedMeanwhile, worded

form_page = require_http_methods(["GET", "POST"])
Does = Callable[[str], None]  # given what the page was made from


def _open(request: HttpRequest) -> tuple[Membership, Draft, Pack] | None:
    """Return who asks, the open draft and its pack; None when nobody is writing one."""
    member = manager(request)
    draft = drafting.open_draft(member.organisation)
    return (member, draft, pack(draft.tailoring.pack)) if draft else None


@form_page
def facts(request: HttpRequest) -> HttpResponse:
    """Say what only the setting knows."""
    if (found := _open(request)) is None:
        return redirect("policies:next")
    member, draft, base = found
    form = FactsForm(request.POST or None, pack=base, ours=draft.tailoring)
    words = {
        "title": "What only you know",
        "lead": "It goes into the words of the policy by itself. You can keep it half done and come back.",
    }

    def does(was: str) -> None:
        drafting.answer(
            actor=member.user, draft=draft, values=form.answers, fits=form.fits, was=was, at=timezone.now()
        )

    was = drafting.stamp(draft, "facts")
    return _form(request, form, does, words, "facts", was=was, then=lambda: _after_facts(member))


def _after_facts(member: Membership) -> str:
    """Return where to go on once everything is said that only the setting knows: to its risks, while none is rated.

    With something still to say, or with risks rated, that is the draft, which tells what is missing.
    """
    draft = drafting.open_draft(member.organisation)
    if draft is None:
        return ""
    base = pack(draft.tailoring.pack)
    ours = tailored(base, draft.tailoring)
    said = not unresolved(ours, draft.tailoring.said)
    return reverse("policies:risks") if said and not any(risk.left for risk in ours.risks) else ""


@form_page
def numbers(request: HttpRequest) -> HttpResponse:
    """Tighten the numbers."""
    if (found := _open(request)) is None:
        return redirect("policies:next")
    member, draft, base = found
    form = NumbersForm(request.POST or None, pack=base, parameters=draft.parameters)
    words = {
        "title": "Numbers",
        "lead": "Stairgate does what they say. Each can be made stricter than the template. None can be looser.",
    }

    def does(was: str) -> None:
        try:
            drafting.set_numbers(
                actor=member.user, draft=draft, parameters=form.made, was=was, at=timezone.now()
            )
        except ChangedMeanwhile as refusal:
            raise ChangedMeanwhile(f"{refusal} {_beside(base, draft.parameters, form.made)}") from None

    return _form(request, form, does, words, "numbers", was=drafting.stamp(draft, "numbers"))


def _beside(base: Pack, now: Parameters, typed: Parameters) -> str:
    """Return what the draft has now where somebody typed something else."""
    other = [one for one in base.parameters if getattr(now, one.id) != getattr(typed, one.id)]
    said = [f"“{one.label}” {' '.join(shown(one, getattr(now, one.id)).split())}" for one in other]
    return f"In the draft now: {'; '.join(said)}." if said else "It is now just as you typed it."


@form_page
def words(request: HttpRequest, item: str) -> HttpResponse:
    """Put one part of the policy in other words."""
    if (found := _open(request)) is None:
        return redirect("policies:next")
    member, draft, base = found
    part = worded(base).get(item)
    if part is None:
        raise Http404
    now = unwrapped(draft.tailoring.texts.get(item, part.text))
    form = WordsForm(request.POST or None, initial={"text": now})
    title = getattr(part, "heading", "") or f"{GROUPS.get(getattr(part, 'group', ''), '')}: one line"
    values = {
        "title": title,
        "clauses": part.clauses,
        "template": unwrapped(part.text),
        "shown": to_html(fill(now, base, draft.tailoring.said, draft.parameters)),
        "now": now,
        "blanks": [
            (name, fill(f"{{{{ {name} }}}}", base, draft.tailoring.said, draft.parameters))
            for name in dict.fromkeys(BLANK.findall(f"{now} {part.text}"))
        ],
    }

    def does(was: str) -> None:
        text = form.cleaned_data["text"]
        drafting.reword(actor=member.user, draft=draft, item=item, text=text, was=was, at=timezone.now())

    return _form(request, form, does, values, "words", "policies/part.html", was=now)


@form_page
def lines(request: HttpRequest, group: str) -> HttpResponse:
    """Say what the setting asks of a group besides the template."""
    if (found := _open(request)) is None:
        return redirect("policies:next")
    member, draft, _ = found
    if group not in GROUPS:
        raise Http404
    already = "\n".join(draft.tailoring.lines.get(group, ()))
    form = LinesForm(request.POST or None, initial={"text": already})

    def does(was: str) -> None:
        text = form.cleaned_data["text"]
        try:
            drafting.set_lines(
                actor=member.user, draft=draft, group=group, text=text, was=was, at=timezone.now()
            )
        except ChangedMeanwhile as refusal:
            found = "; ".join(already.splitlines()) or "nothing"
            raise ChangedMeanwhile(f"{refusal} In the draft now: {found}.") from None

    words = {"title": GROUPS[group]}
    return _form(request, form, does, words, "lists", was=drafting.stamp(draft, "lines", group))


@form_page
def risk(request: HttpRequest, item: str = "") -> HttpResponse:
    """Rate a risk and say what is done about it; without one, add a risk."""
    if (found := _open(request)) is None:
        return redirect("policies:next")
    member, draft, base = found
    known = {one.id: one for one in tailored(base, draft.tailoring).risks}
    if item and item not in known:
        raise Http404
    organisation = member.organisation
    form = RiskForm(
        request.POST or None,
        holders=named_people(organisation, on=organisation.day(timezone.now())),
        named=not item or item.startswith(OWN),
        initial=asdict(own_risk(known[item])) if item else {},
    )
    words = {"title": known[item].title if item else "Add a risk", "risk": known.get(item)}

    def does(was: str) -> None:
        given = OwnRisk(**form.cleaned_data)
        drafting.set_risk(actor=member.user, draft=draft, item=item, risk=given, was=was, at=timezone.now())

    return _form(request, form, does, words, "risks", was=drafting.stamp(draft, "risk", item))


@form_page
def risks(request: HttpRequest) -> HttpResponse:
    """Say of every risk how much of it is left, on one page."""
    if (found := _open(request)) is None:
        return redirect("policies:next")
    member, draft, base = found
    form = RatingForm(request.POST or None, risks=tailored(base, draft.tailoring).risks)
    words = {
        "title": "How much of each risk is left",
        "lead": "With everything we do about it. While one is high, the policy cannot be adopted. "
        "To change what we do, or who answers for it, open the risk itself.",
    }

    def does(was: str) -> None:
        drafting.rate_risks(actor=member.user, draft=draft, left=form.left, was=was, at=timezone.now())

    return _form(request, form, does, words, "risks", was=drafting.stamp(draft, "risks"))


@require_POST
def remove_risk(request: HttpRequest, item: str) -> HttpResponse:
    """Take a risk out of the register."""
    return deed(
        request,
        lambda m, d: drafting.remove_risk(actor=m.user, draft=d, item=item, at=timezone.now()),
        "It is out of the register.",
    )


@require_POST
def put_back_risk(request: HttpRequest, item: str) -> HttpResponse:
    """Put a risk of the template back."""
    return deed(
        request,
        lambda m, d: drafting.put_back_risk(actor=m.user, draft=d, item=item, at=timezone.now()),
        "It is in the register again.",
    )


def _form(
    request: HttpRequest,
    form: forms.Form,
    does: Does,
    words: dict[str, Any],
    back: str,
    template: str = "policies/form.html",
    *,
    was: str,
    then: Callable[[], str] = str,
) -> HttpResponse:
    """Show a form, or do its deed and go back to the draft. What is refused is said above what was typed.

    ``was`` stands for what is in the draft now. Whoever is told that it is another than their page had, has seen it.
    ``then`` is asked after the deed where to go on to; "" is the draft.
    """
    had = request.POST.get("was", "") if request.method == "POST" else was
    if request.method == "POST" and form.is_valid():
        try:
            does(had)
        except ChangedMeanwhile as refusal:
            form.add_error(None, str(refusal))
            had = was
        except CannotChange as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Kept in the draft.")
            return redirect(then() or f"{reverse('policies:next')}#{back}")
    values = {"active": "policy", "form": form, "words": words, "back": back, "was": had}
    return render(request, template, values, status=422 if form.errors else 200)
