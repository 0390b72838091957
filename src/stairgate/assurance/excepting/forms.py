"""What somebody typed to ask for an exception, made clean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from stairgate.assurance.excepting.rules import Temporary, Topic
from stairgate.assurance.excepting.services import LONGEST_WHAT, LONGEST_WHY
from stairgate.organisations.models import Membership, User

CHILD = (("no", "No"), ("yes", "Yes, or I am not sure"))


class AskForm(forms.Form):
    """What, why, the one question, and until when."""

    topic = forms.ChoiceField(label="What is it about?", choices=Topic.choices)
    what = forms.CharField(label="What would you like to do?", max_length=LONGEST_WHAT, widget=forms.Textarea)
    why = forms.CharField(label="Why is it needed?", max_length=LONGEST_WHY, widget=forms.Textarea)
    child = forms.ChoiceField(label="Does it touch the safety of a child?", choices=CHILD)
    role = forms.ChoiceField(
        label="Which role, until then?",
        choices=(("", "None: it gives no access"), *Temporary.choices),
        required=False,
    )
    role_for = forms.ChoiceField(label="Who gets it?", required=False)
    until = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any, *, people: Sequence[Membership], me: Membership) -> None:
        super().__init__(data, initial={"role_for": str(me.user_id)})
        self._people = {str(one.user_id): one.user for one in people}
        names = [(str(one.user_id), f"{one.first_name}, {one.job_title}") for one in people]
        self.fields["role_for"].choices = names  # type: ignore[attr-defined]

    def clean_role_for(self) -> User | None:
        return self._people.get(self.cleaned_data["role_for"])

    def clean_child(self) -> bool:
        return bool(self.cleaned_data["child"] == "yes")

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
