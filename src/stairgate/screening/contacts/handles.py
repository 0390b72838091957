"""Names of accounts, and links that open a talk with somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stairgate.screening.contacts.emails import is_in_address
from stairgate.screening.contacts.scene import Found, Scene

_HANDLE = re.compile(r"[a-z0-9_][a-z0-9_.\-]{1,39}")
_TOKEN = re.compile(r"[^\s,;!?()\"<>:=]{1,41}")
_GLUE = re.compile(r"[ \t:=\-\"'(,>@#]{0,5}(?:'s)?[ \t:=\-\"'(,>@]{0,4}")
_NO_HANDLE = re.compile(
    r"[0-9.]+(?:am|pm|p|k|m|st|nd|rd|th|x|yo|yrs?|mins?|hrs?|kg|g|ml|cm|mm|s|%)?|[a-z]{0,2}[0-9]{1,2}s?|x[0-9]+|year[0-9]{1,2}|under[0-9]{1,2}s?|20[0-9]{2}"
)
_TAGGED = re.compile(r"(?<![a-z0-9_])([a-z0-9_.]{2,32})#([0-9]{4})(?![0-9a-z])")
_UNDERSCORED = re.compile(r"(?<![a-z0-9_@/.])(?=[a-z])[a-z0-9.]{2,20}_[a-z0-9_.]{1,20}(?![a-z0-9_@/])")
_LINK = re.compile(
    r"(?<![a-z0-9])(?:"
    r"(?:wa|m|t|fb|ig|line|signal|telegram|kik|viber|snapchat|msng|join\.skype)\s?(?:\.|\bdot\b)\s?(?:me|link|com)\s?(?:/|\bslash\b)\s?#?[\w+?@]"
    r"|(?:chat\.whatsapp|api\.whatsapp|invite\.viber|snapchat|kik|tiktok|instagram|facebook|fb|twitter|x|threads|linkedin|discord|discordapp|roblox|onlyfans|linktr|bsky)"
    r"\s?(?:\.|\bdot\b)\s?(?:com|net|ee|app|gg)\s?(?:/|\bslash\b)\s?@?[\w]"
    r"|discord\s?(?:\.|\bdot\b)\s?gg\s?(?:/|\bslash\b)\s?\w"
    r"|youtube\.com/@\w|t\.co/dm|signal\.group/|(?:us\d{2}web\.)?zoom\.us/j/|meet\.google\.com/\w"
    r"|(?:tel|sms|mailto|skype|whatsapp|viber|tg):[/+\w]"
    r")[^\s<>\"']{0,200}"
)
_PUBLIC_PATHS = re.compile(
    r"/(?:@?(?:groups|events|sharer|share|hashtag|watch|marketplace|help|policies|privacy|legal|explore|reel|reels|p|stories|pages|search|photo|photos|photo\.php|story\.php|permalink\.php|login|about|safety|intent|status|i|tos|terms|home|games|download|community|business|discover|tag|video|videos|posts)\b)"
)
_HELD_LINK = re.compile(
    r"(?:wa|m|t|fb|line|signal|telegram|kik|viber|msng|join\.skype)\s?(?:\.|dot)|chat\.|api\.|invite\.|discord|signal\.group|zoom|meet|tel:|sms:|mailto:|skype:|whatsapp:|viber:|tg:|t\.co|snapchat"
)
_MOST_FILLERS = 5
_SHORTEST, _LONGEST = 3, 30
_TELLING = 6  # letters of a plain word that may be an account
_SHORT_TAG = 8  # letters; a friend called by name in a comment


_WEB = re.compile(
    r"(?<![a-z0-9@.])(?:https?://)?[a-z0-9][a-z0-9.-]{1,60}\.[a-z]{2,12}(?:/[^\s<>\"']{0,200})?"
)
_TALK = re.compile(
    r"(?:^|[/.\-_])(?:chats?|invites?|join|dm|dms|private|msg|message|messages|talk|whats|wa|telegram|snap|meetme|addme|u|add|inbox)(?:[/.\-_=?]|$)"
)


def find_links(scene: Scene) -> Iterator[Found]:
    """Yield links that start a talk, and links to one person's page."""
    yield from _known_links(scene)
    if not scene.has("reach_verb") and "invite" not in scene.text and "chat" not in scene.text:
        return
    for match in _WEB.finditer(scene.text):
        whole = match[0].rstrip(".,!?)")
        if "/" in whole and (_TALK.search(whole.removeprefix("https://")) or _invites(scene, match.start())):
            yield Found("contact.link", match.start(), match.start() + len(whole))


