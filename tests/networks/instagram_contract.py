"""What Meta's own SDK declares for each request our Instagram client makes, and the check of a request against it.

The SDK cannot speak for everything. Not checked, because it declares nothing: containers and ``debug_token``, which
permission a call needs, and webhooks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facebook_business.adobjects.application import Application
from facebook_business.adobjects.igcomment import IGComment
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page

from stairgate.networks.base import Account
from tests.networks.facebook_contract import Asked, Broken, Place, check_declared

#: every request our client makes, and the SDK's method that declares it
CONTRACT: Mapping[Place, tuple[Any, str]] = {
    ("GET", "page", ""): (Page, "api_get"),
    ("POST", "page", "subscribed_apps"): (Page, "create_subscribed_app"),
    ("POST", "app", "subscriptions"): (Application, "create_subscription"),
    ("POST", "account", "media"): (IGUser, "create_media"),
    ("POST", "account", "media_publish"): (IGUser, "create_media_publish"),
    ("GET", "account", "media"): (IGUser, "get_media"),
    ("GET", "account", "tags"): (IGUser, "get_tags"),
    ("GET", "account", "content_publishing_limit"): (IGUser, "get_content_publishing_limit"),
    ("GET", "post", ""): (IGMedia, "api_get"),
    ("DELETE", "post", ""): (IGMedia, "api_delete"),
    ("GET", "post", "comments"): (IGMedia, "get_comments"),
    ("GET", "comment", ""): (IGComment, "api_get"),
    ("POST", "comment", ""): (IGComment, "api_update"),
    ("DELETE", "comment", ""): (IGComment, "api_delete"),
    ("GET", "comment", "replies"): (IGComment, "get_replies"),
    ("POST", "comment", "replies"): (IGComment, "create_reply"),
}
#: what the SDK declares no method for: exactly these parameters, as Meta's reference has them
UNDECLARED: Mapping[Place, frozenset[str]] = {
    ("POST", "debug_token", ""): frozenset({"input_token", "method"}),
    ("GET", "container", ""): frozenset({"fields"}),
}
#: Instagram's numbers say nothing; those of the practice network begin like this
_KINDS = {"180": "post", "179": "comment", "182": "container"}


def place_of(asked: Asked, account: Account) -> Place:
    """Return where a request goes, whatever the numbers in it."""
    node, _, edge = asked.path.partition("/")
    known = {"me": "page", account.account_id: "account", account.app_id: "app", "debug_token": "debug_token"}
    return asked.method, known.get(node) or _KINDS.get(node[:3], node), edge


def check(asked: Asked, account: Account) -> None:
    """Hold one request to what the SDK declares for it. Raises `Broken`."""
    place = place_of(asked, account)
    if place in UNDECLARED:
        if set(asked.params) - {"appsecret_proof"} != UNDECLARED[place]:
            raise Broken(f"{place}: other parameters than Meta's reference has")
        return
    check_declared(asked, place, CONTRACT)
