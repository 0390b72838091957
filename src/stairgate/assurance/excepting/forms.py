"""What somebody typed to ask for an exception, made clean."""

from __future__ import annotations

from typing import Any

from django import forms

from stairgate.assurance.excepting.rules import Topic
from stairgate.assurance.excepting.services import LONGEST_WHAT, LONGEST_WHY

CHILD = (("no", "No"), ("yes", "Yes, or I am not sure"))


class AskForm(forms.Form):
    """What, why, the one question, and until when."""

    topic = forms.ChoiceField(label="What is it about?", choices=Topic.choices)
    what = forms.CharField(label="What would you like to do?", max_length=LONGEST_WHAT, widget=forms.Textarea)
    why = forms.CharField(label="Why is it needed?", max_length=LONGEST_WHY, widget=forms.Textarea)
    child = forms.ChoiceField(label="Does it touch the safety of a child?", choices=CHILD)
    until = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))

    def clean_child(self) -> bool:
        return bool(self.cleaned_data["child"] == "yes")

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
