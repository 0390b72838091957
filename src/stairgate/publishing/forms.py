"""What an author typed, made clean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.http import QueryDict
from django.utils import timezone

from stairgate.publishing.content import Content, PictureUse
from stairgate.publishing.models import RevisionPicture
from stairgate.publishing.recurrence import Every, Plan, Rule

LONGEST_TEXT = 20_000
LONGEST_SUGGESTION = 4_000
MOST_PICTURES = 4
MOST_DATES = 60


@dataclass(frozen=True, slots=True)
class When:
    """The three fields of the time, as they stand on the page: also when they make no moment yet."""

    when: str
    date: str = ""
    time: str = ""

    @classmethod
    def of(cls, send_at: datetime | None) -> When:
        """Return the fields for a moment on the setting's clock, or for "as soon as it is approved"."""
        if send_at is None:
            return cls("now")
        local = timezone.localtime(send_at)
        return cls("later", f"{local:%Y-%m-%d}", f"{local:%H:%M}")


class ComposeForm(forms.Form):
    """A post as typed. Pictures come beside it: see `pictures_from`."""

    text = forms.CharField(
        label="What it says",
        max_length=LONGEST_TEXT,
        required=False,
        strip=False,
        error_messages={
            "max_length": "That is too long: %(show_value)d letters, and %(limit_value)d fit. Make it shorter."
        },
    )
    channels = forms.TypedMultipleChoiceField(label="Where it will go", coerce=UUID, required=False)
    purpose = forms.CharField(label="What it is for", max_length=160, required=False)
    when = forms.ChoiceField(label="When", choices=[("now", "now"), ("later", "later")], required=False)
    date = forms.DateField(label="Date", required=False)
    time = forms.TimeField(label="Time", required=False)
    seen = forms.IntegerField(required=False, min_value=0)

    def __init__(self, data: QueryDict | None = None, *, accounts: list[UUID], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["channels"].choices = [(str(pk), str(pk)) for pk in accounts]  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        """Return the words with plain line ends, and without space around them."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").replace("\r", "\n").strip()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("when") == "later" and not (values.get("date") and values.get("time")):
            raise ValidationError("Choose a date and a time, or send it as soon as it is approved.")
        return values

    @property
    def send_at(self) -> datetime | None:
        """Return the chosen moment on the setting's clock, or None for "as soon as it is approved"."""
        values = self.cleaned_data
        if values.get("when") != "later":
            return None
        return from_current_timezone(datetime.combine(values["date"], values["time"]))

    def content(self, pictures: tuple[PictureUse, ...]) -> Content:
        """Return everything as the content a second person will approve."""
        values = self.cleaned_data
        return Content(
            text=values["text"],
            channel_ids=tuple(values["channels"]),
            purpose=values["purpose"],
            send_at=self.send_at,
            pictures=pictures,
        )


class MessageForm(forms.Form):
    """A standing message as typed."""

    title = forms.CharField(label="What it is called", max_length=80)
    text = forms.CharField(label="What it says", max_length=LONGEST_TEXT)

    def clean_text(self) -> str:
        """Return the words with plain line ends."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").replace("\r", "\n")


class SuggestForm(forms.Form):
    """A suggestion as typed."""

    text = forms.CharField(
        label="What would you like the page to say?",
        max_length=LONGEST_SUGGESTION,
        error_messages={"required": "Write what you would like the page to say."},
    )
    about = forms.CharField(label="What is it about?", max_length=160, required=False)


class AgainForm(forms.Form):
    """How a standing message is to come again and again, as typed."""

    every = forms.ChoiceField(label="How often", choices=Every)
    starts_on = forms.DateField(label="From", required=False)
    ends_on = forms.DateField(label="Until", required=False)
    dates = forms.CharField(label="The days", required=False, max_length=2000)
    at = forms.TimeField(label="At what time", error_messages={"required": "Choose a time."})
    days_ahead = forms.IntegerField(
        label="How many days ahead is the draft made", min_value=1, max_value=28, initial=7
    )
    channels = forms.TypedMultipleChoiceField(label="Where it will go", coerce=UUID, required=False)
    purpose = forms.CharField(label="What it is for", max_length=160, required=False)

    def __init__(self, data: QueryDict | None = None, *, accounts: list[UUID], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["channels"].choices = [(str(pk), str(pk)) for pk in accounts]  # type: ignore[attr-defined]

    def clean_dates(self) -> tuple[date, ...]:
        """Return the days that were typed, one a line."""
        day = forms.DateField()
        lines = [line.strip() for line in str(self.cleaned_data["dates"]).splitlines() if line.strip()]
        if len(lines) > MOST_DATES:
            raise ValidationError(f"{MOST_DATES} days are the most. Begin again when they are over.")
        found = []
        for line in lines:
            try:
                found.append(day.clean(line))
            except ValidationError:
                raise ValidationError(f"“{line[:40]}” is not a day. Write it like 18/12/2026.") from None
        return tuple(sorted(set(found)))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if values.get("every") == Every.DATES:
            if "dates" in values and not values["dates"]:
                self.add_error("dates", "Write the days, one on each line.")
        elif "starts_on" in values and not starts:
            self.add_error("starts_on", "Choose the first day.")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "This is before the first day.")
        return values

    def plan(self) -> Plan:
        """Return it as the plan to follow."""
        values = self.cleaned_data
        by_date = values["every"] == Every.DATES
        rule = Rule(
            Every(values["every"]),
            values["dates"][0] if by_date else values["starts_on"],
            None if by_date else values["ends_on"],
            values["dates"] if by_date else (),
        )
        return Plan(rule, values["at"], values["days_ahead"], tuple(values["channels"]), values["purpose"])


def pictures_from(data: QueryDict) -> tuple[PictureUse, ...]:
    """Return the pictures still in the post, in order, with what was typed beside each."""
    uses = []
    for raw in data.getlist("picture")[:MOST_PICTURES]:
        try:
            picture = UUID(raw)
        except ValueError:
            continue
        if data.get(f"remove-{picture}"):
            continue
        shows = data.get(f"shows-{picture}", "")
        uses.append(
            PictureUse(
                picture_id=picture,
                alt=data.get(f"alt-{picture}", "").strip()[:1000],
                shows=shows if shows in RevisionPicture.Shows.values else "",
            )
        )
    return tuple(uses)
