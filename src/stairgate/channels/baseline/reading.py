"""Asking a network for the settings of a page, comparing, and putting back what has moved. What is asked is read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from stairgate.channels.baseline import words as wordlist
from stairgate.channels.baseline.lines import Line, baseline_of
from stairgate.channels.baseline.rules import Answer
from stairgate.channels.baseline.selectors import is_asked, sheet_now, words_of
from stairgate.channels.models import BlockedWords, Channel, SettingAnswer, SettingsReading
from stairgate.channels.pausing import require_manager
from stairgate.channels.services import account_for, network_for, write_down
from stairgate.clauses import control
from stairgate.networks.base import KnowsSettings, SettingValue, Trouble
from stairgate.organisations.models import Organisation, User
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force

log = structlog.get_logger(__name__)

#: what the network tells is compared every day; after trouble we ask again sooner
EVERY = timedelta(hours=24)
_AFTER_TROUBLE = timedelta(hours=1)
_LONGEST_FOUND = 200


class CannotRead(Exception):
    """Nothing was changed; the message says what the network said, or why it was not asked."""


def read_now(*, actor: User, channel: Channel, at: datetime) -> SettingsReading:
    """Ask the network for the settings because somebody wants to know; return the reading.

    Raises `NotAllowed`, `CannotRead`.
    """
    require_manager(actor, channel.organisation, at)
    _require_asked(channel)
    return read_settings(channel, at)


def _require_asked(channel: Channel) -> KnowsSettings:
    """Return the client of a network that can be asked about a connected account. Raises `CannotRead`."""
    client = network_for(channel)
    if not isinstance(client, KnowsSettings):
        raise CannotRead("This network tells us nothing of its settings. A person has to look.")
    if channel.status != Channel.Status.LIVE or not hasattr(channel, "connection"):
        raise CannotRead("Connect the account first: then its settings can be read.")
    return client


def read_settings(channel: Channel, at: datetime) -> SettingsReading:
    """Ask the network for every setting and write down what it says; return the reading. Raises `CannotRead`."""
    client = _require_asked(channel)
    try:
        told = client.read_settings(account_for(channel))
    except Trouble as trouble:
        return SettingsReading.objects.create(channel=channel, at=at, ok=False, problem=str(trouble)[:300])
    return note(channel=channel, told=told, at=at)


@control("C34", "What the network tells of a page’s settings is compared with what we agreed, every day")
@transaction.atomic
def note(*, channel: Channel, told: Mapping[str, SettingValue], at: datetime) -> SettingsReading:
    """Write down what a network says of its settings; return the reading. A setting it does not tell of stays as it was."""
    Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    version = in_force(channel.organisation)
    words = words_of(channel.organisation, version.parameters if version else Parameters())
    keep_words(channel.organisation, words, at)
    known = [line for line in baseline_of(channel.network).lines if line.key and line.key in told]
    for line in known:
        answer, found = compare(line, told[line.key], words)
        keep_answer(channel, line, answer, found, words=words, at=at)
    return SettingsReading.objects.create(
        channel=channel, at=at, ok=True, told=sorted({line.key for line in known})
    )


def compare(line: Line, value: SettingValue, words: tuple[str, ...]) -> tuple[Answer, str]:
    """Return whether a value is as wanted, and what it is called. Pure."""
    if line.words:
        there = wordlist.on_the_page(value)
        same = not wordlist.missing(words, there)
        return Answer.WANTED if same else Answer.OTHER, wordlist.says(words, there)
    same = value == line.value
    return Answer.WANTED if same else Answer.OTHER, line.says(value)[:_LONGEST_FOUND]


def keep_words(organisation: Organisation, words: tuple[str, ...], at: datetime) -> BlockedWords:
    """Keep the list of words as a new version when it is another than the newest; return the version it is."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    newest = BlockedWords.objects.filter(organisation=organisation).first()
    digest = wordlist.digest(words)
    if newest is not None and newest.digest == digest:
        return newest
    return BlockedWords.objects.create(
        organisation=organisation,
        number=newest.number + 1 if newest else 1,
        words=list(words),
        digest=digest,
        made_at=at,
    )


def keep_answer(
    channel: Channel,
    line: Line,
    answer: Answer,
    found: str,
    *,
    words: tuple[str, ...],
    at: datetime,
    **seen: object,
) -> SettingAnswer:
    """Keep what one setting was found at; return the answer. The record says when something else is found than before.

    ``seen``: who looked, and the picture, when a person did.
    """
    stands_for = line.stands_for(wordlist.digest(words))
    before = SettingAnswer.objects.filter(channel=channel, line=line.id, ended_at__isnull=True).first()
    same = before is not None and (before.answer, before.found) == (answer, found)
    if before is not None and same and not seen:
        before.looked_at, before.stands_for = at, stands_for
        before.save(update_fields=["looked_at", "stands_for"])
        return before
    if before is not None:
        SettingAnswer.objects.filter(pk=before.pk).update(ended_at=at)
    row = SettingAnswer.objects.create(
        channel=channel,
        line=line.id,
        stands_for=stands_for,
        answer=answer,
        found=found,
        since=before.since if before is not None and same else at,
        looked_at=at,
        **seen,
    )
    if not same and not seen and (before is not None or answer == Answer.OTHER):
        _record_move(channel, line, row, at)
    return row


