"""What the public side of each network asks for: the lowest age, how a visitor reports something, who can own a page.

Plain data with a version. Networks change their terms: when they do, change the line, its day and `VERSION`; requests
for young readers that were sent under another age are refused when they are decided.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = "2026-11"


@dataclass(frozen=True, slots=True)
class PublicSide:
    """One network as families meet it in the United Kingdom."""

    minimum_age: int
    age_source: str
    reporting: str  # the way to report that the network itself offers
    owner: str  # what is to be recorded as the owner
    owner_hint: str
    access: str  # what each person's access has to be


PUBLIC: dict[str, PublicSide] = {
    "facebook": PublicSide(
        minimum_age=13,
        age_source="Facebook’s terms of service, “Who can use Facebook”: facebook.com/legal/terms",
        reporting="On Facebook: the three dots beside a post or comment, then “Report”.",
        owner="Business portfolio that owns the page",
        owner_hint="Its name and its number: business.facebook.com, Settings, Business portfolio info.",
        access="Each person has an access of their own in the portfolio, the least they need, with two-factor on.",
    ),
    "instagram": PublicSide(
        minimum_age=13,
        age_source="Instagram’s terms of use, “Who can use Instagram”: help.instagram.com/581066165581870",
        reporting="On Instagram: the three dots beside a post, or hold a comment, then “Report”.",
        owner="Business portfolio that owns the account and the Facebook page it is linked to",
        owner_hint="Its name and its number: business.facebook.com, Settings, Business portfolio info.",
        access="Each person has an access of their own in the portfolio, the least they need, with two-factor on; "
        "nobody uses the account’s own password.",
    ),
    "bluesky": PublicSide(
        minimum_age=13,
        age_source="Bluesky’s terms of service: bsky.social/about/support/tos",
        reporting="On Bluesky: the three dots below a post, then “Report post”.",
        owner="Who owns the account",
        owner_hint="Our setting’s name, and the shared mailbox that the account was opened with.",
        access="Nobody but the holders of the shared mailbox knows the account’s password; Stairgate has an app "
        "password of its own, and a code by e-mail is asked at each sign-in.",
    ),
    "mastodon": PublicSide(
        minimum_age=16,
        age_source="Each server sets its own, and the largest asks for 16: mastodon.social/terms-of-service",
        reporting="On Mastodon: the three dots below a post, then “Report”.",
        owner="Who owns the account, and who runs its server",
        owner_hint="Our setting’s name, the shared mailbox the account was opened with, and whoever runs the server.",
        access="Nobody but the holders of the shared mailbox knows the account’s password, and two-factor is on; "
        "Stairgate has a token of its own.",
    ),
    "x": PublicSide(
        minimum_age=13,
        age_source="X’s terms of service: x.com/tos",
        reporting="On X: the three dots beside a post, then “Report post”.",
        owner="Who owns the account",
        owner_hint="Our setting’s name, and the shared mailbox that the account was opened with.",
        access="Nobody but the holders of the shared mailbox knows the account’s password, and two-factor is on; "
        "Stairgate has keys of its own, and X is paid from the setting’s own card.",
    ),
    "assisted": PublicSide(
        minimum_age=13,
        age_source="The terms of Facebook and WhatsApp, where such groups live: 13 for both",
        reporting="In the group: hold or open the message, then “Report”.",
        owner="Who owns the group",
        owner_hint="Our setting’s name, and the setting’s own telephone or account that made the group.",
        access="The group’s administrators use the setting’s own telephone or account, each with a code or two-factor.",
    ),
}
