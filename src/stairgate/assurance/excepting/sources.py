"""Reminders of exceptions, and of colleagues who ask to speak to somebody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from stairgate.assurance.excepting.rules import State, seat_for
from stairgate.assurance.excepting.selectors import line_manager_of, still_running, untaken, who_hears
from stairgate.assurance.reminding.rules import Due, Kind
from stairgate.assurance.reminding.setting import Setting, Source

_SOON = timedelta(days=7)


def running(setting: Setting) -> Iterator[Due]:
    """Exceptions: at once for whoever can decide, and a week before the end for whoever asked."""
    here = {member.user_id for member in setting.members}
    for row in still_running(setting):
        state = row.state_on(setting.day)
        if state == State.ASKED:
            for member in setting.members:
                if seat_for(row.facts, member.user_id, member.roles_on(setting.day), setting.day):
                    says = f"{row.asked_by.first_name} asks for an exception: decide"
                    yield Due(member.user_id, Kind.ASKED, str(row.pk), row.asked_at, says)
                elif member.user_id == line_manager_of(row.asked_by):
                    says = f"{row.asked_by.first_name} asks for an exception: you are their line manager"
                    yield Due(member.user_id, Kind.ASKED, str(row.pk), row.asked_at, says)
        elif state == State.HOLDS and row.until <= setting.day + _SOON and row.asked_by_id in here:
            says = "An exception of yours ends soon"
            yield Due(row.asked_by_id, Kind.ENDING, str(row.pk), setting.end_of(row.until), says)


def told(setting: Setting) -> Iterator[Due]:
    """Colleagues who ask to speak to somebody: for whoever is told, never for whom it is about."""
    for row in untaken(setting.organisation):
        for user in who_hears(setting, row):
            says = f"{row.by.first_name} asks to speak to you now"
            yield Due(user, Kind.TOLD, str(row.pk), row.at, says)


SOURCES = (
    Source(frozenset({Kind.ASKED, Kind.ENDING}), running),
    Source(frozenset({Kind.TOLD}), told),
)
