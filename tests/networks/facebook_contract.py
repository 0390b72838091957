"""What Meta's own SDK declares for each request our client makes, and the check of a request against it.

The SDK cannot speak for everything. Not checked, because it declares nothing: the file behind ``source``, what is
inside an opaque object, which permission a call needs, what an answer holds, and webhooks. Of ``debug_token``, OAuth and
the ``tasks`` of a page the names alone are held to Meta's reference. The dialog is no request of ours: a browser goes
there. docs/connecting.md lists these for whoever relies on it.
"""

from __future__ import annotations

import importlib
import io
import json
import re
import sys
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from facebook_business import apiconfig
from facebook_business.adobjects.abstractcrudobject import AbstractCrudObject
from facebook_business.adobjects.application import Application
from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from stairgate.networks import facebook
from stairgate.networks.base import Account

#: a request by its method, what it is about, and the edge that hangs on it
Place = tuple[str, str, str]

#: every request our client makes, and the SDK's method that declares it
CONTRACT: Mapping[Place, tuple[Any, str]] = {
    ("GET", "page", ""): (Page, "api_get"),
    ("POST", "page", "feed"): (Page, "create_feed"),
    ("POST", "page", "photos"): (Page, "create_photo"),
    ("GET", "page", "published_posts"): (Page, "get_published_posts"),
    ("GET", "page", "visitor_posts"): (Page, "get_visitor_posts"),
    ("GET", "page", "roles"): (Page, "get_roles"),
    ("POST", "page", "blocked"): (Page, "create_blocked"),
    ("GET", "page", "settings"): (Page, "get_settings"),
    ("POST", "page", "settings"): (Page, "create_setting"),
    ("POST", "page", "subscribed_apps"): (Page, "create_subscribed_app"),
    ("GET", "page", "subscribed_apps"): (Page, "get_subscribed_apps"),
    ("POST", "app", "subscriptions"): (Application, "create_subscription"),
    ("GET", "app", "subscriptions"): (Application, "get_subscriptions"),
    ("GET", "person", "accounts"): (User, "get_accounts"),
    ("GET", "post", ""): (PagePost, "api_get"),
    ("POST", "post", ""): (PagePost, "api_update"),
    ("DELETE", "post", ""): (PagePost, "api_delete"),
    ("GET", "post", "comments"): (PagePost, "get_comments"),
    ("GET", "comment", ""): (Comment, "api_get"),
    ("POST", "comment", ""): (Comment, "api_update"),
    ("DELETE", "comment", ""): (Comment, "api_delete"),
    ("GET", "comment", "comments"): (Comment, "get_comments"),
    ("POST", "comment", "comments"): (Comment, "create_comment"),
}
_APP = frozenset({"client_id", "client_secret"})
#: what the SDK declares no method for: exactly one of these sets of parameters, as Meta's reference has them
UNDECLARED: Mapping[Place, Set[frozenset[str]]] = {
    ("POST", "debug_token", ""): {frozenset({"input_token", "method"})},
    ("POST", "oauth", "access_token"): {
        _APP | {"grant_type"},
        _APP | {"redirect_uri", "code"},
        _APP | {"grant_type", "fb_exchange_token"},
    },
}
#: fields that Meta's reference has of an edge alone
_OF_THE_EDGE: Mapping[Place, frozenset[str]] = {("GET", "person", "accounts"): frozenset({"tasks"})}
#: declared for no call, because it goes with every one
_SIGNED = frozenset({"appsecret_proof"})
#: the SDK's cursor adds these to the reading of any edge
_PAGING = frozenset({"limit", "after"})
#: files the SDK sends without declaring them
_FILES: Mapping[Place, frozenset[str]] = {("POST", "page", "photos"): frozenset({"source"})}
_OPAQUE = frozenset({"Object", "list", "map"})
_FOLDER = str(Path(facebook.__file__).parent)


class Broken(AssertionError):
    """A request that the SDK does not declare like this."""


@dataclass(frozen=True)
class Asked:
    """One request as it went over the wire, and the functions of our client it came from."""

    method: str
    path: str
    params: Mapping[str, str]
    files: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()


def as_asked(request: httpx2.Request) -> Asked:
    """Return what a request says. Raises `Broken` when it asks another version, or says something twice."""
    address = urlsplit(str(request.url))
    environ = EnvironBuilder(
        method=request.method,
        query_string=address.query,
        input_stream=io.BytesIO(request.read()),
        content_type=request.headers.get("Content-Type"),
        content_length=len(request.read()),
    ).get_environ()
    read = Request(environ)
    params = {**read.args.to_dict(), **read.form.to_dict()}
    if len(params) != sum(len(values) for _, values in [*read.args.lists(), *read.form.lists()]):
        raise Broken(f"{address.path}: a parameter twice")
    path = node_and_edge(address.path)
    return Asked(request.method, path, params, frozenset(read.files), frozenset(_callers()))


def node_and_edge(path: str) -> str:
    """Return a path without the version it begins with. Raises `Broken` for another version than the SDK's."""
    version, _, rest = path.lstrip("/").partition("/")
    if version != apiconfig.ads_api_config["API_VERSION"]:
        raise Broken(f"{version} is not the version the SDK declares")
    return rest


