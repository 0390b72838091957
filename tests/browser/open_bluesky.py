"""Opens a Bluesky account in a running demo: ``python -m tests.browser.open_bluesky``, credentials on standard input.

Connecting an account has no screen yet; this calls the same services as the demo does, in the demo's own database.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """Read the credentials, and authorise, connect and prove the account."""
    given = json.load(sys.stdin)
    os.environ["DJANGO_SETTINGS_MODULE"] = "stairgate.config.settings"
    import django

    django.setup()
    from django.utils import timezone

    from stairgate.channels.models import Channel
    from stairgate.channels.services import Credentials, prove
    from stairgate.cli.demo import Nursery
    from stairgate.cli.demo_accounts import open_account
    from stairgate.networks.base import Secret
    from stairgate.organisations.models import Organisation, User
    from stairgate.policies.selectors import in_force

    organisation = Organisation.objects.get()
    people = {user.first_name: user for user in User.objects.filter(memberships__organisation=organisation)}
    policy = in_force(organisation)
    assert policy is not None
    credentials = Credentials(
        base_url=given["url"],
        account_id=given["did"],
        token=Secret(given["password"]),
        handle=given["handle"],
    )
    channel = open_account(
        Nursery(organisation, policy, people),
        credentials,
        timezone.now(),
        network=Channel.Network.BLUESKY,
        name="Bluesky",
    )
    assert prove(channel=channel).ok


if __name__ == "__main__":
    main()
