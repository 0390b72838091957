"""Rude words in disguise: figures for letters, letters pulled apart, drawn out, masked, or run into other words.

Each way is behind a cheap test of the whole text, and looks at each stretch a fixed number of times.
Look-alike letters, accents and unseen characters are already gone: folding removes them for everyone.
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
from stairgate.screening.reading import WORD, Reading

Disguised = tuple[int, int, RudeWord]
Part = tuple[str, int, int]  # letters, and where they stand

_CHUNK = re.compile(r"\S+")
_LETTERS = re.compile(r"[a-z]+")
_FIGURES_LAST = re.compile(r"[a-z]{1,3}[0-9]{2,}")
_TRIPLES = tuple(letter * 3 for letter in "abcdefghijklmnopqrstuvwxyz")
_LONGEST_CHUNK = 60
_LONGEST_RUN = 48
_WIDEST_GAP = 3
_EDGES = ".,;:?!\"'()[]{}-_*#~…/\\"
_ENDS = ".,;:?!\"'()-…"
_SIGNS = str.maketrans(
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
_FIGURES = tuple(
    str.maketrans({**dict(zip("@4€3!|0$57+8(<¢9", "aaeeiiosstt" + "bcccg", strict=True)), "1": one})
    for one in "il"
)
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff](?: ?[\U0001f1e6-\U0001f1ff]){2,15}")
_CAPITALISED = re.compile(r"[A-Z][a-z]+|[a-z]+|[A-Z]+")
_TAGS = "#@_"
_FEWEST_PARTS = 2
_MARKED = frozenset("@$|")
_FEWEST_SINGLE = 3  # letters standing alone
_REMEMBERED, _LONGEST_REMEMBERED = 20_000, 24
_MOST_ALIKE = 3  # different signs that make a row of signs a curse
_STRONG_SIGNS = frozenset("#@%&$")
_TAKE_S = frozenset(
    ["it", "that", "what", "there", "here", "he", "she", "who", "how", "where", "let", "dad", "mum"]
)
_SLEEPS = (["is"], ["was"], ["will"], ["s"], ["time"])
_GRAWLIX = frozenset("@#$%&!*^?~§£€")


def is_worth_reading(reading: Reading, lexicon: Lexicon) -> bool:
    """Could there be a rude word at all? A cheap test, passed by few texts that hold none."""
    text, words, remembered = reading.folded.text, reading.raw, lexicon.remembered
    for chunk in text.split():
        is_odd = remembered.get(chunk)
        if is_odd or (is_odd is None and _remember(chunk, lexicon)):
            return True
    if not lexicon.split_marks.isdisjoint(words) and _is_split_somewhere(words, lexicon):
        return True
    sizes = [*map(len, words)]
    if sizes.count(1) >= _FEWEST_SINGLE and _has_run_of_single(sizes):
        return True
    return not text.isascii() and (
        any(sign in text for sign in lexicon.signs) or _FLAGS.search(text) is not None
    )


def _is_split_somewhere(words: Sequence[str], lexicon: Lexicon) -> bool:
    splits = lexicon.splits
    return any(first in splits and second in splits[first] for first, second in itertools.pairwise(words))


def _has_run_of_single(sizes: Sequence[int]) -> bool:
    """Do three letters stand alone in a row?"""
    return any(a == b == c == 1 for a, b, c in zip(sizes, sizes[1:], sizes[2:], strict=False))


def _remember(chunk: str, lexicon: Lexicon) -> bool:
    is_odd = _is_chunk_worth_reading(chunk, lexicon)
    if len(chunk) <= _LONGEST_REMEMBERED and len(lexicon.remembered) < _REMEMBERED:
        lexicon.remembered[chunk] = is_odd
    return is_odd


def _is_chunk_worth_reading(chunk: str, lexicon: Lexicon) -> bool:
    words = WORD.findall(chunk)
    if not lexicon.exact.keys().isdisjoint(words) or not lexicon.phrases.keys().isdisjoint(words):
        return True
    if any(stem in chunk for stem in lexicon.stems) or any(triple in chunk for triple in _TRIPLES):
        return any(_is_odd_word(word, lexicon) for word in words) or _is_odd_chunk(chunk, lexicon)
    return _is_odd_chunk(chunk, lexicon)


def _is_odd_word(word: str, lexicon: Lexicon) -> bool:
    return len(word) <= _LONGEST_CHUNK and bool(
        _hidden(word, lexicon, lexicon.handle_companions) or _undrawn(word, lexicon)
    )


def _is_odd_chunk(chunk: str, lexicon: Lexicon) -> bool:
    if chunk.isalpha() or not _is_odd(chunk):
        return False
    if chunk[0] in "#@" and any(spelling in chunk for spelling in lexicon.tagged):
        return True
    return _read_chunk(chunk, lexicon) is not None


def find_disguised(reading: Reading, lexicon: Lexicon) -> Iterator[Disguised]:
    """Yield the folded positions of each disguised word and which word it is."""
    text = reading.folded.text
    yield from _in_chunks(reading, lexicon)
    yield from _run_together(reading, lexicon)
    if any(triple in text for triple in _TRIPLES):
        for word, (start, end) in zip(reading.raw, reading.spans, strict=True):
            is_drawn = len(word) <= _LONGEST_CHUNK and any(triple in word for triple in _TRIPLES)
            rude = _undrawn(word, lexicon) if is_drawn else None
            if rude:
                yield start, end, rude
    if [*map(len, reading.raw)].count(1) >= _FEWEST_SINGLE:
        yield from _spelt_out(reading, lexicon)
    if not lexicon.split_marks.isdisjoint(reading.raw):
        yield from _pulled_apart(reading, lexicon)
    if not text.isascii():
        yield from _in_signs(text, lexicon)


def _in_chunks(reading: Reading, lexicon: Lexicon) -> Iterator[Disguised]:
    """Look at each stretch without a space that is more than a word and its full stop."""
    text = reading.folded.text
    odd = {chunk for chunk in text.split() if not chunk.isalpha() and _is_odd(chunk)}
    found = {chunk: place for chunk in odd if (place := _read_chunk(chunk, lexicon))}
    if not found and "#" not in text and "@" not in text:
        return
    for match in _CHUNK.finditer(text):
        chunk, offset = match[0], match.start()
        place = found.get(chunk)
        if place:
            yield offset + place[0], offset + place[1], place[2]
        elif chunk[0] in "#@":
            yield from _in_tag(reading, chunk, offset, lexicon)


def _is_odd(chunk: str) -> bool:
    core = chunk.strip(_ENDS)
    if chunk[0] == "(" and ")" not in chunk:  # "(unt"
        return len(chunk) <= _LONGEST_CHUNK
    return len(chunk) <= _LONGEST_CHUNK and not core.isalpha() and (not core.isdigit() or core != chunk)


def _read_chunk(chunk: str, lexicon: Lexicon) -> Disguised | None:
    """Return what a stretch without spaces hides, at its positions inside the stretch."""
    if "://" in chunk or chunk.startswith("www."):
        return None
    signs = chunk.translate(_SIGNS).removesuffix("'s")
    for core in dict.fromkeys(
        (signs.strip(_EDGES), signs.strip(".,;:?\"'()[]"), signs.lstrip(_EDGES), signs)
    ):
        if not core:
            continue
        start = signs.find(core)
        if core.isalpha() and core.isascii():  # what stood for letters has become them: flags, crosses
            rude = lexicon.exact.get(core) if core not in chunk and core in lexicon.spelt else None
        else:
            rude = _unleet(core, lexicon) or _unmask(core, lexicon)
        if rude:
            return start, start + len(core), rude
    return _in_parts(signs, lexicon) or _in_figures(signs, lexicon) or _grawlix(signs, lexicon)


def _unleet(core: str, lexicon: Lexicon) -> RudeWord | None:
    """Read figures and signs as letters and drop what is left over: "sh1t", "f.u.c.k", "b@stard"."""
    for written in _ways_to_read(core):
        signs = "".join(filter(_may_be_letter, written))
        rude = None if signs in lexicon.innocent else _unfigured(signs, lexicon) or _undrawn(signs, lexicon)
        if rude and _worth_it(signs, core, lexicon):
            return rude
    return None


def _may_be_letter(sign: str) -> bool:
    return skeleton(sign).isalpha()


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


def _undrawn(signs: str, lexicon: Lexicon) -> RudeWord | None:
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
    return next(_across(parts, lexicon), None) if len(parts) > 1 else None


def _across(parts: Sequence[Part], lexicon: Lexicon) -> Iterator[Disguised]:
    """Put neighbouring parts together and yield each rude word they make."""
    place = 0
    while place < len(parts):
        after = _longest_from(parts, place, lexicon)
        if after:
            letters = "".join(part[0] for part in parts[place:after])
            yield parts[place][1], parts[after - 1][2], lexicon.disguised[letters]
        place = after or place + 1


def _longest_from(parts: Sequence[Part], first: int, lexicon: Lexicon) -> int:
    """Return one past the last of the parts that make a rude word from ``first`` on, or 0."""
    letters, best = "", 0
    for after in range(first, min(len(parts), first + LONGEST_WORD)):
        letters += parts[after][0]
        if len(letters) > LONGEST_WORD:
            break
        if (
            after > first
            and letters in lexicon.disguised
            and _stands_alone(parts, first, after + 1, letters, lexicon)
        ):
            best = after + 1
    return best


def _stands_alone(parts: Sequence[Part], first: int, after: int, letters: str, lexicon: Lexicon) -> bool:
    """Is it no piece of a longer word spelt out ("S-H-I-T-A-K-E") and no chance meeting ("it.s hit")?"""
    used = [part[0] for part in parts[first:after]]
    if any(len(part) > 1 for part in used):
        is_possessive = used[0] == "s" and first > 0
        return (
            len(letters) >= SHORTEST_DISGUISE and not is_possessive and not lexicon.everyday.issuperset(used)
        )
    before = _single(reversed(parts[max(0, first - _LONGEST_RUN) : first]))[::-1]
    rest = _single(parts[after : after + _LONGEST_RUN])
    if len(letters) < SHORTEST_DISGUISE:
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
    for table in _FIGURES:
        letters = core.translate(table)
        rude = _hidden(letters, lexicon, lexicon.handle_companions) if letters.isalpha() else None
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


def _run_together(reading: Reading, lexicon: Lexicon) -> Iterator[Disguised]:
    """Find a rude word inside another: "unfuckingbelievable" anywhere, "holyshit" beside words of everyday."""
    text = reading.folded.text
    if not any(stem in text for stem in lexicon.stems):
        return
    for word, (start, end) in zip(reading.raw, reading.spans, strict=True):
        if SHORTEST_DISGUISE < len(word) <= _LONGEST_CHUNK and word not in lexicon.exact:
            before = text[start - 1 : start]
            companions = lexicon.handle_companions if before in _TAGS and before else lexicon.companions
            rude = _hidden(word, lexicon, companions)
            if rude:
                yield start, end, rude


def _hidden(word: str, lexicon: Lexicon, companions: frozenset[str]) -> RudeWord | None:
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


def _in_tag(reading: Reading, chunk: str, offset: int, lexicon: Lexicon) -> Iterator[Disguised]:
    """Find a rude word of a hashtag or handle whose words start with capitals: "#ThisNurseryIsShit"."""
    first, last = reading.folded.span(offset, offset + len(chunk))
    written = reading.original[first:last]
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
    run = list[Part]()
    for index, word in enumerate([*reading.raw, ""]):
        if len(word) == 1 and (not run or len(reading.gap_before(index)) <= _WIDEST_GAP):
            run.append((_letter(word), *reading.spans[index]))
            continue
        if len(run) >= SHORTEST_DISGUISE - 1:
            yield from _across(run, lexicon)
        run = [(_letter(word), *reading.spans[index])] if len(word) == 1 else []


def _letter(sign: str) -> str:
    return sign.translate(_FIGURES[0])


def _pulled_apart(reading: Reading, lexicon: Lexicon) -> Iterator[Disguised]:
    """Find a word with one space or line break in it: "fu ck"."""
    words = reading.raw
    for index, (first, second) in enumerate(itertools.pairwise(words)):
        seconds = lexicon.splits.get(first)
        rude = seconds and seconds.get(second)
        if rude and _is_one_gap(reading, index + 1) and not _is_chance(reading, index):
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
        letters = "".join(match[0].split()).translate(_SIGNS)
        if letters in lexicon.spelt and len(letters) >= SHORTEST_DISGUISE:
            yield match.start(), match.end(), lexicon.exact[letters]
    for sign, rude in lexicon.signs.items():
        start = text.find(sign)
        if start >= 0:
            yield start, start + len(sign), rude
