"""What each setting should be, when one has moved, and what that shuts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.channels.baseline import words as wordlist
from stairgate.channels.baseline.lines import BadLines, baseline_of, read
from stairgate.channels.baseline.reading import compare
from stairgate.channels.baseline.rules import (
    FINE,
    Answer,
    Moved,
    Seen,
    Settings,
    Standing,
    Weaker,
    moved_since,
    restrictions,
    standing,
    why_not_weaker,
)
from stairgate.channels.models import Channel
from stairgate.clauses.table import clauses as clause_list
from stairgate.screening import default_pack

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
DAY = timedelta(days=1)
SAME = Seen(Answer.WANTED, "Off", NOW - 9 * DAY, NOW - DAY, "asked")
OTHER = replace(SAME, answer=Answer.OTHER, found="On")
ALLOWED = Weaker("On", date(2026, 12, 1), NOW + 7 * DAY)
MOVED = Moved("tagging", "People can tag the page", "C32", "Off", "On", NOW - 2 * DAY, settable=True)
NETWORKS = (*Channel.Network.values, "a network of tomorrow")


# what each setting should be


@pytest.mark.clause("C26", "C30", "C31", "C32", "C42", "C57", "C60")
@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_has_a_line_for_each_clause_about_settings(network: str) -> None:
    found = baseline_of(network)
    clauses = {line.clause for line in found.lines}
    assert {"C26", "C30", "C31", "C32", "C42", "C57", "C60", "C02", "C16", "C62"} <= clauses
    assert found.version and all(line.why.endswith(".") for line in found.lines)
    help_links = found.line("help-links")
    assert help_links is not None
    for name in ("CEOP Safety Centre", "CEOP Education", "IWF", "Report Remove"):
        assert name in help_links.name
    assert clauses <= {clause.id for clause in clause_list()}


def line(**more: Any) -> dict[str, Any]:
    return {"id": "a", "name": "A", "wanted": "Off", "why": "So.", "clause": "C30"} | more


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([line(), line()], "two lines have one id"),
        ([line(), line(id="b", key="B", value=False)], "mixes"),
        ([line(key="A")], "which value"),
        ([line(key="A", value=True)], "is called “Off” and asks for “On”"),
        ([line(colour="red")], "colour"),
        ([line(confirmed="nothing")], "nothing"),
    ],
)
def test_mistakes_in_the_lines_are_named(lines: list[dict[str, Any]], says: str) -> None:
    screen: dict[str, Any] = {"id": "s", "title": "S", "where": "There", "line": lines}
    if "key" not in lines[0]:
        screen["needs"] = "a picture"
    with pytest.raises(BadLines, match=says):
        read("facebook", {"version": "1", "screen": [screen]})


def test_a_look_counts_for_what_was_asked_and_no_more() -> None:
    words = baseline_of("facebook").line("blocked-words")
    tagging = baseline_of("facebook").line("tagging")
    assert words is not None and tagging is not None
    assert words.stands_for("one") != words.stands_for("two")
    assert tagging.stands_for("one") == tagging.stands_for("two")
    assert replace(tagging, wanted="On").stands_for("one") != tagging.stands_for("one")


@pytest.mark.parametrize(
    ("value", "answer", "says"),
    [(False, Answer.WANTED, "Off"), (True, Answer.OTHER, "On"), (None, Answer.OTHER, "Nothing")],
)
def test_a_value_of_the_network_is_compared(value: bool | None, answer: Answer, says: str) -> None:
    tagging = baseline_of("facebook").line("tagging")
    assert tagging is not None and compare(tagging, value, ()) == (answer, says)


# the words


@pytest.mark.clause("C31")
def test_the_words_are_the_worst_and_our_own_and_nothing_innocent() -> None:
    pack = default_pack()
    found = wordlist.blocked_words(pack, own=["Bramble  Wick", "a,b"], excepted=["ARSEHOLE"], level=3)
    assert "bramble wick" in found and "a,b" not in found and "arsehole" not in found
    assert "tit" not in found and len(found) > 500 and list(found) == sorted(found)
    stricter = wordlist.blocked_words(pack, own=[], excepted=[], level=4)
    assert len(stricter) > len(wordlist.blocked_words(pack, own=[], excepted=[], level=3))


def test_more_words_than_a_page_takes_leave_the_setting_its_own() -> None:
    own = [f"word{number}" for number in range(wordlist.MOST)]
    found = wordlist.blocked_words(default_pack(), own=own, excepted=[], level=4)
    assert sorted(found) == sorted(own)


@given(st.lists(st.text("abc", min_size=1, max_size=4)), st.lists(st.text("abc ", min_size=1, max_size=4)))
def test_what_is_sent_lacks_none_of_our_words_and_keeps_those_that_are_there(
    ours: list[str], there: list[str]
) -> None:
    said = wordlist.on_the_page(",".join(there))
    sent = wordlist.on_the_page(wordlist.to_send(ours, said))
    assert wordlist.missing(ours, sent) == 0 and set(said) <= set(sent)
    assert wordlist.says(ours, sent).startswith("All our words")


@pytest.mark.parametrize("told", [None, True, "", " , ,"])
def test_a_page_that_blocks_nothing_blocks_none_of_ours(told: bool | str | None) -> None:
    assert wordlist.on_the_page(told) == ()
    assert wordlist.says(("a", "b"), ()) == "0 of our 2 words"


# when one has moved


@pytest.mark.clause("C30", "C34")
@pytest.mark.parametrize(
    ("seen", "weaker", "found"),
    [
        (None, None, Standing.UNSEEN),
        (SAME, None, Standing.SAME),
        (replace(SAME, answer=Answer.NOT_OFFERED), None, Standing.NOT_OFFERED),
        (OTHER, None, Standing.MOVED),
        (OTHER, ALLOWED, Standing.WEAKER),
        (OTHER, replace(ALLOWED, over_at=NOW), Standing.MOVED),
        (replace(OTHER, found="Everybody"), ALLOWED, Standing.MOVED),
        (replace(SAME, looked_at=NOW - 32 * DAY), None, Standing.OLD),
        (replace(SAME, stands_for="something else"), None, Standing.OLD),
        (replace(OTHER, looked_at=NOW - 32 * DAY), ALLOWED, Standing.OLD),
    ],
)
def test_how_a_line_stands(seen: Seen | None, weaker: Weaker | None, found: Standing) -> None:
    assert standing("asked", seen, weaker, now=NOW, days=31) == found


@given(st.integers(-40, 40), st.sampled_from(Answer), st.booleans())
def test_what_is_weaker_is_fine_only_while_somebody_allows_it(
    days: int, answer: Answer, allowed: bool
) -> None:
    weaker = replace(ALLOWED, over_at=NOW + days * DAY) if allowed else None
    seen = replace(SAME, answer=answer, found="On")
    fine = standing("asked", seen, weaker, now=NOW, days=31) in FINE
    assert fine == (answer != Answer.OTHER or (allowed and days > 0))


def test_a_setting_has_moved_from_the_end_of_its_leave_on() -> None:
    assert moved_since(OTHER, None) == OTHER.since
    assert moved_since(OTHER, replace(ALLOWED, over_at=NOW - DAY)) == NOW - DAY
    assert moved_since(OTHER, replace(ALLOWED, found="Everybody")) == OTHER.since


def shut(settings: Settings) -> list[str]:
    return [one.clause for one in restrictions("The page", settings, NOW, days=31, mend_days=3)]


@pytest.mark.clause("C30", "C32", "C34", "C83")
@pytest.mark.parametrize(
    ("settings", "clauses"),
    [
        (Settings(), ["C30"]),
        (Settings(NOW - 30 * DAY), []),
        (Settings(NOW - 32 * DAY), ["C34"]),
        (Settings(NOW - DAY, (MOVED,)), []),
        (Settings(NOW - DAY, (replace(MOVED, since=NOW - 4 * DAY),)), ["C32"]),
        (Settings(NOW - 40 * DAY, (replace(MOVED, since=NOW - 4 * DAY),)), ["C34", "C32"]),
    ],
)
def test_what_shuts_an_account(settings: Settings, clauses: list[str]) -> None:
    assert shut(settings) == clauses


@pytest.mark.clause("C30")
@pytest.mark.parametrize(
    ("reason", "days", "says"),
    [
        ("Fair", 3, "Say why"),
        ("For the summer fair", None, "Choose the last day"),
        ("For the summer fair", 0, "lies ahead"),
        ("For the summer fair", 93, "92 days at most"),
        ("For the summer fair", 92, ""),
    ],
)
def test_a_weaker_setting_needs_a_reason_and_an_end(reason: str, days: int | None, says: str) -> None:
    on = date(2026, 11, 24)
    until = None if days is None else on + timedelta(days=days)
    found = why_not_weaker(reason, until, on=on, days=92)
    assert says in found and bool(found) == bool(says)
