"""Readies an Instagram account in a running demo: ``python -m tests.browser.open_instagram authorise``, or ``confirm``.

Between the two it is connected on its screen. This calls the same services as the demo does, in the demo's database.
"""

from __future__ import annotations

import os
import sys


def main(step: str) -> None:
    """Have the account asked for and authorised, and print its number; or confirm its sheet once it is connected."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "stairgate.config.settings"
    import django

    django.setup()
    from datetime import timedelta

    from django.utils import timezone

    from stairgate.channels.asking.deciding import decide
    from stairgate.channels.models import AccountRequest, Channel
    from stairgate.cli.demo import Nursery
    from stairgate.cli.demo_accounts import ask
    from stairgate.cli.demo_opening import confirm_all
    from stairgate.organisations.models import Organisation, User
    from stairgate.policies.selectors import in_force

    now, organisation = timezone.now(), Organisation.objects.get()
    people = {user.first_name: user for user in User.objects.filter(memberships__organisation=organisation)}
    policy = in_force(organisation)
    assert policy is not None
    place = Nursery(organisation, policy, people)
    if step == "confirm":
        confirm_all(place, Channel.objects.get(network=Channel.Network.INSTAGRAM), now)
        return
    request = ask(place, now, network=Channel.Network.INSTAGRAM, name="Instagram")
    decided = decide(
        actor=people["Helen"],
        request=request,
        digest=request.digest,
        decision=AccountRequest.Decision.YES,
        reason="Pictures of what we do, for families.",
        name="Helen Example",
        until=organisation.day(now) + timedelta(days=300),
        conditions=(),
        at=now,
    )
    assert decided.channel is not None
    print(decided.channel.pk)


if __name__ == "__main__":
    main(sys.argv[1])
