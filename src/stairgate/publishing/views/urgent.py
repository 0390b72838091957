"""Urgent posts: the list of templates, what each can say, and sending one."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.channels.models import Channel
from stairgate.channels.selectors import ChannelNow, accounts_now
from stairgate.organisations.access import current, get, records, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import holds, in_force
from stairgate.publishing import services
from stairgate.publishing.models import Post, UrgentTemplate
from stairgate.publishing.rules import APPROVER_CONFIRMS
from stairgate.publishing.selectors.urgent import (
    Ground,
    TemplateNow,
    open_findings,
    template_now,
    templates_now,
    with_versions,
)
from stairgate.publishing.services.urgent import problems_with, words_for
from stairgate.publishing.urgent_forms import Filling, UrgentForm
from stairgate.publishing.views.review import decide


def _may(member: Membership) -> dict[str, bool]:
    """Return what this reader may do here. The service asks again; this only hides what would be refused."""
    today = member.organisation.day(timezone.now())
    duties = member.duties_on(today)
    return {
        "may_write": Duty.WRITE in duties,
        "may_approve": holds(member, Duty.APPROVE, on=today),
        "may_retire": Duty.LOOK_AFTER in duties,
    }


@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """List what can be told to everybody at once; what is ready comes first."""
    member = current(request)
    rows = templates_now(member.organisation, timezone.now())
    rows.sort(key=lambda row: not row.is_ready)
    return render(request, "publishing/urgent.html", {"active": "posts", "rows": rows, **_may(member)})


def _one(member: Membership, pk: UUID) -> UrgentTemplate:
    rows = UrgentTemplate.objects.filter(retired_at__isnull=True).select_related("organisation")
    return get(member, with_versions(rows), pk)


def _now(template: UrgentTemplate) -> TemplateNow:
    now = timezone.now()
    ground = Ground.of(template.organisation, in_force(template.organisation), now)
    return template_now(template, ground, now)


@require_GET
def template(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show all that a template can say, who stands behind it, and the decision."""
    member = current(request)
    return _template(request, member, _now(_one(member, pk)))


def _template(
    request: HttpRequest, member: Membership, row: TemplateNow, *, status: int = 200
) -> HttpResponse:
    findings = open_findings(row.version, member.organisation, timezone.now())
    may = _may(member)
    own = member.user_id in row.facts.writers
    said_yes = any(yes.approver_id == member.user_id for yes in row.yes) and row.is_ready
    values = {
        "active": "posts",
        "row": row,
        "findings": findings,
        "confirms": APPROVER_CONFIRMS,
        "own": own,
        "may_decide": may["may_approve"] and not own and not said_yes and not findings,
        **may,
    }
    return render(request, "publishing/urgent_template.html", values, status=status)


def new(request: HttpRequest) -> HttpResponse:
    """Write a template."""
    member = current(request)
    require(member, Duty.WRITE)
    return _edit(request, member, None)


def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a template: it has to be approved again."""
    member = current(request)
    require(member, Duty.WRITE)
    return _edit(request, member, _one(member, pk))


def _edit(request: HttpRequest, member: Membership, row: UrgentTemplate | None) -> HttpResponse:
    wording = row.versions.all()[0].wording if row else None
    live = records(member, Channel.objects.filter(status=Channel.Status.LIVE))
    purposes = sorted({purpose for channel in live for purpose in channel.purposes})
    form = UrgentForm(request.POST if request.method == "POST" else None, wording=wording, purposes=purposes)
    if form.is_bound and form.is_valid() and form.gaps_are_said():
        try:
            version = services.keep_urgent(
                actor=member.user,
                organisation=member.organisation,
                template=row,
                wording=form.wording(),
                at=timezone.now(),
            )
        except services.Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Kept. It can be sent once somebody else has approved it ahead.")
            return redirect("publishing:urgent_template", version.template_id)
    values = {"active": "posts", "form": form, "row": row}
    return render(request, "publishing/urgent_edit.html", values, status=422 if form.errors else 200)


@require_POST
def starters(request: HttpRequest) -> HttpResponse:
    """Begin the list with the four that every setting may need."""
    member = current(request)
    try:
        count = services.keep_urgent_starters(
            actor=member.user, organisation=member.organisation, at=timezone.now()
        )
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, f"{count} templates are on the list. Now somebody else approves each of them."
        )
    return redirect("publishing:urgent")


@require_POST
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve ahead exactly what was shown."""
    member = current(request)
    row = _one(member, pk)
    try:
        services.approve_urgent(
            actor=member.user,
            template=row,
            digest=request.POST.get("digest", ""),
            confirmed=bool(request.POST.get("read")),
            at=timezone.now(),
        )
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
        return _template(request, member, _now(_one(member, pk)), status=422)
    ready = _now(_one(member, pk)).is_ready
    words = "It can be sent at once when it is needed." if ready else "Another person has to say yes as well."
    messages.success(request, f"Approved ahead. {words}")
    return redirect("publishing:urgent_template", pk)


