"""The digest an approval is bound to: any change the public could notice gives another one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.publishing.content import SealedPicture, digest

AT = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
BASE: dict[str, object] = {
    "text": "Puddle day!",
    "pictures": (SealedPicture("a" * 64, "Boots in a puddle", "nobody"),),
    "channel_ids": (UUID(int=1), UUID(int=2)),
    "purpose": "News",
    "send_at": AT,
    "reply_to": "",
}


def of(**changes: object) -> str:
    return digest(**{**BASE, **changes})  # type: ignore[arg-type]


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    "changes",
    [
        {"text": "Puddle day"},
        {"text": "Puddle day!\u200b"},
        {"pictures": ()},
        {"pictures": (SealedPicture("b" * 64, "Boots in a puddle", "nobody"),)},
        {"pictures": (SealedPicture("a" * 64, "Boots", "nobody"),)},
        {"pictures": (SealedPicture("a" * 64, "Boots in a puddle", "adults"),)},
        {"channel_ids": (UUID(int=1),)},
        {"channel_ids": (UUID(int=1), UUID(int=3))},
        {"send_at": AT + timedelta(minutes=1)},
        {"send_at": None},
        {"purpose": "Other"},
        {"reply_to": "1_2"},
    ],
)
def test_any_change_changes_the_digest(changes: dict[str, object]) -> None:
    assert of(**changes) != of()


def test_the_same_content_has_the_same_digest_however_it_is_written() -> None:
    assert of(channel_ids=(UUID(int=2), UUID(int=1))) == of()
    assert of(send_at=AT.astimezone(timezone(timedelta(hours=5)))) == of()


@given(st.text(max_size=60), st.text(max_size=60))
def test_two_texts_share_a_digest_only_when_they_are_the_same(one: str, other: str) -> None:
    try:
        assert (of(text=one) == of(text=other)) is (one == other)
    except UnicodeEncodeError:
        assert any(0xD800 <= ord(c) <= 0xDFFF for c in one + other)