def _invites(scene: Scene, start: int) -> bool:
    """Is it "message me here", "add me", "chat to me" that leads to the link?"""
    index = scene.word_from(start)
    before = scene.words[max(0, index - 7) : index]
    return "me" in before and scene.before("reach_verb", index, 7)


def _known_links(scene: Scene) -> Iterator[Found]:
    """Links of the apps everybody knows."""
    for match in _LINK.finditer(scene.text):
        whole = match[0].rstrip(".,!?)")
        if _HELD_LINK.match(whole):
            yield Found("contact.link", match.start(), match.start() + len(whole))
        elif not _PUBLIC_PATHS.search(whole):
            yield Found("contact.handle", match.start(), match.start() + len(whole))


def find_handles(scene: Scene) -> Iterator[Found]:
    """Yield names of accounts: after "@", with a number sign, or beside the name of an app."""
    text = scene.text
    if "@" in text:
        yield from _at_signs(scene)
    if "#" in text:
        yield from _numbered(scene)
    if "_" in text and scene.has("reach_word"):
        yield from (
            Found("contact.handle", *match.span())
            for match in _UNDERSCORED.finditer(text)
            if _is_underscored(scene, match)
        )
    apps = scene.lists["app_name"]
    for index, word in enumerate(scene.words):
        if word in apps or (word.endswith("'s") and word[:-2] in apps):
            if not scene.spend():
                return
            found = _after_app(scene, index) or _before_app(scene, index)
            if found:
                yield found


def _is_underscored(scene: Scene, match: re.Match[str]) -> bool:
    name = match[0]
    return name.split("_")[0] not in scene.lists["file_word"] and any(map(str.isalpha, name))


def _at_signs(scene: Scene) -> Iterator[Found]:
    text = scene.text
    at = text.find("@")
    while at >= 0 and scene.spend():
        before = text[at - 1] if at else " "
        match = None if before.isalnum() or before in "._" else _HANDLE.match(text, at + 1)
        if match and _is_account(scene, at, match[0].rstrip(".-")) and not is_in_address(scene, at):
            yield Found("contact.handle", at, at + 1 + len(match[0].rstrip(".-")))
        at = text.find("@", at + 1)


def _is_account(scene: Scene, at: int, name: str) -> bool:
    if len(name) < _SHORTEST or _NO_HANDLE.fullmatch(name) or name in scene.lists["no_tag"]:
        return False
    if scene.case.is_outbound or not name.isalpha() or len(name) > _SHORT_TAG:
        return not _is_ours(scene, at)
    return scene.near("reach_word", scene.word_from(at), scene.word_from(at) + 1, 5, 4)


def _is_ours(scene: Scene, at: int) -> bool:
    """In a post of a setting whose own accounts nobody told us: is it "follow us @..."?"""
    case = scene.case
    unknown = not case.facts.allowed_contacts
    return unknown and case.is_outbound and scene.before("ourselves", scene.word_from(at), 8)


def _numbered(scene: Scene) -> Iterator[Found]:
    for match in _TAGGED.finditer(scene.text):
        if not scene.spend():
            return
        name = match[1].strip(".")
        if (
            _has_letter(name)
            and name not in scene.lists["counted_noun"]
            and name not in scene.lists["code_noun"]
        ):
            yield Found("contact.handle", match.start(), match.end())


