"""E-mail addresses, plain, spaced out, bracketed or spoken ("tom at home dot example")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stairgate.screening.contacts.scene import Found, Scene

_LOCAL_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._%+-'")
_LONGEST_LOCAL = 64
_WIDEST_GAP = 3
_WIDEST_STEP = 24  # characters between "gmail" and the name of the box, small words among them
_MOST_FILLERS = 3
_FEWEST_FIGURES = 2  # that make a word the name of a box
_NAME = re.compile(r"[a-z0-9._-]{3,40}")
_FEW_WORDS = 5  # a message that says little but an address
_PLAIN_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){1,4}")
# What may follow "at": a name, then points or "dot", each with or without gaps and brackets, and more names.
_DOMAIN = re.compile(
    r"[\s)\]}>*_\-]{0,3}([a-z0-9][a-z0-9-]{0,62})"
    r"((?:\s{0,2}[(\[{<*_\-]{0,2}\s?(?:\.|\bdot\b|(?<=_)dot(?=_)|,)\s?[)\]}>*_\-]{0,2}\s{0,2}[a-z0-9-]{1,62}){0,4})"
)
_STEP = re.compile(
    r"\s{0,2}[(\[{<*_\-]{0,2}\s?(\.|dot\b|dot(?=_)|,)\s?[)\]}>*_\-]{0,2}\s{0,2}([a-z0-9-]{1,62})"
)
_SPOKEN_JOIN = re.compile(r"(?:dot|underscore|dash|hyphen|point|full stop|plus)")
_JOINED_UP = re.compile(
    r"[a-z0-9._]{2,30}at(?:gmail|hotmail|yahoo|outlook|icloud|googlemail|btinternet)dot(?:com|co|couk|codotuk|net)\b"
)
_HYPHENED = re.compile(
    r"(?<![a-z0-9])[a-z0-9.]{2,30}[-_]at[-_][a-z0-9]{2,30}(?:(?:[-_.]dot[-_.]|\.)[a-z]{2,10}){1,2}(?![a-z0-9])"
)
_RING = re.compile(r"[(\[]a[)\]]")
_BRACKETS = "([{<*_"
_SPACED_OUT = re.compile(r"(?<![a-z0-9])[a-z0-9](?: [a-z0-9._]){1,40} @(?: [a-z0-9.]){3,40}(?![a-z0-9])")


def find_emails(scene: Scene) -> Iterator[Found]:
    """Yield each address, however it is written."""
    text = scene.text
    at = text.find("@")
    while at >= 0 and scene.spend():
        found = _around(scene, at, at + 1)
        if found:
            yield found
        at = text.find("@", at + 1)
    if "@" in text and " @ " in text:
        yield from (Found("contact.email", *match.span()) for match in _SPACED_OUT.finditer(text))
    yield from _spoken(scene)
    if "(a)" in text or "[a]" in text:
        yield from (found for match in _RING.finditer(text) if (found := _around(scene, *match.span())))
    if "-at-" in text or "_at_" in text:
        yield from (Found("contact.email", *match.span()) for match in _HYPHENED.finditer(text))
    if "dotco" in text:
        yield from (Found("contact.email", *match.span()) for match in _JOINED_UP.finditer(text))


def is_in_address(scene: Scene, at: int) -> bool:
    """Does the "@" at this place stand inside an e-mail address?"""
    return _around(scene, at, at + 1) is not None


def _around(scene: Scene, start: int, end: int) -> Found | None:
    """Read an address around the "@" from ``start`` to ``end``."""
    text = scene.text
    local = _local_before(text, start)
    plain = _PLAIN_DOMAIN.match(text, end)
    if plain and local == start and local and text[start - 1] == " ":
        local = _local_before(text, start - 1)
        local = start if text[local : start - 1] in scene.lists["no_local"] else local
    if plain and local < start and _has_letter(plain[0].rsplit(".", 1)[-1]):
        return Found("contact.email", local, end + len(plain[0].rstrip(".-")))
    before = text[max(0, start - _WIDEST_GAP - 1) : start]
    gap = len(before) - len(before.rstrip(" ([{<"))
    local = _local_before(text, start - gap) if gap <= _WIDEST_GAP else start - gap
    name = text[local : start - gap]
    if not name or not _has_letter(name):
        return None
    tight = gap == 0
    domain = _domain_after(scene, end)
    if domain and (tight or name not in scene.lists["no_local"]):
        return Found("contact.email", local, domain)
    return None


def _has_letter(name: str) -> bool:
    return any("a" <= sign <= "z" for sign in name)


def _local_before(text: str, end: int) -> int:
    start = end
    while start and end - start < _LONGEST_LOCAL and text[start - 1] in _LOCAL_SIGNS:
        start -= 1
    while start < end and text[start] in ".'-_":
        start += 1
    return start


def _domain_after(scene: Scene, start: int) -> int:
    """Return where a domain that begins after ``start`` ends, or 0: its last part must be a known ending."""
    match = _DOMAIN.match(scene.text, start)
    if not match:
        return 0
    end, reach = 0, match.end(1)
    for step in _STEP.finditer(match[2]):
        if step[2] in scene.lists["domain_ending"]:
            end = match.start(2) + step.end()
    if end:
        return end
    return reach if match[1] in scene.lists["mail_provider"] else 0


def _spoken(scene: Scene) -> Iterator[Found]:
    """Find "at" in place of "@"."""
    words, providers = scene.words, scene.lists["sure_provider"]
    for index, word in enumerate(words):
        if word == "at" and 0 < index < len(words) - 1:
            if not scene.spend():
                return
            found = _spoken_at(scene, index)
            if found:
                yield found
        elif word.removesuffix("'s") in providers:
            if not scene.spend():
                return
            found = _at_provider(scene, index) or _before_provider(scene, index)
            if found:
                yield found


def _spoken_at(scene: Scene, index: int) -> Found | None:
    start, end = scene.spans[index]
    if scene.words[index + 1] in ("sign", "symbol") and index + 2 < len(scene.words):
        end = scene.spans[index + 1][1]
    before, behind = scene.text[scene.spans[index - 1][1] : start], scene.text[end : end + 1]
    if len(before) > _WIDEST_GAP:
        return None
    domain = _domain_after(scene, end)
    if not domain:
        return None
    local = _local_before(scene.text, start - len(before))
    local, joined = _spoken_local(scene, index, local)
    if not joined and not _has_letter(scene.text[local : start - len(before)]):
        local = _name_before(scene, index - 1, local)
    name = scene.text[local : start - len(before)]
    bracketed = (before.strip(" ")[:1] in _BRACKETS and bool(before.strip(" "))) or behind in ("-", "_")
    told = _tells_dot(scene.text[end:domain])
    marked = joined or any(sign in name for sign in "_.0123456789")
    if not _has_letter(name) or (name in scene.lists["no_local"] and not bracketed):
        return None
    if bracketed or marked or told:
        return Found("contact.email", local, domain)
    provider = words_in(scene, index + 1, "mail_provider")
    sure = words_in(scene, index + 1, "sure_provider")
    asked = scene.near("mail_word", index, index + 2, 7, 5)
    whole = "." in scene.text[end:domain]
    alone = index == 1 and len(scene.words) <= _FEW_WORDS
    if sure or (provider and whole) or ((asked or alone) and whole):
        return Found("contact.email", local, domain)
    return None


def _name_before(scene: Scene, index: int, local: int) -> int:
    """Step back to the name before figures: "tom green 92 at ..."."""
    apart = index and scene.gap(index) == " " and scene.words[index - 1].isalpha()
    return scene.spans[index - 1][0] if apart else local


def words_in(scene: Scene, index: int, name: str) -> bool:
    """Is the word at ``index`` in that list?"""
    return scene.words[index] in scene.lists[name]


def _tells_dot(domain: str) -> bool:
    return "dot" in domain.replace("_", " ").replace("-", " ").split() or any(
        sign in domain for sign in ("(dot)", "[dot]", "{dot}", "[.]", "(.)", "<dot>", "*dot*")
    )


def _spoken_local(scene: Scene, index: int, local: int) -> tuple[int, bool]:
    """Step back over "tom dot" in "tom dot green at home"."""
    words, first, joined = scene.words, index - 1, False
    while first >= 2 and index - first <= 5 and _SPOKEN_JOIN.fullmatch(words[first - 1]):
        first -= 2
        joined = True
    return (min(local, scene.spans[first][0]), True) if joined else (local, False)


def _at_provider(scene: Scene, index: int) -> Found | None:
    """Find "my gmail is tomgreen92" and "hotmail: tomgreen92"."""
    words, fillers = scene.words, scene.lists["handle_filler"]
    at = index + 1
    while at < len(words) and at - index <= _MOST_FILLERS and words[at] in fillers:
        at += 1
    if at >= len(words) or scene.spans[at][0] - scene.spans[index][1] > _WIDEST_STEP:
        return None
    name = _NAME.match(scene.text, scene.spans[at][0])
    whole = name[0].rstrip("._-") if name else ""
    if _has_letter(whole) and any(sign.isdigit() or sign == "_" for sign in whole):
        return Found("contact.email", scene.spans[at][0], scene.spans[at][0] + len(whole))
    return None


def _before_provider(scene: Scene, index: int) -> Found | None:
    """Find "tomgreen92 gmail"."""
    if not index or scene.gap(index) != " ":
        return None
    word = scene.words[index - 1]
    figures = sum(map(str.isdigit, word))
    if _FEWEST_FIGURES <= figures < len(word) - 2 and word[0].isalpha():
        return Found("contact.email", scene.spans[index - 1][0], scene.spans[index][1])
    return None
