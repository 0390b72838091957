"""What may stand in the library, until when it counts, and how long a look at a contact does. Pure: the day is an argument."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from django.db import models

from stairgate.clauses import control
from stairgate.people.rules import review_after

#: how long a look at a contact counts: a term, which is a third of a year
CONTACT_CHECK = timedelta(days=122)
#: how long there is for the first look at all of them after a policy is adopted
FIRST_LOOK = timedelta(days=42)
#: at most so many years between two looks at a document; the one on safeguarding is looked at every year
_YEARS, _YEARS_SAFEGUARDING = 3, 1
LONGEST_TITLE, LONGEST_VERSION, LONGEST_PLACE, LONGEST_LINK, LONGEST_CONTACT = 120, 60, 200, 500, 400


class Kind(models.TextChoices):
    """What a document is about. The first must be there."""

    SAFEGUARDING = "safeguarding", "Safeguarding and child protection"
    WHISTLEBLOWING = "whistleblowing", "Whistleblowing"
    CONDUCT = "conduct", "Behaviour of staff, staff code"
    ONLINE_SAFETY = "online_safety", "Online safety"
    DEVICES = "devices", "Phones, cameras and devices"
    DATA = "data", "Data protection"
    COMPLAINTS = "complaints", "Complaints"
    OTHER = "other", "Something else"


@dataclass(frozen=True, slots=True)
class Details:
    """What somebody says of one version of a document."""

    title: str
    version: str
    adopted_on: date
    review_by: date
    link: str = ""
    place: str = ""  # of the printed copy
    for_everyone: bool = False


@control(
    "C11", "A document of the library is dated, says when it is looked at again, and where it is to be read"
)
def details_problem(kind: Kind, said: Details, on: date) -> str:
    """Return why a version cannot be recorded like this; "" when it can."""
    years = _YEARS_SAFEGUARDING if kind == Kind.SAFEGUARDING else _YEARS
    if not said.title.strip() or not said.version.strip():
        return "Give it a title, and say which version it is, such as “September 2026”."
    too_long = (
        (said.title, LONGEST_TITLE),
        (said.version, LONGEST_VERSION),
        (said.place, LONGEST_PLACE),
        (said.link, LONGEST_LINK),
    )
    if any(len(words) > most for words, most in too_long):
        return "One of the answers is too long."
    if any(is_hidden(one) for one in said.title + said.version + said.place):
        return "There is a sign in it that nobody can see. Type it anew instead of copying it."
    if said.adopted_on > on:
        return "That day has not come yet. Record the version that holds today."
    if said.review_by <= said.adopted_on:
        return "It is looked at again after the day it was adopted, not before."
    if said.review_by > review_after(said.adopted_on, years):
        often = "every year" if years == 1 else f"every {years} years"
        return f"A document like this is looked at {often} at the latest. Choose an earlier day."
    if said.link and not is_link(said.link):
        return "The link begins with https:// and holds no spaces."
    if not said.link and not said.place:
        return "Say where it can be read: a link, or where the printed copy lies."
    return ""


def is_hidden(sign: str) -> bool:
    """Return whether a sign is not seen, or turns the words round it: everybody signs with the words of a title."""
    return unicodedata.category(sign) in {"Cc", "Cf"}


def is_link(link: str) -> bool:
    """Return whether this is an address that people may be led to, and that is what it looks like."""
    if any(one.isspace() or is_hidden(one) for one in link):
        return False
    try:
        parts = urlsplit(link)
        whole = parts.hostname and parts.port != 0  # asked for its port, a wrong one raises
        return parts.scheme == "https" and bool(whole) and parts.username is None
    except ValueError:
        return False


_ADDRESS = re.compile(r"(?<![@\w.-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s,;)]*)?(?![\w@])", re.IGNORECASE)


def addresses_in(contact: str) -> tuple[str, ...]:
    """Return the web addresses in the words of a contact, without the scheme, so that whoever checks can open them."""
    return tuple(_ADDRESS.findall(contact))


def is_fresh(checked_on: date | None, on: date) -> bool:
    """Return whether somebody looked at a contact within a term."""
    return checked_on is not None and on <= checked_on + CONTACT_CHECK


def check_contact_by(checked_on: date | None, policy_on: date) -> date:
    """Return the last day by which a contact is looked at (again)."""
    return checked_on + CONTACT_CHECK if checked_on else policy_on + FIRST_LOOK
