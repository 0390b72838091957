"""Today's lines about how accounts are authorised: what waits for whom, and what ends soon."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse

from stairgate.channels.baseline.rules import SHEET_TOLD, mend_by
from stairgate.channels.models import Channel
from stairgate.channels.selectors import ChannelNow
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty, Role
from stairgate.policies.parameters import Parameters
from stairgate.web.tasks import Task
from stairgate.web.templatetags.ui import day as day_words

#: how long before its end an authorisation is spoken of
_SOON = timedelta(days=42)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits in the setting: requests to decide, to sign for the young and to sign second, renewals, and found pages."""

    requests: int
    young: int
    second: int
    renewals: int
    found: int
    request: UUID | None = None  # the one that waits longest for a decision
    to_lead: UUID | None = None  # and for the safeguarding lead
    to_sign: UUID | None = None  # and for a second signature
    committee: bool = False  # does this person sit on the committee?


def account_tasks(me: Membership, waiting: Waiting, accounts: Iterable[Channel], on: date) -> list[Task]:
    """Return what the service manager decides, and what whoever looks after an account has to write in time."""
    duties, decides = me.duties_on(on), Role.SERVICE_MANAGER in me.roles_on(on)
    tasks: list[Task] = []
    if decides and waiting.requests:
        what = "A page is asked for" if waiting.requests == 1 else f"{waiting.requests} pages are asked for"
        tasks.append(
            _task(
                what,
                "Read the request, and decide. Whoever asked is told your reason.",
                "Waits for a decision",
                href=_request(waiting),
            )
        )
    if waiting.young and me.roles_on(on) & {Role.DSL, Role.DEPUTY_DSL}:
        why = "Read how they are kept safe, and sign. Without you nobody can say yes."
        there = reverse("channels:request", args=[waiting.to_lead]) if waiting.to_lead else ""
        tasks.append(
            _task("A page for young people is asked for", why, "Waits for your signature", href=there)
        )
    if waiting.second and (decides or Duty.MANAGE in duties or waiting.committee):
        why = "Whoever said yes would run the page too, so somebody without a part in it signs second."
        there = reverse("channels:request", args=[waiting.to_sign]) if waiting.to_sign else ""
        tasks.append(_task("A page needs a second signature", why, "Waits for a signature", href=there))
    if decides and waiting.renewals:
        tasks.append(
            _task("An account asks to go on", "Read the evaluation, and decide.", "Waits for a decision")
        )
    if decides and waiting.found:
        what = "A page" if waiting.found == 1 else f"{waiting.found} pages"
        why = "Nobody authorised it. Ask for it and decide, or have it taken down."
        tasks.append(_task(f"{what} in our name is not authorised", why, "To be put right", kind="risk"))
    if duties & {Duty.MANAGE, Duty.LOOK_AFTER}:
        tasks += [
            _ends(one.pk, one.name, one.authorised_until)
            for one in accounts
            if _soon(one, on) and one.authorised_until
        ]
    return tasks


def to_connect(channel: Channel) -> Task:
    """Return an account that was authorised as a task of whoever connects it."""
    return Task(
        kind="bad",
        icon="plug-connected",
        title=f"{channel.name} may be connected now",
        why="It is authorised. Until it is connected nothing can go out.",
        status="bad",
        status_words="Nothing can go out",
        href=reverse("channels:connect", args=[channel.pk]),
        button="Connect it",
        minutes=5,
    )


def to_confirm(account: ChannelNow) -> Task:
    """Return what of an account's going-live sheet keeps it shut, as one task, however much it is."""
    left = account.to_confirm
    more = f" And {len(left) - 1} more." if len(left) > 1 else ""
    return Task(
        kind="bad",
        icon="checks",
        title=f"Make {account.channel.name} a safe place: {len(left)} to confirm",
        why=f"{left[0].says}{more} Until then nothing can go out.",
        status="bad",
        status_words="Nothing can go out",
        href=reverse("channels:opening", args=[account.channel.pk]),
        button="Go through it",
        minutes=10,
    )


def to_mend(account: ChannelNow) -> list[Task]:
    """Return what is to be mended about a connection before it breaks."""
    notes = account.reading.notes if account.reading else []
    return [
        _task(
            f"{account.channel.name}: its connection needs somebody",
            note,
            "Before it breaks",
            kind="risk",
            href=reverse("channels:account", args=[account.channel.pk]),
            button="See the account",
        )
        for note in notes
    ]


def who_gets_in(account: ChannelNow) -> list[Task]:
    """Return what is amiss with who gets in to an account: it stays until somebody has mended it (C25)."""
    if not account.remaining:
        return []
    return [
        _task(
            f"See who gets in to {account.channel.name}",
            account.remaining,
            "To be put right",
            kind="risk",
            href=reverse("channels:opening", args=[account.channel.pk]),
            button="See who gets in",
        )
    ]


def settings_to_see(account: ChannelNow, parameters: Parameters, now: datetime) -> list[Task]:
    """Return what of a page's settings has moved, and the sheet that has to be signed anew soon (C34)."""
    moved, asked = account.settings.moved, account.settings.asked
    due = account.settings.due(parameters.settings_check_days, parameters.settings_mend_days)
    href, name = reverse("channels:settings", args=[account.channel.pk]), account.channel.name
    if due is None:
        return []  # nobody has signed it yet: that shuts the account, and is told as that
    tasks = []
    if moved:
        first = moved[0]
        title = f"{first.name}: {first.found}" if len(moved) == 1 else f"{len(moved)} settings have moved"
        shuts = account.channel.organisation.local(mend_by(first, parameters.settings_mend_days))
        why = f"{name}. {first.says}. Put it back by {day_words(shuts)}, or the account shuts."
        words, button = "Has moved", "Put it back"
        tasks.append(_task(title, why, words, kind="risk", href=href, button=button))
    if due - SHEET_TOLD < now <= due:
        why = f"Look at each, and sign the sheet by {day_words(account.channel.organisation.local(due))}."
        title, button = f"Go through the settings of {name}", "Go through them"
        if asked:
            why = f"{asked.why.capitalize()}. {why[:-1]}, or the account shuts."
        words, kind = ("Due", "risk") if asked else ("Due soon", "wait")
        tasks.append(_task(title, why, words, kind=kind, href=href, button=button))
    return tasks


def _request(waiting: Waiting) -> str:
    """Return where the only request is read; where all of them stand when there are more."""
    only = waiting.request if waiting.requests == 1 else None
    return reverse("channels:request", args=[only]) if only else reverse("channels:list")


def _soon(channel: Channel, on: date) -> bool:
    return channel.authorised_until is not None and on <= channel.authorised_until <= on + _SOON


def _ends(pk: UUID, name: str, until: date) -> Task:
    why = "Write the promised evaluation, and the service manager decides. Without both it shuts after that day."
    title = f"{name} may run until {day_words(until)}"
    return _task(
        title,
        why,
        "Ends soon",
        kind="risk",
        href=reverse("channels:account", args=[pk]),
        button="See the account",
    )


def _task(
    title: str,
    why: str,
    words: str,
    *,
    kind: str = "wait",
    href: str = "",
    button: str = "Read and decide",
) -> Task:
    return Task(
        kind=kind,
        icon="plug-connected",
        title=title,
        why=why,
        status=kind,
        status_words=words,
        href=href or reverse("channels:list"),
        button=button,
        minutes=5,
    )
