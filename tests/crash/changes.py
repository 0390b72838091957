"""Kill whoever changes a published post at every boundary, and see what the page says: ``python -m tests.crash.changes``.

Each post is published first; its change says in its words at which boundary whoever carries it dies, once, by
SIGKILL. In the end each post is there once, with the new words or, where two looks proved it, still with the old.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.crash.matrix import BOUNDARIES, Fleet
from tests.crash.run import _ledger_problems, approve, practice_network, send_again, set_up

WORKERS = 2


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="stairgate-crash-") as folder,
        practice_network(Path(folder) / "practice") as practice,
    ):
        home = Path(folder) / "home"
        cast = set_up(home, practice, "sqlite")
        print(json.dumps(_run(cast, practice, home) | {"ledger_problems": _ledger_problems(cast)}))
    return 0


def _run(cast: Any, practice: Any, home: Path) -> dict[str, Any]:
    graves = home / "graves"
    graves.mkdir()
    fleet = Fleet(WORKERS, graves)
    old = [f"Soup day {number}" for number in range(len(BOUNDARIES))]
    for text in old:
        approve(cast, text)
    fleet.work_until_still()
    new = dict(
        zip(old, (f"{text}, killed {name}" for text, name in zip(old, BOUNDARIES, strict=True)), strict=True)
    )
    for before, after in new.items():
        _approve_change(cast, before, after)
    fleet.work_until_still()
    first = practice.on_page()
    send_again(cast)
    fleet.work_until_still()
    return {
        "kills": Counter(grave.read_text("utf-8").partition(", killed ")[2] for grave in graves.iterdir()),
        "posts_at_first": sum(first.values()),
        "either": all(first[before] + first[after] == 1 for before, after in new.items()),
        "at_last": practice.on_page() == Counter(new.values()),
        "findings": _findings(),
    }


def _approve_change(cast: Any, before: str, after: str) -> None:
    from django.utils import timezone

    from stairgate.publishing import services
    from stairgate.publishing.content import Content
    from stairgate.publishing.models import Post
    from tests.cast import PURPOSE

    now = timezone.now()
    post = Post.objects.get(title=before)
    change = services.begin_change(actor=cast.tom, post=post, at=now)
    content = Content(text=after, channel_ids=(cast.channel.id,), purpose=PURPOSE)
    revision = services.save_draft(
        actor=cast.tom, organisation=cast.organisation, post=change, content=content, seen=None, at=now
    )
    services.submit(actor=cast.tom, post=change, at=now)
    services.approve(actor=cast.priya, post=change, digest=revision.digest, confirmed=True, at=timezone.now())


def _findings() -> int:
    """Read every post back; return how many are not as approved."""
    from django.utils import timezone

    from stairgate.publishing import reading_back
    from stairgate.publishing.models import Difference, ReadBack

    ReadBack.objects.update(due_at=timezone.now())
    assert reading_back.sweep(timezone.now(), "reader") == len(BOUNDARIES)
    return Difference.objects.count()


if __name__ == "__main__":
    sys.exit(main())
