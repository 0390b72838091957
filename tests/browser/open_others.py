"""Opens accounts on Mastodon and X in a running demo: ``python -m tests.browser.open_others``, where they are on standard input.

The one on Mastodon is authorised and waits to be connected; the one on X is connected, since its address nobody types.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """Authorise both, connect the one on X, and print the address of the other's page."""
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
    place, networks = Nursery(organisation, policy, people), Channel.Network
    keys = Credentials(
        base_url=given["x"]["url"],
        account_id=given["x"]["number"],
        token=Secret(given["x"]["token"]),
        app_id=given["x"]["key"],
        app_secret=Secret(given["x"]["secret"]),
        public_url="https://x.com/willow",
    )
    x = open_account(place, keys, timezone.now(), network=networks.X, name="Willow Lane on X")
    assert prove(channel=x).ok
    nowhere = Credentials(given["mastodon"], "nobody", Secret("not-a-token"))
    toots = open_account(
        place, nowhere, timezone.now(), network=networks.MASTODON, name="Willow Lane on Mastodon"
    )
    toots.connection.delete()
    print(f"/accounts/{toots.pk}/")


if __name__ == "__main__":
    main()
