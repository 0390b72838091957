"""The settings of one page: what was agreed, what is so now, and the one press that puts it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stairgate.channels.baseline import reading, services
from stairgate.channels.baseline.rules import Answer
from stairgate.channels.baseline.selectors import ScreenNow, Sheet, is_asked, sheet_now
from stairgate.channels.models import Channel, SettingsPicture, WeakerSetting
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.pictures import picture_answer
from stairgate.organisations.rules import Duty, Role
from stairgate.pixels import BadPicture
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force


def _channel(request: HttpRequest, pk: UUID) -> tuple[Membership, Channel]:
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    return member, get(member, Channel.objects.select_related("organisation", "connection"), pk)


@require_GET
def settings(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show every setting of a page as agreed and as it is."""
    member, channel = _channel(request, pk)
    return _page(request, member, channel)


def _page(
    request: HttpRequest, member: Membership, channel: Channel, *, status: int = 200, **refused: object
) -> HttpResponse:
    """Show the settings; after a refusal with what was typed, beside what was wrong with it."""
    now = timezone.now()
    version = in_force(member.organisation)
    sheet = sheet_now(channel, version, now)
    parameters = version.parameters if version else Parameters()
    values = {
        **_shared(member, channel, sheet),
        "seal": services.digest_of(services.snapshot(sheet)),
        "overdue": sheet.due is not None and sheet.due < now,
        "mend_days": parameters.settings_mend_days,
        "weaker_days": parameters.weaker_setting_days,
    }
    return render(request, "baseline/settings.html", values | refused, status=status)


def _shared(member: Membership, channel: Channel, sheet: Sheet) -> dict[str, object]:
    """Return what both pages about settings show."""
    on = member.organisation.day(timezone.now())
    return {
        "active": "accounts",
        "channel": channel,
        "sheet": sheet,
        "connected": hasattr(channel, "connection"),
        "is_asked": is_asked(channel),
        "may": bool(member.duties_on(on) & {Duty.MANAGE, Duty.LOOK_AFTER}),
        "decides": Role.SERVICE_MANAGER in member.roles_on(on),
    }


@require_http_methods(["GET", "POST"])
def screen(request: HttpRequest, pk: UUID, screen: str) -> HttpResponse:
    """Show one settings screen with what to look for, and write down what somebody saw on it, with a picture."""
    member, channel = _channel(request, pk)
    shown = sheet_now(channel, in_force(member.organisation), timezone.now()).screen(screen)
    if shown is None or not shown.by_person:
        raise Http404
    if request.method == "GET":
        return _screen(request, member, channel, shown, {})
    try:
        _look(request, member, channel, shown)
    except (services.CannotKeep, BadPicture) as refusal:
        refused = {"wrong": str(refusal), "about": getattr(refusal, "about", "picture")}
        return _screen(request, member, channel, shown, _typed(request, shown), status=422, **refused)
    messages.success(request, f"Written down, with your name and the picture: {shown.screen.title}.")
    return redirect("channels:settings", pk=channel.pk)


def _look(request: HttpRequest, member: Membership, channel: Channel, shown: ScreenNow) -> None:
    """Write down what was sent. What was said is looked at before the picture, so that a mistake costs no waiting."""
    said = _said(request, shown)
    upload = request.FILES.get("picture")
    if upload is None:
        raise services.CannotKeep("Choose a picture of the settings screen.", "picture")
    now = timezone.now()
    picture = services.add_picture(actor=member.user, channel=channel, data=upload.read(), at=now)
    services.look(
        actor=member.user, channel=channel, screen=shown.screen.id, said=said, picture=picture, at=now
    )


def _said(request: HttpRequest, shown: ScreenNow) -> dict[str, services.Said]:
    """Return what was said of each line of a screen. Raises `CannotKeep` for one that nothing was said of."""
    said = {}
    for one in shown.by_person:
        answer = request.POST.get(f"{one.line.id}-answer", "")
        found = request.POST.get(f"{one.line.id}-found", "").strip()
        if answer not in {one.value for one in Answer} or (answer == Answer.OTHER and not found):
            what = "Write what it says there" if answer == Answer.OTHER else "Say what you saw"
            raise services.CannotKeep(f"{what}: “{one.line.name}”.", one.line.id)
        said[one.line.id] = services.Said(Answer(answer), found)
    return said


def _typed(request: HttpRequest, shown: ScreenNow) -> dict[str, tuple[str, str]]:
    sent = request.POST
    return {
        one.line.id: (sent.get(f"{one.line.id}-answer", ""), sent.get(f"{one.line.id}-found", ""))
        for one in shown.by_person
    }


