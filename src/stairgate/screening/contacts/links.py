"""Links that open a talk with somebody, and links to one person's page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stairgate.screening.contacts.scene import Found, Scene

_POINT, _SLASH = r"\s?(?:\.|\bdot\b)\s?", r"\s?(?:/|\bslash\b)\s?"
_TALKS = (
    rf"(?:wa|m|t|fb|ig|line|signal|telegram|kik|viber|msng|join{_POINT}skype){_POINT}(?:me|link|com){_SLASH}#?[\w+?@]",
    rf"(?:chat|api){_POINT}whatsapp{_POINT}com{_SLASH}\w",
    rf"snapchat{_POINT}com{_SLASH}\w",
    rf"discord(?:app)?{_POINT}(?:gg|com){_SLASH}\w",
    r"signal\.group/|invite\.viber\.com/|(?:us\d{2}web\.)?zoom\.us/j/|meet\.google\.com/\w",
    r"(?:tel|sms|mailto|skype|whatsapp|viber|tg):[/+\w]",
)
_PAGES = (
    rf"(?:kik|tiktok|instagram|facebook|fb|twitter|x|threads|linkedin|roblox|onlyfans){_POINT}(?:com|net){_SLASH}@?\w",
    rf"linktr{_POINT}ee{_SLASH}\w|bsky{_POINT}app{_SLASH}\w|messenger\.com/t/\w|youtube\.com/@\w",
)
_KNOWN = re.compile(
    rf"(?<![a-z0-9])(?:(?P<talk>{'|'.join(_TALKS)})|(?P<page>{'|'.join(_PAGES)}))[^\s<>\"']{{0,200}}"
)
_WEB = re.compile(r"(?<![a-z0-9@.])(?:https?://)?[a-z0-9][a-z0-9.-]{1,60}\.[a-z]{2,12}/[^\s<>\"']{0,200}")
_BETWEEN = re.compile(r"[/.\-_=?#]+")
_PATH = re.compile(r"[^/]*/@?([^/?#]*)")
_CLOSING = ".,!?)"
_REACH = 7  # words between "message me" and the link


def find_links(scene: Scene) -> Iterator[Found]:
    """Yield links of the apps everybody knows, and others that say they lead to a talk."""
    for match in _KNOWN.finditer(scene.text):
        whole = match[0].rstrip(_CLOSING)
        path = _PATH.match(whole)
        if match["talk"]:
            yield Found("contact.link", match.start(), match.start() + len(whole))
        elif not path or path[1] not in scene.lists["public_path"]:
            yield Found("contact.handle", match.start(), match.start() + len(whole))
    if not (scene.has("reach_verb") or "invite" in scene.text or "chat" in scene.text):
        return
    for match in _WEB.finditer(scene.text):
        whole = match[0].rstrip(_CLOSING)
        if not scene.lists["talk_path"].isdisjoint(_BETWEEN.split(whole)) or _is_invited(
            scene, match.start()
        ):
            yield Found("contact.link", match.start(), match.start() + len(whole))


def _is_invited(scene: Scene, start: int) -> bool:
    """Is it "message me here", "add me", "chat to me" that leads to the link?"""
    index = scene.word_from(start)
    return "me" in scene.words[max(0, index - _REACH) : index] and scene.before("reach_verb", index, _REACH)
