"""Meta's own SDK, pointed at the practice network."""

from __future__ import annotations

from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

from tests.practice.fixtures import Practice

PATIENCE = 10


def api_as(practice: Practice, token: str) -> FacebookAdsApi:
    """Return Meta's client, signed in with a token.

    ``GRAPH`` is the session's own attribute for the address of the Graph API; nothing else is changed, but
    that no proxy stands between us and our own machine.
    """
    given = practice.given
    session = FacebookSession(given["app_id"], given["app_secret"], token, timeout=PATIENCE)
    session.GRAPH = practice.url
    session.requests.trust_env = False
    return FacebookAdsApi(session)


def app_token(practice: Practice) -> str:
    return f"{practice.given['app_id']}|{practice.given['app_secret']}"