@require_POST
def retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a template off the list."""
    member = current(request)
    services.retire_urgent(actor=member.user, template=_one(member, pk), at=timezone.now())
    messages.success(request, "Taken off the list. What was sent from it stays.")
    return redirect("publishing:urgent")


def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Fill the gaps, see exactly what goes out, and send it."""
    member = current(request)
    require(member, Duty.WRITE)
    row = _now(_one(member, pk))
    accounts = accounts_now(member.organisation, timezone.now())
    filling = Filling.of(request.POST if request.method == "POST" else None, row.version, accounts)
    if request.method != "POST" or request.POST.get("go") == "change":
        return _fill(request, row, filling)
    if request.POST.get("go") == "send":
        return _send(request, member, row, filling)
    return _see(request, member, row, filling, accounts)


def _fill(
    request: HttpRequest, row: TemplateNow, filling: Filling, problems: tuple[str, ...] = ()
) -> HttpResponse:
    values = {"active": "posts", "row": row, "filling": filling, "problems": problems}
    return render(request, "publishing/urgent_send.html", values, status=422 if problems else 200)


def _see(
    request: HttpRequest, member: Membership, row: TemplateNow, filling: Filling, accounts: list[ChannelNow]
) -> HttpResponse:
    """Show exactly what the public will read, or what stands in the way of it."""
    now = timezone.now()
    chosen = [account for account in accounts if account.channel.pk in filling.channel_ids]
    problems = filling.problems(member.organisation.day(now))
    if not problems:
        text = words_for(row.version, filling.values, member.organisation, now)
        problems = problems_with(text, member.organisation, chosen)
    if problems:
        return _fill(request, row, filling, problems)
    values: dict[str, Any] = {
        "active": "posts",
        "row": row,
        "filling": filling,
        "text": text,
        "chosen": chosen,
        "press": uuid4(),
        "due": member.organisation.end_of_working_day(now, 1),
        "setting_initial": member.organisation.name[:1],
    }
    return render(request, "publishing/urgent_see.html", values)


def _send(request: HttpRequest, member: Membership, row: TemplateNow, filling: Filling) -> HttpResponse:
    try:
        post = services.send_urgent(
            actor=member.user,
            template=row.template,
            digest=request.POST.get("digest", ""),
            values=filling.values,
            channel_ids=filling.channel_ids,
            press=filling.press,
            at=timezone.now(),
        )
    except services.Refusal as refusal:
        return _fill(request, row, filling, (str(refusal),))
    messages.success(request, "Sent. The gate checks everything once more, and lets it out now.")
    return redirect("publishing:review", post.pk)


@require_POST
def look_second(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say whether what was sent in a hurry was right."""

    def deed(member: Membership, post: Post) -> str:
        verdict, note = request.POST.get("verdict", ""), request.POST.get("look_note", "")
        look = services.look_second(
            actor=member.user, post=post, verdict=verdict, note=note, at=timezone.now()
        )
        if look.verdict == look.Verdict.WRONG:
            return "Written down. If it should not be there, take it down now."
        return "Written down: two people have looked."

    return decide(request, pk, deed)
