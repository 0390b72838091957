"""The settings of a Facebook page: read whole or not at all; changed, and believed only when they are read back."""

from __future__ import annotations

from typing import Any

import pytest

from stairgate.networks.base import KnowsSettings, RefusalKind, Refused, Trouble
from stairgate.networks.facebook import Facebook
from tests.networks.facebook_stand_in import by_path, standing_in
from tests.networks.test_facebook_answers import PROOF
from tests.practice.fixtures import Practice


def read(**bodies: Any) -> Any:
    with standing_in(by_path({**PROOF, **{f"/{name}": body for name, body in bodies.items()}})) as server:
        return Facebook().read_settings(server.account)


@pytest.mark.clause("C30", "C31")
def test_a_setting_is_changed_and_read_back(practice: Practice) -> None:
    client, account = Facebook(), practice.account
    assert isinstance(client, KnowsSettings)
    before = client.read_settings(account)
    assert (before["USERS_CAN_TAG_PHOTOS"], before["PAGE_MODERATION_BLACKLIST"]) == (True, None)
    for key, value in (
        ("USERS_CAN_TAG_PHOTOS", False),
        ("PROFANITY_FILTER", "Strong"),
        ("PAGE_MODERATION_BLACKLIST", "muppet,wally"),
    ):
        client.change_setting(account, key, value)
        assert client.read_settings(account)[key] == value


@pytest.mark.parametrize("body", [{"data": []}, {"data": {}}, {"data": ["On"]}, {}, {"data": [{"value": 1}]}])
def test_nothing_is_never_taken_for_a_page_without_settings(body: object) -> None:
    with pytest.raises(Trouble):
        read(settings=body)


def test_without_the_scope_nothing_is_read() -> None:
    token = {"data": {"is_valid": True, "type": "PAGE", "scopes": ["pages_read_engagement"]}}
    with pytest.raises(Trouble) as trouble:
        read(settings={"data": [{"setting": "A", "value": True}]}, debug_token=token)
    assert isinstance(trouble.value.outcome, Refused)
    assert trouble.value.outcome.kind == RefusalKind.PERMISSION


def test_what_is_no_switch_and_no_word_is_told_as_it_was_written() -> None:
    rows = [{"setting": "A", "value": {"min": 13}}, {"setting": "B", "value": "x\x00y"}, {"setting": "C"}]
    assert read(settings={"data": rows}) == {"A": '{"min": 13}', "B": "x\ufffdy", "C": None}


def test_a_setting_that_the_page_does_not_have_is_refused(practice: Practice) -> None:
    with pytest.raises(Trouble):
        Facebook().change_setting(practice.account, "NO_SUCH_THING", True)
