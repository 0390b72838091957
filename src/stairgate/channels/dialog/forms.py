"""What is typed on the way through a dialog. A secret is never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from stairgate.channels.models import Channel
from stairgate.channels.rules import Owner
from stairgate.networks.public import PUBLIC


def secret_field(label: str, **more: Any) -> forms.CharField:
    """It goes into the head of a request, which takes these letters only; what it refuses might be logged with it."""
    plain = RegexValidator(r"^[\x20-\x7e]+\Z", "Only plain letters, numbers and signs.")
    more.setdefault("validators", [plain])
    return forms.CharField(
        label=label, max_length=500, widget=forms.PasswordInput(render_value=False), **more
    )


def app_id_field() -> forms.RegexField:
    return forms.RegexField(
        r"^\d{3,25}$", label="App ID", error_messages={"invalid": "An app ID is a long number."}
    )


class AppForm(forms.Form):
    """The setting's own Meta app."""

    app_id = app_id_field()
    app_secret = secret_field(
        "App secret", help_text="App settings, Basic, then “Show”. We never show it again."
    )
    is_live = forms.BooleanField(
        label="The app is Live, not in development mode",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


class OwnerFields(forms.Form):
    """What a page belongs to."""

    portfolio = forms.CharField(
        label=PUBLIC["facebook"].owner, max_length=300, help_text=PUBLIC["facebook"].owner_hint
    )
    mailbox = forms.EmailField(
        label="Shared mailbox it belongs to",
        help_text="The one that the portfolio and the app were made with. Never one person’s own address.",
    )

    def owner(self) -> Owner:
        return Owner(self.cleaned_data["portfolio"].strip(), self.cleaned_data["mailbox"].strip())


def owner_of(channel: Channel) -> dict[str, str]:
    """Return what is known of the owner already, for a form to begin with."""
    connection = getattr(channel, "connection", None)
    return {"mailbox": channel.mailbox, "portfolio": connection.portfolio if connection else ""}


class PickForm(OwnerFields):
    """The page, out of those that were offered, and what it belongs to."""

    page = forms.CharField(
        label="Page", max_length=200, error_messages={"required": "Choose one of the pages."}
    )
