"""A new key for the vault: everything in it is sealed anew, and then the older keys are thrown away."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from stairgate.channels.models import Channel, Credential
from stairgate.channels.vault.sealed import FIELDS, open_field, opens_with_newest, seal_field


class NotAllSealed(Exception):
    """Something was not sealed with the newest key, so no key was thrown away."""


def rekey() -> int:
    """Make a new key, seal every secret with it, throw the older keys away; return how many were sealed anew.

    Raises `sealing.CannotOpen` when one does not open, and `NotAllSealed`; then every key stays, and it can be done again.
    Whoever seals meanwhile does so under the lock on the account: before us with an older key, which we find here, or
    after us with the newest.
    """
    settings.HOME.add_vault_key()
    count = sum(_anew(channel) for channel in Channel.objects.filter(credentials__isnull=False).distinct())
    if not all(opens_with_newest(row) for row in Credential.objects.select_related("channel")):
        raise NotAllSealed("Something was put in meanwhile. Do it again; no key was thrown away.")
    settings.HOME.drop_older_vault_keys()
    return count


@transaction.atomic
def _anew(channel: Channel) -> int:
    """Seal what belongs to an account with the newest key; return how many rows."""
    Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    rows = list(Credential.objects.filter(channel=channel).select_related("channel"))
    for row in rows:
        for field in FIELDS:
            if getattr(row, field):
                setattr(row, field, seal_field(row, field, str.__str__(open_field(row, field))))
        row.save(update_fields=FIELDS)
    return len(rows)