def _has_letter(name: str) -> bool:
    return any(map(str.isalpha, name))


def _after_app(scene: Scene, index: int) -> Found | None:
    """Read on from the name of an app, over "is", "name", "me" and the like, to what may be an account."""
    text, lists = scene.text, scene.lists
    place, fillers, plain = scene.spans[index][1], set[str](), False
    if scene.words[index].endswith("'s"):
        fillers.add("is")
    for _ in range(_MOST_FILLERS):
        glue = _GLUE.match(text, place)
        between = glue[0] if glue else ""
        plain = (
            plain or ":" in between or "=" in between or ">" in between or " - " in between or "@" in between
        )
        token = _TOKEN.match(text, place + len(between))
        if not token or (not between and place < len(text)):
            return None
        name = token[0].rstrip(".'-_*")
        if name.removesuffix("'s") in lists["handle_filler"]:
            fillers.add(name.removesuffix("'s"))
            if name.endswith("'s"):
                fillers.add("is")
            place = token.start() + len(name)
            continue
        if _is_name(scene, index, name, fillers, plain=plain, comma="," in between):
            return Found("contact.handle", token.start(), token.start() + len(name))
        return None
    return None


def _is_name(scene: Scene, index: int, name: str, fillers: set[str], *, plain: bool, comma: bool) -> bool:
    """May ``name`` be an account? Signs and figures tell; a plain word needs "is", "as", a colon or the like."""
    if not _SHORTEST <= len(name) <= _LONGEST or _NO_HANDLE.fullmatch(name) or not _has_letter(name):
        return False
    if (
        scene.before("ourselves", index, 5)
        and scene.case.is_outbound
        and not scene.case.facts.allowed_contacts
    ):
        return False
    if not _HANDLE.fullmatch(name) or name in scene.lists["everyday"]:
        return False
    owned = scene.before("reach_word", index, 5) or scene.before("mine", index, 2)
    figures = any(map(str.isdigit, name))
    sure = scene.words[index] in scene.lists["sure_app"]
    if "_" in name or ("." in name and (owned or plain or fillers or sure)):
        return True
    if figures:
        return owned or plain or bool(fillers) or sure
    stated = not fillers.isdisjoint(
        ("is", "as", "under", "called", "handle", "username", "user", "id", "it's", "its")
    )
    if comma and not stated:
        return False
    if plain:
        return True
    if stated:
        return owned or "name" in fillers or "as" in fillers or "under" in fillers or sure
    asked = "me" in fillers or "me" in scene.words[max(0, index - 3) : index]
    return (
        asked
        and len(name) >= _TELLING
        and not name.endswith(("ly", "ing"))
        and _ends_clause(scene, name, index)
    )


def _ends_clause(scene: Scene, name: str, index: int) -> bool:
    """Is ``name`` the last of what is said after the app?"""
    at = scene.text.find(name, scene.spans[index][1]) + len(name)
    return not scene.text[at:].strip()[:1].isalnum() or scene.text[at : at + 2] in (" x", " f", ". ")


def _before_app(scene: Scene, index: int) -> Found | None:
    """Find "kez_92 on snap": an account right before "on" and the name of an app."""
    words, lists = scene.words, scene.lists
    at = index - 1
    if at >= 1 and words[at] in lists["mine"]:
        at -= 1
    if at < 1 or words[at] not in ("on", "at", "over", "via"):
        return None
    end = scene.spans[at][0]
    name = scene.text[max(0, end - _LONGEST - 2) : end].rstrip(" ,)")
    name = re.split(r"[\s,;!?()\"<>:=]", name)[-1].strip("@.'-*")
    start = scene.text.rfind(name, 0, end) if name else -1
    if start < 0 or not _HANDLE.fullmatch(name) or not _has_letter(name) or _NO_HANDLE.fullmatch(name):
        return None
    if len(name) >= _SHORTEST and ("_" in name or "." in name or any(map(str.isdigit, name))):
        return Found("contact.handle", start, start + len(name))
    return None
