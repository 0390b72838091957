"""What one stretch without spaces hides: figures and signs for letters, letters apart, drawn out, masked.

Pure functions of the stretch, so that what was read once need not be read again.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from stairgate.screening.lexicon import (
    LONGEST_WORD,
    SHORTEST_DISGUISE,
    Lexicon,
    RudeWord,
    is_made_of,
    skeleton,
    squeeze,
)

Disguised = tuple[int, int, RudeWord]
Part = tuple[str, int, int]  # letters, and where they stand

LONGEST_CHUNK = 60
_LETTERS = re.compile(r"[a-z]+")
_FIGURES_LAST = re.compile(r"[a-z]{1,3}[0-9]{2,}")
_LONGEST_RUN = 24  # single letters on either side of a word spelt out
_MOST_TRIES = 60  # rude words spelt out that turn out to be none, before a text is given up as a riddle
_LONGEST_REMEMBERED, _REMEMBERED = 24, 20_000
_EDGES = ".,;:?!\"'()[]{}-_*#~…/\\"
_ENDS = ".,;:?!\"'()-…"
SIGNS = str.maketrans(
    {
        **{0x1F1E6 + place: chr(97 + place) for place in range(26)},  # flag letters
        **dict.fromkeys(map(ord, "⭕◯○🔘"), "o"),
        **dict.fromkeys(map(ord, "❌✖✗✘×"), "x"),
        **dict.fromkeys(map(ord, "✝➕☦†"), "t"),
        **dict.fromkeys(map(ord, "💲"), "$"),
        **dict.fromkeys(map(ord, "❗❕"), "!"),
        **dict.fromkeys(map(ord, "©"), "c"),
        **dict.fromkeys(map(ord, "®"), "r"),
    }
)
# Letters drawn with several signs, longest first.
_DRAWN = (
    ("|\\/|", "m"), ("/\\/\\", "m"), ("\\/\\/", "w"), ("|\\|", "n"), ("|-|", "h"), ("|_|", "u"), ("\\_/", "u"),
    ("(_)", "u"), ("/-\\", "a"), ("/\\", "a"), ("\\/", "v"), ("|)", "d"), ("|3", "b"), ("|>", "p"), ("|<", "k"),
    ("|{", "k"), ("|=", "f"), ("|2", "r"), ("|_", "l"), ("()", "o"), ("[]", "o"), ("}{", "h"), ("><", "x"),
)  # fmt: skip
_MASKS = frozenset("*#•@$%&-_.+!?×^~=")
FIGURES = tuple(
    str.maketrans({**dict(zip("@4€3!|0$57+8(<¢9", "aaeeiiosstt" + "bcccg", strict=True)), "1": one})
    for one in "il"
)
_MARKED = frozenset("@$|")
_MOST_ALIKE = 3  # different signs that make a row of signs a curse
_STRONG_SIGNS = frozenset("#@%&$")
_GRAWLIX = frozenset("@#$%&!*^?~§£€")
_MAY_BE_LETTER = frozenset("abcdefghijklmnopqrstuvwxyz@43€£1!|0$5§27+(<{[¢869¥")


def is_odd(chunk: str) -> bool:
    """Is there more to it than letters and a full stop?"""
    core = chunk.strip(_ENDS)
    if chunk[0] == "(" and ")" not in chunk:  # "(unt"
        return len(chunk) <= LONGEST_CHUNK
    return len(chunk) <= LONGEST_CHUNK and not core.isalpha() and (not core.isdigit() or core != chunk)


def recall(chunk: str, lexicon: Lexicon) -> Disguised | None:
    """Return what an odd stretch hides; short ones are read once and remembered."""
    known = lexicon.chunks_read
    if chunk not in known:
        place = read_chunk(chunk, lexicon)
        if len(chunk) > _LONGEST_REMEMBERED or len(known) >= _REMEMBERED:
            return place
        known[chunk] = place
    return known[chunk]


def read_chunk(chunk: str, lexicon: Lexicon) -> Disguised | None:
    """Return what a stretch without spaces hides, at its positions inside the stretch."""
    if "://" in chunk or chunk.startswith("www."):
        return None
    signs = chunk.translate(SIGNS).removesuffix("'s")
    for core in dict.fromkeys(
        (signs.strip(_EDGES), signs.strip(".,;:?\"'()[]"), signs.lstrip(_EDGES), signs)
    ):
        if not core:
            continue
        start = signs.find(core)
        if core.isalpha() and core.isascii():  # what stood for letters has become them: flags, crosses
            rude = lexicon.exact.get(core) if core not in chunk and core in lexicon.spelt else None
        else:
            rude = lexicon.hyphened.get(core) or _unleet(core, lexicon) or _unmask(core, lexicon)
        if rude:
            return start, start + len(core), rude
    return _in_parts(signs, lexicon) or _in_figures(signs, lexicon) or _grawlix(signs, lexicon)


def _unleet(core: str, lexicon: Lexicon) -> RudeWord | None:
    """Read figures and signs as letters and drop what is left over: "sh1t", "f.u.c.k", "b@stard"."""
    for written in _ways_to_read(core):
        signs = "".join([sign for sign in written if sign in _MAY_BE_LETTER])
        rude = None if signs in lexicon.innocent else _unfigured(signs, lexicon) or undrawn(signs, lexicon)
        if rude and _worth_it(signs, core, lexicon):
            return rude
    return None


def _unfigured(signs: str, lexicon: Lexicon) -> RudeWord | None:
    for spelling, rude in lexicon.skeletons.get(skeleton(signs), ()):
        if all(map(_agrees, signs, spelling)):
            return rude
    return None


def _agrees(sign: str, letter: str) -> bool:
    """May the sign stand for the letter? A letter stands only for itself, but for "v" and "u"."""
    if sign == letter or (sign in "uv" and letter in "uv"):
        return True
    return not sign.isalpha() and skeleton(sign) == skeleton(letter)


def _ways_to_read(core: str) -> Iterator[str]:
    yield core
    yield "".join(sign if sign.isalnum() else "" for sign in core)
    if "#" in core:
        yield core.replace("#", "h")
    if "vv" in core:
        yield core.replace("vv", "w")
    if "6" in core:
        yield core.replace("6", "b")
    if "|" in core or "/" in core or "(" in core or "[" in core or "}" in core or "><" in core:
        for drawn, letter in _DRAWN:
            core = core.replace(drawn, letter)
        yield core


def _worth_it(signs: str, core: str, lexicon: Lexicon) -> bool:
    """Short words, codes and contractions come out right by chance ("A55", "SH17", "who're"): ask for more."""
    parts = _LETTERS.findall(core)
    if not parts and not ("$" in core or "@" in core or "|" in core or "#" in core):
        return False
    if _FIGURES_LAST.fullmatch(core) or (core[0] == "(" and _are_words(parts, lexicon)):
        return False
    if len(signs) < SHORTEST_DISGUISE:
        return len(signs) == 3 and not _MARKED.isdisjoint(core)
    return len("".join(parts)) < len(signs) or not _are_words(parts, lexicon)


def _are_words(parts: Sequence[str], lexicon: Lexicon) -> bool:
    return all(len(part) > 1 and part in lexicon.everyday for part in parts)


def undrawn(signs: str, lexicon: Lexicon) -> RudeWord | None:
    """Undo drawn-out letters: "fuuuck". The word's own doubled letters must still be there."""
    if len(signs) < SHORTEST_DISGUISE:
        return None
    for spelling, rude in lexicon.squeezed.get(squeeze(skeleton(signs)), ()):
        drawn, wanted = _runs(signs), _runs(spelling)
        if len(drawn) == len(wanted) and all(map(_covers, drawn, wanted)):
            return rude
    return None


