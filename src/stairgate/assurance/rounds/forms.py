"""What somebody typed about what children or parents had, made clean."""

from __future__ import annotations

from typing import Any

from django import forms

from stairgate.assurance.rounds.rules import Audience
from stairgate.organisations.fields import DayField


class ActivityForm(forms.Form):
    """What there was, for whom, when, and by whom."""

    what = forms.CharField(
        label="What was it?",
        max_length=200,
        help_text="A story, a talk, a sheet for home, an evening for parents.",
    )
    audience = forms.ChoiceField(
        label="For whom?", choices=Audience, help_text="With children under five it is mostly the parents."
    )
    on = DayField(label="When?")
    done_by = forms.CharField(label="Who did it?", max_length=80, help_text="The first name is enough.")
    link = forms.CharField(
        label="Link to it",
        required=False,
        max_length=500,
        help_text="It begins with https://. A link or a note.",
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What was said or handed out. No names of children.",
    )

    @property
    def said(self) -> dict[str, Any]:
        """Return the answers."""
        return {**self.cleaned_data, "audience": Audience(self.cleaned_data["audience"])}
