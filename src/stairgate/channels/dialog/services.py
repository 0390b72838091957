"""The way through a network's dialog: the app is kept once, and each walk is answered once and ends with one page.

Nothing is asked of the network inside a transaction: on SQLite nobody could write meanwhile.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from stairgate.channels.connecting import CannotConnect, connect_checked, facebook
from stairgate.channels.dialog.rules import LIVES, is_over, way_back_problem
from stairgate.channels.models import Channel, Connection, Dialog, NetworkApp
from stairgate.channels.pausing import require_manager
from stairgate.channels.rules import Owner
from stairgate.channels.services import network_for
from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.networks.base import Secret, Trouble
from stairgate.networks.dialog import App, AsksInADialog
from stairgate.networks.registry import get as network_named
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.sealing import seal, unseal

_BEGIN_AGAIN = "Begin again with “Continue to Facebook”."
_LOST = f"This answer is not one we wait for: it was used already, or it took longer than 15 minutes. {_BEGIN_AGAIN}"


def asks_in_a_dialog(channel: Channel) -> AsksInADialog:
    """Return the client of an account whose network has a dialog. Raises `CannotConnect` for every other."""
    network = network_for(channel)
    if not isinstance(network, AsksInADialog):
        raise CannotConnect(f"{channel.get_network_display()} has no dialog of its own.")
    return network


def way_back() -> str:
    """Return the one address that a network comes back to, as it is to stand in the app."""
    return settings.BASE_URL + reverse("channels:back")


def app_of(organisation: Organisation) -> NetworkApp | None:
    """Return the app by which Facebook knows a setting; None before it is kept. One query."""
    rows = NetworkApp.objects.filter(organisation=organisation, network=Channel.Network.FACEBOOK)
    return rows.select_related("kept_by").first()


def _app(app_id: str, secret: Secret) -> App:
    return App(settings.FACEBOOK_URL, settings.FACEBOOK_DIALOG_URL, app_id, secret)


def _opened(row: NetworkApp) -> App:
    return _app(row.app_id, unseal(row.secret, organisation=row.organisation_id, row=row.id, field="secret"))


def keep_app(
    *, actor: User, organisation: Organisation, app_id: str, secret: Secret, is_live: bool, at: datetime
) -> NetworkApp:
    """Keep the setting's own app, once the network says that it knows it; return it.

    A new secret of the same app reaches its connections too. Raises `NotAllowed`, `CannotConnect`.
    """
    require_manager(actor, organisation, at)
    if not is_live:
        raise CannotConnect("Switch the app to Live first: before, nobody but you would see what goes out.")
    client = network_named(Channel.Network.FACEBOOK)
    assert isinstance(client, AsksInADialog)
    try:
        client.known(_app(app_id, secret))
    except Trouble as trouble:
        raise CannotConnect(str(trouble)) from None
    return _kept(actor, organisation, app_id, secret, at)


@transaction.atomic
def _kept(actor: User, organisation: Organisation, app_id: str, secret: Secret, at: datetime) -> NetworkApp:
    row = app_of(organisation) or NetworkApp(organisation=organisation, network=Channel.Network.FACEBOOK)
    row.app_id, row.kept_at, row.kept_by = app_id, at, actor
    row.secret = seal(str.__str__(secret), organisation=organisation.id, row=row.id, field="secret")
    row.save()
    theirs = Connection.objects.filter(channel__organisation=organisation, app_id=app_id)
    for connection in theirs.filter(channel__network=row.network):
        connection.app_secret = seal(
            str.__str__(secret), organisation=organisation.id, row=connection.id, field="app_secret"
        )
        connection.save(update_fields=["app_secret"])
    record(
        organisation_id=organisation.id,
        kind="channels.app_kept",
        actor=str(actor.id),
        subject=str(row.id),
        payload={"network": row.network, "app_id": app_id},
        at=at,
    )
    return row


def begin(*, actor: User, channel: Channel, session: str, at: datetime) -> str:
    """Begin a walk through the dialog; return the address where it goes on. Raises `NotAllowed`, `CannotConnect`.

    What comes back is believed in the same session and from the same person only, once, and not for long.
    """
    require_manager(actor, channel.organisation, at)
    client, app = asks_in_a_dialog(channel), app_of(channel.organisation)
    if channel.status == Channel.Status.CLOSED:
        raise CannotConnect("This account is closed for good.")
    if app is None:
        raise CannotConnect("Keep our Meta app first.")
    if problem := way_back_problem(way_back(), practice=bool(settings.PRACTICE_URL)):
        raise CannotConnect(problem)
    state = secrets.token_urlsafe(32)
    Dialog.objects.create(
        channel=channel, begun_by=actor, begun_at=at, session=_digest(session), state=_digest(state)
    )
    return client.dialog(_opened(app), back=way_back(), state=state)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def come_back(*, actor: User, session: str, state: str, at: datetime) -> Dialog:
    """Take the answer to a walk as come; return the walk. A second time, elsewhere or too late it is none.

    Raises `CannotConnect`.
    """
    rows = Dialog.objects.filter(state=_digest(state), session=_digest(session), begun_by=actor)
    rows = rows.filter(answered_at__isnull=True, begun_at__gt=at - LIVES)
    if not rows.update(answered_at=at):
        raise CannotConnect(_LOST)
    related = Dialog.objects.select_related("channel__organisation", "channel__connection")
    return related.get(state=_digest(state))


def hear(*, actor: User, dialog: Dialog, answer: Mapping[str, str], at: datetime) -> None:
    """Make of an answer the pages that can be picked. The person's own token is kept sealed until one is, not longer.

    Raises `NotAllowed`, and `CannotConnect` with what was wrong with the answer.
    """
    channel = dialog.channel
    require_manager(actor, channel.organisation, at)
    client, app = asks_in_a_dialog(channel), app_of(channel.organisation)
    if why := client.refused(answer):
        raise CannotConnect(why)
    if app is None:
        raise CannotConnect("Keep our Meta app first.")
    opened = _opened(app)
    try:
        person = client.person(opened, code=answer["code"], back=way_back())
        offers = client.offers(opened, person)
    except Trouble as trouble:
        raise CannotConnect(str(trouble)) from None
    dialog.person = seal(
        str.__str__(person), organisation=channel.organisation_id, row=dialog.id, field="person"
    )
    dialog.offers = [[offer.account_id, offer.name, offer.problem] for offer in offers]
    dialog.save(update_fields=["person", "offers"])


def is_open(dialog: Dialog, at: datetime) -> bool:
    """Return whether a page can still be picked."""
    came = dialog.answered_at
    return bool(dialog.person) and dialog.ended_at is None and came is not None and not is_over(came, at)


@control(
    "C89", "Only the page of an authorised account is connected, picked from those its person may hand over"
)
def pick(*, actor: User, session: str, dialog: Dialog, account_id: str, owner: Owner, at: datetime) -> None:
    """Connect the page that was picked, and end the walk. Raises `NotAllowed`, and `CannotConnect`: pick again."""
    channel = dialog.channel
    require_manager(actor, channel.organisation, at)
    ours = dialog.begun_by_id == actor.id and dialog.session == _digest(session)
    if not ours or not is_open(dialog, at):
        raise CannotConnect(_LOST)
    if problem := _offer_problem(dialog, account_id):
        raise CannotConnect(problem)
    row = app_of(channel.organisation)
    if row is None:
        raise CannotConnect("Keep our Meta app first.")
    app = _opened(row)
    person = unseal(dialog.person, organisation=channel.organisation_id, row=dialog.id, field="person")
    try:
        key = asks_in_a_dialog(channel).key_of(app, person, account_id)
    except Trouble as trouble:
        raise CannotConnect(str(trouble)) from None
    secret, token = str.__str__(app.secret), str.__str__(key)
    credentials = facebook(page_id=account_id, token=token, app_id=app.app_id, app_secret=secret)
    connect_checked(actor=actor, channel=channel, credentials=credentials, owner=owner, at=at)
    Dialog.objects.filter(pk=dialog.pk).update(ended_at=at, person=b"")


def _offer_problem(dialog: Dialog, account_id: str) -> str:
    """Return why a page cannot be picked: it is not in the list, or the person may not do enough there."""
    found = {number: problem for number, _, problem in dialog.offers}
    if account_id not in found:
        return "Choose one of the pages."
    return str(found[account_id])


def sweep(now: datetime, worker: str) -> int:
    """Forget what a person carried through each walk whose time is over; return how many."""
    over = Q(answered_at__lte=now - LIVES) | Q(ended_at__isnull=False)
    return Dialog.objects.filter(over).exclude(person=b"").update(person=b"", ended_at=now)
