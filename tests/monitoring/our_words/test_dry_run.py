"""A change of our own words on our history: what is counted, what is shown, and where it stops."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stairgate.monitoring.models import Item
from stairgate.monitoring.our_words import dry_run
from stairgate.organisations.screening_words import Wanted, add_word
from stairgate.publishing.models import Revision
from stairgate.screening import Action
from tests.cast import Cast

Write = Callable[[str], Revision]
Comment = Callable[..., Item]
HOLD = Wanted.of("hold", "Bramblewick", "The other nursery")


@pytest.mark.clause("C31")
def test_a_word_on_the_history(cast: Cast, write: Write, comment: Comment) -> None:
    write("Soup today")
    write("Off to Bramblewick we go")
    write("Text Tom on 07700 900142 about Bramblewick")  # held already
    comment("Better than BR4MBLEWICK!")
    comment("Bramblewick is fine", organisation=cast.elsewhere)
    run = dry_run.adding(cast.organisation, HOLD)
    assert (run.posts, run.comments, run.stopped, run.let_go, run.otherwise) == (3, 1, 2, 0, 1)
    assert [one.written.is_ours for one in run.shown] == [True, False]
    for one in run.shown:
        (finding,) = one.marked
        assert one.excerpt[finding.start : finding.end].lower() in {"bramblewick", "br4mblewick"}
        assert (one.before, one.after) == (Action.PASS, Action.HOLD)
    looked = dry_run.adding(cast.organisation, Wanted.of("look", "Bramblewick", "because"))
    assert (looked.stopped, looked.pointed_at, looked.not_shown) == (0, 2, 0)


def test_an_exception_and_the_end_of_it(cast: Cast, write: Write, comment: Comment) -> None:
    comment("We love Shit Happens, the book")
    comment("This is shit")
    wanted = Wanted.of("exception", "shit happens", "A book")
    run = dry_run.adding(cast.organisation, wanted)
    assert (run.comments, run.let_go, run.stopped) == (2, 1, 0)
    (one,) = run.shown
    assert one.is_let_go and [finding.rule for finding in one.marked] == ["language.rude"]
    row = add_word(actor=cast.gwen, organisation=cast.organisation, wanted=wanted, at=timezone.now())
    back = dry_run.ending(cast.organisation, row)
    assert (back.stopped + back.pointed_at, back.let_go) == (1, 0)


def test_the_end_of_a_word(cast: Cast, write: Write) -> None:
    row = add_word(actor=cast.gwen, organisation=cast.organisation, wanted=HOLD, at=timezone.now())
    write("Off to Bramblewick we go")
    run = dry_run.ending(cast.organisation, row)
    assert (run.let_go, run.stopped) == (1, 0)


def test_only_the_newest_version_counts(cast: Cast, write: Write) -> None:
    first = write("Off to Bramblewick we go")
    Revision.objects.create(
        post=first.post,
        number=2,
        text="Off we go",
        digest="d",
        created_by=cast.tom,
        created_at=timezone.now(),
    )
    run = dry_run.adding(cast.organisation, HOLD)
    assert (run.posts, run.changed) == (1, 0)


def test_it_stops_in_time_and_says_how_far_it_came(cast: Cast, comment: Comment) -> None:
    for _ in range(9):
        comment("Bramblewick")
    ticks = itertools.count()
    run = dry_run.adding(cast.organisation, HOLD, clock=lambda: next(ticks) * dry_run.MOST_SECONDS / 4)
    assert run.ran_out and run.comments == 4 and run.stopped == 4


def test_it_reads_and_shows_no_more_than_it_says(
    cast: Cast, comment: Comment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "MOST_TEXTS", 30)
    monkeypatch.setattr(dry_run, "MOST_SHOWN", 5)
    with CaptureQueriesContext(connection) as few:
        dry_run.adding(cast.organisation, HOLD)
    for _ in range(40):
        comment(f"{'long ago ' * 90}Bramblewick{' and so on' * 90}")
    with CaptureQueriesContext(connection) as many:
        run = dry_run.adding(cast.organisation, HOLD)
    assert (run.comments, run.stopped, len(run.shown), run.not_shown) == (30, 30, 5, 25)
    assert len(few) == len(many) <= 4
    one = run.shown[0]
    assert len(one.excerpt) < 600 and one.excerpt.startswith("… ") and one.excerpt.endswith(" …")
    assert one.excerpt[one.marked[0].start : one.marked[0].end] == "Bramblewick"


def test_what_is_cut_off_ends_at_the_cut() -> None:
    from dataclasses import replace

    from tests.screening.cast import coming_in

    (finding, *_) = coming_in("shit").findings
    text = "x" * 5_000
    excerpt, (marked,) = dry_run.cut(text, [replace(finding, start=0, end=5_000)])
    assert marked.end <= len(excerpt) - len(" …")
