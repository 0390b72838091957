"""What X's own SDK declares for each request our client makes, and the check of a request against it.

The SDK (`xdk`) is generated from X's description of its API. It cannot speak for everything. Not checked, because it
declares nothing of the kind: how long a text may be, which letters a query of a search may have, and that the parts of a
picture may be sent as a form (it sends them as JSON; X takes both).
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from werkzeug.wrappers import Request
from xdk.media.client import MediaClient
from xdk.posts.client import PostsClient
from xdk.users.client import UsersClient

#: every request our client makes, and the SDK's method that declares it
CONTRACT: Mapping[str, Any] = {
    "GET /2/users/me": UsersClient.get_me,
    "GET /2/users/<number>/tweets": UsersClient.get_posts,
    "GET /2/users/<number>/mentions": UsersClient.get_mentions,
    "GET /2/tweets/search/recent": PostsClient.search_recent,
    "GET /2/tweets/<number>": PostsClient.get_by_id,
    "DELETE /2/tweets/<number>": PostsClient.delete,
    "PUT /2/tweets/<number>/hidden": PostsClient.hide_reply,
    "POST /2/tweets": PostsClient.create,
    "POST /2/media/upload/initialize": MediaClient.initialize_upload,
    "POST /2/media/upload/<number>/append": MediaClient.append_upload,
    "POST /2/media/upload/<number>/finalize": MediaClient.finalize_upload,
    "POST /2/media/metadata": MediaClient.create_metadata,
}


class Broken(AssertionError):
    """A request that the SDK does not declare like this."""


def place_of(request: Request) -> str:
    """Return a request by its method and path, with numbers left out."""
    return f"{request.method} /2{re.sub(r'/[0-9]+', '/<number>', request.path.removeprefix('/2'))}"


def check(request: Request) -> None:
    """Raise `Broken` unless the SDK declares a request like this: place, keys, parameters and body."""
    declared = CONTRACT.get(place_of(request))
    if declared is None:
        raise Broken(f"{place_of(request)} is not in the contract")
    given = typing.get_type_hints(declared, localns=vars(typing))
    _check_place(request, inspect.getsource(declared))
    _check_parameters(request, given)
    body = given.get("body")
    sent = _body(request)
    if (body is None) != (sent is None):
        raise Broken(f"{place_of(request)}: a body where none is declared, or none where one is")
    if body is not None:
        _check_whole(body.model_validate(sent))


def _check_place(request: Request, source: str) -> None:
    path = re.search(r'base_url \+ "([^"]+)"', source)
    method = re.search(r"self\.client\.session\.(\w+)\(", source)
    wanted = re.sub(r"\{\w+\}", "<number>", path[1]) if path else ""
    if method is None or f"{method[1].upper()} {wanted}" != place_of(request):
        raise Broken(f"{place_of(request)} is declared as something else")
    if 'acceptable_schemes.append("UserToken")' not in source:
        raise Broken(f"{place_of(request)} takes no keys of a person")


def _check_parameters(request: Request, declared: Mapping[str, Any]) -> None:
    for name, value in request.args.items():
        known = declared.get(name.replace(".", "_"))
        if known is None:
            raise Broken(f"{place_of(request)} knows no {name}")
        allowed = set(_literals(known))
        if allowed and not set(value.split(",")) <= allowed:
            raise Broken(f"{place_of(request)}: {name} may not be {value}")


def _literals(annotation: Any) -> Iterator[str]:
    """Yield what a parameter may be; nothing when it may be anything."""
    if typing.get_origin(annotation) is Literal:
        yield from typing.get_args(annotation)
    for inner in typing.get_args(annotation):
        if not isinstance(inner, str):
            yield from _literals(inner)


def _body(request: Request) -> Any:
    if request.mimetype == "multipart/form-data":
        return {**request.form, **dict.fromkeys(request.files, "bytes")}
    return request.get_json() if request.get_data() else None


def _check_whole(model: BaseModel) -> None:
    """Raise `Broken` when something was sent that no field of a model is for."""
    if model.model_extra:
        raise Broken(f"{type(model).__name__} knows no {', '.join(model.model_extra)}")
    for name in type(model).model_fields:
        value = getattr(model, name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, BaseModel):
                _check_whole(one)
