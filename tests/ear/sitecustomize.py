"""Hears each request of our Facebook client in any process that the suite starts.

Python imports a module of this name as it starts, when it finds one; `tests.ear.whole_suite` puts this folder where it
looks. What was asked is written down once for each kind of request: without secrets, words and pictures.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import re
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = "FACEBOOK_EAR"
_HEARD = "stairgate.networks.facebook.graph"
#: free text and secrets: any value is as good as another
_ANY = frozenset(
    {
        "message",
        "alt_text_custom",
        "appsecret_proof",
        "input_token",
        "verify_token",
        "client_secret",
        "fb_exchange_token",
        "access_token",
        "code",
        "redirect_uri",
        "callback_url",
    }
)
_asking = threading.local()
_met: set[str] = set()


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the module of the client as everybody else would, and listens to it once it is there."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != _HEARD:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(importlib.abc.Loader):
    def __init__(self, inner: importlib.abc.Loader) -> None:
        self._inner = inner

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._inner.exec_module(module)
        listen(module)


def install() -> None:
    """Listen in this process. Done twice, it listens once."""
    if any(type(finder).__name__ == _Finder.__name__ for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder())
    if _HEARD in sys.modules:
        listen(sys.modules[_HEARD])


def listen(module: Any) -> None:
    """Write down each request that the client is about to send, and for which account."""
    ask, exchange = module.Graph.ask, module.Graph._exchange

    def asking(graph: Any, account: Any, *given: Any, **more: Any) -> Any:
        _asking.account = account
        try:
            return ask(graph, account, *given, **more)
        finally:
            _asking.account = None

    def exchanging(graph: Any, request: Any, seconds: float) -> Any:
        with contextlib.suppress(OSError):  # the folder goes with the suite, and a process may outlive it
            _note(request, getattr(_asking, "account", None))
        return exchange(graph, request, seconds)

    module.Graph.ask, module.Graph._exchange = asking, exchanging


def _note(request: Any, account: Any) -> None:
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    params, files = _said(request)
    asked = {
        "method": request.method,
        "path": request.url.path,
        "params": [[name, "any" if name in _ANY else value] for name, value in params],
        "files": files,
        # for a token nobody speaks yet
        "account_id": account.account_id if account else "",
        "app_id": account.app_id if account else "",
    }
    kind = re.sub(r"[0-9]+", "#", json.dumps(asked))
    if kind not in _met:
        _met.add(kind)
        with (Path(folder) / f"{os.getpid()}.jsonl").open("a") as file:
            file.write(json.dumps(asked) + "\n")


def _said(request: Any) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the parameters of a request, in its address and its body, and the names of its files."""
    from email import message_from_bytes
    from urllib.parse import parse_qsl

    params = parse_qsl(request.url.query.decode(), keep_blank_values=True)
    kind, files = request.headers.get("Content-Type", ""), []
    if kind.startswith("application/x-www-form-urlencoded"):
        params += parse_qsl(request.read().decode(), keep_blank_values=True)
    elif kind.startswith("multipart/form-data"):
        whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.read())
        for part in whole.get_payload():
            name = str(part.get_param("name", header="Content-Disposition"))  # type: ignore[union-attr]
            if part.get_filename():  # type: ignore[union-attr]
                files.append(name)
            else:
                params.append((name, part.get_payload(decode=True).decode()))  # type: ignore[union-attr]
    return params, files


if os.environ.get(FOLDER):
    install()
