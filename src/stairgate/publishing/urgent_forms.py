"""What somebody typed about an urgent template: its words and gaps, or what fills them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils import timezone

from stairgate.channels.selectors import ChannelNow
from stairgate.organisations.fields import ids_among
from stairgate.publishing.models import UrgentTemplate, UrgentVersion
from stairgate.publishing.slots import (
    DAYS_AHEAD,
    HIGHEST,
    LONGEST_TEXT,
    BadValue,
    Slot,
    SlotKind,
    Wording,
    names_in,
    said_of,
)


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap as typed beside the words: what it is to take."""

    name: str
    kind: str = ""
    low: str = ""
    high: str = ""
    choices: str = ""

    @classmethod
    def of(cls, slot: Slot) -> Gap:
        numbers = (str(slot.low), str(slot.high)) if slot.kind == SlotKind.NUMBER else ("", "")
        return cls(slot.name, slot.kind, *numbers, "\n".join(slot.choices))

    @classmethod
    def typed(cls, name: str, data: QueryDict) -> Gap:
        return cls(name, *(data.get(f"{part}-{name}", "") for part in ("kind", "low", "high", "choices")))

    @property
    def says(self) -> str:
        """Its name as a person reads it."""
        return self.name.replace("_", " ").capitalize()

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return SlotKind.choices

    def slot(self) -> Slot:
        """Return it as a gap: what is not needed for its kind is left at rest, what is no number can be no limit."""
        kind = SlotKind(self.kind)
        if kind == SlotKind.NUMBER:
            return Slot(self.name, kind, _number(self.low), _number(self.high))
        if kind == SlotKind.CHOICE:
            lines = tuple(line.strip() for line in self.choices.splitlines() if line.strip())
            return Slot(self.name, kind, choices=lines)
        return Slot(self.name, kind)


def _number(typed: str) -> int:
    plain = typed.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= len(str(HIGHEST)) else -1


class UrgentForm(forms.Form):
    """A template as typed. Its gaps come beside it: one set of fields for each name in the words."""

    title = forms.CharField(
        label="What it is called", max_length=80, error_messages={"required": "Give it a name."}
    )
    kind = forms.ChoiceField(label="What has happened", choices=UrgentTemplate.Kind)
    purpose = forms.ChoiceField(label="What it is for", error_messages={"required": "Choose what it is for."})
    text = forms.CharField(
        label="What it says", max_length=LONGEST_TEXT, error_messages={"required": "Write what it says."}
    )

    def __init__(self, data: QueryDict | None, *, wording: Wording | None, purposes: list[str]) -> None:
        words = ("title", "kind", "purpose", "text")
        super().__init__(data, initial={name: getattr(wording, name) for name in words} if wording else {})
        self.fields["purpose"].choices = [("", "Choose one"), *((p, p) for p in purposes)]  # type: ignore[attr-defined]
        stored = {slot.name: Gap.of(slot) for slot in wording.slots} if wording else {}
        text = data.get("text", "") if data is not None else (wording.text if wording else "")
        self.gaps = [
            Gap.typed(name, data)
            if data is not None and f"kind-{name}" in data
            else stored.get(name, Gap(name))
            for name in names_in(text)
        ]

    def clean_text(self) -> str:
        """Return the words with plain line ends."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").replace("\r", "\n")

    def gaps_are_said(self) -> bool:
        """Return whether each gap has a kind; when one has none yet, ask for it."""
        missing = [gap.says for gap in self.gaps if gap.kind not in SlotKind.values]
        if missing:
            self.add_error(None, f"Say below what each gap takes: {', '.join(missing)}.")
        return not missing

    def wording(self) -> Wording:
        """Return all that will be approved."""
        values: dict[str, Any] = self.cleaned_data
        slots = tuple(gap.slot() for gap in self.gaps)
        return Wording(values["kind"], values["title"], values["text"], values["purpose"], slots)


@dataclass(frozen=True, slots=True)
class Filled:
    """One gap as it is filled in: what was chosen, and what there is to choose."""

    slot: Slot
    value: str

    @property
    def field(self) -> str:
        return f"slot-{self.slot.name}"

    @property
    def days(self) -> list[tuple[str, str]]:
        """Every day it can take, in words."""
        today = timezone.localdate()
        return [_day(today + timedelta(days=ahead), ahead) for ahead in range(DAYS_AHEAD + 1)]


def _day(day: date, ahead: int) -> tuple[str, str]:
    near = {0: "Today, ", 1: "Tomorrow, "}.get(ahead, "")
    return day.isoformat(), f"{near}{day:%A} {day.day} {day:%B}"


@dataclass(frozen=True, slots=True)
class Filling:
    """Everything somebody chose for one sending."""

    gaps: tuple[Filled, ...]
    accounts: tuple[ChannelNow, ...]  # those it may go to now
    channel_ids: tuple[UUID, ...]
    press: UUID = field(default_factory=uuid4)

    @classmethod
    def of(cls, data: QueryDict | None, version: UrgentVersion, accounts: Iterable[ChannelNow]) -> Filling:
        """Return what was typed; nothing is filled in beforehand but the accounts that are open for it."""
        fit = tuple(a for a in accounts if a.is_open and version.purpose in a.channel.purposes)
        typed = data if data is not None else QueryDict()
        gaps = tuple(
            Filled(slot, typed.get(f"slot-{slot.name}", "").strip()) for slot in version.wording.slots
        )
        everywhere = tuple(account.channel.pk for account in fit)
        chosen = everywhere if data is None else tuple(ids_among(data.getlist("channels")))
        return cls(gaps, fit, chosen, *ids_among([typed.get("press", "")]))

    @property
    def values(self) -> dict[str, str]:
        return {gap.slot.name: gap.value for gap in self.gaps}

    def problems(self, today: date) -> tuple[str, ...]:
        """Return what is not filled in as it should be, in sentences."""
        found = []
        for gap in self.gaps:
            try:
                said_of(gap.slot, gap.value, today)
            except BadValue as bad:
                found.append(str(bad))
        if not self.channel_ids:
            found.append("Choose where it goes.")
        return tuple(found)
