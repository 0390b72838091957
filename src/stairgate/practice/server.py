"""The server of the practice network: HTTP on this machine alone."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode, urlsplit

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from stairgate.practice import album, faults, graph, pages
from stairgate.practice.errors import GraphError, nothing_asked
from stairgate.practice.store import Store
from stairgate.practice.webhooks import Messenger, announce

HOST = "127.0.0.1"
MOST_BYTES = 64 * 1024 * 1024
_NEIGHBOURS = 50
_BACKLOG = 128
_POLICY = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_STATIC = Path(__file__).with_name("static")
_LOOPBACK = {"127.0.0.1", "localhost"}
#: what the dialog answers with when the person cancels, and when an app in development mode does not know them
_CANCELLED = {
    "error": "access_denied",
    "error_reason": "user_denied",
    "error_description": "Permissions error",
}
_NOT_SET_UP = {
    "error_code": "1349126",
    "error_message": "App Not Setup: This app is still in development mode",
}
_VERSION = re.compile(r"/v\d+\.\d+(?:/(.*))?", re.DOTALL)


class Application:
    """The WSGI application."""

    def __init__(self, store: Store) -> None:
        self.store = store
        #: percent of the allowance that the headers report
        self.usage = 3

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = MOST_BYTES
        if (request.host or "").rsplit(":", 1)[0] not in _LOOPBACK:
            return Response("This server speaks to its own machine only.", status=403)(environ, start)
        try:
            response = self._respond(request)
        except HTTPException as error:
            response = Response(str(error.description), status=error.code or 500)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response(environ, start)

    def _respond(self, request: Request) -> Response:
        path = request.path
        if found := _VERSION.fullmatch(path):
            return self._graph(request, found[1] or "")
        if path.startswith("/practice"):
            return self._trainer(request, path.removeprefix("/practice").strip("/"))
        if path == "/":
            return redirect("/willow-lane")
        if path.startswith("/willow-lane"):
            return self._public(request, path.removeprefix("/willow-lane").strip("/"))
        if path.startswith(album.PATH):
            return self._album(request, path.removeprefix(album.PATH).strip("/"))
        if path.startswith("/media/"):
            return self._photo(path.removeprefix("/media/"))
        if path == "/style.css":
            return Response((_STATIC / "style.css").read_bytes(), content_type="text/css")
        if path == "/dialog/oauth":
            return self._dialog(request)
        raise NotFound

    # ── The Graph API, and what can go wrong with it ──

    def _graph(self, request: Request, path: str) -> Response:
        if path == "dialog/oauth":
            return self._dialog(request)
        if not path:
            return self._json(nothing_asked().body(), 404)
        params = {**request.args.to_dict(), **request.form.to_dict()}
        if request.is_json:
            params |= {key: _plain(value) for key, value in (request.get_json() or {}).items()}
        bearer = request.headers.get("Authorization", "")
        if bearer.startswith("Bearer "):
            params["access_token"] = bearer.removeprefix("Bearer ")
        method = str(params.pop("method", request.method)).upper()
        fault = faults.take(self.store, method, f"/{path}")
        body, status, done = self._faulty(request, fault, method, path, params)
        self.store.log(method, f"/{path}", params, done)
        if fault is not None:
            keep_silent(request, fault)
        return self._json(body, status)

    def _faulty(
        self, request: Request, fault: faults.Fault | None, method: str, path: str, params: dict[str, str]
    ) -> tuple[dict[str, Any], int, str]:
        """Return what the call answers and what the log says, after the fault that waits for it has had its way."""
        if fault is None:
            body, status = self._handle(request, method, path, params)
            return body, status, str(status)
        if fault.kind == "wrong_empty":
            return {"data": []}, 200, fault.kind
        error = faults.as_error(fault)
        if fault.kind not in faults.AFTER:  # a silence before answers too late, or to nobody
            refusal = error or GraphError(2, "Service temporarily unavailable", status=500)
            return refusal.body(), refusal.status, fault.kind
        body, status = self._handle(request, method, path, params)
        done = f"{fault.kind} after {status}"
        return (error.body(), error.status, done) if error is not None else (body, status, done)

    def _handle(
        self, request: Request, method: str, path: str, params: dict[str, str]
    ) -> tuple[dict[str, Any], int]:
        uploads = {key: graph.Upload(file.filename or "", file.read()) for key, file in request.files.items()}
        call = graph.Call(self.store, method, request.host_url.rstrip("/"), params, uploads)
        try:
            return graph.answer(call, path.strip("/")), 200
        except GraphError as error:
            return error.body(), error.status
        except (ValueError, KeyError, TypeError, OverflowError):
            return GraphError(100, "(#100) Invalid parameter").body(), 400

    def _json(self, body: object, status: int = 200) -> Response:
        response = Response(json.dumps(body), status=status, content_type="application/json; charset=UTF-8")
        response.headers["X-App-Usage"] = json.dumps(
            {"call_count": self.usage, "total_cputime": 1, "total_time": 1}
        )
        use = {"type": "pages", "call_count": self.usage, "total_cputime": 1, "total_time": 1}
        use["estimated_time_to_regain_access"] = 0 if self.usage < 100 else 5
        response.headers["X-Business-Use-Case-Usage"] = json.dumps({self.store.meta("page_id"): [use]})
        return response

    def _dialog(self, request: Request) -> Response:
        """Ask whether an app may speak for the page; on yes, send a code to the app."""
        query = {**request.args.to_dict(), **request.form.to_dict()}
        if query.get("client_id") != self.store.meta("app_id"):
            return Response("This app is not known here.", status=400)
        back = query.get("redirect_uri", "")
        origin = origin_here(back)
        if origin is None:
            return Response("This address is not allowed.", status=400)
        if request.method != "POST":
            asked = html(pages.dialog_page(query, self.store.meta("page_name"), _scopes(query)))
            # the form is answered with a redirect to the app, and a browser asks the policy about that too
            asked.headers["Content-Security-Policy"] = f"{_POLICY} {origin}"
            return asked
        back += "&" if "?" in back else "?"
        state = query.get("state", "")
        if query.get("answer") != "yes":
            return redirect(back + urlencode({**_CANCELLED, "state": state}))
        if self.store.meta("app_mode") == "development":
            return redirect(back + urlencode({**_NOT_SET_UP, "state": state}))
        allowed = request.form.getlist("allow") if "ticks" in request.form else _scopes(query)
        code = graph.give_code(self.store, query["redirect_uri"], ",".join(allowed))
        return redirect(back + urlencode({"code": code, "state": state}))

    # ── What the public sees ──

    def _public(self, request: Request, rest: str) -> Response:
        if request.method != "POST":
            return html(pages.public_page(self.store))
        form = request.form
        try:
            if rest == "post":
                pages.visitor_post(self.store, form.get("name", ""), form.get("message", ""))
            else:
                parent = int(form["parent"]) if form.get("parent") else None
                post = int(form.get("post", "0"))
                pages.comment(self.store, post, form.get("name", ""), form.get("message", ""), parent)
        except ValueError as error:
            said = str(error) if isinstance(error, pages.BadInput) else "That did not arrive whole."
            return html(pages.public_page(self.store, said), 422)
        return redirect("/willow-lane")

    def _album(self, request: Request, rest: str) -> Response:
        """The Instagram account: its page, its photos, and what the public writes there."""
        if request.method == "POST":
            try:
                album.comment_typed(self.store, request.form)
            except ValueError as error:
                said = str(error) if isinstance(error, pages.BadInput) else "That did not arrive whole."
                return html(album.public_album(self.store, said), 422)
            return redirect(album.PATH)
        if not rest:
            return html(album.public_album(self.store))
        photo = album.photo(self.store, rest.removeprefix("photos/"))
        if photo is None:
            raise NotFound
        return Response(photo, content_type="image/jpeg")

    def _photo(self, number: str) -> Response:
        sql = (
            "SELECT photos.* FROM photos JOIN posts ON posts.n = photos.post"
            " WHERE photos.n = ? AND posts.published = 1 AND posts.hidden = 0 AND posts.deleted = 0"
        )
        row = self.store.row(sql, int(number)) if re.fullmatch(r"[0-9]{1,15}", number) else None
        if row is None:
            raise NotFound
        return Response(row["data"], content_type=row["media_type"])

    # ── What the trainer does ──

    def _trainer(self, request: Request, what: str) -> Response:
        if request.method != "POST":
            if what == "log":
                rows = self.store.rows("SELECT * FROM log ORDER BY id")
                return self._json([{**dict(row), "params": json.loads(row["params"])} for row in rows])
            return html(pages.trainer_page(self.store))
        given = dict(request.get_json()) if request.is_json else request.form.to_dict()
        try:
            done = self._deed(what, given)
        except (ValueError, KeyError, TypeError) as error:
            return self._json({"problem": str(error)}, 422)
        return self._json(done) if request.is_json else redirect("/practice")

    def _deed(self, what: str, given: dict[str, Any]) -> dict[str, Any]:
        page = self.store.meta("page_id")
        if what == "reset":
            self.store.reset()
            self.usage = 3
            return {"done": True}
        if what == "usage":
            self.usage = int(given["percent"])
            return {"done": True}
        if what == "faults":
            more = {k: v for k, v in given.items() if k not in {"kind", "match", "times"}}
            number = faults.add(
                self.store, given["kind"], given.get("match", ""), int(given.get("times", 1)), more
            )
            return {"id": number}
        if what == "break":  # as it happens out there: a new password, a role taken away
            graph.break_tokens(self.store, given["why"])
            return {"done": True}
        if what in {"app_mode", "tasks"}:
            self.store.set_meta(what, str(given["value"]))
            return {"done": True}
        if what == "ring":  # the "Test" button of an app's own page of webhooks
            announce(self.store, {"item": "test", "verb": "add"})
            return {"done": True}
        if what == "setting":  # as somebody with access does it on the page itself
            self.store.set_setting(given["key"], given.get("value", ""))
            return {"done": True}
        if what == "comment":
            post = int(str(given["post"]).rpartition("_")[2])
            parent = int(str(given["parent"]).rpartition("_")[2]) if given.get("parent") else None
            n = pages.comment(self.store, post, given["name"], given["message"], parent)
            return {"id": f"{post}_{n}"}
        if what == "edit-comment":
            n = int(str(given["comment"]).rpartition("_")[2])
            self.store.do("UPDATE comments SET message = ? WHERE n = ?", given["message"], n)
            graph.tell(self.store, n, "edited")
            return {"done": True}
        if what == "edit-post":  # as somebody with access does it on the page itself
            n = int(str(given["post"]).rpartition("_")[2])
            self.store.do("UPDATE posts SET message = ? WHERE n = ?", given["message"], n)
            return {"done": True}
        if what == "delete-comment":
            n = int(str(given["comment"]).rpartition("_")[2])
            self.store.do("UPDATE comments SET deleted = 1 WHERE n = ? OR parent = ?", n, n)
            graph.tell(self.store, n, "remove")
            return {"done": True}
        if what == "person":  # the page's owner lets somebody in
            sql = "INSERT INTO people (id, name) VALUES (?, ?)"
            return {"id": str(self.store.do(sql, token_hex(8), given["name"]))}
        if what == "person-gone":
            self.store.do("DELETE FROM people WHERE name = ?", given["name"])
            return {"done": True}
        if what == "visitor-post":
            return {
                "id": graph.post_id(page, pages.visitor_post(self.store, given["name"], given["message"]))
            }
        if what.startswith("instagram-"):
            return album.deed(self.store, what.removeprefix("instagram-"), given)
        raise NotFound


def _scopes(query: dict[str, str]) -> list[str]:
    return [scope for scope in query.get("scope", "").split(",") if scope]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def origin_here(address: str) -> str | None:
    """Return the origin of an address on this machine, or None when it is anywhere else."""
    if not address.isprintable() or " " in address:
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK or port is None or "@" in parts.netloc:
        return None
    return f"http://{parts.hostname}:{port}"


def keep_silent(request: Request, fault: faults.Fault) -> None:
    """Hang up, or let the caller wait, when the fault is of that kind."""
    if fault.kind in {"drop", "drop_before"}:
        drop(request)
    if fault.kind in {"hang", "hang_before"}:
        time.sleep(fault.seconds(30))


def drop(request: Request) -> None:
    """Hang up on the caller without a word."""
    line: socket.socket = request.environ["werkzeug.socket"]
    line.shutdown(socket.SHUT_RDWR)


def html(text: str, status: int = 200) -> Response:
    return Response(text, status=status, content_type="text/html; charset=utf-8")


def redirect(address: str) -> Response:
    return Response("", status=303, headers={"Location": address})


class Quiet(WSGIRequestHandler):
    """No line for each request, and no traceback for a caller who went away."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        return None

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        return None


def make(store: Store, port: int) -> BaseWSGIServer:
    """Return a server on this machine alone, one thread for each request; see `listen` for its port."""
    with listen(port) as line:  # the server duplicates it
        return make_server(
            HOST,
            line.getsockname()[1],
            Application(store),
            threaded=True,
            request_handler=Quiet,
            fd=line.fileno(),
        )


def listen(port: int) -> socket.socket:
    """Return a listening socket on this port, else on the next that is free. Port 0 takes any free one.

    Looking first and taking later would let two that start at once choose the same port. Raises OSError
    when there is no free one.
    """
    for number in range(port, port + _NEIGHBOURS):
        with contextlib.suppress(OSError, OverflowError):
            return socket.create_server((HOST, number), backlog=_BACKLOG)
    return socket.create_server((HOST, 0), backlog=_BACKLOG)


def serve(home: Path, port: int) -> None:
    """Serve until told to stop; say on standard output where. Raises OSError when no port is free."""
    store = Store(home)
    server = make(store, port)
    messenger = Messenger(store)
    messenger.start()

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"practice network ready on http://{HOST}:{server.port}", flush=True)
    try:
        server.serve_forever()
    finally:
        messenger.stop()
        server.server_close()
        store.close()
