"""What Instagram refuses is said before anything is sent, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.networks.base import Outgoing, Picture, RefusalKind, Refused, Unknown
from stairgate.networks.facebook.graph import Answer
from stairgate.networks.instagram import limits
from stairgate.networks.instagram.refusals import of_a_container, understood


def picture(width: int = 1000, height: int = 1000, *, kind: str = "image/jpeg", size: int = 9) -> Picture:
    return Picture(b"x" * size, kind, "Soup", width, height)


@pytest.mark.parametrize(
    ("outgoing", "says"),
    [
        (Outgoing("Soup"), "needs a photo"),
        (Outgoing("x" * 2_201, (picture(),)), "too long"),
        (Outgoing(" ".join(f"#soup{n}" for n in range(31)), (picture(),)), "30 hashtags"),
        (Outgoing(" ".join(f"@person{n}" for n in range(21)), (picture(),)), "20 names"),
        (Outgoing("Soup", (picture(),) * 11), "10 photos"),
        (Outgoing("Soup", (picture(799, 1001),)), "the photo is too tall"),
        (Outgoing("Soup", (picture(), picture(1930, 1000))), "photo 2 is too wide"),
        (Outgoing("Soup", (picture(kind="image/png"),)), "JPEG"),
        (Outgoing("Soup", (picture(size=limits.MOST_BYTES + 1),)), "8 MB"),
        (Outgoing("Soup", (picture(),), reply_to="1"), "reply"),
        (Outgoing("x" * 2_201, reply_to="1"), "too long"),
    ],
)
def test_what_instagram_refuses_is_one_sentence(outgoing: Outgoing, says: str) -> None:
    (problem,) = limits.problems(outgoing)
    assert says in problem


@pytest.mark.parametrize(
    "outgoing",
    [
        Outgoing("x" * 2_200, (picture(),)),
        Outgoing(" ".join(f"#soup{n}" for n in range(30)), (picture(),) * 10),
        Outgoing(" ".join(f"@person{n}" for n in range(20)), (picture(),)),
        Outgoing("Room #1, 50 # of apples, a#b, office@willow.example", (picture(),)),
        Outgoing("Soup", (picture(1638, 2048), picture(2048, 1072), picture(4, 5))),  # rounded to whole dots
        Outgoing("Thank you", reply_to="1"),
    ],
)
def test_what_instagram_takes_is_no_problem(outgoing: Outgoing) -> None:
    assert not limits.problems(outgoing)


@given(st.integers(320, 4000), st.floats(0.81, 1.90))
def test_every_shape_between_the_two_passes(height: int, ratio: float) -> None:
    assert not limits.problems(Outgoing("Soup", (picture(round(height * ratio), height),)))


@given(st.integers(320, 4000), st.floats(0.1, 0.79) | st.floats(1.93, 9))
def test_no_other_shape_does(height: int, ratio: float) -> None:
    assert limits.problems(Outgoing("Soup", (picture(max(1, int(height * ratio)), height),)))


@given(st.sampled_from(RefusalKind), st.text(max_size=20), st.booleans())
def test_whatever_the_code_says_a_refusal_never_becomes_a_yes(
    kind: RefusalKind, code: str, writing: bool
) -> None:
    said = understood(Refused(kind, "Facebook did not accept this.", code), writing=writing)
    assert isinstance(said, Refused | Unknown) and not isinstance(said, Answer)
    assert isinstance(said, Refused) or writing


@given(st.text(max_size=60))
def test_a_container_that_failed_is_a_refusal_whatever_it_says(status: str) -> None:
    assert isinstance(of_a_container(status), Refused)


def test_a_container_says_by_its_subcode_why_it_failed() -> None:
    assert (
        "could not fetch" in of_a_container("Error: Media upload has failed with error code 2207052").message
    )
