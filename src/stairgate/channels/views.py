"""Every page in our name: is it open, who looks after it, does the connection work."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.channels import pausing, services
from stairgate.channels.asking.selectors import found_pages, open_requests
from stairgate.channels.baseline.printed import settings_sheet
from stairgate.channels.baseline.selectors import sheet_now
from stairgate.channels.models import Channel, Pause
from stairgate.channels.rules import promotion
from stairgate.channels.selectors import accounts_now, channel_now, to_promote
from stairgate.clauses import Coverage, control
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.papers import paper_answer
from stairgate.organisations.rules import Duty, Role
from stairgate.policies.selectors import in_force

_SHORTEST_REASON = 3
_LONGEST_REASON = 300


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Show every account with everything that shuts it."""
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    return _page(request, member)


def _page(request: HttpRequest, member: Membership, *, status: int = 200, **refused: object) -> HttpResponse:
    """Show every account; after a refusal with what was typed, beside what was wrong with it."""
    now = timezone.now()
    duties = member.duties_on(member.organisation.day(now))
    pauses = list(pausing.open_pauses(member.organisation))
    values = {
        "active": "accounts",
        "accounts": accounts_now(member.organisation, now),
        "requests": open_requests(member, member.organisation.day(now)),
        "found": list(found_pages(member.organisation).select_related("found_by")),
        "today": member.organisation.day(now),
        "decides": Role.SERVICE_MANAGER in member.roles_on(member.organisation.day(now)),
        "may_connect": bool(duties & {Duty.MANAGE, Duty.LOOK_AFTER}),
        "pauses": pauses,
        "everything_is_paused": any(pause.channel_id is None for pause in pauses),
        "may_pause": bool(duties & pausing.MAY_PAUSE),
        "may_ask": bool(duties & {Duty.APPROVE, Duty.MANAGE}),
        "may_confirm": Duty.APPROVE in duties,
    }
    return render(request, "channels/accounts.html", values | refused, status=status)


@control(
    "C48",
    "Words with a page’s own address are there for everybody to pass on, so that nobody has to post from an own account",
    coverage=Coverage.WHOLE,
)
@require_GET
def promote(request: HttpRequest) -> HttpResponse:
    """Show everybody what they may say about our pages: their authorised names and addresses, and nothing else."""
    member = current(request)
    pages = [
        (
            page.name,
            page.get_network_display(),
            promotion(page.name, member.organisation.name, page.connection.public_url),
        )
        for page in to_promote(member.organisation, member.organisation.day(timezone.now()))
    ]
    return render(request, "channels/promote.html", {"active": "promote", "pages": pages})


@require_GET
def sheet_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the settings sheet of one account as a PDF."""
    member, channel = _channel(request, pk)
    now = timezone.now()
    version = in_force(member.organisation)
    account = channel_now(channel, now, version=version)
    sheet = sheet_now(channel, version, now, opening=account.opening, settings=account.settings)
    paper = settings_sheet(account, sheet, version, at=now)
    return paper_answer(request, paper, f"settings-sheet-{member.organisation.day(now)}")


@require_POST
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Pause one account at once."""
    member, channel = _channel(request, pk)

    def deed(reason: str) -> str:
        pausing.pause(actor=member.user, channel=channel, reason=reason, at=timezone.now())
        return f"{channel.name} is paused. Nothing goes out to it."

    return _with_reason(request, deed, refused="pause", asked=channel.pk)


@require_POST
def pause_everything(request: HttpRequest) -> HttpResponse:
    """Pause every account of the setting at once."""
    member = current(request)

    def deed(reason: str) -> str:
        pausing.pause_everything(
            actor=member.user, organisation=member.organisation, reason=reason, at=timezone.now()
        )
        return "Everything is paused. Nothing goes out to any page."

    return _with_reason(request, deed, refused="pause", asked="all")


@require_POST
def ask_to_open(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask to end a pause."""
    member = current(request)
    row = get(member, Pause.objects.all(), pk)

    def deed(reason: str) -> str:
        pausing.ask_to_open(actor=member.user, pause=row, reason=reason, at=timezone.now())
        return "Somebody else has to confirm it now. Until then nothing goes out."

    return _with_reason(request, deed, refused="ask", asked=row.pk)


@require_POST
def confirm_opening(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a pause that somebody else asked to end."""
    member = current(request)
    row = get(member, Pause.objects.all(), pk)
    try:
        pausing.confirm_opening(actor=member.user, pause=row, at=timezone.now())
        messages.success(request, "The pause has ended. What was approved before it needs a new yes.")
    except pausing.CannotOpen as refusal:
        messages.error(request, str(refusal))
    return redirect("channels:list")


def _with_reason(
    request: HttpRequest, deed: Callable[[str], str], *, refused: str, asked: object
) -> HttpResponse:
    """Do a deed that needs a reason, and go back with what came of it. A reason too short stays typed."""
    member, reason = current(request), request.POST.get("reason", "").strip()
    sees = Duty.SEE_ACCOUNTS in member.duties_on(member.organisation.day(timezone.now()))
    if len(reason) < _SHORTEST_REASON:
        messages.error(request, "Nothing has changed yet: say why.")
        if sees:
            return _page(request, member, status=422, refused=refused, asked=asked, reason=reason)
        return redirect("today")
    try:
        messages.success(request, deed(reason[:_LONGEST_REASON]))
    except pausing.CannotOpen as refusal:
        messages.error(request, str(refusal))
    return redirect("channels:list" if sees else "today")


@require_POST
def prove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the network now whether the connection works."""
    member, channel = _channel(request, pk)
    reading = services.prove_now(actor=member.user, channel=channel, at=timezone.now())
    if reading.ok:
        messages.success(request, f"{channel.name} works.")
    else:
        messages.error(request, " ".join(reading.problems))
    return redirect("channels:list")


def _channel(request: HttpRequest, pk: UUID) -> tuple[Membership, Channel]:
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    return member, get(member, Channel.objects.select_related("organisation", "connection"), pk)