def _screen(
    request: HttpRequest,
    member: Membership,
    channel: Channel,
    shown: ScreenNow,
    typed: Mapping[str, tuple[str, str]],
    *,
    status: int = 200,
    **refused: object,
) -> HttpResponse:
    on = member.organisation.day(timezone.now())
    values = {
        "active": "accounts",
        "channel": channel,
        "shown": shown,
        "filled": [(one, *typed.get(one.line.id, ("", ""))) for one in shown.by_person],
        "may": bool(member.duties_on(on) & {Duty.MANAGE, Duty.LOOK_AFTER}),
        "connected": hasattr(channel, "connection"),
    }
    return render(request, "baseline/screen.html", values | refused, status=status)


def _do(
    request: HttpRequest, member: Membership, channel: Channel, deed: Callable[[], str], **typed: object
) -> HttpResponse:
    """Do a deed on the settings of a page; a refusal is shown where it was pressed, with what was typed."""
    try:
        messages.success(request, deed())
    except (services.CannotKeep, reading.CannotRead) as refusal:
        return _page(request, member, channel, status=422, wrong=str(refusal), **typed)
    return redirect("channels:settings", pk=channel.pk)


@require_POST
def read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the network for the settings now."""
    member, channel = _channel(request, pk)

    def deed() -> str:
        found = reading.read_now(actor=member.user, channel=channel, at=timezone.now())
        if not found.ok:
            raise reading.CannotRead(f"We could not read the settings. {found.problem}")
        return "Read just now, and compared with what we agreed."

    return _do(request, member, channel, deed)


@require_POST
def put_line_back(request: HttpRequest, pk: UUID, line: str) -> HttpResponse:
    """Ask the network for one setting to be as agreed, and read it back."""
    member, channel = _channel(request, pk)

    def deed() -> str:
        if reading.put_back(actor=member.user, channel=channel, line_id=line, at=timezone.now()):
            return "It is as agreed again: we read it back."
        raise reading.CannotRead(
            "The network said yes, and it is not so. Change it there yourself: see below."
        )

    return _do(request, member, channel, deed)


@require_POST
def put_all_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the network for all that has moved to be as agreed, and read it back."""
    member, channel = _channel(request, pk)

    def deed() -> str:
        left = reading.put_all_back(actor=member.user, channel=channel, at=timezone.now())
        if left:
            raise reading.CannotRead(
                f"The network did not take all of it. Change it there: {'; '.join(left)}."
            )
        return "All as agreed again: we read it back."

    return _do(request, member, channel, deed)


@require_POST
def weaker(request: HttpRequest, pk: UUID, line: str) -> HttpResponse:
    """Let one setting be weaker until a day."""
    member, channel = _channel(request, pk)
    sent = {name: request.POST.get(name, "").strip() for name in ("found", "reason", "until")}

    def deed() -> str:
        row = services.allow_weaker(
            actor=member.user,
            channel=channel,
            line=line,
            found=sent["found"],
            reason=sent["reason"],
            until=_day(sent["until"]),
            at=timezone.now(),
        )
        return (
            f"Written down. It may stay so until {row.until.day} {row.until:%B %Y}, then it is a task again."
        )

    return _do(request, member, channel, deed, refused=line, typed=sent)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


@require_POST
def weaker_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the leave for a weaker setting now."""
    rows = WeakerSetting.objects.filter(channel__organisation=current(request).organisation_id)
    row = rows.select_related("channel__organisation").filter(pk=pk).first()
    if row is None:
        raise Http404
    member, channel = _channel(request, row.channel_id)

    def deed() -> str:
        services.end_weaker(actor=member.user, weaker=row, at=timezone.now())
        return "Ended. It has to be as agreed again."

    return _do(request, member, channel, deed)


@require_POST
def signed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign that somebody went through every setting."""
    member, channel = _channel(request, pk)
    seen = request.POST.get("seal", "")

    def deed() -> str:
        services.sign(actor=member.user, channel=channel, seen=seen, at=timezone.now())
        return "Signed, with your name and the time. You can print the sheet at any time."

    return _do(request, member, channel, deed)


@require_GET
def picture(request: HttpRequest, pk: UUID) -> FileResponse:
    """Return the picture of a settings screen to people of its own setting who may see accounts."""
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    row = SettingsPicture.objects.filter(channel__organisation=member.organisation_id, pk=pk).first()
    if row is None:
        raise Http404
    return picture_answer(row.file, row.media_type)
