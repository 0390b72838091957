"""Whether the connection holds, and that the test's own servers are reached from this machine alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stairgate.networks.base import (
    Account,
    CannotTell,
    Outgoing,
    RefusalKind,
    Refused,
    Secret,
    Trouble,
)
from stairgate.networks.bluesky import Bluesky
from tests.networks.bluesky.steps import LONG_AGO, send
from tests.networks.bluesky_fixture import (
    BlueskyServer,
    account_of,
)
from tests.networks.bluesky_middleman import Fault, Middleman
from tests.networks.bluesky_passages import passage

pytestmark = pytest.mark.node


@pytest.mark.usefixtures("appview")
def test_a_good_connection_is_healthy(client: Bluesky, account: Account) -> None:
    health = client.health(account)
    assert health.ok and health.problems == () and health.kind is None


def test_a_wrong_password_is_a_problem_a_person_can_act_on(client: Bluesky, account: Account) -> None:
    health = client.health(replace(account, token=Secret("abcd-efgh-ijkl-mnop")))
    assert not health.ok and health.kind == RefusalKind.RECONNECT
    assert "app password" in health.problems[0]


@pytest.mark.usefixtures("appview")
def test_an_app_password_taken_back_is_noticed_before_the_next_post(
    client: Bluesky, bluesky: BlueskyServer
) -> None:
    person = bluesky.locked_out
    account = account_of(person)
    send(client, passage(account, "Still let in"))
    assert client.health(account).ok
    owner = replace(person, password=bluesky.main_password(person))
    owner.call("POST", "com.atproto.server.revokeAppPassword", json={"name": "Stairgate"})
    outcome = client.stage(passage(account, "Never there"))
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.RECONNECT
    health = client.health(account)
    assert health.kind == RefusalKind.RECONNECT and "app password" in health.problems[0]


def test_an_account_that_was_taken_down_is_noticed_and_said(client: Bluesky, bluesky: BlueskyServer) -> None:
    account = account_of(bluesky.taken_down)
    before = send(client, passage(account, "Still there"))
    subject = {"$type": "com.atproto.admin.defs#repoRef", "did": account.account_id}
    taken = {"subject": subject, "takedown": {"applied": True, "ref": "1"}}
    bluesky.administer("com.atproto.admin.updateSubjectStatus", taken)
    outcome = client.stage(passage(account, "Never there"))
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.RECONNECT
    assert "taken this account down" in outcome.message
    for one in (client, Bluesky()):  # also one that never was let in
        assert one.health(account).problems == (outcome.message,)
    with pytest.raises(Trouble):
        client.fetch(account, posts=[before.external_id], cursor="")
    look = client.reconcile(account, Outgoing("Still there"), since=LONG_AGO, key="another")
    assert isinstance(look, CannotTell)


def test_another_accounts_password_is_not_ours(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    theirs = replace(account, token=Secret(bluesky.others[0].password))
    assert client.health(theirs).kind == RefusalKind.RECONNECT


def test_a_server_that_is_down_is_said(client: Bluesky, account: Account) -> None:
    health = client.health(replace(account, base_url="http://127.0.0.1:9"))
    assert not health.ok and health.kind == RefusalKind.UNREACHABLE


@pytest.mark.usefixtures("appview")
@pytest.mark.parametrize(
    ("status", "word"), [("takendown", "taken"), ("deactivated", "deactivated"), ("other", "not active")]
)
def test_an_account_that_is_not_active_is_a_problem(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman, status: str, word: str
) -> None:
    body = f'{{"did":"x","active":false,"status":"{status}"}}'.encode()
    between.faults.append(Fault("com.atproto.server.getSession", passed_on=False, status=200, body=body))
    health = client.health(replace(bluesky.account, base_url=between.url))
    assert not health.ok and word in health.problems[0]


def test_the_servers_of_the_tests_listen_on_this_machine_alone(bluesky: BlueskyServer) -> None:
    files = Path(f"/proc/{bluesky.pid}/fd").iterdir()
    held = {str(file.readlink()) for file in files if file.is_symlink()}
    addresses = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and f"socket:[{line.split()[9]}]" in held
    ]
    assert addresses
    assert {address.rpartition(":")[0] for address in addresses} == {"0100007F"}