def _record_move(channel: Channel, line: Line, row: SettingAnswer, at: datetime) -> None:
    kind = "channels.setting_moved" if row.answer == Answer.OTHER else "channels.setting_as_agreed"
    payload = {"line": line.id, "found": row.found, "wanted": line.wanted}
    write_down(None, channel, kind, payload, at)


@control(
    "C30", "A setting that has moved is put back with one press, and believed only when it was read back"
)
@control("C31", "Our list of blocked words is put on the page, and read back")
def put_back(*, actor: User, channel: Channel, line_id: str, at: datetime) -> bool:
    """Ask the network for a setting to be as agreed, then read all of them; return whether it is.

    The deed is on record before the network is asked. Raises `NotAllowed`, `CannotRead`.
    """
    require_manager(actor, channel.organisation, at)
    client = _require_asked(channel)
    line = baseline_of(channel.network).line(line_id)
    if line is None or not line.key:
        raise CannotRead("This setting is changed on the network, by hand.")
    _ask_for(line, client, actor, channel, at)
    return not _not_so([line], channel, at)


@control(
    "C30", "All settings that have moved are put back with one press, each on record, and read back together"
)
def put_all_back(*, actor: User, channel: Channel, at: datetime) -> list[str]:
    """Ask for all that has moved and can be put back from here, then read all of it; return the names of what is left.

    Raises `NotAllowed`, and `CannotRead` where the network tells nothing.
    """
    require_manager(actor, channel.organisation, at)
    client = _require_asked(channel)
    moved = [now.line for now in sheet_now(channel, in_force(channel.organisation), at).mendable]
    asked = [line for line in moved if _is_asked_for(line, client, actor, channel, at)]
    left = [line for line in moved if line not in asked]
    if asked:
        left += _not_so(asked, channel, at)
    return [line.name for line in left]


def _is_asked_for(line: Line, client: KnowsSettings, actor: User, channel: Channel, at: datetime) -> bool:
    try:
        _ask_for(line, client, actor, channel, at)
    except CannotRead:
        return False
    return True


def _ask_for(line: Line, client: KnowsSettings, actor: User, channel: Channel, at: datetime) -> None:
    """Ask the network for one setting to be as agreed. Raises `CannotRead` with the way by hand."""
    with transaction.atomic():
        payload = {"line": line.id, "wanted": line.wanted}
        write_down(actor, channel, "channels.setting_put_back", payload, at)
    account = account_for(channel)
    try:
        told = client.read_settings(account) if line.words else {}
        client.change_setting(account, line.key, _wanted(channel, line, told))
    except Trouble as trouble:
        _note_refusal(channel, line, at)
        raise CannotRead(f"{trouble} {_by_hand(line)}") from None


def _not_so(lines: Sequence[Line], channel: Channel, at: datetime) -> list[Line]:
    """Read all settings; return those of these that are not as agreed, though the network said yes. Raises `CannotRead`."""
    reading = read_settings(channel, at)
    if not reading.ok:
        raise CannotRead(f"We asked for it, and could not read whether it is so. {reading.problem}")
    current = SettingAnswer.objects.filter(channel=channel, answer=Answer.WANTED, ended_at__isnull=True)
    as_agreed = set(current.values_list("line", flat=True))
    left = [line for line in lines if line.id not in as_agreed]
    for line in left:
        _note_refusal(channel, line, at)
    return left


def _wanted(channel: Channel, line: Line, told: Mapping[str, SettingValue]) -> SettingValue:
    if not line.words:
        return line.value
    version = in_force(channel.organisation)
    ours = words_of(channel.organisation, version.parameters if version else Parameters())
    return wordlist.to_send(ours, wordlist.on_the_page(told.get(line.key)))


def _by_hand(line: Line) -> str:
    return f"Change it on the network yourself: {line.where}."


def _note_refusal(channel: Channel, line: Line, at: datetime) -> None:
    """Write on the answer that the network did not change it: from now on it is a step for a person."""
    rows = SettingAnswer.objects.filter(channel=channel, line=line.id, ended_at__isnull=True)
    rows.filter(answer=Answer.OTHER).update(refused_at=at)


def sweep(now: datetime, worker: str) -> int:
    """Read the settings of every live account whose network tells them, once a day; return how many were read."""
    newest = SettingsReading.objects.filter(channel=OuterRef("pk"), at__lte=now)
    rows = Channel.objects.filter(status=Channel.Status.LIVE, connection__isnull=False).annotate(
        read_at=Subquery(newest.values("at")[:1]), read_ok=Subquery(newest.values("ok")[:1])
    )
    due = Q(read_at__isnull=True) | Q(read_at__lte=now - EVERY)
    due |= Q(read_ok=False, read_at__lte=now - _AFTER_TROUBLE)
    channels = [one for one in rows.filter(due).select_related("organisation", "connection") if is_asked(one)]
    for channel in channels:
        _read(channel, now)
    return len(channels)


def _read(channel: Channel, now: datetime) -> None:
    """Read one account. What goes wrong with it stops none of the others, and is a reading that failed."""
    try:
        read_settings(channel, now)
    except Exception as error:
        log.exception("settings_surprise", channel=str(channel.pk))
        problem = f"The reading itself did not work ({type(error).__name__})."
        SettingsReading.objects.create(channel=channel, at=now, ok=False, problem=problem)
