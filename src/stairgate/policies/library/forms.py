"""What somebody typed about a document, made clean. What it may be is in `rules`."""

from __future__ import annotations

from django import forms

from stairgate.organisations.fields import DayField
from stairgate.policies.library.rules import (
    LONGEST_LINK,
    LONGEST_PLACE,
    LONGEST_TITLE,
    LONGEST_VERSION,
    Details,
    Kind,
)


class DocumentForm(forms.Form):
    """One version of a document."""

    kind = forms.ChoiceField(label="What it is about", choices=Kind)
    title = forms.CharField(
        label="Title", max_length=LONGEST_TITLE, help_text="As it stands on the document."
    )
    version = forms.CharField(
        label="Version", max_length=LONGEST_VERSION, help_text="As people say it, such as “September 2026”."
    )
    adopted_on = DayField(label="Adopted, or last looked at, on")
    review_by = DayField(
        label="To be looked at again by",
        help_text="The one on safeguarding every year. When it is late, no account can be posted to.",
    )
    link = forms.CharField(
        label="Link to it", required=False, max_length=LONGEST_LINK, help_text="It begins with https://."
    )
    place = forms.CharField(
        label="Where the printed copy is",
        required=False,
        max_length=LONGEST_PLACE,
        help_text="A link, a place, or both.",
    )
    for_everyone = forms.BooleanField(
        label="Everybody who works here must know it (the one on safeguarding always)", required=False
    )

    @property
    def details(self) -> Details:
        """Return what was said of the version."""
        given = {name: self.cleaned_data[name] for name in self.fields if name != "kind"}
        return Details(**given)

    @property
    def about(self) -> Kind:
        """Return what the document is about."""
        return Kind(self.cleaned_data["kind"])
