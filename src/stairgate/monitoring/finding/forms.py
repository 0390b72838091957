"""What somebody looks for, made clean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from stairgate.channels.models import Channel
from stairgate.monitoring.finding.selectors import Wanted
from stairgate.monitoring.models import Decision, Item
from stairgate.screening import Severity

_DECIDED = (("", "Anything"), (Item.State.OPEN.value, "Nobody yet: it waits"), *Decision.Kind.choices)
_GRAVE = (
    ("", "Anything"),
    (str(int(Severity.LOOK)), "Something was found in it"),
    (str(int(Severity.HOLD)), "It was to be held"),
    (str(int(Severity.HARM)), "It may put a child at risk"),
)


class FindForm(forms.Form):
    """What to look for; all of it may be empty."""

    words = forms.CharField(label="Words in it", max_length=200, required=False)
    writer = forms.CharField(label="Who wrote it", max_length=200, required=False)
    channel = forms.TypedChoiceField(label="Account", required=False, coerce=UUID, empty_value=None)
    decided = forms.ChoiceField(label="What was decided", choices=_DECIDED, required=False)
    at_least = forms.TypedChoiceField(
        label="What screening said", choices=_GRAVE, required=False, coerce=int, empty_value=None
    )
    from_on = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until_on = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *given: Any, channels: Sequence[Channel], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            ("", "All of them"),
            *((str(one.pk), one.name) for one in channels),
        ]

    def wanted(self) -> Wanted:
        """Return what was asked for. Ask only of a valid form."""
        return Wanted(**{**self.cleaned_data, "at_least": self.cleaned_data["at_least"] or 0})
