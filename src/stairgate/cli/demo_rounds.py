"""What has come round in the demo: most have read who the lead is, Kofi would like help, and Tom asks for an exception."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from stairgate.assurance.excepting.rules import Topic
from stairgate.assurance.excepting.services import allow, ask
from stairgate.assurance.rounds.rules import Audience
from stairgate.assurance.rounds.selectors import leads_now
from stairgate.assurance.rounds.services import look_out, note_activity, read_of_lead
from stairgate.cli.demo_signing import IN_ORDER
from stairgate.organisations.models import Organisation, User
from stairgate.people.declaring.rules import Answer
from stairgate.people.declaring.services import declare

_READ = ("Priya", "Kofi", "Helen")


def bring_round(organisation: Organisation, people: Mapping[str, User], now: datetime) -> None:
    """Leave something open for those whom a visitor may be: Tom has to read, Kofi would like help, two exceptions."""
    for held in leads_now(organisation, organisation.day(now)):
        for name in _READ:
            read_of_lead(actor=people[name], held=held, at=now)
    unsure = IN_ORDER | {"private": Answer.HELP}
    declare(actor=people["Kofi"], organisation=organisation, answers=unsure, at=now)
    look_out(
        actor=people["Gwen"],
        organisation=organisation,
        places=["Our council’s early years team", "CEOP Education"],
        found="The council has a half-day about pictures made by machines. Tom and Kofi are booked.",
        at=now,
    )
    note_activity(
        actor=people["Gwen"],
        organisation=organisation,
        what="A sheet for home: looking at pictures together before they are shared",
        audience=Audience.PARENTS,
        on=organisation.day(now),
        done_by="Marcus",
        link="",
        note="Handed out at the door, with the help card on its back.",
        at=now,
    )
    _exceptions(organisation, people, now)


def _exceptions(organisation: Organisation, people: Mapping[str, User], now: datetime) -> None:
    day = organisation.day(now)
    held = ask(
        actor=people["Kofi"],
        organisation=organisation,
        topic=Topic.MESSAGES,
        what="Have private messages on our page answered by two of us during the week of the open day",
        why="Parents who visit ask how to find us, and the office is shut at the weekend.",
        child=False,
        until=day + timedelta(days=6),
        at=now,
    )
    allow(actor=people["Priya"], exception=held, at=now)
    ask(
        actor=people["Tom"],
        organisation=organisation,
        topic=Topic.DEVICE,
        what="Use my own telephone as an alarm clock in the garden, without its camera",
        why="The clock outside is broken, and the new one comes next week.",
        child=True,
        until=day + timedelta(days=9),
        at=now,
    )
