"""A person in the dialog of the practice network, as a browser would be."""

from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2

from stairgate.networks.base import Secret
from stairgate.networks.dialog import App
from tests.practice.fixtures import Practice

BACK = "http://127.0.0.1:8765/accounts/facebook/back/"


def app_of(practice: Practice, *, secret: str = "", app_id: str = "") -> App:
    given = practice.given
    return App(practice.url, practice.url, app_id or given["app_id"], Secret(secret or given["app_secret"]))


def answered(address: str, *, answer: str = "yes", without: str = "") -> dict[str, str]:
    """Press a button of the dialog, perhaps with one tick taken away; return what goes back to us."""
    page, _, query = address.partition("?")
    asked = dict(parse_qsl(query))
    ticks = [scope for scope in asked["scope"].split(",") if scope != without]
    data = {**asked, "ticks": "yes", "answer": answer, "allow": ticks}
    gone = httpx2.Client(trust_env=False).post(page, data=data)
    assert gone.status_code == 303, gone.text
    return {name: values[0] for name, values in parse_qs(urlsplit(gone.headers["Location"]).query).items()}


def allowed(practice: Practice, address: str, *, without: str = "") -> str:
    """Say yes; return the code that comes of it."""
    assert address.startswith(practice.url)
    return answered(address, without=without)["code"]
