"""What somebody typed on the page of what screening looks for, made clean."""

from __future__ import annotations

from typing import Any

from django import forms

from stairgate.organisations.models import ScreeningWord
from stairgate.organisations.screening_words import LONGEST_WHY, LONGEST_WORDS, SHORTEST_WHY, Wanted
from stairgate.screening import Author, Direction
from stairgate.screening.engine import LONGEST_TEXT

Kind = ScreeningWord.Kind
DIRECTIONS = [
    (Direction.OUTBOUND_POST.value, "A post of ours"),
    (Direction.INBOUND_COMMENT.value, "A comment"),
    (Direction.PRIVATE_MESSAGE.value, "A private message"),
]
AUTHORS = [
    (Author.STRANGER.value, "Somebody we don’t know"),
    (Author.FIRST_TIME.value, "Somebody who writes for the first time"),
    (Author.KNOWN.value, "A family we know"),
    (Author.STAFF.value, "One of our staff"),
]
KINDS = [
    (Kind.HOLD.value, "Hold it"),
    (Kind.LOOK.value, "Point it out"),
    (Kind.EXCEPTION.value, "Leave it alone"),
]


class TryForm(forms.Form):
    """A sentence, and what surrounds it. It is asked about and not kept."""

    text = forms.CharField(
        label="Your sentence",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea,
        error_messages={
            "required": "Type a sentence first.",
            "max_length": f"That is too long: {LONGEST_TEXT:,} letters are read at once.",
        },
    )
    direction = forms.ChoiceField(
        label="What is it?", choices=DIRECTIONS, initial=Direction.OUTBOUND_POST.value
    )
    author = forms.ChoiceField(
        label="Who wrote it?", choices=AUTHORS, initial=Author.STRANGER.value, required=False
    )
    picture = forms.BooleanField(label="A picture goes with it", required=False)

    @property
    def asked(self) -> dict[str, Any]:
        """Return what is to be tried."""
        values = self.cleaned_data
        return {
            "text": values["text"].replace("\r\n", "\n"),
            "direction": Direction(values["direction"]),
            "has_picture": values["picture"],
            "author": Author(values["author"] or Author.STRANGER),
        }


class WordForm(forms.Form):
    """A word of our own, or an exception."""

    words = forms.CharField(
        label="Word or phrase",
        max_length=LONGEST_WORDS,
        help_text="CAPITALS, accents and simple disguises are found too.",
        error_messages={
            "required": "Type a word or a few.",
            "max_length": f"That is too long: {LONGEST_WORDS} letters fit.",
        },
    )
    kind = forms.ChoiceField(
        label="What should happen?",
        choices=KINDS,
        initial=Kind.HOLD.value,
        help_text="Held words can’t go out, and stand near the top of the inbox. “Leave it alone” makes an exception.",
    )
    why = forms.CharField(
        label="Why?",
        min_length=SHORTEST_WHY,
        max_length=LONGEST_WHY,
        help_text="Whoever meets it reads this.",
        error_messages={
            "required": "Say in a few words why.",
            "min_length": "Say in a few words why.",
            "max_length": f"The reason is too long: {LONGEST_WHY} letters fit.",
        },
    )

    @property
    def wanted(self) -> Wanted:
        """Return what is to be added."""
        values = self.cleaned_data
        return Wanted.of(values["kind"], values["words"], values["why"])
