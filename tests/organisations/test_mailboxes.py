"""A work mailbox is never one that anybody gets for themselves."""

from __future__ import annotations

import pytest

from stairgate.organisations.mailboxes import personal_domains, personal_problem

pytestmark = pytest.mark.clause("C60")


@pytest.mark.parametrize(
    "address", ["tom@gmail.com", "tom@GMAIL.com", "tom@mail.gmail.com", "t@hotmail.co.uk", "t@me.com."]
)
def test_a_personal_mailbox_is_refused(address: str) -> None:
    assert "personal mail" in personal_problem(address)


@pytest.mark.parametrize(
    "address", ["tom@willowlane.example", "office@notgmail.com.example", "x@co.uk", "nothing"]
)
def test_a_mailbox_of_ones_own_domain_is_not(address: str) -> None:
    assert personal_problem(address) == ""


def test_the_list_is_in_order_and_of_bare_domains() -> None:
    assert len(personal_domains()) > 40
    assert all(
        domain == domain.strip().lower() and "." in domain and "@" not in domain
        for domain in personal_domains()
    )
