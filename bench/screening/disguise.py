"""Swearing in disguise, made mechanically: every word by every method, in an everyday sentence."""

from __future__ import annotations

import random
from collections.abc import Callable

from bench.screening.carriers import SWEARING, source, words
from bench.screening.messages import Message

WORDS = words(
    "fuck fucking fucker fucked motherfucker fuckwit fuckers clusterfuck shit shitty bullshit shithead "
    "shitshow shite gobshite shits cunt cunts wanker wankers wank wanking twat twats bollocks "
    "bollocking bastard bastards pissed pisshead arse arsehole arseholes arsewipe asshole dickhead "
    "dickheads prick pricks knobhead bellend bellends tosser tossers slag slags slut sluts whore whores "
    "bitch bitches bitching bugger crap crappy cocksucker dumbass douchebag pillock shagging titties "
    "faggot retard"
)
AMBIGUOUS_WITHOUT_VOWELS = frozenset(
    words("arse crap crappy slag slags slut sluts prick pricks titties shite shits bugger")
)

INNOCENT_BY_CHANCE = frozenset({"carp"})  # crap with its letters swapped
LEET = {
    "a": "4@",
    "e": "3",
    "i": "1!",
    "o": "0",
    "s": "5$",
    "t": "7",
    "b": "8",
    "g": "9",
    "u": "v",
    "l": "1",
    "c": "(",
}
ACCENTS = {
    "a": "àáâãäå",
    "e": "èéêë",
    "i": "ìíîï",
    "o": "òóôõö",
    "u": "ùúûü",
    "c": "ç",
    "n": "ñ",
    "s": "šś",
    "t": "ţ",
}
CYRILLIC = {
    "a": "а",
    "c": "с",
    "e": "е",
    "i": "і",
    "o": "о",
    "p": "р",
    "s": "ѕ",
    "x": "х",
    "y": "у",
    "h": "һ",
    "k": "к",
}
GREEK = {
    "a": "α",
    "e": "ε",
    "i": "ι",
    "k": "κ",
    "n": "η",
    "o": "ο",
    "p": "ρ",
    "t": "τ",
    "u": "υ",
    "w": "ω",
    "b": "β",
}
OTHER = {
    "a": "Ꭺ",
    "b": "Ᏼ",
    "c": "ⅽ",
    "d": "ԁ",
    "e": "ℯ",
    "f": "ẝ",
    "g": "ɡ",
    "h": "հ",
    "i": "ɩ",
    "l": "ⅼ",
    "n": "ո",
    "o": "օ",
    "r": "ꮁ",
    "s": "ꜱ",
    "t": "Ꭲ",
    "u": "ս",
    "w": "ա",
}
LETTER_EMOJI = {"a": "🅰️", "b": "🅱️", "i": "ℹ️", "o": "🅾️", "m": "Ⓜ️", "p": "🅿️", "x": "❌", "s": "💲", "t": "✝️"}
PICTURES = ("😂", "⭐", "🔥", "💩", "🙈", "❤️")
VOWELS = "aeiou"
Method = Callable[[str, random.Random], str]


def _some(word: str, table: dict[str, str], pick: random.Random, share: float = 0.6) -> str:
    """Swap at least one letter that the table knows; the others by chance."""
    places = [place for place, letter in enumerate(word) if letter in table]
    if not places:
        return word
    sure = pick.choice(places)
    return "".join(
        pick.choice(table[letter]) if place == sure or (place in places and pick.random() < share) else letter
        for place, letter in enumerate(word)
    )


def _all(word: str, table: dict[str, str]) -> str:
    return "".join(table.get(letter, letter) for letter in word)


def _shift(word: str, first: int) -> str:
    return "".join(chr(first + ord(letter) - ord("a")) for letter in word)


def _between(marks: str) -> Method:
    return lambda word, pick: pick.choice(marks).join(word)


def _case(word: str, pick: random.Random) -> str:
    return "".join(letter.upper() if place % 2 else letter for place, letter in enumerate(word))


def _repeat_one(word: str, pick: random.Random) -> str:
    place = pick.randrange(len(word))
    return word[:place] + word[place] * pick.randint(3, 6) + word[place + 1 :]


def _repeat_all(word: str, pick: random.Random) -> str:
    return "".join(letter * pick.randint(2, 4) for letter in word)


def _unseen(word: str, pick: random.Random) -> str:
    return "".join(
        letter + pick.choice(("", "\u200b", "\u200d", "\u2060", "\u00ad", "\ufeff")) for letter in word[:-1]
    ) + ("\u200c" + word[-1])


