"""The tables of states: what can follow what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.publishing.states import (
    DELIVERY_MOVES,
    FINAL,
    POST_MOVES,
    THERE,
    DeliveryState,
    ForbiddenMove,
    PostState,
    check_delivery_move,
    check_post_move,
    post_state_from,
)


def test_every_state_is_in_its_table() -> None:
    assert set(POST_MOVES) == set(PostState)
    assert set(DELIVERY_MOVES) == set(DeliveryState)
    assert all(not POST_MOVES[state] for state in FINAL)


@pytest.mark.clause("C78")
def test_an_unknown_outcome_can_never_go_straight_back_to_sending() -> None:
    for state in (DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.REFUSED):
        with pytest.raises(ForbiddenMove):
            check_delivery_move(DeliveryState.UNKNOWN, state)


@pytest.mark.clause("C78")
def test_only_what_is_with_an_approver_can_become_approved_by_a_person() -> None:
    """The other ways into approved are a delivery's own: a proven absence, sent again through the gate; or a page
    that still waits for its time, when what was posted by hand elsewhere is confirmed."""
    into = {state for state in PostState if PostState.APPROVED in POST_MOVES[state]}
    own = {PostState.SENDING, PostState.HELD, PostState.UNKNOWN, PostState.POSTED}
    assert into == {PostState.WITH_APPROVER, *own}


@pytest.mark.clause("C78")
def test_what_is_taken_down_never_comes_back() -> None:
    assert not POST_MOVES[PostState.TAKEN_DOWN] and not DELIVERY_MOVES[DeliveryState.TAKEN_DOWN]
    from_there = {state for state in DeliveryState if DeliveryState.TAKEN_DOWN in DELIVERY_MOVES[state]}
    assert from_there == THERE


@given(st.sampled_from(PostState), st.sampled_from(PostState))
def test_moves_outside_the_table_raise(old: PostState, new: PostState) -> None:
    if new == old or new in POST_MOVES[old]:
        check_post_move(old, new)
    else:
        with pytest.raises(ForbiddenMove):
            check_post_move(old, new)


@given(st.sampled_from(DeliveryState), st.sampled_from(DeliveryState))
def test_a_delivery_moves_only_as_its_table_says(old: DeliveryState, new: DeliveryState) -> None:
    if new in DELIVERY_MOVES[old]:
        check_delivery_move(old, new)
    else:
        with pytest.raises(ForbiddenMove):
            check_delivery_move(old, new)


@pytest.mark.parametrize(
    ("fates", "state"),
    [
        (["done"], PostState.PUBLISHED),
        (["done", "cancelled"], PostState.PUBLISHED),
        (["done", "unknown"], PostState.UNKNOWN),
        (["unknown", "sending", "refused"], PostState.UNKNOWN),
        (["done", "sending"], PostState.SENDING),
        (["done", "refused"], PostState.HELD),
        (["not_there"], PostState.HELD),
        (["manual", "waiting"], PostState.BY_HAND),
        (["manual", "refused"], PostState.HELD),
        (["posted", "done"], PostState.POSTED),
        (["posted", "manual", "not_there"], PostState.POSTED),
        (["posted", "unknown"], PostState.UNKNOWN),
        (["waiting", "done"], PostState.APPROVED),
        (["cancelled"], PostState.HELD),
        ([], PostState.HELD),
        (["taken_down", "cancelled"], PostState.TAKEN_DOWN),
        (["taken_down", "done"], PostState.PUBLISHED),
        (["taken_down", "unknown"], PostState.UNKNOWN),
        (["taken_down", "not_there"], PostState.HELD),
    ],
)
def test_a_post_is_as_good_as_its_worst_delivery(fates: list[str], state: PostState) -> None:
    assert post_state_from(fates) == state
