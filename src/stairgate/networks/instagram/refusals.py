"""The Graph API in Instagram's name: its refusals by their codes, never by their words. Pure, but for `Asking`.

The subcodes are Meta's ("Instagram Platform, Error Codes").
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from stairgate.networks.base import Account, RefusalKind, Refused, Unknown
from stairgate.networks.facebook.graph import CALL_SECONDS, Answer, Graph

#: subcodes with which Instagram says that it does not know itself what became of a write
_UNSURE = frozenset({2207001, 2207008, 2207032, 2207053})
#: codes without a subcode of their own that say no more than that something broke
_BROKE = frozenset({-1, -2})
_NOT_FETCHED = "Instagram could not fetch a photo from us. Stairgate’s own address has to be open to the internet, over https."
_EXPIRED = "What was made ready for Instagram had expired, so nothing was sent."
_MEANS: Mapping[int, tuple[RefusalKind, str]] = {
    2207003: (RefusalKind.UNREACHABLE, "Instagram took too long to fetch a photo from us."),
    2207004: (RefusalKind.INVALID, "A photo is larger than the 8 MB that Instagram takes."),
    2207005: (RefusalKind.INVALID, "Instagram takes photos as JPEG only."),
    2207006: (RefusalKind.UNREACHABLE, _EXPIRED),
    2207009: (RefusalKind.INVALID, "A photo is too tall or too wide for Instagram."),
    2207010: (
        RefusalKind.INVALID,
        "The words are too long for Instagram, or hold too many hashtags or names.",
    ),
    2207020: (RefusalKind.UNREACHABLE, _EXPIRED),
    2207027: (
        RefusalKind.UNREACHABLE,
        "Instagram had not got everything ready in time, so nothing was sent.",
    ),
    2207042: (RefusalKind.THROTTLED, "Instagram takes no more posts from this account for today."),
    2207050: (
        RefusalKind.BLOCKED,
        "Instagram has restricted the account. Sign in to it in the Instagram app, and do what it asks there.",
    ),
    2207051: (
        RefusalKind.BLOCKED,
        "Instagram takes this for spam and has stopped us. Look at the account in the Instagram app first.",
    ),
    2207052: (RefusalKind.UNREACHABLE, _NOT_FETCHED),
}
_SUBCODE = re.compile(r"\b2207\d{3}\b")


class Asking(Graph):
    """The Graph API, asked about an Instagram account."""

    def ask(
        self,
        account: Account,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        seconds: float = CALL_SECONDS,
    ) -> Answer | Refused | Unknown:
        """Make exactly one request; return what is known of it."""
        answer = super().ask(account, method, path, params, files=files, seconds=seconds)
        return understood(answer, writing=method != "GET")


def understood(answer: Answer | Refused | Unknown, *, writing: bool) -> Answer | Refused | Unknown:
    """Return an answer as Instagram means it. Pure."""
    match answer:
        case Refused():
            return _refused(answer, writing=writing)
        case Unknown():
            return Unknown(_named(answer.evidence))
        case _:
            return answer


def _refused(refused: Refused, *, writing: bool) -> Refused | Unknown:
    code, subcode = _codes(refused.code)
    if writing and (subcode in _UNSURE or (code in _BROKE and subcode not in _MEANS)):
        return Unknown(f"Instagram broke off while it was working (code {refused.code}).")
    kind, message = _MEANS.get(subcode, (refused.kind, _named(refused.message)))
    return Refused(kind, message, refused.code, refused.retry_after)


def _codes(said: str) -> tuple[int, int]:
    """Return code and subcode from how `graph` writes them down; 0 for one that is not there."""
    code, _, subcode = said.partition("/")
    return _number(code), _number(subcode)


def _number(said: str) -> int:
    return int(said) if re.fullmatch(r"-?\d{1,9}", said) else 0


def _named(words: str) -> str:
    """Return what the Graph API means for either of the two, said of Instagram."""
    return words.replace("Facebook", "Instagram")


def of_a_container(status: str) -> Refused:
    """Return why a container came to nothing, by the subcode in what Instagram says of it."""
    found = _SUBCODE.search(status)
    subcode = int(found.group()) if found else 0
    unknown = (RefusalKind.INVALID, "Instagram could not use a photo. Choose another one.")
    kind, message = _MEANS.get(subcode, unknown)
    return Refused(kind, message, code=str(subcode) if subcode else "ERROR")
