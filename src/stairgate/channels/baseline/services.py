"""Looking at the settings that no network tells, letting one be weaker for a while, and signing the sheet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet

from stairgate.channels.access_list.rules import MAY_REACH
from stairgate.channels.baseline.reading import keep_answer, keep_words
from stairgate.channels.baseline.rules import Answer, Standing, why_not_weaker
from stairgate.channels.baseline.selectors import Now, Sheet, sheet_now
from stairgate.channels.models import Channel, SettingsPicture, SettingsSheet, SheetReach, WeakerSetting
from stairgate.channels.pausing import require_manager
from stairgate.channels.services import locked, write_down
from stairgate.clauses import Coverage, control
from stairgate.organisations.access import NotAllowed, actor_in
from stairgate.organisations.models import User
from stairgate.organisations.rules import Role
from stairgate.organisations.selectors import holders
from stairgate.pixels import CleanPicture, clean
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force

_LONGEST_FOUND, _LONGEST_REASON = 200, 300


class CannotKeep(Exception):
    """Nothing was changed; the message says why and what to do. ``about``: the line it is about, if one."""

    def __init__(self, why: str, about: str = "") -> None:
        super().__init__(why)
        self.about = about


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody saw of one setting. ``found``: what it says there, when it is something else."""

    answer: Answer
    found: str = ""


@control("C33", "A picture of a settings screen is made anew from bare pixels, and kept with its digest")
def add_picture(*, actor: User, channel: Channel, data: bytes, at: datetime) -> SettingsPicture:
    """Take in a picture of a settings screen; return it. Raises `NotAllowed`, `pixels.BadPicture`."""
    require_manager(actor, channel.organisation, at)
    # Outside of any transaction: it may take half a minute, and everybody else would wait for it.
    return _store(actor, channel, clean(data), at)


@transaction.atomic
def _store(actor: User, channel: Channel, cleaned: CleanPicture, at: datetime) -> SettingsPicture:
    row = SettingsPicture(
        channel=channel,
        sha256=cleaned.sha256,
        media_type=cleaned.media_type,
        added_by=actor,
        added_at=at,
    )
    row.file.save(f"{row.id}", ContentFile(cleaned.data), save=False)
    row.save()
    payload = {"picture": str(row.pk), "sha256": cleaned.sha256}
    write_down(actor, channel, "channels.settings_picture", payload, at)
    return row


@transaction.atomic
def look(
    *,
    actor: User,
    channel: Channel,
    screen: str,
    said: Mapping[str, Said],
    picture: SettingsPicture,
    at: datetime,
) -> None:
    """Write down what somebody saw on one settings screen, all its lines or none. Raises `NotAllowed`, `CannotKeep`."""
    channel = locked(channel)
    require_manager(actor, channel.organisation, at)
    sheet = _sheet(channel, at)
    shown = sheet.screen(screen)
    if shown is None or not shown.by_person:
        raise CannotKeep("Nobody has to look at this screen: the network tells us.")
    if picture.channel_id != channel.pk:
        raise CannotKeep("That picture belongs to another account.")
    checked = [(one, _looked_at(one, said.get(one.line.id))) for one in shown.by_person]
    keep_words(channel.organisation, sheet.words, at)
    for one, saw in checked:
        answer, found = saw.answer, saw.found
        seen = {"looked_by": actor, "picture": picture}
        keep_answer(channel, one.line, answer, found, words=sheet.words, at=at, **seen)
    payload = {
        "screen": screen,
        "picture": picture.sha256,
        "found": {one.line.id: saw.found for one, saw in checked},
    }
    write_down(actor, channel, "channels.settings_looked_at", payload, at)


def _looked_at(one: Now, said: Said | None) -> Said:
    """Return what was seen of one line, in the words to be kept. Raises `CannotKeep`."""
    if said is None:
        raise CannotKeep(f"Say what you saw of “{one.line.name}”.", one.line.id)
    if said.answer == Answer.WANTED:
        return Said(said.answer, one.line.wanted)
    if said.answer == Answer.NOT_OFFERED:
        return Said(said.answer, "Not offered")
    found = " ".join(said.found.split())[:_LONGEST_FOUND]
    if not found:
        raise CannotKeep(f"Write what it says there: “{one.line.name}”.", one.line.id)
    return Said(said.answer, found)


