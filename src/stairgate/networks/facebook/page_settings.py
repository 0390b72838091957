"""The settings of a page: read whole or not at all, changed one at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping

from stairgate.networks.base import Account, SettingValue, Trouble, Unknown
from stairgate.networks.cleaning import clean_text
from stairgate.networks.facebook.graph import Body, Graph


def read(graph: Graph, account: Account) -> dict[str, SettingValue]:
    """Return every setting by its key. Raises `Trouble`, also when there is none: a page always has some."""
    body = graph.read(account, f"{account.account_id}/settings").body
    found = _values(body)
    if not found:
        raise Trouble(Unknown("Facebook told us nothing about the settings of the page."))
    return found


def _values(body: Body) -> dict[str, SettingValue]:
    rows = body.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Trouble(Unknown("Facebook gave something that is not a list of settings."))
    return {row["setting"]: _value(row.get("value")) for row in rows if isinstance(row.get("setting"), str)}


def _value(given: object) -> SettingValue:
    """Return a value as we compare it; what is no switch and no word is told as it was written."""
    if given is None or isinstance(given, bool):
        return given
    return clean_text(given if isinstance(given, str) else json.dumps(given))


def change(graph: Graph, account: Account, key: str, value: SettingValue) -> None:
    """Ask for one setting to be changed. Raises `Trouble`."""
    option: Mapping[str, SettingValue] = {key: value}
    graph.write(account, "POST", f"{account.account_id}/settings", {"option": json.dumps(option)})
