"""The screens of a request: its steps, one page to read and decide it, and what waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from stairgate.channels.asking import form, services
from stairgate.channels.asking.forms import step_form
from stairgate.channels.asking.rules import Colleague, Known, problems
from stairgate.channels.asking.selectors import known_of, visible
from stairgate.channels.models import AccountRequest, FoundPage
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty, Role
from stairgate.organisations.selectors import holders
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import fit_for, in_force

STEPS = (*((step.slug, step.title) for step in form.STEPS), ("send", "Check and send"))
_SLUGS = [slug for slug, _ in STEPS]


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a request, or go on with the one that was begun; ``found`` and ``again`` say from what."""
    member = current(request)
    found = _named(member, FoundPage, request.POST.get("found", ""))
    again = _named(member, AccountRequest, request.POST.get("again", ""))
    try:
        draft = services.begin(
            actor=member.user, organisation=member.organisation, found=found, again=again, at=timezone.now()
        )
    except services.CannotAsk as refusal:
        messages.error(request, str(refusal))
        return redirect("channels:list")
    return redirect("channels:ask_step", pk=draft.pk, step=_SLUGS[0])


def _named(member: Membership, kind: Any, given: str) -> Any:
    """Return the record that was named, of the member's own setting. Raises Http404."""
    if not given:
        return None
    try:
        return get(member, kind.objects.all(), UUID(given))
    except ValueError:
        raise Http404 from None


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Show one step and keep what is typed there, whatever it is."""
    member, draft = _own(request, pk)
    if step not in _SLUGS:
        raise Http404
    if draft.state != services.State.DRAFT:  # pressed twice, or an old tab
        return redirect("channels:request", pk=pk)
    if step == _SLUGS[-1]:
        return _check(request, member, draft)
    if request.method != "POST":
        return _step(request, member, draft, step, judged="look" in request.GET)
    now, page = timezone.now(), form.STEPS[_SLUGS.index(step)]
    given = {name: request.POST.getlist(name) for name in request.POST}
    try:
        draft = services.keep(actor=member.user, request=draft, answers=form.typed(page, given), at=now)
    except services.CannotAsk as refusal:
        messages.error(request, str(refusal))
        return redirect("channels:request", pk=pk)
    go = request.POST.get("go", "")
    if go == "later":
        messages.success(request, "Saved. You can come back any time.")
        return redirect("channels:list")
    if go in _SLUGS:
        return redirect("channels:ask_step", pk=pk, step=go)
    if _wrong(draft, known_of(draft, now)) & {field.name for field in page.fields}:
        return _step(request, member, draft, step, judged=True, status=422)
    return redirect("channels:ask_step", pk=pk, step=_SLUGS[_SLUGS.index(step) + 1])


#: who is offered as contact and as holder of the mailbox: everybody with more to do than to write
_LISTED = frozenset(Role) - {Role.AUTHOR, Role.STAFF}


def _own(request: HttpRequest, pk: UUID) -> tuple[Membership, AccountRequest]:
    """Return the member and their own request. Raises Http404, also for that of somebody else."""
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    row = get(member, visible(member, member.organisation.day(timezone.now())), pk)
    if row.requested_by_id != member.user_id:
        raise Http404
    return member, row


def _wrong(draft: AccountRequest, known: Known) -> set[str]:
    return set(problems(draft.answers, known))


def _step(
    request: HttpRequest,
    member: Membership,
    draft: AccountRequest,
    slug: str,
    *,
    judged: bool,
    status: int = 200,
) -> HttpResponse:
    known = known_of(draft, timezone.now())
    found = problems(draft.answers, known)
    at = _SLUGS.index(slug)
    listed = holders(member.organisation, _LISTED, known.today)
    people = [(str(one.user_id), f"{one.first_name}, {one.job_title}") for one in listed]
    version = in_force(member.organisation)
    parameters = version.parameters if version else Parameters()
    able = fit_for(member.organisation, Duty.LOOK_AFTER, parameters=parameters, on=known.today)
    fit = [(str(one.user_id), f"{one.first_name}, {one.job_title}") for one in able]
    made = step_form(form.STEPS[at], draft.answers, found if judged else {}, people=people, fit=fit)
    values = {
        "active": "accounts",
        "draft": draft,
        "form": made,
        "groups": _groups(form.STEPS[at], made),
        "steps": _progress(at, found),
        "at": at,
        "title": STEPS[at][1],
        "back": _SLUGS[at - 1] if at else "",
        "alone": len(fit) < form.NEEDED,
    }
    return render(request, "asking/step.html", values, status=status)


#: where a new heading begins within a step: the name of the first field, and its words
_HEADINGS = {
    "network": "",
    "audience": "",
    "evaluation": "How you will know",
    "lead": "Whom to ask",
    "admin1": "First administrator",
    "admin2": "Second administrator",
    "admin3": "Third administrator, if you like",
    "mailbox": "The mailbox",
    **{f"risk_{key}_level": what for key, what, *_ in form.RISKS},
    "wrong": "Every day",
}


def _groups(page: form.Step, made: Form) -> list[tuple[str, list[Any]]]:
    """Return the fields of a step under their headings."""
    groups: list[tuple[str, list[Any]]] = []
    for field in page.fields:
        if field.name in _HEADINGS:
            groups.append((_HEADINGS[field.name], []))
        groups[-1][1].append(made[field.name])
    return groups


def _progress(at: int, found: dict[str, str]) -> list[dict[str, object]]:
    """Return the steps, each with whether it is done: everything there is filled in and right."""
    open_steps = {form.STEP_OF[name].slug for name in found}
    return [
        {"slug": slug, "title": title, "done": slug not in open_steps and slug != _SLUGS[-1], "now": n == at}
        for n, (slug, title) in enumerate(STEPS)
    ]


def _check(request: HttpRequest, member: Membership, draft: AccountRequest) -> HttpResponse:
    """Show everything once more, with what is missing; send it."""
    now, status = timezone.now(), 200
    if request.method == "POST":
        try:
            services.send(actor=member.user, request=draft, at=now)
            messages.success(request, "Sent. It is frozen now, and waits for the service manager.")
            return redirect("channels:request", pk=draft.pk)
        except services.Incomplete:
            status = 422
        except services.CannotAsk as refusal:
            messages.error(request, str(refusal))
            return redirect("channels:request", pk=draft.pk)
    known = known_of(draft, now)
    found = problems(draft.answers, known)
    values = {
        "active": "accounts",
        "draft": draft,
        "steps": _progress(len(form.STEPS), found),
        "at": len(form.STEPS),
        "missing": [
            {"words": words, "label": form.FIELDS[name].label, "slug": form.STEP_OF[name].slug, "name": name}
            for name, words in found.items()
        ],
        "told": told(draft, known),
    }
    return render(request, "asking/check.html", values, status=status)


def told(
    row: AccountRequest, known: Known, *, whole: bool = False
) -> list[tuple[form.Step, list[tuple[str, str]]]]:
    """Return every answer in words, by step; whoever was chosen by the name of then, or of today while a draft.

    ``whole``: with full names, as a paper has them.
    """
    return [
        (page, [(f.label, words) for f in page.fields if (words := _says(f, row, known, whole))])
        for page in form.STEPS
    ]


def _says(field: form.Field, row: AccountRequest, known: Known, whole: bool) -> str:
    answers = row.answers
    if field.kind in form.MANY:
        if field.kind == form.Kind.PEOPLE:
            chosen = (known.people.get(one) for one in form.ticks(answers, field.name))
            names = ", ".join(one.first_name for one in chosen if one)
            return form.line(answers, f"{field.name}_names") or names
        return ", ".join(dict(field.choices).get(one, one) for one in form.ticks(answers, field.name))
    value = form.line(answers, field.name)
    if field.kind == form.Kind.PERSON and value:
        return _who(field.name, answers, known.people.get(value), whole)
    if field.kind == form.Kind.DAY and value:
        return _day(value)
    if field.kind == form.Kind.CHOICE:
        return dict(field.choices).get(value, value)
    return "Yes" if field.kind == form.Kind.TICK and value == form.YES else value


def _day(typed: str) -> str:
    try:
        on = date.fromisoformat(typed)
    except ValueError:
        return typed
    return f"{on:%a} {on.day} {on:%b} {on.year}"


def _who(name: str, answers: Mapping[str, object], today: Colleague | None, whole: bool) -> str:
    """Return a first name and a position: those that were frozen, else those of today. No surnames on a screen."""
    frozen = form.line(answers, f"{name}_name")
    if frozen:
        return f"{frozen if whole else frozen.split()[0]}, {form.line(answers, f'{name}_position')}"
    return f"{today.first_name}, {today.job_title}" if today else ""
