"""Publishing when something goes wrong: what is known of it, and that nothing is sent twice."""

from __future__ import annotations

import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest

from stairgate.networks.base import (
    Absent,
    Account,
    CannotTell,
    Found,
    Outgoing,
    RefusalKind,
    Refused,
    Secret,
    Staged,
    Trouble,
    Unknown,
)
from stairgate.networks.bluesky import Bluesky, xrpc
from stairgate.networks.bluesky import client as client_module
from tests.networks.bluesky.steps import LONG_AGO, READY, WRITE, send, texts
from tests.networks.bluesky_fixture import (
    BlueskyServer,
    account_of,
    eventually,
    not_proved,
)
from tests.networks.bluesky_middleman import Fault, Middleman, middleman
from tests.networks.bluesky_passages import passage

pytestmark = pytest.mark.node


@pytest.mark.parametrize("passed_on", [True, False])
@pytest.mark.parametrize("status", [0, 500, 502])
def test_a_lost_answer_is_unknown_and_looking_finds_out(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman, status: int, passed_on: bool
) -> None:
    through = replace(bluesky.account, base_url=between.url)
    leave = passage(through, f"Lost answer {uuid4()}")
    staged = client.stage(leave)
    assert isinstance(staged, Staged)
    between.faults.append(Fault(WRITE, passed_on=passed_on, status=status, body=b"oops"))
    outcome = client.publish(leave, staged)
    assert isinstance(outcome, Unknown)
    assert between.count(WRITE) == 1
    found = client.reconcile(through, leave.content, since=LONG_AGO, key=leave.key)
    assert isinstance(found, Found if passed_on else Absent)
    assert texts(bluesky).count(leave.content.text) == passed_on


def test_a_server_that_stops_midway_is_unknown(
    client: Bluesky, bluesky: BlueskyServer, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave = passage(account, f"Stopped midway {uuid4()}")
    staged = client.stage(leave)
    assert isinstance(staged, Staged)
    with monkeypatch.context() as patch:
        patch.setattr(xrpc, "_WAIT_SECONDS", 1.0)
        os.kill(bluesky.pid, signal.SIGSTOP)
        try:
            outcome = client.publish(leave, staged)
            look = client.reconcile(account, leave.content, since=LONG_AGO, key=leave.key)
        finally:
            os.kill(bluesky.pid, signal.SIGCONT)
    assert isinstance(outcome, Unknown)
    assert isinstance(look, CannotTell)
    eventually(lambda: leave.content.text in texts(bluesky))
    found = client.reconcile(account, leave.content, since=LONG_AGO, key=leave.key)
    assert isinstance(found, Found) and found.times == 1


def test_a_server_that_is_not_there_was_never_reached(client: Bluesky, account: Account) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
    for address in (nowhere, "not an address", "ftp://willow.example"):
        leave = passage(replace(account, base_url=address))
        for outcome in (client.stage(leave), client.publish(leave, READY)):
            assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.UNREACHABLE
        look = client.reconcile(leave.account, leave.content, since=LONG_AGO, key=leave.key)
        assert isinstance(look, CannotTell)


def test_a_server_that_went_away_before_the_write_was_never_reached(
    client: Bluesky, bluesky: BlueskyServer
) -> None:
    with middleman(bluesky.url) as server:
        leave = passage(replace(bluesky.account, base_url=server.url), f"Too late {uuid4()}")
        assert isinstance(client.stage(leave), Staged)
    outcome = client.publish(leave, READY)
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.UNREACHABLE


def test_a_throttle_is_a_refusal_with_a_time(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman
) -> None:
    leave = passage(replace(bluesky.account, base_url=between.url), f"Throttled {uuid4()}")
    staged = client.stage(leave)
    assert isinstance(staged, Staged)
    body, headers = b'{"error":"RateLimitExceeded"}', {"retry-after": "17"}
    between.faults.append(Fault(WRITE, passed_on=False, status=429, body=body, headers=headers))
    outcome = client.publish(leave, staged)
    assert isinstance(outcome, Refused)
    assert (outcome.kind, outcome.retry_after) == (RefusalKind.THROTTLED, 17)


def test_a_wrong_password_asks_to_connect_again(client: Bluesky, account: Account) -> None:
    wrong = replace(account, token=Secret("abcd-efgh-ijkl-mnop"))
    leave = passage(wrong)
    for outcome in (client.stage(leave), client.publish(leave, READY)):
        assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.RECONNECT
    look = client.reconcile(wrong, leave.content, since=LONG_AGO, key=leave.key)
    assert isinstance(look, CannotTell)
    with pytest.raises(Trouble):
        client.fetch(wrong, posts=[], cursor="")


def test_a_session_that_died_is_replaced_before_publishing_not_while(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman
) -> None:
    through = replace(bluesky.account, base_url=between.url)
    send(client, passage(through, f"Signed in {uuid4()}"))
    expired = Fault(
        "com.atproto.server.getSession", passed_on=False, status=400, body=b'{"error":"ExpiredToken"}'
    )
    between.faults.append(expired)
    between.calls.clear()
    send(client, passage(through, f"Signed in again {uuid4()}"))
    assert between.count("com.atproto.server.refreshSession") == 2
    between.faults.append(replace(expired, call=WRITE, status=401))
    outcome = client.publish(passage(through, "Never there"), READY)
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.RECONNECT
    assert between.count(WRITE) == 2


def test_an_answer_that_drips_ends_with_our_time(
    client: Bluesky, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_STAGE_SECONDS", 0.0)
    outcome = client.stage(passage(account))
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.UNREACHABLE


def test_what_was_never_sent_is_absent(client: Bluesky, account: Account) -> None:
    look = client.reconcile(account, Outgoing("Never sent"), since=LONG_AGO, key=uuid4().hex)
    assert look == Absent(1)


def test_the_limits_of_a_real_server_are_a_throttle_with_a_time(
    client: Bluesky, bluesky: BlueskyServer
) -> None:
    strict = bluesky.strict or not_proved(bluesky, "the limits of a public server, counted in Redis")
    wrong = replace(account_of(strict), token=Secret("abcd-efgh-ijkl-mnop"))
    with ThreadPoolExecutor(8) as pool:
        kinds = {outcome.kind for outcome in pool.map(lambda _: refusal(client, wrong), range(40))}
    assert kinds == {RefusalKind.RECONNECT, RefusalKind.THROTTLED}
    last = refusal(client, wrong)
    assert last.kind == RefusalKind.THROTTLED and last.retry_after in range(1, 301)


def refusal(client: Bluesky, account: Account) -> Refused:
    """Return why nothing could be prepared for this account."""
    outcome = client.stage(passage(account))
    assert isinstance(outcome, Refused)
    return outcome
