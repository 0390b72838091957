"""Kill workers at every boundary of a delivery while the network misbehaves, and count what reached the page.

``python -m tests.crash.run --deliveries 1000 --workers 4 --db=postgres``. Real worker processes share one
database. Each post says in its words at which boundary whoever carries it dies, once, by SIGKILL; a new worker
takes the dead one's place. All the while the practice network throttles, breaks off, hangs and hangs up.
In the end each post is on the page once, or held because two looks proved that it is not; those are sent again.
"""

from __future__ import annotations

import functools
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: where the carrier of a post dies, and then perhaps dies again
BOUNDARIES: dict[str, tuple[str, ...]] = {
    "before the gate commits": ("before the gate commits",),
    "after the gate commits": ("after the gate commits",),
    "before the HTTP call": ("before the HTTP call",),
    "during the HTTP call": ("during the HTTP call",),
    "after the HTTP call": ("after the HTTP call",),
    "before settle commits": ("before settle commits",),
    "during a look": ("after the HTTP call", "during a look"),
    "nowhere": (),
}
FAULTS = (
    "throttle",
    "server_error_before",
    "server_error_after",
    "hang_before",
    "hang",
    "drop_before",
    "drop",
)
#: the practice network is silent for longer than a call of these workers lasts
HANG_SECONDS, CALL_SECONDS = 2.5, 1.0
_IDLE = 0.1


@dataclass(frozen=True, slots=True)
class Row:
    """What became of the posts that shared a boundary, or a fault."""

    name: str
    posts: int
    kills: int
    once: int
    held: int
    lost: int
    twice: int


