"""The settings sheet of one account as a paper: what was agreed, what was found, who looked, and the seal."""

from __future__ import annotations

from datetime import datetime

from stairgate.channels.baseline.rules import Standing
from stairgate.channels.baseline.selectors import Now, ScreenNow, Sheet
from stairgate.channels.baseline.services import digest_of, snapshot
from stairgate.channels.selectors import ChannelNow
from stairgate.clauses import control
from stairgate.organisations.models import Organisation
from stairgate.organisations.papers import seal_words
from stairgate.policies.models import PolicyVersion
from stairgate.printing import paper
from stairgate.printing.paper import Element, Paper

_HEAD = ("Setting", "We agreed", "Found", "As agreed?")
_WORDS = {
    Standing.SAME: "yes",
    Standing.NOT_OFFERED: "not offered",
    Standing.WEAKER: "weaker for now",
    Standing.MOVED: "NO: has moved",
    Standing.OLD: "to be looked at again",
    Standing.UNSEEN: "not looked at",
}


@control(
    "C33", "A dated sheet of each account, with every setting as it was found, is printed and signed by hand"
)
def settings_sheet(
    account: ChannelNow, sheet: Sheet, version: PolicyVersion | None, *, at: datetime
) -> Paper:
    """Return the sheet of one account as it stands, with the signature that was given last."""
    channel = account.channel
    place = channel.organisation
    local = place.local(at)
    return Paper(
        title=f"Settings sheet: {channel.name}",
        sender=place.name,
        about=f"Printed {_moment(local)}.",
        foot=f"{place.name} · {channel.name} · settings sheet · {local.day} {local:%B %Y, %H:%M}",
        made_at=local,
        elements=[
            paper.heading(2, "What we know"),
            paper.facts(_known(account, version)),
            *(one for screen in sheet.screens for one in _screen(screen, place)),
            *_weaker(sheet, place),
            *_signed(sheet, place),
            paper.by_hand("Looked at by", "Signed", "Date and time"),
            paper.by_hand("Second person", "Signed", "Date and time"),
        ],
    )


def _known(account: ChannelNow, version: PolicyVersion | None) -> list[tuple[str, str]]:
    channel = account.channel
    connection = getattr(channel, "connection", None)
    allowed = channel.organisation.local(channel.authorised_at)
    rows = [
        ("Kind", channel.get_network_display()),
        ("Address", connection.public_url if connection else ""),
        ("State", channel.get_status_display()),
        ("For", ", ".join(channel.purposes)),
        ("Mailbox", channel.mailbox),
        ("Authorised", f"by {channel.authorised_by.first_name}, {allowed.day} {allowed:%B %Y}"),
        (
            "Page administrators",
            ", ".join(one.first_name for one in account.administrators) or "nobody fit today",
        ),
        ("What shuts its gate", " ".join(one.says for one in account.restrictions) or "nothing"),
    ]
    if version is not None:
        rows.append(("Policy", f"{version.title}, version {version.label}"))
    return rows


def _screen(screen: ScreenNow, place: Organisation) -> list[Element]:
    rows = [
        (one.line.name, one.line.wanted, _found(one, place), _WORDS[one.standing]) for one in screen.lines
    ]
    return [
        paper.heading(2, screen.screen.title),
        paper.words(screen.screen.where),
        paper.table(_HEAD, rows, widths=(32, 26, 26, 16)),
    ]


def _found(one: Now, place: Organisation) -> str:
    if one.answer is None:
        return one.found
    local = place.local(one.answer.looked_at)
    who = f"{one.answer.looked_by.first_name}, " if one.answer.looked_by else "read "
    return f"{one.found} ({who}{local.day} {local:%B %Y})"


def _weaker(sheet: Sheet, place: Organisation) -> list[Element]:
    rows = [
        (
            f"{line.name}: {row.found}",
            f"{row.reason} {row.given_by.first_name}, {place.local(row.given_at):%d/%m/%Y}",
            f"{row.until.day} {row.until:%B %Y}",
        )
        for line, row in sheet.weaker
    ]
    if not rows:
        return []
    head = ("Weaker for a while", "Why, and who allowed it", "Until")
    return [paper.heading(2, "Weaker, with a reason"), paper.table(head, rows, widths=(32, 46, 22))]


def _signed(sheet: Sheet, place: Organisation) -> list[Element]:
    """Return the last signature, and whether what it was given for is what stands above."""
    found = [paper.heading(2, "Signed in Stairgate")]
    if sheet.signed is None:
        return [*found, paper.words("Nobody has signed it yet.")]
    who, when = sheet.signed.signed_by.first_name, _moment(place.local(sheet.signed.signed_at))
    same = digest_of(snapshot(sheet)) == sheet.signed.digest
    said = "It is the sheet above." if same else "Something above has changed since, or was not signed."
    return [
        *found,
        paper.words(f"{who}, {when}, with list {sheet.signed.version} of the settings. {said}"),
        paper.small(f"The signature is bound to this seal of the sheet: {seal_words(sheet.signed.digest)}."),
    ]


def _moment(local: datetime) -> str:
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"
