"""What counts as a proof, and until when somebody should have looked."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.publishing.by_hand import confirm_by, link_problem

LONDON = ZoneInfo("Europe/London")
GROUP = "https://www.facebook.com/groups/willowlane"
PRACTICE = "http://127.0.0.1:8801/willow-lane"


@pytest.mark.parametrize(
    ("posted", "until"),
    [
        ("2026-11-25T10:00", "2026-11-26T10:00"),  # Wednesday, Thursday
        ("2026-11-27T16:00", "2026-11-30T16:00"),  # Friday, Monday
        ("2026-11-28T09:00", "2026-11-30T09:00"),  # Saturday, Monday
        ("2026-10-23T10:00", "2026-10-26T10:00"),  # the clocks go back in between
    ],
)
def test_a_weekday_is_given_to_look(posted: str, until: str) -> None:
    found = confirm_by(datetime.fromisoformat(posted).replace(tzinfo=LONDON), LONDON)
    assert found == datetime.fromisoformat(until).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("link", "page", "network"),
    [
        ("https://www.facebook.com/groups/willowlane/posts/1", GROUP, "assisted"),
        ("https://m.facebook.com/groups/willowlane/posts/1", GROUP, "assisted"),
        ("https://facebook.com:443/groups/willowlane?story=1", GROUP, "assisted"),
        ("https://www.facebook.com/willow/posts/1", "", "facebook"),
        ("https://bsky.app/profile/willow.example/post/3k", "", "bluesky"),
        ("http://127.0.0.1:8801/willow-lane#post-8", PRACTICE, "facebook"),
    ],
)
def test_an_address_of_a_post_there_is_a_proof(link: str, page: str, network: str) -> None:
    assert link_problem(link, page=page, network=network) is None


@pytest.mark.parametrize(
    "link",
    [
        "",
        "posts/1",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://www.facebook.com/groups/willowlane/posts/1",
        "https://facebook.com.elsewhere.example/posts/1",
        "https://elsewhere.example/facebook.com/1",
        "https://www.facebook.com@elsewhere.example/1",
        "https://someone@www.facebook.com/posts/1",
        "https://www.facebook.com:8443/posts/1",
        "https://www.facebook.com:x/posts/1",
        "https://127.0.0.1/posts/1",
        "https://2130706433/posts/1",
        "https://[::1]/posts/1",
        "https://[::1/posts/1",
        "https://localhost/posts/1",
        "https://www.facebook.com\\@elsewhere.example/1",
        "https://www.facebook.com/posts/1\n2",
        "https://www.facebook.com",
        "https://m.facebook.com/groups/willowlane/",
        f"https://www.facebook.com/{'x' * 500}",
    ],
)
def test_what_leads_elsewhere_or_to_the_whole_page_is_none(link: str) -> None:
    assert link_problem(link, page=GROUP, network="assisted")


@pytest.mark.parametrize(
    "page", ["https://10.0.0.8/group", "https://[fe80::1]/group", "https://intranet/group"]
)
def test_a_machine_of_our_own_is_no_network(page: str) -> None:
    assert link_problem(f"{page}/posts/1", page=page, network="assisted")


def test_the_practice_network_is_only_where_it_is() -> None:
    for link in ("http://127.0.0.1:9000/willow-lane#p", "https://127.0.0.1:8801/x", PRACTICE):
        assert link_problem(link, page=PRACTICE, network="facebook")


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(link: str) -> None:
    assert link_problem(link, page=GROUP, network="assisted") is not None
    assert link_problem(f"https://{link}", page=GROUP, network="assisted") is not None
