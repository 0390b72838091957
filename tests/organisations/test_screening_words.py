"""A setting's own words and exceptions: who may, what may be, and that nothing is overwritten."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import ScreeningWord
from stairgate.organisations.screening_words import (
    MOST_WORDS,
    CannotKeepWord,
    Wanted,
    add_word,
    end_word,
    state_of,
)
from stairgate.organisations.selectors import screening_facts
from stairgate.screening import OwnWord, Severity
from tests.cast import Cast, willow_lane

WANTED = Wanted.of("hold", "  Bramble\n wick ", "The other  nursery")


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


def add(cast: Cast, now: datetime, *wanted: str) -> ScreeningWord:
    return add_word(actor=cast.gwen, organisation=cast.organisation, wanted=Wanted.of(*wanted), at=now)


@pytest.mark.clause("C31")
def test_what_is_added_counts_at_once_and_is_in_the_record(cast: Cast, now: datetime) -> None:
    row = add_word(actor=cast.gwen, organisation=cast.organisation, wanted=WANTED, at=now)
    assert (row.words, row.folded, row.why) == ("Bramble wick", "bramble wick", "The other nursery")
    add(cast, now, "look", "Zap", "A nickname")
    add(cast, now, "exception", "Shit Happens", "A book")
    facts = screening_facts(cast.organisation)
    assert set(facts.own_words) == {
        OwnWord("Bramble wick", Severity.HOLD, "The other nursery"),
        OwnWord("Zap", Severity.LOOK, "A nickname"),
    }
    assert facts.exceptions == {"Shit Happens"} and facts.group_names == {"Acorns", "Seedlings", "Saplings"}
    entry = Entry.objects.get(kind="organisations.word_added", subject=row.pk)
    assert entry.actor == str(cast.gwen.pk)
    assert screening_facts(cast.elsewhere).own_words == ()


def test_the_facts_stay_one_query(cast: Cast, now: datetime) -> None:
    for kind in ("hold", "look", "exception"):
        for number in range(3):
            add(cast, now, kind, f"{kind} word {number}", "because")
    with CaptureQueriesContext(connection) as asked:
        screening_facts(cast.organisation)
    assert len(asked) == 1


@pytest.mark.clause("C31")
def test_ended_is_not_deleted(cast: Cast, now: datetime) -> None:
    row = add_word(actor=cast.priya, organisation=cast.organisation, wanted=WANTED, at=now)
    before = state_of(cast.organisation)
    end_word(actor=cast.gwen, word=row, because=" Made  up ", at=now)
    row.refresh_from_db()
    assert (row.ended_by, row.ended_at, row.ended_because) == (cast.gwen, now, "Made up")
    assert row.words == "Bramble wick" and row.added_by == cast.priya
    assert screening_facts(cast.organisation).own_words == () and state_of(cast.organisation) != before
    with pytest.raises(CannotKeepWord, match="ended already"):
        end_word(actor=cast.gwen, word=row, because="Again", at=now)
    assert Entry.objects.filter(kind="organisations.word_ended").count() == 1
    add_word(actor=cast.priya, organisation=cast.organisation, wanted=WANTED, at=now)
    assert ScreeningWord.objects.count() == 2


@pytest.mark.parametrize("name", ["kofi", "tom", "leah", "helen", "outsider"])
def test_only_a_manager_and_the_safeguarding_lead_may(cast: Cast, now: datetime, name: str) -> None:
    row = add_word(actor=cast.gwen, organisation=cast.organisation, wanted=WANTED, at=now)
    other = Wanted.of("look", "other", "because")
    somebody = getattr(cast, name)
    with pytest.raises(NotAllowed):
        add_word(actor=somebody, organisation=cast.organisation, wanted=other, at=now)
    with pytest.raises(NotAllowed):
        end_word(actor=somebody, word=row, because="because", at=now)
    assert ScreeningWord.objects.filter(ended_at__isnull=True).count() == 1


@pytest.mark.parametrize(
    ("kind", "words", "why", "problem"),
    [
        ("hold", "   ", "because", "at least one letter"),
        ("hold", "!?", "because", "at least one letter"),
        ("hold", "x" * 81, "because", "too long"),
        ("hold", "word", " a ", "why"),
        ("hold", "word", "a" * 201, "too long"),
        ("look", "BRÁMBLE  wick!", "because", "there already, as one of our own words"),
        ("exception", "bramble-wick", "because", "there already"),
        ("exception", "I will kill you", "because", "warning sign"),
        ("exception", "I want to kill myself", "because", "warning sign"),
    ],
)
@pytest.mark.clause("C07")
def test_what_cannot_be_added(
    cast: Cast, now: datetime, kind: str, words: str, why: str, problem: str
) -> None:
    add_word(actor=cast.gwen, organisation=cast.organisation, wanted=WANTED, at=now)
    with pytest.raises(CannotKeepWord, match=problem):
        add(cast, now, kind, words, why)
    assert ScreeningWord.objects.count() == 1


def test_a_kind_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="delete"):
        Wanted.of("delete", "word", "because")


@pytest.mark.parametrize("because", ["", " ", "no", "a" * 201])
def test_an_end_has_a_reason(cast: Cast, now: datetime, because: str) -> None:
    row = add_word(actor=cast.gwen, organisation=cast.organisation, wanted=WANTED, at=now)
    with pytest.raises(CannotKeepWord):
        end_word(actor=cast.gwen, word=row, because=because, at=now)
    assert screening_facts(cast.organisation).own_words


def test_there_is_an_end_to_them(cast: Cast, now: datetime) -> None:
    same = {
        "organisation": cast.organisation,
        "kind": "look",
        "why": "w",
        "added_by": cast.gwen,
        "added_at": now,
    }
    ScreeningWord.objects.bulk_create(
        ScreeningWord(words=f"word {n}", folded=f"word {n}", **same) for n in range(MOST_WORDS)
    )
    with pytest.raises(CannotKeepWord, match=str(MOST_WORDS)):
        add(cast, now, "look", "one more", "because")


def test_the_database_keeps_the_same_words_from_standing_twice(cast: Cast, now: datetime) -> None:
    row = add_word(actor=cast.gwen, organisation=cast.organisation, wanted=WANTED, at=now)
    row.pk, row._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        ScreeningWord.objects.create(
            organisation=cast.organisation, kind="look", words="x", folded=row.folded, why="w",
            added_by=cast.gwen, added_at=now,
        )  # fmt: skip
