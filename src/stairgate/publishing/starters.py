"""Messages and urgent templates a new setting may start with. They are taken over and changed at will."""

from __future__ import annotations

from stairgate.publishing.slots import Slot, SlotKind, Wording

STARTERS: tuple[tuple[str, str], ...] = (
    (
        "Term dates",
        "Our dates for next term: first day …, last day …, half-term from … to … inclusive. "
        "Please put them in your diary. The office can help with any question.",
    ),
    (
        "Online-safety week",
        "This week is all about staying safe online. Talk at home about what you both like to watch and play, and who "
        "to tell when something does not feel right. If you are worried, speak to us: we are here to help.",
    ),
    (
        "We are closed",
        "We are closed on … and open again on … at the usual time. If you have a question, please ring the office.",
    ),
)

_DAY, _OPENS_ON = Slot("day", SlotKind.DAY), Slot("opens_on", SlotKind.DAY)
_OPENS_AT, _BACK_AT = Slot("opens_at", SlotKind.TIME), Slot("back_at", SlotKind.TIME)


def urgent_starters(purpose: str) -> tuple[Wording, ...]:
    """Return the four that every setting may need at once, to be approved ahead. ``purpose``: what they are for."""
    why = ("the heating has failed", "we have no water", "the power is off", "too many of our team are ill")
    what = ("a sickness bug", "flu", "a bad cold", "chickenpox")
    hold_up = ("traffic", "a breakdown", "the weather", "a road that is closed")
    return (
        Wording(
            "closure",
            "We have to close",
            "We are closed on {day} because {reason}. We plan to open again on {opens_on} at {opens_at}. "
            "We will tell you here if that changes.",
            purpose,
            (_DAY, Slot("reason", SlotKind.CHOICE, choices=why), _OPENS_ON, _OPENS_AT),
        ),
        Wording(
            "snow",
            "Snow",
            "Because of snow we {what_we_do} on {day}. Please only travel if it is safe. "
            "We will tell you here if that changes.",
            purpose,
            (
                Slot("what_we_do", SlotKind.CHOICE, choices=("are closed", "open late", "close early")),
                _DAY,
            ),
        ),
        Wording(
            "illness",
            "Something is going round",
            "There is {illness} going round. If your child is not well, please keep them at home until they have been "
            "well for {hours} hours. Thank you for helping everybody to get better.",
            purpose,
            (
                Slot("illness", SlotKind.CHOICE, choices=what),
                Slot("hours", SlotKind.NUMBER, low=24, high=96),
            ),
        ),
        Wording(
            "late_coach",
            "The coach is late",
            "Our coach is late because of {reason}. Everybody is safe, and with our team. We now expect to be back "
            "at about {back_at}. You need not do anything: please just come later.",
            purpose,
            (Slot("reason", SlotKind.CHOICE, choices=hold_up), _BACK_AT),
        ),
    )
