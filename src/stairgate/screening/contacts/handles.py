"""Names of accounts: after "@", before a number sign, or beside the name of an app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from stairgate.screening.contacts.emails import is_in_address
from stairgate.screening.contacts.scene import Found, Scene

_HANDLE = re.compile(r"[a-z0-9_][a-z0-9_.\-]{1,39}")
_TOKEN = re.compile(r"[^\s,;!?()\"<>:=]{1,41}")
_ENDS_TOKEN = re.compile(r"[\s,;!?()\"<>:=]")
_GLUE = re.compile(r"(?:'s)?[^\w.!?;]{0,9}")
_PLAIN_SIGNS = (":", "=", ">", " - ", "@")  # between an app and an account: "snap: ..."
_NO_HANDLE = re.compile(
    r"[0-9.]+(?:am|pm|p|k|m|st|nd|rd|th|x|yo|yrs?|mins?|hrs?|kg|g|ml|cm|mm|s|%)?"
    r"|[a-z]{0,2}[0-9]{1,2}s?|x[0-9]+|year[0-9]{1,2}|under[0-9]{1,2}s?|20[0-9]{2}"
)
_TAGGED = re.compile(r"(?<![a-z0-9_])([a-z0-9_.]{2,32})#([0-9]{4})(?![0-9a-z])")
_PICTURED = re.compile("(?:\U0001f47b|\U0001f4f8)[ :=-]{0,3}([a-z][a-z0-9_.-]{3,29})")
_UNDERSCORED = re.compile(r"(?<![a-z0-9_@/.])(?=[a-z])[a-z0-9.]{2,20}_[a-z0-9_.]{1,20}(?![a-z0-9_@/])")
_MOST_FILLERS = 5
_SHORTEST, _LONGEST = 3, 30
_STATING = frozenset(
    {"is", "as", "under", "called", "name", "handle", "username", "user", "id", "it's", "its"}
)
_NAMING = frozenset({"name", "as", "under", "username", "handle"})
_NAMES_OF_ACCOUNTS = frozenset({"username", "gamertag", "snapname"})
_WORD_ENDINGS = (
    "ing", "ed", "ous", "ful", "ive", "less", "able", "ible", "ly", "ic", "al", "ish", "est", "ier", "tion",
    "ment", "ness", "ster", "ary",
)  # fmt: skip
_TELLING = 6  # letters of a plain word that may be an account
_SHORT_TAG = 8  # letters; a friend called by name in a comment
_AFTER_NAME = (" x", " f", ". ")  # kisses, "for more", the end of a sentence


def find_handles(scene: Scene) -> Iterator[Found]:
    """Yield every name of an account."""
    text = scene.text
    if "@" in text:
        yield from _at_signs(scene)
    if "#" in text:
        yield from _tagged(scene)
    if not text.isascii():
        yield from _after_pictures(scene)
    if "_" in text and scene.has("reach_word"):
        yield from _underscored(scene)
    yield from _beside_apps(scene)


def _beside_apps(scene: Scene) -> Iterator[Found]:
    apps, adding, has_app = scene.lists["app_name"], scene.lists["adding_word"], scene.has("app_name")
    for index, word in enumerate(scene.words):
        found = None
        if word in apps or (word.endswith("'s") and word[:-2] in apps):
            if not scene.spend():
                return
            found = _after_app(scene, index) or _before_app(scene, index)
        elif word == "there" and has_app:
            found = _before_app(scene, index)  # "I'm lil.daisy on there"
        elif word == "me" and index and scene.words[index - 1] in adding:
            found = _after_app(scene, index)  # "add me: lil.daisy"
            if found and scene.text[found.start : found.end].isalpha():
                found = None
        if found:
            yield found


def _underscored(scene: Scene) -> Iterator[Found]:
    """Find "dm kez_92": a low line makes it an account, unless it is the name of a file."""
    for match in _UNDERSCORED.finditer(scene.text):
        if match[0].split("_")[0] not in scene.lists["file_word"]:
            yield Found("contact.handle", *match.span())


def _at_signs(scene: Scene) -> Iterator[Found]:
    text = scene.text
    at = text.find("@")
    while at >= 0 and scene.spend():
        before = text[at - 1] if at else " "
        match = None if before.isalnum() or before in "._" else _HANDLE.match(text, at + 1)
        name = match[0].rstrip(".-") if match else ""
        if name and _is_account(scene, at, name) and not is_in_address(scene, at):
            yield Found("contact.handle", at, at + 1 + len(name))
        at = text.find("@", at + 1)


def _is_account(scene: Scene, at: int, name: str) -> bool:
    """Is it more than "@everyone", "@3pm" or a friend called by name?"""
    if len(name) < _SHORTEST or _NO_HANDLE.fullmatch(name) or name in scene.lists["no_tag"]:
        return False
    index = scene.word_from(at)
    if scene.case.is_outbound or not name.isalpha() or len(name) > _SHORT_TAG:
        return not scene.is_ours(index, 8)
    return scene.near("reach_word", index, index + 1, 5, 4)


def _after_pictures(scene: Scene) -> Iterator[Found]:
    """Find an account after the picture of an app: a ghost is Snapchat."""
    for match in _PICTURED.finditer(scene.text):
        name = match[1].rstrip("._-")
        if _is_telling(name) and not _NO_HANDLE.fullmatch(name):
            yield Found("contact.handle", match.start(1), match.start(1) + len(name))


def _tagged(scene: Scene) -> Iterator[Found]:
    """Find "kez#1234"."""
    for match in _TAGGED.finditer(scene.text):
        if not scene.spend():
            return
        name = match[1].strip(".")
        counted = name in scene.lists["counted_noun"] or name in scene.lists["code_noun"]
        if _has_letter(name) and not counted:
            yield Found("contact.handle", *match.span())


def _has_letter(name: str) -> bool:
    return any(map(str.isalpha, name))


def _is_telling(name: str) -> bool:
    """Does it hold figures or a low line among its letters?"""
    return _has_letter(name) and ("_" in name or any(map(str.isdigit, name)))


class _Said(NamedTuple):
    """What stands between the name of an app and what may be an account."""

    fillers: set[str]
    plain: bool  # a colon or the like: "snap: ..."
    comma: bool


def _after_app(scene: Scene, index: int) -> Found | None:
    """Read on from the name of an app, over "is", "name", "me" and the like, to what may be an account."""
    text, known = scene.text, scene.lists["handle_filler"]
    place, plain = scene.spans[index][1], False
    fillers = {"is"} if scene.words[index].endswith("'s") else set[str]()
    for _ in range(_MOST_FILLERS):
        glue = _GLUE.match(text, place)
        between = glue[0] if glue else ""
        token = _TOKEN.match(text, place + len(between)) if between else None
        if not token:
            return None
        plain = plain or any(sign in between for sign in _PLAIN_SIGNS)
        name = token[0].rstrip(".'-_*")
        filler = name.removesuffix("'s")
        if filler not in known:
            found = _is_name(scene, index, name, _Said(fillers, plain, "," in between))
            return Found("contact.handle", token.start(), token.start() + len(name)) if found else None
        fillers |= {filler, "is"} if filler != name else {filler}
        place = token.start() + len(name)
    return None


def _is_name(scene: Scene, index: int, name: str, said: _Said) -> bool:
    """May ``name`` be an account? Signs and figures tell; a plain word needs "is", "as", a colon or the like."""
    if not _SHORTEST <= len(name) <= _LONGEST or _NO_HANDLE.fullmatch(name) or not _has_letter(name):
        return False
    if not _HANDLE.fullmatch(name) or name in scene.lists["everyday"] or scene.is_ours(index, 5):
        return False
    owned = scene.before("reach_word", index, 5) or scene.before("mine", index, 2)
    sure = scene.words[index] in scene.lists["sure_app"]
    if "_" in name:
        return True
    if "." in name or any(map(str.isdigit, name)):
        return owned or sure or said.plain or bool(said.fillers)
    return _is_plain_name(scene, index, name, said, owned=owned, sure=sure)


def _is_plain_name(scene: Scene, index: int, name: str, said: _Said, *, owned: bool, sure: bool) -> bool:
    """A word of letters only: is it said to be the name of an account?"""
    app = scene.words[index].removesuffix("'s")
    stated = app in _NAMES_OF_ACCOUNTS or not said.fillers.isdisjoint(_STATING)
    if said.comma and not stated:
        return False
    if said.plain:
        return "my" not in said.fillers
    wordlike = name.endswith(_WORD_ENDINGS)
    if stated:
        named = app in _NAMES_OF_ACCOUNTS or not said.fillers.isdisjoint(_NAMING)
        return owned or named or (sure and "my" not in said.fillers and not wordlike)
    asked = "me" in said.fillers or "me" in scene.words[max(0, index - 3) : index]
    return asked and len(name) >= _TELLING and not wordlike and _ends_clause(scene, name, index)


def _ends_clause(scene: Scene, name: str, index: int) -> bool:
    """Is ``name`` the last of what is said after the app?"""
    at = scene.text.find(name, scene.spans[index][1]) + len(name)
    rest = scene.text[at : at + _LONGEST]
    return not rest.strip()[:1].isalnum() or rest[:2] in _AFTER_NAME


def _before_app(scene: Scene, index: int) -> Found | None:
    """Find "kez_92 on snap": an account right before "on" and the name of an app."""
    at = index - 1
    if at >= 1 and scene.words[at] in scene.lists["mine"]:
        at -= 1
    if at < 1 or scene.words[at] not in ("on", "at", "over", "via"):
        return None
    end = scene.spans[at][0]
    before = scene.text[max(0, end - _LONGEST - 2) : end].rstrip(" ,)")
    name = _ENDS_TOKEN.split(before)[-1].strip("@.'-*")
    telling = _is_telling(name) or ("." in name and _has_letter(name))
    if len(name) < _SHORTEST or not telling or not _HANDLE.fullmatch(name) or _NO_HANDLE.fullmatch(name):
        return None
    start = scene.text.rfind(name, 0, end)
    return Found("contact.handle", start, start + len(name))