def run(
    cast: Any, practice: Any, home: Path, deliveries: int, workers: int, tell: Callable[[str], None]
) -> Any:
    """Carry ``deliveries`` posts over every boundary and return the rows of the table and what is wrong."""
    from tests.crash.run import approve, send_again

    names = list(BOUNDARIES)
    texts = {
        f"Puddle day {i}, killed {names[i % len(names)]}": names[i % len(names)] for i in range(deliveries)
    }
    for text in texts:
        approve(cast, text)
    tell(f"{deliveries} posts are approved; {workers} workers start")
    each = max(deliveries // (2 * len(FAULTS)), 1)
    for fault in FAULTS:
        practice.fault(fault, "POST /feed", each, HANG_SECONDS)
    graves = home / "graves"
    graves.mkdir()
    began = time.monotonic()
    fleet = Fleet(workers, graves)
    fleet.work_until_still()
    seconds = time.monotonic() - began
    page, held = practice.on_page(), _held()
    buried = Counter(texts[_text(grave)] for grave in graves.iterdir())
    faults = practice.faults_met()
    rows = [_row(name, [t for t in texts if texts[t] == name], buried[name], page, held) for name in names]
    rows += [_row(f"network: {fault}", sorted(faults[fault]), 0, page, held) for fault in FAULTS]
    send_again(cast)
    fleet.work_until_still()
    last = practice.on_page()
    wrong = [f"{text} × {page[text]}" for text in texts if page[text] != (0 if text in held else 1)]
    wrong += [f"after sending again: {text} × {last[text]}" for text in texts if last[text] != 1]
    return {
        "rows": rows,
        "posts": len(texts),
        "kills": sum(buried.values()),
        "faults": {fault: len(faults[fault]) for fault in FAULTS},
        "once_after_sending_again": sum(last[text] == 1 for text in texts),
        "seconds": round(seconds, 1),
        "wrong": wrong,
    }


def table(result: Any) -> str:
    """Return the rows as a table."""
    lines = [
        f"{'killed / misbehaved':30}{'posts':>7}{'kills':>7}{'once':>7}{'held':>7}{'lost':>7}{'twice':>7}"
    ]
    lines += [
        f"{r.name:30}{r.posts:7}{r.kills:7}{r.once:7}{r.held:7}{r.lost:7}{r.twice:7}" for r in result["rows"]
    ]
    lines.append(
        f"{result['posts']} posts, {result['kills']} kills in {result['seconds']} s; "
        f"{result['once_after_sending_again']} once on the page after people sent the held ones again"
    )
    return "\n".join(lines)


def _row(name: str, texts: list[str], kills: int, page: Counter[str], held: set[str]) -> Row:
    return Row(
        name=name,
        posts=len(texts),
        kills=kills,
        once=sum(page[text] == 1 for text in texts),
        held=sum(text in held and not page[text] for text in texts),
        lost=sum(not page[text] and text not in held for text in texts),
        twice=sum(page[text] > 1 for text in texts),
    )


def _held() -> set[str]:
    from stairgate.publishing.models import Delivery
    from stairgate.publishing.states import DeliveryState

    rows = Delivery.objects.filter(state=DeliveryState.NOT_THERE)
    return set(rows.values_list("revision__text", flat=True))


def _text(grave: Path) -> str:
    return grave.read_text("utf-8")


class Fleet:
    """So many workers, each a process of its own; whoever dies of SIGKILL is replaced."""

    def __init__(self, workers: int, graves: Path) -> None:
        self._workers = workers
        self._graves = graves

    def work_until_still(self, patience: float = 1800) -> None:
        """Let them work until nothing is on its way any more. Raises TimeoutError."""
        alive = {self._start() for _ in range(self._workers)}
        give_up = time.monotonic() + patience
        try:
            while _moving():
                if time.monotonic() > give_up:
                    raise TimeoutError("something is on its way for ever")
                for pid in list(alive):
                    gone, status = os.waitpid(pid, os.WNOHANG)
                    if gone:
                        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
                            raise RuntimeError(f"a worker ended by itself: {status}")
                        alive.discard(pid)
                        alive.add(self._start())
                time.sleep(_IDLE)
        finally:
            for pid in alive:
                os.kill(pid, signal.SIGTERM)
            for pid in alive:
                os.waitpid(pid, 0)

    def _start(self) -> int:
        from django.db import connections

        connections.close_all()
        pid = os.fork()
        if pid:
            return pid
        try:
            _live(self._graves)
        finally:
            os._exit(1)


def _moving() -> bool:
    from stairgate.publishing.models import Delivery
    from stairgate.publishing.states import DeliveryState

    moving = [DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.UNKNOWN]
    return Delivery.objects.filter(state__in=moving).exists()


def _live(graves: Path) -> None:
    """Be a worker that does nothing but deliver, and dies where the words it carries say so.

    It sweeps and does not listen: everything is due from the start, and a thousand would open connections anew.
    """
    from stairgate.publishing import delivery
    from stairgate.worker import loop

    _lay_snares(graves)
    setattr(loop, "listening", lambda answer: nullcontext())  # noqa: B010 - as below
    loop.Worker([loop.Job("deliveries", delivery.sweep, _IDLE)]).run()
    os._exit(0)


def _lay_snares(graves: Path) -> None:
    """Put a snare at each boundary: it knows what is carried, and kills once for each post and boundary."""
    from stairgate.networks import wire
    from stairgate.networks.facebook import Facebook, graph
    from stairgate.publishing import delivery, gate

    carried = [""]

    def snare(boundary: str, text: str) -> None:
        name = text.partition(", killed ")[2]
        grave = graves / f"{boundary}, {text}".replace(" ", "-")
        if boundary not in BOUNDARIES.get(name, ()) or grave.exists():
            return
        with suppress(FileExistsError), grave.open("x", encoding="utf-8") as file:
            file.write(text)
            file.close()
            os.kill(os.getpid(), signal.SIGKILL)

    def before(owner: Any, name: str, boundary: str, text_of: Callable[..., str]) -> None:
        original = getattr(owner, name)

        @functools.wraps(original)
        def wrapped(*given: Any, **named: Any) -> Any:
            snare(boundary, text_of(*given, **named))
            return original(*given, **named)

        setattr(owner, name, wrapped)

    def carrying(*given: Any, **named: Any) -> str:
        return carried[0]

    publish, exchange = Facebook.publish, graph.Graph._exchange

    def publishing(client: Any, passage: Any, staged: Any) -> Any:
        carried[0] = passage.content.text
        try:
            snare("before the HTTP call", carried[0])
            outcome = publish(client, passage, staged)
            snare("after the HTTP call", carried[0])
            return outcome
        finally:
            carried[0] = ""

    setattr(Facebook, "publish", publishing)  # noqa: B010 - a method of a class, as mypy would have it
    setattr(graph.Graph, "_exchange", lambda g, request, seconds: exchange(g, request, CALL_SECONDS))  # noqa: B010
    before(gate, "_record", "before the gate commits", lambda row, *rest, **more: str(row.revision.text))
    before(Facebook, "stage", "after the gate commits", lambda client, passage: str(passage.content.text))
    before(wire._Stream, "read", "during the HTTP call", carrying)
    before(
        delivery, "_write_down", "before settle commits", lambda row, *rest, **more: str(row.revision.text)
    )
    before(Facebook, "_own_posts", "during a look", lambda *given: looking[0])
    before(delivery, "what_became", "during a look", lambda live, new, old: str(new))
    looking = [""]
    reconcile = Facebook.reconcile

    def reconciling(client: Any, account: Any, outgoing: Any, **more: Any) -> Any:
        looking[0] = outgoing.text
        return reconcile(client, account, outgoing, **more)

    setattr(Facebook, "reconcile", reconciling)  # noqa: B010
