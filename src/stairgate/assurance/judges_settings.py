"""Clauses about the settings of our pages: as strict as they go, gone through in time, and put back when they move. Pure."""

from __future__ import annotations

from datetime import datetime

from stairgate.assurance.judges_people import Judge
from stairgate.assurance.known import SOON_DAYS, Account, Known
from stairgate.assurance.marks import Mark, Proof, Step, accounts, broken, met, off, risk, things
from stairgate.channels.baseline.rules import mend_by
from stairgate.organisations.rules import Role

_SEE = Step("See the settings", "channels:list")
_WHO = (Role.PAGE_ADMINISTRATOR, Role.MANAGER)


def _judge(says: str, *clauses: str, soon: bool = False) -> Judge:
    """Return the judge of settings: that each page has its sheet, and that no line of these clauses has moved.

    Without ``clauses`` every line counts. ``soon``: also whether the next sheet is due soon.
    """

    def judge(known: Known) -> Mark | None:
        connected = [one for one in known.accounts if one.connected]
        if not connected:
            return off("No account is connected yet. Its settings are gone through before anything goes out.")
        return (
            _unsigned(connected, known)
            or _moved(connected, known, clauses)
            or (_due(connected, known) if soon else None)
            or met(
                f"{says}: signed for {accounts(len(connected), one='that is', plural='that are')} connected.",
                _seen(connected),
            )
        )

    return judge


def _seen(connected: list[Account]) -> Proof:
    signed = [one.settings.signed_at for one in connected if one.settings.signed_at]
    return Proof(
        "The settings sheet of each account",
        f"{len(signed)} of {len(connected)} signed",
        min(signed, default=None),
        "channels:list",
    )


def _unsigned(connected: list[Account], known: Known) -> Mark | None:
    without = next((one for one in connected if one.settings.signed_at is None), None)
    if without is None:
        return None
    why = f"{without.name}: nobody has gone through its settings and signed the sheet."
    return broken(why, _seen(connected), then=_SEE, waits_for=known.waits_for(*_WHO))


def _moved(connected: list[Account], known: Known, clauses: tuple[str, ...]) -> Mark | None:
    for account in connected:
        for one in account.settings.moved:
            if clauses and one.clause not in clauses:
                continue
            until = mend_by(one, known.parameters.settings_mend_days)
            why = f"{account.name}: {one.says}."
            mark = broken if known.at > until else risk
            return mark(why, _seen(connected), then=_SEE, waits_for=known.waits_for(*_WHO))
    return None


def _due(connected: list[Account], known: Known) -> Mark | None:
    days, mend_days = known.parameters.settings_check_days, known.parameters.settings_mend_days
    due, one = min(
        ((one.settings.due(days, mend_days) or known.at, one) for one in connected), key=lambda pair: pair[0]
    )
    left = _days_left(due, known)
    if left >= min(SOON_DAYS, days // 4) and not one.settings.asked:
        return None
    because = f"{one.settings.asked.why}, so " if one.settings.asked else ""
    why = (
        f"{one.name}: {because}its settings have to be gone through again within {things(max(left, 1), 'day')}."
        if due >= known.at
        else f"{one.name}: nobody went through its settings in time."
    )
    mark = broken if due < known.at else risk
    return mark(why, _seen(connected), then=_SEE, waits_for=known.waits_for(*_WHO))


def _days_left(due: datetime, known: Known) -> int:
    return (due - known.at).days


links_seen = _judge("The links to help were seen on the page", "C42")

JUDGES: dict[str, Judge] = {
    "C26": _judge(
        "Messages are off and nobody of our team is shown; our words are searched for contact details", "C26"
    ),
    "C30": _judge("Each setting is as strict as it goes, or weaker with a reason and an end", "C30"),
    "C31": _judge("The filter is at its strongest, and our list of blocked words is there", "C31"),
    "C32": _judge("The public can put no picture on our pages", "C32"),
    "C33": _judge("What was found is on a dated sheet, sealed, and can be printed"),
    "C34": _judge("The settings were gone through in time, and nothing has moved since", soon=True),
    "C57": _judge("We write as the page only, and no account of one of us is linked to it", "C57"),
    "C83": _judge("The settings are right, and looked at in time", soon=True),
}