@control(
    "C30",
    "Only the service manager lets a setting be weaker than agreed; with a reason, a name and an end date",
    coverage=Coverage.WHOLE,
)
@transaction.atomic
def allow_weaker(
    *, actor: User, channel: Channel, line: str, found: str, reason: str, until: date | None, at: datetime
) -> WeakerSetting:
    """Let a setting stay as it was found until a day; return the leave. It ends the one before.

    ``found``: what the actor had before them. Raises `NotAllowed`, `CannotKeep`.
    """
    channel = locked(channel)
    on = channel.organisation.day(at)
    _require_service_manager(actor, channel, at)
    now = _sheet(channel, at).now(line)
    if now is None or now.answer is None or now.answer.answer != Answer.OTHER:
        raise CannotKeep("This setting is as agreed, so there is nothing to allow.", line)
    if now.answer.found != found:
        raise CannotKeep("It has changed since you looked at it. Look again, then decide.", line)
    reason = " ".join(reason.split())[:_LONGEST_REASON]
    days = _parameters(channel).weaker_setting_days
    if why := why_not_weaker(reason, until, on=on, days=days):
        raise CannotKeep(why, line)
    assert until is not None
    _end(WeakerSetting.objects.filter(channel=channel, line=line), actor, at)
    row = WeakerSetting.objects.create(
        channel=channel, line=line, found=found, reason=reason, until=until, given_by=actor, given_at=at
    )
    payload = {"line": line, "found": found, "reason": reason, "until": until.isoformat()}
    write_down(actor, channel, "channels.setting_weaker", payload, at)
    return row


@transaction.atomic
def end_weaker(*, actor: User, weaker: WeakerSetting, at: datetime) -> None:
    """End the leave for a weaker setting before its day: from now on it has moved. Raises `NotAllowed`, `CannotKeep`."""
    channel = locked(weaker.channel)
    _require_service_manager(actor, channel, at)
    if not _end(WeakerSetting.objects.filter(pk=weaker.pk), actor, at):
        raise CannotKeep("It has ended already.", weaker.line)
    payload = {"line": weaker.line, "found": weaker.found}
    write_down(actor, channel, "channels.setting_weaker_ended", payload, at)


def _end(rows: QuerySet[WeakerSetting], actor: User, at: datetime) -> int:
    return rows.filter(ended_at__isnull=True).update(ended_at=at, ended_by=actor)


def _require_service_manager(actor: User, channel: Channel, at: datetime) -> None:
    member = actor_in(actor, channel.organisation_id)
    if Role.SERVICE_MANAGER not in member.roles_on(channel.organisation.day(at)):
        raise NotAllowed("Only the service manager decides this.")


@control(
    "C33",
    "Each look at all settings ends in a dated sheet, signed by name, sealed and printable at any time",
    coverage=Coverage.WHOLE,
)
@control(
    "C31",
    "The sheet is not signed before the filter is at its strongest and our list of blocked words is on the page",
    coverage=Coverage.WHOLE,
)
@control(
    "C42", "The sheet is not signed before the links to CEOP, IWF and Report Remove were seen on the page"
)
@transaction.atomic
def sign(*, actor: User, channel: Channel, seen: str, at: datetime) -> SettingsSheet:
    """Sign that somebody went through every setting; return the sheet. ``seen``: the digest of what they had before them.

    Raises `NotAllowed`, `CannotKeep` with what is left.
    """
    channel = locked(channel)
    require_manager(actor, channel.organisation, at)
    if channel.status != Channel.Status.LIVE or not hasattr(channel, "connection"):
        raise CannotKeep("Connect the account first: then its sheet can be signed.")
    sheet = _sheet(channel, at)
    if sheet.left:
        raise CannotKeep(_left(sheet.left))
    lines = snapshot(sheet)
    digest = digest_of(lines)
    if digest != seen:
        raise CannotKeep("Something has changed since you looked. Look at it again, then sign.")
    row = SettingsSheet.objects.create(
        channel=channel,
        version=sheet.baseline.version,
        lines=lines,
        digest=digest,
        signed_by=actor,
        signed_at=at,
    )
    reaching = holders(channel.organisation, MAY_REACH, channel.organisation.day(at))
    SheetReach.objects.bulk_create(SheetReach(sheet=row, user=one.user) for one in reaching)
    payload = {"sheet": str(row.pk), "digest": digest, "version": row.version}
    write_down(actor, channel, "channels.settings_signed", payload, at)
    return row


def _left(left: Sequence[Now]) -> str:
    names = [f"“{one.line.name}”" for one in left[:3]]
    more = f" and {len(left) - 3} more" if len(left) > 3 else ""
    moved = any(one.standing == Standing.MOVED for one in left)
    how = "Put it back, or look at it" if moved else "Look at it"
    return f"Not everything is as agreed yet: {', '.join(names)}{more}. {how}, then sign."


def snapshot(sheet: Sheet) -> list[dict[str, str]]:
    """Return every line of a sheet as plain words, as it is signed."""
    return [
        {
            "line": one.line.id,
            "name": one.line.name,
            "clause": one.line.clause,
            "wanted": one.line.wanted,
            "found": one.found,
            "standing": one.standing.value,
            "why": one.weaker.reason if one.weaker and one.standing == Standing.WEAKER else "",
            "picture": one.answer.picture.sha256 if one.answer and one.answer.picture else "",
        }
        for one in sheet.lines
    ]


def digest_of(lines: list[dict[str, str]]) -> str:
    """Return the seal of the lines of a sheet."""
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()


def _parameters(channel: Channel) -> Parameters:
    version = in_force(channel.organisation)
    return version.parameters if version else Parameters()


def _sheet(channel: Channel, at: datetime) -> Sheet:
    return sheet_now(channel, in_force(channel.organisation), at)
