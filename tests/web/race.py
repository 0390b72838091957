"""Six people at the last step of the wizard at once, on a database of its own; prints what became of it."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

PEOPLE = 6


def main() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.conf import settings
    from django.db import connections

    from stairgate.ledger.services import verify_log
    from stairgate.organisations.models import Membership, Organisation, User
    from tests.web.test_welcome import CODE

    settings.ALLOWED_HOSTS.append("testserver")
    (settings.HOME.path / "setup-code").write_text(CODE, "ascii")
    answers = _race()
    print(
        json.dumps(
            {
                "vendor": connections["default"].vendor,
                "answers": answers,
                "settings": Organisation.objects.count(),
                "users": User.objects.count(),
                "memberships": Membership.objects.count(),
                "problems": [
                    problem for place in Organisation.objects.all() for problem in verify_log(place.pk)
                ],
            }
        )
    )


def _race() -> list[int]:
    """Bring everybody to the same instruction, past every look at the door; return their answers."""
    from django.contrib.auth.password_validation import validate_password
    from django.db import connections
    from django.test import Client
    from django.urls import reverse

    from tests.web.test_welcome import CHECK, MANAGER, SETTING

    together = threading.Barrier(PEOPLE)

    def check_then_wait(*given: Any) -> None:
        validate_password(*given)
        together.wait(120)

    clients = [Client() for _ in range(PEOPLE)]
    for client in clients:
        client.post(reverse("welcome"), SETTING)

    def finish(number: int) -> int:
        values = {**MANAGER, "email": f"person{number}@willowlane.example"}
        try:
            return clients[number].post(reverse("welcome_you"), values).status_code
        finally:
            connections.close_all()

    with patch(CHECK, check_then_wait), ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(finish, range(PEOPLE)))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stairgate.config.testing")
    main()