def _runs(signs: str) -> list[str]:
    """Cut into runs of what may be the same letter."""
    runs: list[str] = []
    for sign in signs:
        if runs and skeleton(runs[-1][-1]) == skeleton(sign):
            runs[-1] += sign
        else:
            runs.append(sign)
    return runs


def _covers(drawn: str, wanted: str) -> bool:
    return len(drawn) >= len(wanted) and all(_agrees(sign, wanted[-1]) or sign in wanted for sign in drawn)


def _unmask(core: str, lexicon: Lexicon) -> RudeWord | None:
    """Fill masked letters in: "f**k", "sh*t", "c***"."""
    if not SHORTEST_DISGUISE <= len(core) <= LONGEST_WORD or not core[0].isalpha():
        return None
    masks = [letter in _MASKS or not letter.isascii() for letter in core]
    shown = len(core) - sum(masks)
    if shown == len(core):
        return None
    for spelling, rude in lexicon.masked.get((len(core), skeleton(core[0])), ()):
        fits = all(
            mask or _agrees(sign, want) for mask, sign, want in zip(masks, core, spelling, strict=True)
        )
        if fits and _shows_enough(core, shown, masks, rude):
            return rude
    return None


def _shows_enough(core: str, shown: int, masks: Sequence[bool], rude: RudeWord) -> bool:
    if "*" in core or "#" in core:
        return (shown >= 2 and not masks[-1]) or shown >= 3 or (shown == 1 and rude.strength >= 2)
    return shown >= 2 and not masks[-1] and (shown > 2 or masks.count(True) == len(core) - 2)


