"""Rude words in disguise: figures for letters, letters pulled apart, letters drawn out, letters masked.

Runs only where something looks odd, and looks at each stretch of text a fixed number of times.
Look-alike letters, accents and unseen characters are already gone: folding removes them for everyone.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from stairgate.screening.lexicon import OPENING, SHORTEST_DISGUISE, Lexicon, RudeWord, squeeze
from stairgate.screening.reading import Reading

Disguised = tuple[int, int, RudeWord]

_ODD_CHUNK = re.compile(r"[a-z][^a-z\s',;][^\s]|[@$!|0-9+(<][a-z]|[*#]{2}|([a-z])\1\1")
_ODD_RUN = re.compile(r"\b[a-z0-9][^a-z0-9]{1,3}[a-z0-9][^a-z0-9]{1,3}[a-z0-9]\b")
_THREE_ALIKE = re.compile(r"([a-z])\1\1")
_CHUNK = re.compile(r"\S+")
_LONGEST_CHUNK = 40
_LONGEST_WORD = 14
_WIDEST_GAP = 3
_EDGES = ".,;:?!\"'()[]{}-_*#~"
_LEET = str.maketrans("@4€3!|10$5§7+(<8", "aaeeiiiosssttccb")
_LEET_L = str.maketrans("1|!", "lll")
_MASKS = frozenset("*#•@$%&-_.+!?")
_STRONG_MASKS = frozenset("*#•")


def find_disguised(reading: Reading, lexicon: Lexicon) -> Iterator[Disguised]:
    """Yield the folded positions of each disguised word and which word it is."""
    text = reading.folded.text
    if _ODD_CHUNK.search(text):
        for match in _CHUNK.finditer(text):
            chunk = match[0]
            if len(chunk) <= _LONGEST_CHUNK and (not chunk.isalpha() or _THREE_ALIKE.search(chunk)):
                yield from _in_chunk(chunk, match.start(), lexicon)
    if _ODD_RUN.search(text):
        yield from _spelt_out(reading, lexicon)
    yield from _pulled_apart(reading, lexicon)


def _in_chunk(chunk: str, offset: int, lexicon: Lexicon) -> Iterator[Disguised]:
    if "://" in chunk:
        return
    for core in dict.fromkeys((chunk.strip(_EDGES), chunk.strip(".,;:?\"'()[]"), chunk.lstrip(_EDGES))):
        rude = _unmask(core, lexicon) or _unleet(core, lexicon) or _undrawn(core, lexicon)
        if rude:
            start = offset + chunk.find(core)
            yield start, start + len(core), rude
            return


def _unleet(core: str, lexicon: Lexicon) -> RudeWord | None:
    """Read figures and signs as letters and drop what is left over: "sh1t", "f.u.c.k", "b@stard"."""
    if core.isalpha() or sum(map(str.isalpha, core)) * 2 < len(core) - 1:
        return None
    for table in ({}, _LEET_L):
        letters = "".join(filter(str.isalpha, core.translate(table).translate(_LEET)))
        rude = lexicon.exact.get(letters)
        if rude and _worth_it(letters, core):
            return rude
        if rude is None and _THREE_ALIKE.search(letters):
            rude = _undrawn(letters, lexicon)
            if rude:
                return rude
    return None


def _worth_it(letters: str, core: str) -> bool:
    """Short words appear by chance in road numbers and hyphens ("A55"), so they need a clearer sign."""
    if len(letters) >= SHORTEST_DISGUISE:
        return "'" not in core
    return "@" in core or "$" in core


def _undrawn(core: str, lexicon: Lexicon) -> RudeWord | None:
    """Undo drawn-out letters: "fuuuck". The word's own doubled letters must still be there."""
    if not core.isalpha() or not _THREE_ALIKE.search(core):
        return None
    runs = [len(list(group)) for _, group in itertools.groupby(core)]
    for spelling, rude in lexicon.squeezed.get(squeeze(core), ()):
        wanted = [len(list(group)) for _, group in itertools.groupby(spelling)]
        if all(run >= want for run, want in zip(runs, wanted, strict=True)):
            return rude
    return None


def _unmask(core: str, lexicon: Lexicon) -> RudeWord | None:
    """Fill masked letters in: "f**k", "sh*t", "c***"."""
    if len(core) < SHORTEST_DISGUISE or len(core) > _LONGEST_WORD or not core[0].isalpha():
        return None
    masks = [letter in _MASKS for letter in core]
    if not any(masks) or ("--" not in core and _STRONG_MASKS.isdisjoint(core)):
        return None
    shown = len(core) - sum(masks)
    for spelling, rude in lexicon.masked.get((len(core), core[0]), ()):
        fits = all(mask or letter == want for mask, letter, want in zip(masks, core, spelling, strict=True))
        if fits and (shown >= 2 or (rude.strength >= 3 and len(core) == SHORTEST_DISGUISE)):
            return rude
    return None


def _spelt_out(reading: Reading, lexicon: Lexicon) -> Iterator[Disguised]:
    """Find words spelt one letter at a time: "s h i t", "f - u - c - k"."""
    words, run = reading.raw, list[int]()
    for index, word in enumerate([*words, ""]):
        joins = len(word) == 1 and (not run or len(reading.gap_before(index)) <= _WIDEST_GAP)
        if joins:
            run.append(index)
            continue
        if len(run) >= SHORTEST_DISGUISE:
            yield from _in_run(reading, run, lexicon)
        run = [index] if len(word) == 1 else []


def _in_run(reading: Reading, run: list[int], lexicon: Lexicon) -> Iterator[Disguised]:
    letters = "".join(reading.raw[index] for index in run).translate(_LEET)
    place = 0
    while place + SHORTEST_DISGUISE <= len(letters):
        if letters[place : place + OPENING] not in lexicon.openings:
            place += 1
            continue
        for size in range(min(_LONGEST_WORD, len(letters) - place), SHORTEST_DISGUISE - 1, -1):
            rude = lexicon.exact.get(letters[place : place + size])
            if rude:
                yield reading.spans[run[place]][0], reading.spans[run[place + size - 1]][1], rude
                place += size - 1
                break
        place += 1


def _pulled_apart(reading: Reading, lexicon: Lexicon) -> Iterator[Disguised]:
    """Find a strong word with one space in it: "fu ck"."""
    for index, (first, second) in enumerate(itertools.pairwise(reading.raw)):
        seconds = lexicon.split.get(first)
        rude = seconds and seconds.get(second)
        if rude and len(reading.gap_before(index + 1)) <= _WIDEST_GAP:
            yield reading.spans[index][0], reading.spans[index + 1][1], rude
