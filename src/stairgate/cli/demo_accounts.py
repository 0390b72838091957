"""How Willow Lane's accounts came about: Priya asks, Helen decides, and then they are connected."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from stairgate.channels.asking.deciding import Wanted, decide
from stairgate.channels.asking.form import Answers
from stairgate.channels.asking.lasting import found
from stairgate.channels.asking.services import begin, keep, send
from stairgate.channels.models import AccountRequest, Channel, Connection
from stairgate.channels.services import Credentials, connect, prove_now
from stairgate.cli.demo_opening import confirm_all
from stairgate.cli.demo_settings import Told, as_agreed
from stairgate.networks.base import Secret

if TYPE_CHECKING:
    from stairgate.cli.demo import Nursery

PURPOSE = "News and events for families"


def answers(place: Nursery, now: datetime, *, network: str, name: str) -> Answers:
    """Return a whole request, as Priya fills it in."""
    priya, kofi = (str(place.people[one].pk) for one in ("Priya", "Kofi"))
    given: Answers = {
        "network": network,
        "name": name,
        "team": "The office",
        "service": "Willow Lane Childcare, EY 000 000",
        "purpose": "To tell families what is going on, and to show what a day with us is like.",
        "tags": f"{PURPOSE}\nShowing what we do",
        "achieve": "Fewer missed dates, and more families at our open days.",
        "aims": "Working in partnership with parents.",
        "audience": ["public", "parents"],
        "child_help": "yes",
        "evaluation": "We count who comes to the open days, and ask families each spring.",
        "evaluate_on": (place.organisation.day(now) + timedelta(days=300)).isoformat(),
        "lead": priya,
        "lead_phone": "01632 960118",
        "lead_address1": "1 Willow Lane",
        "lead_address2": "Fenmoor",
        "mailbox": "office@willowlane.example",
        "holders": [priya, kofi],
        "wrong": "Gwen or Marcus, our safeguarding leads, on 01632 960119.",
        "weekly": "yes",
        "owned": "yes",
    }
    for number, (who, manager) in enumerate(((priya, "Dev, chair of the committee"), (kofi, "Priya")), 1):
        given |= {
            f"admin{number}": who,
            f"admin{number}_phone": "01632 960118",
            f"admin{number}_manager": manager,
        }
    for key, owner, control in (
        ("staff", "Priya", "Posts are signed by the team, never by a person."),
        ("public", "Gwen", "Every comment is read; comments that are not right are hidden at once."),
        ("name", "Priya", "Somebody else reads each post before it goes out."),
        ("young", "Gwen", "No child can be recognised, and messages are off."),
    ):
        given |= {f"risk_{key}_level": "low", f"risk_{key}_control": control}
        given |= {f"risk_{key}_owner": owner, f"risk_{key}_left": "low"}
    return given


def ask(place: Nursery, now: datetime, *, network: str, name: str) -> AccountRequest:
    """Send Priya's request for an account; return it."""
    priya = place.people["Priya"]
    draft = begin(actor=priya, organisation=place.organisation, at=now)
    draft = keep(actor=priya, request=draft, answers=answers(place, now, network=network, name=name), at=now)
    return send(actor=priya, request=draft, at=now)


def open_account(
    place: Nursery,
    credentials: Credentials,
    now: datetime,
    *,
    network: Channel.Network = Channel.Network.FACEBOOK,
    name: str = "Facebook page",
    conditions: tuple[Wanted, ...] = (),
    told: Told = as_agreed,
) -> Channel:
    """Ask for, authorise and connect an account of the nursery; return it. ``told``: what its network says of settings."""
    request = ask(place, now, network=network, name=name)
    kinds = AccountRequest.Decision
    decided = decide(
        actor=place.people["Helen"],
        request=request,
        digest=request.digest,
        decision=kinds.CONDITIONS if conditions else kinds.YES,
        reason="A clear purpose, and two people who know what they do.",
        name="Helen Example",
        until=place.organisation.day(now) + timedelta(days=330),
        conditions=conditions,
        at=now,
    )
    assert decided.channel is not None
    connect(actor=place.people["Priya"], channel=decided.channel, credentials=credentials, at=now)
    confirm_all(place, decided.channel, now, told)
    return decided.channel


def open_group(place: Nursery, now: datetime) -> Channel:
    """Authorise the families' group, where people post by hand; return it. Priya has seen that it is there."""
    page = "https://groups.willowlane.example/families"
    credentials = Credentials(base_url=page, account_id="families", token=Secret(""), public_url=page)
    channel = open_account(
        place,
        credentials,
        now,
        network=Channel.Network.ASSISTED,
        name="Willow Lane families group",
        conditions=(
            Wanted(
                "The pinned message says where to get help", place.organisation.day(now) + timedelta(days=21)
            ),
        ),
    )
    prove_now(actor=place.people["Priya"], channel=channel, at=now)
    return channel


def leave_waiting(place: Nursery, now: datetime) -> None:
    """Leave Helen a request to decide, and a page that somebody found in the nursery's name."""
    ask(place, now, network=Channel.Network.FACEBOOK, name="Willow Lane Forest School")
    found(
        actor=place.people["Gwen"],
        organisation=place.organisation,
        network=Channel.Network.FACEBOOK,
        name="Willow Lane Out of School Club",
        address="facebook.example/willow-lane-club",
        at=now,
    )


def practice_credentials(address: str) -> Credentials:
    """Return what the practice network in the data folder gives to let us in."""
    given = json.loads((settings.HOME.practice / "credentials.json").read_text("utf-8"))
    return Credentials(
        base_url=address,
        account_id=given["page_id"],
        token=Secret(given["page_token"]),
        app_id=given["app_id"],
        app_secret=Secret(given["app_secret"]),
        verify_token=Secret(given["verify_token"]),
        public_url=f"{address}/willow-lane",
    )


def follow(address: str) -> None:
    """Point the demo's accounts on the practice network at its port of today."""
    demo = Connection.objects.filter(channel__organisation__is_demo=True)
    for row in demo.filter(channel__network__in=["facebook", "instagram"]):
        if urlsplit(row.base_url).hostname == "127.0.0.1" and row.base_url != address:
            row.base_url, row.public_url = address, f"{address}{urlsplit(row.public_url).path}"
            row.save(update_fields=["base_url", "public_url"])
