"""Willow Lane goes through the settings of its pages: put right, looked at screen by screen, and signed by Priya."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from stairgate.channels.baseline import words as wordlist
from stairgate.channels.baseline.lines import baseline_of
from stairgate.channels.baseline.reading import note
from stairgate.channels.baseline.rules import Answer
from stairgate.channels.baseline.selectors import is_asked, sheet_now, words_of
from stairgate.channels.baseline.services import Said, add_picture, digest_of, look, sign, snapshot
from stairgate.channels.models import Channel
from stairgate.channels.services import account_for, network_for
from stairgate.networks.base import KnowsSettings, SettingValue
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force

if TYPE_CHECKING:
    from stairgate.cli.demo import Nursery

#: what the network of an account says of its settings
Told = Callable[[Channel], Mapping[str, SettingValue]]


def as_agreed(channel: Channel) -> dict[str, SettingValue]:
    """Return what a network says when everything is as agreed."""
    version = in_force(channel.organisation)
    ours = words_of(channel.organisation, version.parameters if version else Parameters())
    lines = [line for line in baseline_of(channel.network).lines if line.key]
    return {line.key: wordlist.to_send(ours, ()) if line.words else line.value for line in lines}


def put_right(channel: Channel) -> Mapping[str, SettingValue]:
    """Put every setting of the practice network's page right; return what it says of them then."""
    client, account = network_for(channel), account_for(channel)
    assert isinstance(client, KnowsSettings)
    for key, value in as_agreed(channel).items():
        client.change_setting(account, key, value)
    return client.read_settings(account)


def settle(place: Nursery, channel: Channel, now: datetime, told: Told = as_agreed) -> None:
    """Have every setting of an account read, looked at and signed."""
    priya = place.people["Priya"]
    if is_asked(channel):
        note(channel=channel, told=told(channel), at=now)
    picture = add_picture(actor=priya, channel=channel, data=_screen(), at=now)
    for screen in sheet_now(channel, place.policy, now).screens:
        said = {one.line.id: Said(Answer.WANTED) for one in screen.by_person}
        if said:
            look(actor=priya, channel=channel, screen=screen.screen.id, said=said, picture=picture, at=now)
    seen = digest_of(snapshot(sheet_now(channel, place.policy, now)))
    sign(actor=priya, channel=channel, seen=seen, at=now)


def _screen() -> bytes:
    """Return a picture of a made-up settings screen."""
    image = Image.new("RGB", (640, 360), "white")
    drawing = ImageDraw.Draw(image)
    for number, words in enumerate(("Settings", "Everything as agreed", "A made-up screen of the demo")):
        drawing.text((32, 32 + 40 * number), words, fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
