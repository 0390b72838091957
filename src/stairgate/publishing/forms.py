"""What an author typed, made clean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.http import QueryDict
from django.utils import timezone

from stairgate.publishing.content import Content, PictureUse
from stairgate.publishing.models import RevisionPicture

LONGEST_TEXT = 20_000
MOST_PICTURES = 4


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