def _callers() -> Iterator[str]:
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code.co_filename.startswith(_FOLDER):
            yield frame.f_code.co_name


def place_of(asked: Asked, account: Account) -> Place:
    """Return where a request goes, whatever the numbers in it."""
    node, _, edge = asked.path.partition("/")
    if asked.path == "me/accounts":
        return asked.method, "person", edge
    if node in {"me", account.account_id}:
        return asked.method, "page", edge
    if node == account.app_id:
        return asked.method, "app", edge
    if node.startswith(f"{account.account_id}_"):
        return asked.method, "post", edge
    return asked.method, "comment" if re.fullmatch(r"\d+_\d+", node) else node, edge


def check(asked: Asked, account: Account) -> None:
    """Hold one request to what the SDK declares for it. Raises `Broken`."""
    place = place_of(asked, account)
    if place in UNDECLARED:
        if set(asked.params) - _SIGNED not in UNDECLARED[place]:
            raise Broken(f"{place}: other parameters than Meta's reference has")
        return
    check_declared(asked, place, CONTRACT)


def check_declared(asked: Asked, place: Place, contract: Mapping[Place, tuple[Any, str]]) -> None:
    """Hold a request to the SDK's own for its place. Raises `Broken`."""
    declared = _declared(place, asked.path, contract)
    if asked.files - _FILES.get(place, frozenset()):
        raise Broken(f"{place}: files nobody declares")
    params = {name: value for name, value in asked.params.items() if name not in _SIGNED}
    if asked.method == "GET":
        _check_fields(declared._target_class, params.pop("fields", ""), _OF_THE_EDGE.get(place, frozenset()))
        if place[2]:
            _check_paging({name: params.pop(name) for name in _PAGING & set(params)})
    for name, value in params.items():
        _check_param(declared._param_checker, name, value)


def _declared(place: Place, path: str, contract: Mapping[Place, tuple[Any, str]]) -> Any:
    """Return the SDK's own request for this place: it must go where ours went. Raises `Broken`."""
    if place not in contract:
        raise Broken(f"{place} has no row in the contract")
    kind, name = contract[place]
    node, _, _ = path.partition("/")
    declared = getattr(kind(node, api=_unconnected()), name)(pending=True)
    if (declared._method, "/".join(declared._path).rstrip("/")) != (place[0], path):
        raise Broken(f"{place}: the SDK asks {declared._method} {declared._path}")
    return declared


def _unconnected() -> FacebookAdsApi:
    return FacebookAdsApi(FacebookSession("", "", ""))


def _check_paging(paging: Mapping[str, str]) -> None:
    if not paging.get("limit", "1").isdigit():
        raise Broken("limit is a number")


def _check_param(checker: Any, name: str, value: str) -> None:
    if not checker.is_valid_key(name):
        raise Broken(f"the SDK declares no parameter {name}")
    wanted = checker.get_type(name)
    meant = _meant(wanted, value)
    if meant is None or not checker.is_type(wanted, meant):
        raise Broken(f"{name} is {value!r}, and the SDK declares {wanted}")


def _meant(wanted: str, value: str) -> object:
    """Return what a value on the wire means: the SDK writes lists and objects as JSON. None when it means nothing."""
    if wanted.startswith(("list", "map", "Object")):
        try:
            return json.loads(value)
        except ValueError:
            return None
    if wanted == "bool":
        return {"true": True, "false": False}.get(value)
    return value


def _check_fields(kind: Any, text: str, more: Set[str] = frozenset()) -> None:
    """Hold ``fields`` to the fields and edges of a node, as deep as the SDK knows what is there."""
    for name, inner in _split(text):
        if name in more and not inner:
            continue
        if name not in kind._field_types and not hasattr(kind, f"get_{name}"):
            raise Broken(f"{kind.__name__} has no field {name!r}")
        below = _below(kind, name) if inner else None
        if below is not None:
            _check_fields(below, inner)


def _below(kind: Any, name: str) -> Any:
    """Return the class behind a field, or behind an edge that is read along; None when the SDK does not know it."""
    if name in kind._field_types:
        return _kind(kind._field_types[name])
    edge = getattr(kind("1", api=_unconnected()), f"get_{name}")(pending=True)
    return None if edge._target_class is AbstractCrudObject else edge._target_class


def _kind(declared: str) -> Any:
    """Return the class behind a field's type; None when what is inside is not declared."""
    inner = declared.removeprefix("list<").rstrip(">")
    if inner in _OPAQUE:
        return None
    try:
        return getattr(importlib.import_module(f"facebook_business.adobjects.{inner.lower()}"), inner)
    except ImportError:
        raise Broken(f"there is nothing inside a field of type {declared}") from None


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Yield each name of a list of fields, with what hangs in braces behind it."""
    depth, start = 0, 0
    for at, sign in enumerate(f"{text},"):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            name, _, inner = text[start:at].partition("{")
            if name or inner:
                yield name, inner.removesuffix("}")
            start = at + 1
