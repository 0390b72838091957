"""Browsers of the cast, and an item of another setting, as the tests of the inbox's pages use them."""

from __future__ import annotations

from django.test import Client

from stairgate.organisations.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
