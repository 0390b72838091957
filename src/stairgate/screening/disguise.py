"""Rude words in disguise: figures for letters, letters pulled apart, drawn out, masked, or run into other words.

A cheap test of the whole text comes first; what follows looks at each stretch a fixed number of times, and at
no more stretches than a person would write. Look-alike letters, accents and unseen characters are already
gone: folding removes them for everyone.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from stairgate.screening.chunks import (
    FIGURES,
    LONGEST_CHUNK,
    SIGNS,
    Disguised,
    Part,
    across,
    hidden,
    is_odd,
    recall,
    undrawn,
)
from stairgate.screening.folding import fold
from stairgate.screening.lexicon import SHORTEST_DISGUISE, Lexicon
from stairgate.screening.reading import WORD, Reading

_CHUNK = re.compile(r"\S+")
_THREE_ALIKE = re.compile(r"([a-z])\1\1")
_WIDEST_GAP = 3
_MOST_ODD, _MOST_LOOKS = 300, 200  # different odd stretches, and words looked at closely, in one text
_LONGEST_REMEMBERED, _REMEMBERED = 24, 20_000
_FEWEST_SINGLE, _MOST_SINGLE = 3, 3000  # letters standing alone
_FEWEST_PARTS = 2
_TAGS = "#@_"
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff](?: ?[\U0001f1e6-\U0001f1ff]){2,15}")
_CAPITALISED = re.compile(r"[A-Z][a-z]+|[a-z]+|[A-Z]+")
_TAKE_S = frozenset(
    ["it", "that", "what", "there", "here", "he", "she", "who", "how", "where", "let", "dad", "mum"]
)
_SLEEPS = (["is"], ["was"], ["will"], ["s"], ["time"])


def is_worth_reading(reading: Reading, lexicon: Lexicon) -> bool:
    """Could there be a rude word at all? A cheap test, passed by few texts that hold none."""
    text, words = reading.folded.text, reading.raw
    chunks = text.split()
    known = [*map(lexicon.remembered.get, chunks)]
    if True in known or (None in known and _any_may_be_rude(chunks, lexicon)):
        return True
    if not lexicon.split_marks.isdisjoint(words) and _is_split_somewhere(words, lexicon):
        return True
    sizes = [*map(len, words)]
    if sizes.count(1) >= _FEWEST_SINGLE and _has_run_of_single(sizes):
        return True
    return not text.isascii() and (
        any(sign in text for sign in lexicon.signs) or _FLAGS.search(text) is not None
    )


def _any_may_be_rude(chunks: Iterable[str], lexicon: Lexicon) -> bool:
    """Look at the stretches that were never met before. Too many odd ones are worth reading by themselves."""
    unknown = 0
    for chunk in chunks:
        is_rude = lexicon.remembered.get(chunk)
        if is_rude is None:
            is_rude = _remember(chunk, lexicon)
            unknown += not chunk.isalpha()
        if is_rude or unknown > _MOST_ODD:
            return True
    return False


def _is_split_somewhere(words: Sequence[str], lexicon: Lexicon) -> bool:
    splits = lexicon.splits
    return any(first in splits and second in splits[first] for first, second in itertools.pairwise(words))


def _has_run_of_single(sizes: Sequence[int]) -> bool:
    """Do three letters stand alone in a row?"""
    return any(a == b == c == 1 for a, b, c in zip(sizes, sizes[1:], sizes[2:], strict=False))


def _remember(chunk: str, lexicon: Lexicon) -> bool:
    is_rude = _may_be_rude(chunk, lexicon)
    if len(chunk) <= _LONGEST_REMEMBERED and len(lexicon.remembered) < _REMEMBERED:
        lexicon.remembered[chunk] = is_rude
    return is_rude


def _may_be_rude(chunk: str, lexicon: Lexicon) -> bool:
    words = [chunk] if chunk.isalpha() else WORD.findall(chunk)
    if not lexicon.exact.keys().isdisjoint(words) or not lexicon.phrases.keys().isdisjoint(words):
        return True
    is_full = lexicon.any_stem.search(chunk) or _THREE_ALIKE.search(chunk)
    if is_full and any(_hides_something(word, lexicon) for word in words if len(word) <= LONGEST_CHUNK):
        return True
    if chunk.isalpha() or not is_odd(chunk):
        return False
    return recall(chunk, lexicon) is not None or (chunk[0] in "#@" and lexicon.any_tagged(chunk))


def _hides_something(word: str, lexicon: Lexicon) -> bool:
    return bool(hidden(word, lexicon, lexicon.handle_companions) or undrawn(word, lexicon))


def find_disguised(reading: Reading, lexicon: Lexicon) -> Iterator[Disguised]:
    """Yield the folded positions of each disguised word and which word it is."""
    yield from _in_chunks(reading, lexicon)
    yield from _in_words(reading, lexicon)
    if [*map(len, reading.raw)].count(1) >= _FEWEST_SINGLE:
        yield from _spelt_out(reading, lexicon)
    if not lexicon.split_marks.isdisjoint(reading.raw):
        yield from _pulled_apart(reading, lexicon)
    if not reading.folded.text.isascii():
        yield from _in_signs(reading.folded.text, lexicon)


def _in_chunks(reading: Reading, lexicon: Lexicon) -> Iterator[Disguised]:
    """Look at each stretch without a space that is more than a word and its full stop."""
    text = reading.folded.text
    odd = [chunk for chunk in dict.fromkeys(text.split()) if not chunk.isalpha() and is_odd(chunk)]
    found = {chunk: recall(chunk, lexicon) for chunk in odd[:_MOST_ODD]}
    if len(odd) > _MOST_ODD:
        reading.give_up(text.find(odd[_MOST_ODD]))
    for match in _CHUNK.finditer(text) if found else ():
        chunk, offset = match[0], match.start()
        place = found.get(chunk)
        if place:
            yield offset + place[0], offset + place[1], place[2]
        elif chunk[0] in "#@" and chunk in found and lexicon.any_tagged(chunk):
            yield from _in_tag(reading, chunk, offset, lexicon)


def _in_words(reading: Reading, lexicon: Lexicon) -> Iterator[Disguised]:
    """Find a word drawn out, or inside another: "unfuckingbelievable" anywhere, "holyshit" beside companions."""
    text, words = reading.folded.text, reading.raw
    has_triple = _THREE_ALIKE.search(text) is not None
    if not has_triple and not lexicon.any_stem.search(text):
        return
    looks = (index for index, word in enumerate(words) if _is_worth_a_look(word, lexicon))
    for index in reading.some(looks, _MOST_LOOKS):
        word, (start, end) = words[index], reading.spans[index]
        is_tag = start > 0 and text[start - 1] in _TAGS
        rude = hidden(word, lexicon, lexicon.handle_companions if is_tag else lexicon.companions)
        if rude is None and has_triple and _THREE_ALIKE.search(word):
            rude = undrawn(word, lexicon)
        if rude:
            yield start, end, rude


def _is_worth_a_look(word: str, lexicon: Lexicon) -> bool:
    if not SHORTEST_DISGUISE <= len(word) <= LONGEST_CHUNK or word in lexicon.exact:
        return False
    return bool(lexicon.any_stem.search(word) or _THREE_ALIKE.search(word))


def _in_tag(reading: Reading, chunk: str, offset: int, lexicon: Lexicon) -> Iterator[Disguised]:
    """Find a rude word of a hashtag or handle whose words start with capitals: "#ThisNurseryIsShit"."""
    first, last = reading.folded.span(offset, offset + len(chunk))
    written = "".join(filter(fold, reading.original[first:last]))
    parts = [(match[0].lower(), match.start(), match.end()) for match in _CAPITALISED.finditer(written)]
    if len(written) != len(chunk) or len(parts) < _FEWEST_PARTS:
        return
    words = [part[0] for part in parts]
    for word, start, end in parts:
        rude = lexicon.exact.get(word) if len(word) >= SHORTEST_DISGUISE else None
        if rude and not rude.needs_frame and not rude.is_excused_by(words):
            yield offset + start, offset + end, rude


def _spelt_out(reading: Reading, lexicon: Lexicon) -> Iterator[Disguised]:
    """Find words spelt one letter at a time: "s h i t", "f - u - c - k"."""
    words, spans, run = reading.raw, reading.spans, list[Part]()
    single = (index for index, word in enumerate(words) if len(word) == 1)
    for index in reading.some(single, _MOST_SINGLE):
        start, end = spans[index]
        if run and (start - run[-1][2] > _WIDEST_GAP or spans[index - 1][1] != run[-1][2]):
            if len(run) >= _FEWEST_SINGLE:
                yield from across(run, lexicon)
            run = []
        run.append((words[index].translate(FIGURES[0]), start, end))
    yield from across(run, lexicon)


def _pulled_apart(reading: Reading, lexicon: Lexicon) -> Iterator[Disguised]:
    """Find a word with one space or line break in it: "fu ck"."""
    words, splits = reading.raw, lexicon.splits
    pairs = enumerate(itertools.pairwise(words))
    looks = (index for index, (first, second) in pairs if first in splits and second in splits[first])
    for index in reading.some(looks, _MOST_LOOKS):
        if _is_one_gap(reading, index + 1) and not _is_chance(reading, index):
            rude = splits[words[index]][words[index + 1]]
            yield reading.spans[index][0], reading.spans[index + 1][1], rude


def _is_one_gap(reading: Reading, index: int) -> bool:
    gap = reading.gap_before(index)
    return len(gap) <= _WIDEST_GAP and (gap.isspace() or len(gap) == 1)


def _is_chance(reading: Reading, index: int) -> bool:
    """Is it an initial, a plural in haste or a school subject? "P Rick", "it s hit", "a RSE lesson"."""
    words = reading.raw
    first = words[index]
    if first == "s" and index > 0 and words[index - 1] in _TAKE_S:
        return True
    if first == "sh":
        return words[index + 2 : index + 3] in _SLEEPS
    start, end = reading.folded.span(*reading.spans[index + 1])
    written = reading.original[start:end]
    is_capital = reading.is_capital(index)
    return len(first) == 1 and ((is_capital and written.istitle()) or (not is_capital and written.isupper()))


def _in_signs(text: str, lexicon: Lexicon) -> Iterator[Disguised]:
    """Find what is said in pictures: a raised finger, or flags whose letters make a word."""
    for match in _FLAGS.finditer(text):
        letters = "".join(match[0].split()).translate(SIGNS)
        if letters in lexicon.spelt and len(letters) >= SHORTEST_DISGUISE:
            yield match.start(), match.end(), lexicon.exact[letters]
    for sign, rude in lexicon.signs.items():
        start = text.find(sign)
        if start >= 0:
            yield start, start + len(sign), rude
