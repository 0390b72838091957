"""``stairgate rekey``: a new key for the vault of an installation."""

from __future__ import annotations

from argparse import Namespace

import pytest

from stairgate.cli import rekey
from stairgate.config.home import HomeTrouble
from stairgate.organisations.sealing import CannotOpen
from tests.cli.conftest import FirstStart
from tests.cli.installation import Installation, mode


def test_it_makes_a_key_that_only_we_can_read_and_says_how_much_was_sealed(
    first: tuple[Installation, FirstStart],
) -> None:
    installation, _ = first
    said = installation.run("rekey")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("The vault has a new key. Sealed anew: 0.")
    keys = sorted(installation.home.glob("keys/vault-*.key"))
    assert len(keys) == 1 and mode(keys[0]) == "0o600"
    assert installation.run("check").code in {0, 1}


def test_a_secret_that_does_not_open_keeps_every_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> int:
        raise CannotOpen("The vault cannot be opened with the keys of this installation.")

    monkeypatch.setattr(rekey, "with_django", lambda: None)
    monkeypatch.setattr("stairgate.channels.vault.rekey.rekey", fails)
    with pytest.raises(HomeTrouble, match="Every key was kept"):
        rekey.run(Namespace())
