"""Connecting an account: one form for each network. What was typed as a secret is never shown again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stairgate.channels.connecting import (
    BLUESKY,
    CannotConnect,
    address_problem,
    bluesky,
    by_hand,
    cannot_be_fetched_from,
    connect_checked,
    facebook,
    instagram,
    mastodon,
    x,
)
from stairgate.channels.dialog.forms import OwnerFields, app_id_field, owner_of, secret_field
from stairgate.channels.dialog.selectors import way_of
from stairgate.channels.models import Channel
from stairgate.channels.pausing import require_manager
from stairgate.channels.rules import Owner
from stairgate.channels.services import Credentials, network_for
from stairgate.networks import able
from stairgate.networks.prices import read_cost
from stairgate.organisations.access import current, get


class _Connecting(forms.Form):
    """What a network needs to let us in."""

    def credentials(self) -> Credentials:
        """Return it. Raises `CannotConnect` when a network has to be asked for a part, and does not say."""
        raise NotImplementedError

    def owner(self) -> Owner | None:
        """Return what the page belongs to, where that is asked."""
        return None

    def hindrance(self) -> str:
        """Return why nothing that is typed here would connect; "" where nothing stands in the way."""
        return ""


def _address(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=200, **more)


class FacebookForm(OwnerFields, _Connecting):
    field_order = ("page_id", "token", "app_id", "app_secret")
    page_id = forms.RegexField(
        r"^\d{5,25}$",
        label="Page ID",
        error_messages={"invalid": "A page ID is a long number."},
        help_text="On the page: About, Page transparency.",
    )
    token = secret_field("Page access token", help_text="From the business portfolio that owns the page.")
    app_id = app_id_field()
    app_secret = secret_field("App secret")

    def credentials(self) -> Credentials:
        keys = ("page_id", "token", "app_id", "app_secret")
        return facebook(**{key: self.cleaned_data[key] for key in keys})


class InstagramForm(_Connecting):
    instagram_id = forms.RegexField(
        r"^\d{5,25}$",
        label="Instagram account ID",
        error_messages={"invalid": "An Instagram account ID is a long number."},
        help_text="In the business portfolio: Settings, Instagram accounts.",
    )
    handle = forms.RegexField(
        r"^@?[A-Za-z0-9_.]{1,30}$",
        label="Name on Instagram",
        error_messages={"invalid": "Write the name as it stands in the app, such as willowlane.nursery."},
        help_text="Without the @. The account has to be a professional one, linked to your Facebook page.",
    )
    token = secret_field("Page access token", help_text="Of the Facebook page that the account is linked to.")
    app_id = app_id_field()
    app_secret = secret_field("App secret")

    def hindrance(self) -> str:
        return cannot_be_fetched_from()

    def credentials(self) -> Credentials:
        return instagram(**self.cleaned_data)


class BlueskyForm(_Connecting):
    handle = forms.CharField(
        label="Handle", max_length=253, help_text="Without the @, such as willowlane.bsky.social."
    )
    token = secret_field(
        "App password",
        help_text="Made for Stairgate under Settings, Privacy. Never the account’s own password.",
    )
    server = _address(
        "Server", initial=BLUESKY, help_text="Leave it, unless your account lives somewhere else."
    )

    def clean_server(self) -> str:
        return _out_there(self.cleaned_data["server"])

    def credentials(self) -> Credentials:
        return bluesky(**self.cleaned_data)


class MastodonForm(_Connecting):
    server = _address("Server", help_text="Where the account lives, such as https://mastodon.example.")
    token = secret_field(
        "Access token",
        help_text="On Mastodon: Preferences, Development, New application, with “read” and “write”.",
    )

    def clean_server(self) -> str:
        """Return the server alone: people copy the address of a profile."""
        parts = urlsplit(_out_there(self.cleaned_data["server"]))
        return f"{parts.scheme}://{parts.netloc}"

    def credentials(self) -> Credentials:
        return mastodon(**self.cleaned_data)


class XForm(_Connecting):
    api_key = forms.RegexField(
        r"^[A-Za-z0-9]{10,80}$",
        label="API key",
        error_messages={"invalid": "An API key is letters and numbers."},
        help_text="In X’s developer console: your app, Keys and tokens.",
    )
    api_secret = secret_field("API key secret")
    token = secret_field(
        "Access token",
        help_text="Beside the key. Let the app read and write before you make it.",
    )
    token_secret = secret_field("Access token secret")

    def credentials(self) -> Credentials:
        return x(**self.cleaned_data)


class GroupForm(_Connecting):
    address = _address("Its address", help_text="What its members open. People post there by hand.")
    seen = forms.BooleanField(label="I looked: it is there, and it is ours")

    def clean_address(self) -> str:
        return _out_there(self.cleaned_data["address"])

    def credentials(self) -> Credentials:
        return by_hand(address=self.cleaned_data["address"])


def _out_there(address: str) -> str:
    if problem := address_problem(address, practice=bool(settings.PRACTICE_URL)):
        raise forms.ValidationError(problem)
    return address.rstrip("/")


_FORMS: dict[str, type[_Connecting]] = {
    Channel.Network.FACEBOOK: FacebookForm,
    Channel.Network.INSTAGRAM: InstagramForm,
    Channel.Network.BLUESKY: BlueskyForm,
    Channel.Network.MASTODON: MastodonForm,
    Channel.Network.X: XForm,
    Channel.Network.ASSISTED: GroupForm,
}


#: what the practice network takes the place of
_ON_THE_GRAPH = frozenset({Channel.Network.FACEBOOK, Channel.Network.INSTAGRAM})


@never_cache
@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Connect an account, or connect it anew with other credentials."""
    member = current(request)
    channel = get(member, Channel.objects.select_related("organisation", "connection"), pk)
    require_manager(member.user, channel.organisation, timezone.now())
    again = hasattr(channel, "connection")
    form = _FORMS[channel.network](request.POST or None, initial=owner_of(channel))
    status = 200
    if request.method == "POST":
        if form.is_valid() and _connected(request, channel, form):
            # new, there is still something to confirm; anew, what was confirmed goes on counting
            return redirect("channels:account" if again else "channels:opening", pk=pk)
        status = 422
    values = {
        "active": "accounts",
        "channel": channel,
        "form": form,
        "again": again,
        "way": way_of(channel),
        "able": able.table(network_for(channel)),
        "read_cost": read_cost(channel.network),
        "network": network_for(channel).label,
        "practice": settings.PRACTICE_URL and channel.network in _ON_THE_GRAPH,
    }
    return render(request, "channels/connect.html", values, status=status)


def _connected(request: HttpRequest, channel: Channel, form: _Connecting) -> bool:
    """Connect, or put what the network said beside the form."""
    try:
        connect_checked(
            actor=current(request).user,
            channel=channel,
            credentials=form.credentials(),
            owner=form.owner(),
            at=timezone.now(),
        )
    except CannotConnect as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return False
    messages.success(request, f"{channel.name} is connected, and it works.")
    return True
