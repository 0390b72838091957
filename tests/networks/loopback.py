"""A network on this machine for the tests of a client: it keeps every request, and can be made to misbehave."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

#: answers one request out of turn
Answer = Callable[[Request], Response]


def said(body: object, status: int = 200, head: Mapping[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    return Response(json.dumps(body), status, dict(head or {}), mimetype="application/json")


def saying(body: object) -> Answer:
    """Answer one request with this, whatever was asked."""
    return lambda request: said(body)


def refusing(status: int, head: Mapping[str, str] | None = None) -> Answer:
    """Refuse one request as the network would, in JSON."""
    return lambda request: said({"error": "No", "title": "No"}, status, head)


def broken(status: int) -> Answer:
    """Answer one request as whatever stands in front of the network would."""
    return lambda request: Response("<html>It is late.</html>", status, mimetype="text/html")


class Loopback:
    """The base of a network: ``places`` maps "GET /path/<name>" to a method that answers."""

    def __init__(self, places: dict[str, Callable[..., Response]]) -> None:
        rules = []
        for place in places:
            method, _, path = place.partition(" ")
            rules.append(Rule(path, methods=[method], endpoint=place))
        self._map, self._places = Map(rules), places
        self.asked: list[Request] = []
        #: for the next requests to a place, in order: how they are answered instead
        self.instead: dict[str, list[Answer]] = {}
        #: and what is done all the same, before a broken answer
        self.done_all_the_same = False
        self.url = ""

    def lines(self, method: str = "") -> list[str]:
        """Return the requests, as method and path."""
        asked = [one for one in self.asked if one.method == method or not method]
        return [f"{one.method} {one.path}" for one in asked]

    def last(self, place: str) -> Any:
        """Return the JSON that was last sent to a place."""
        return next(one for one in reversed(self.asked) if f"{one.method} {one.path}" == place).get_json()

    def __call__(self, environ: Any, start: Any) -> Any:
        request = Request(environ)
        request.get_data()  # read while the line is open
        try:
            endpoint, values = self._map.bind_to_environ(environ).match()
        except HTTPException:  # also whoever else on this machine knocks at a port that was theirs before
            return said({"error": "Record not found"}, 404)(environ, start)
        self.asked.append(request)
        if queue := self.instead.get(endpoint):
            if self.done_all_the_same:
                self._places[endpoint](request, **values)
            return queue.pop(0)(request)(environ, start)
        return self._places[endpoint](request, **values)(environ, start)


@contextlib.contextmanager
def running(network: Loopback) -> Iterator[None]:
    """Run a network until the block ends."""
    server = make_server("127.0.0.1", 0, network, threaded=True)
    network.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