def _in_parts(chunk: str, lexicon: Lexicon) -> Disguised | None:
    """Find a word whose letters stand apart inside a stretch: "you.f.u.c.k.er", "sh🙂it"."""
    parts = [(match[0], match.start(), match.end()) for match in _LETTERS.finditer(chunk)]
    return next(across(parts, lexicon), None) if len(parts) > 1 else None


def across(parts: Sequence[Part], lexicon: Lexicon) -> Iterator[Disguised]:
    """Put neighbouring parts together and yield each rude word they make."""
    place, tries = 0, 0
    while place < len(parts) and tries < _MOST_TRIES:
        after = place + 1
        if parts[place][0] not in lexicon.beginnings:
            place = after
            continue
        for end in _rude_ends(parts, place, lexicon):
            tries += 1
            if _stands_alone(parts, place, end, lexicon):
                after = end
        if after > place + 1:
            letters = "".join(part[0] for part in parts[place:after])
            yield parts[place][1], parts[after - 1][2], lexicon.apart[letters]
        place = after


def _rude_ends(parts: Sequence[Part], first: int, lexicon: Lexicon) -> Iterator[int]:
    """Yield one past the last of each row of parts that spells a rude word from ``first`` on."""
    letters, beginnings = parts[first][0], lexicon.beginnings
    for end in range(first + 2, min(len(parts), first + LONGEST_WORD) + 1):
        letters += parts[end - 1][0]
        if letters in lexicon.apart:
            yield end
        if letters not in beginnings:
            return


def _stands_alone(parts: Sequence[Part], first: int, after: int, lexicon: Lexicon) -> bool:
    """Is it no piece of a longer word spelt out ("S-H-I-T-A-K-E") and no chance meeting ("it.s hit")?"""
    used = [part[0] for part in parts[first:after]]
    size = sum(map(len, used))
    if any(len(part) > 1 for part in used):
        is_possessive = used[0] == "s" and first > 0
        return size >= SHORTEST_DISGUISE and not is_possessive and not lexicon.everyday.issuperset(used)
    before = _single(reversed(parts[max(0, first - _LONGEST_RUN) : first]))[::-1]
    rest = _single(parts[after : after + _LONGEST_RUN])
    if size < SHORTEST_DISGUISE:
        return not before and not rest
    return is_made_of(before, lexicon.companions) and is_made_of(rest, lexicon.companions)


def _single(parts: Iterable[Part]) -> str:
    """Return the letters up to the first part that has more than one."""
    return "".join(part[0] for part in itertools.takewhile(lambda part: len(part[0]) == 1, parts))


def _in_figures(chunk: str, lexicon: Lexicon) -> Disguised | None:
    """Find a rude word with figures for letters inside a longer stretch: "you5h1t", "bull$hit69"."""
    core = chunk.strip("0123456789" + _EDGES)
    if len(core) <= SHORTEST_DISGUISE or core.isalpha():
        return None
    for table in FIGURES:
        letters = core.translate(table)
        rude = hidden(letters, lexicon, lexicon.handle_companions) if letters.isalpha() else None
        if rude:
            start = chunk.find(core)
            return start, start + len(core), rude
    return None


def _grawlix(chunk: str, lexicon: Lexicon) -> Disguised | None:
    """Find signs put for a whole word: "@#$%!"."""
    core = chunk.rstrip(".,")
    if len(core) < SHORTEST_DISGUISE or not _GRAWLIX.issuperset(core) or len(set(core)) < _MOST_ALIKE:
        return None
    return (0, len(core), lexicon.grawlix) if not _STRONG_SIGNS.isdisjoint(core) else None


def hidden(word: str, lexicon: Lexicon, companions: frozenset[str]) -> RudeWord | None:
    if word in lexicon.innocent:
        return None
    for stem, rude in lexicon.anywhere.items():
        if stem in word:
            return rude
    for stem, rude in lexicon.joined.items():
        start = word.find(stem)
        if start >= 0 and _is_beside_companions(word, start, start + len(stem), lexicon, companions):
            return rude
    return None


def _is_beside_companions(
    word: str, start: int, shortest: int, lexicon: Lexicon, companions: frozenset[str]
) -> bool:
    if not is_made_of(word[:start], companions):
        return False
    return any(
        word[start:end] in lexicon.spelt and is_made_of(word[end:], companions)
        for end in range(min(len(word), start + LONGEST_WORD), shortest - 1, -1)
    )
