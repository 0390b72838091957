"""Inviting somebody to sign in: a link good for one use, handed over by a manager. No e-mail is sent.

Only the digest of the link's secret is kept. Whoever has been inside once is never given a link again:
else a manager could become a second person by pressing a button.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from stairgate.ledger.services import record
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import Invitation, Membership, Organisation, User
from stairgate.organisations.rules import Role, in_force
from stairgate.organisations.services import join

LIVES_DAYS = 7
_TOKEN_BYTES = 32


class CannotInvite(Exception):
    """No invitation was made; the message says why and what to do."""


@transaction.atomic
def bring_in(
    *,
    actor: User,
    organisation: Organisation,
    first_name: str,
    email: str,
    job_title: str,
    roles: Iterable[Role],
    at: datetime,
    phone: str = "",
) -> Membership:
    """Give a place and roles to somebody who does not sign in yet; return the membership. `invite` lets them in.

    Raises `NotAllowed`, and `CannotInvite` when somebody signs in with that address already.
    """
    manager_in(actor, organisation.id)
    if User.objects.filter(email=email.strip().lower()).exists():
        raise CannotInvite("Somebody signs in with that address already. Each person needs their own.")
    user = User.objects.create_user(email, None, first_name=first_name)
    return join(
        actor=actor,
        organisation=organisation,
        user=user,
        job_title=job_title,
        roles=roles,
        at=at,
        phone=phone,
    )


@transaction.atomic
def invite(*, actor: User, membership: Membership, at: datetime) -> str:
    """Make a link for somebody's first sign-in, in place of any they had; return its secret, which is kept nowhere.

    Raises `NotAllowed`, `CannotInvite`.
    """
    manager_in(actor, membership.organisation_id)
    user = User.objects.select_for_update().get(pk=membership.user_id)
    if has_signed_in(user):
        raise CannotInvite(f"{user.first_name} has signed in already. A link is only for the first time.")
    if not in_force(membership.started_on, membership.ended_on, membership.organisation.day(at)):
        raise CannotInvite(f"{user.first_name} no longer works here.")
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    membership.invitations.filter(used_at__isnull=True, void_at__isnull=True).update(void_at=at)
    invitation = Invitation.objects.create(
        membership=membership,
        token_digest=_digest(token),
        made_by=actor,
        made_at=at,
        expires_at=at + timedelta(days=LIVES_DAYS),
    )
    _write_down("organisations.invited", actor, invitation, at)
    return token


def invitation_for(token: str, *, at: datetime) -> Invitation | None:
    """Return the invitation of a secret, or None when it cannot let anybody in now. One query."""
    found = (
        Invitation.objects.filter(token_digest=_digest(token))
        .select_related("membership__user", "membership__organisation")
        .first()
    )
    return found if found is not None and _is_good(found, at) else None


@transaction.atomic
def accept(*, invitation: Invitation, password: str, at: datetime) -> User:
    """Set the password of whoever was invited; return them. Good once.

    The link itself is what allows it. Raises `CannotInvite` when it no longer holds.
    """
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("membership__organisation")
    found = locked.get(pk=invitation.pk)
    user = User.objects.select_for_update().get(pk=found.membership.user_id)
    found.membership.user = user
    if not _is_good(found, at):
        raise CannotInvite("This link no longer works. Ask your manager for a new one.")
    user.set_password(password)
    user.save(update_fields=["password"])
    found.used_at = at
    found.save(update_fields=["used_at"])
    _write_down("organisations.invitation_used", user, found, at)
    return user


def has_signed_in(user: User) -> bool:
    """Return whether somebody has been inside, or has a password to come in with."""
    return user.last_login is not None or user.has_usable_password()


def _is_good(invitation: Invitation, at: datetime) -> bool:
    membership = invitation.membership
    return (
        invitation.used_at is None
        and invitation.void_at is None
        and at < invitation.expires_at
        and membership.user.is_active
        and not has_signed_in(membership.user)
        and in_force(membership.started_on, membership.ended_on, membership.organisation.day(at))
    )


def _digest(token: str) -> str:
    """Return what is kept of a secret. It has 256 random bits, so that a plain hash tells nobody anything."""
    return hashlib.sha256(token.encode()).hexdigest()


def _write_down(kind: str, actor: User, invitation: Invitation, at: datetime) -> None:
    record(
        organisation_id=invitation.membership.organisation_id,
        kind=kind,
        actor=str(actor.id),
        subject=str(invitation.membership_id),
        payload={"invitation": str(invitation.pk)},
        at=at,
    )
