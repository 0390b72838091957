"""What somebody copied from a group, made clean."""

from __future__ import annotations

from django import forms

from stairgate.monitoring.entering.services import LONGEST, Seen
from stairgate.networks.base import ItemKind

_KINDS = (
    (ItemKind.VISITOR_POST.value, "A post"),
    (ItemKind.COMMENT.value, "A comment"),
    (ItemKind.REPLY.value, "An answer to a comment"),
)


class SeenForm(forms.Form):
    """One thing that was seen."""

    kind = forms.ChoiceField(label="What is it?", choices=_KINDS, initial=ItemKind.COMMENT.value)
    writer = forms.CharField(
        label="Who wrote it?", max_length=200, help_text="The name of the account, as it stands there."
    )
    words = forms.CharField(
        label="What does it say?",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST,
        required=False,
        strip=False,
        help_text="Copy it word for word. It is screened when you press the button.",
    )
    has_picture = forms.BooleanField(
        label="There is a picture or film with it. I did not copy it.", required=False
    )
    written_at = forms.DateTimeField(
        label="When was it written?",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    link = forms.URLField(
        label="Its link, if it has one", max_length=500, required=False, assume_scheme="https"
    )

    def seen(self) -> Seen:
        """Return what was typed. Ask only of a valid form."""
        said = self.cleaned_data
        return Seen(
            kind=ItemKind(said["kind"]),
            words=said["words"].replace("\r\n", "\n"),
            writer=said["writer"],
            written_at=said["written_at"],
            link=said["link"],
            has_picture=said["has_picture"],
        )