def _bidi(word: str, pick: random.Random) -> str:
    if pick.random() < 0.5:
        return "\u202d" + "\u200e".join(word) + "\u202c"
    half = len(word) // 2
    return word[:half] + "\u2066" + word[half:] + "\u2069"


def _combining(word: str, pick: random.Random) -> str:
    return "".join(letter + pick.choice(("\u0336", "\u0301", "\u0323")) for letter in word)


def _picture_for_letter(word: str, pick: random.Random) -> str:
    places = [place for place, letter in enumerate(word) if letter in VOWELS and place]
    if not places:
        return word
    place = places[0]
    return word[:place] + pick.choice(PICTURES) + word[place + 1 :]


def _cut(word: str, pick: random.Random, mark: str) -> str:
    place = pick.randrange(2, max(3, len(word) - 1))
    return word[:place] + mark + word[place:]


def _swap(word: str, pick: random.Random) -> str:
    places = [place for place in range(1, len(word) - 2) if word[place] != word[place + 1]]
    if not places:
        return word
    place = pick.choice(places)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _no_vowels(word: str, pick: random.Random) -> str:
    if word in AMBIGUOUS_WITHOUT_VOWELS:
        return word
    short = word[0] + "".join(letter for letter in word[1:] if letter not in VOWELS)
    return short if len(short) >= 3 else word


def _mask_vowel(word: str, pick: random.Random) -> str:
    mark = pick.choice("*#_")
    return word[0] + "".join(mark if letter in VOWELS else letter for letter in word[1:])


def _mask_inside(word: str, pick: random.Random) -> str:
    return word[0] + "*" * (len(word) - 2) + word[-1]


def _hashtag(word: str, pick: random.Random) -> str:
    if pick.random() < 0.5:
        return "#" + "".join(part.title() for part in ("this", "is", word))
    return "#" + pick.choice(("total", "absolute", "what", "such")) + word


METHODS: dict[str, Method] = {
    "plain": lambda word, pick: word,
    "case": _case,
    "accents": lambda word, pick: _some(word, ACCENTS, pick),
    "combining marks": _combining,
    "leet": lambda word, pick: _some(word, LEET, pick),
    "dots inside": _between("."),
    "spaces inside": _between(" "),
    "hyphens inside": _between("-_"),
    "other marks inside": _between("*/|~+,"),
    "one letter drawn out": _repeat_one,
    "all letters drawn out": _repeat_all,
    "zero-width": _unseen,
    "bidirectional": _bidi,
    "cyrillic": lambda word, pick: _some(word, CYRILLIC, pick, 1),
    "greek": lambda word, pick: _some(word, GREEK, pick, 1),
    "other scripts": lambda word, pick: _some(word, OTHER, pick, 0.7),
    "full-width": lambda word, pick: _shift(word, 0xFF41),
    "mathematical": lambda word, pick: _shift(
        word, pick.choice((0x1D41A, 0x1D482, 0x1D4EA, 0x1D5BA, 0x1D68A))
    ),
    "circled": lambda word, pick: _shift(word, pick.choice((0x24D0, 0x1F170, 0x1F130))),
    "flag letters": lambda word, pick: "\u200b".join(_shift(word, 0x1F1E6)),
    "emoji letters": lambda word, pick: _all(word, LETTER_EMOJI),
    "emoji for a vowel": _picture_for_letter,
    "emoji between": lambda word, pick: pick.choice(PICTURES).join(word),
    "one space": lambda word, pick: _cut(word, pick, " "),
    "line break": lambda word, pick: _cut(word, pick, "\n"),
    "hashtag": _hashtag,
    "letters swapped": _swap,
    "vowels dropped": _no_vowels,
    "vowels masked": _mask_vowel,
    "inside masked": _mask_inside,
    "joined": lambda word, pick: pick.choice(
        ("youare{}", "whata{}place", "pure{}here", "{}nursery", "the{}manager")
    ).format(word),
    "handle": lambda word, pick: pick.choice(
        ("@{}acorns", "@acorns_{}", "@the.{}.nursery", "@acorns{}")
    ).format(word),
}


def disguised() -> list[Message]:
    """Return every word in every disguise that changes it, and the plain words, one sentence each."""
    made = []
    for method, disguise in METHODS.items():
        pick = source(f"disguise {method}")
        for word in WORDS:
            written = disguise(word, pick)
            if (written == word and method != "plain") or written in INNOCENT_BY_CHANCE:
                continue
            text = pick.choice(SWEARING).format(written)
            made.append(Message(f"{method}-{word}", text, frozenset({"profanity"}), group=method))
    return made
