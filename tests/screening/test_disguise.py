"""Swearing in disguise: by every way of disguising, and by way of examples people really type."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stairgate.screening import Category, Severity
from stairgate.screening.engine import MOST_FINDINGS
from stairgate.screening.folding import fold
from tests.screening.cast import coming_in, stretch

WORDS = (
    "fuck", "fucking", "shit", "bullshit", "shitty", "cunt", "wanker", "bollocks", "bastard", "arsehole", "bitch",
    "twat", "prick", "dickhead", "knobhead", "bellend", "tosser", "slut", "whore", "pissed", "motherfucker", "faggot",
)  # fmt: skip
LEET = str.maketrans("aeiostl", "4310571")
SIGNS = str.maketrans("aisctlo", "@!$(+|0")
DRAWN = {"h": "|-|", "w": "\\/\\/", "u": "|_|", "k": "|<", "d": "|)", "n": "|\\|", "a": "/\\", "b": "|3"}
ALPHABETS = {
    "full-width": 0xFF41,
    "mathematical bold": 0x1D41A,
    "script": 0x1D4EA,
    "fraktur": 0x1D586,
    "monospace": 0x1D68A,
    "circled": 0x24D0,
    "squared": 0x1F130,
    "negative squared": 0x1F170,
    "negative circled": 0x1F150,
    "parenthesised": 0x249C,
    "flags": 0x1F1E6,
}
SCRIPTS = {
    "cyrillic": str.maketrans("aceikopsxyhtbm", "асеікорѕхуһтьм"),
    "greek": str.maketrans("aeiknoptuwb", "αεικηορτυωβ"),
    "armenian": str.maketrans("houns", "հօսոտ"),
    "cherokee": str.maketrans("abdeghkstw", "ᎪᏴᎠᎬᏀᎻᏦᏚᎢᎳ"),
    "small capitals": str.maketrans("abcdefghiklmnoprstuw", "ᴀʙᴄᴅᴇꜰɢʜɪᴋʟᴍɴᴏᴘʀꜱᴛᴜᴡ"),
}


def _shifted(word: str, first: int) -> str:
    return "".join(chr(first + ord(letter) - ord("a")) for letter in word)


def _inner_swap(word: str) -> str:
    return word[0] + word[2] + word[1] + word[3:] if word[1] != word[2] else word


WAYS: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "mixed case": lambda word: "".join(
        sign.upper() if place % 2 else sign for place, sign in enumerate(word)
    ),
    "accents": lambda word: "".join(sign + "\u0301" for sign in word),
    "struck through": lambda word: "".join(sign + "\u0336" for sign in word),
    "figures": lambda word: word.translate(LEET),
    "signs": lambda word: word.translate(SIGNS),
    "drawn with signs": lambda word: "".join(DRAWN.get(sign, sign) for sign in word),
    "dots": ".".join,
    "hyphens": "-".join,
    "underscores": "_".join,
    "slashes": "/".join,
    "stars": "*".join,
    "spaces": " ".join,
    "wide spaces": "  ".join,
    "one letter drawn out": lambda word: word[:2] + word[1] * 4 + word[2:],
    "all drawn out": lambda word: "".join(sign * 3 for sign in word),
    "all doubled": lambda word: "".join(sign * 2 for sign in word),
    "zero-width": "\u200b".join,
    "joiners": "\u200d".join,
    "soft hyphens": "\u00ad".join,
    "turned round": lambda word: "\u202d" + "\u200e".join(word) + "\u202c",
    "isolated": lambda word: word[:2] + "\u2066" + word[2:] + "\u2069",
    "smiles between": "😂".join,
    "hearts between": "❤️".join,
    "one smile": lambda word: word[:2] + "🙂" + word[2:],
    "line break": lambda word: word[:3] + "\n" + word[3:],
    "inner stars": lambda word: word[0] + "*" * (len(word) - 2) + word[-1],
    "hashtag": lambda word: f"#whata{word}",
    "capitals in a hashtag": lambda word: f"#ThisNurseryIs{word.title()}",
    "handle": lambda word: f"@the_{word}_nursery",
    "joined": lambda word: f"youabsolute{word}",
    "swapped": _inner_swap,
    "vowel starred": lambda word: word[0] + "".join("*" if sign in "aeiou" else sign for sign in word[1:]),
    **{name: lambda word, first=first: _shifted(word, first) for name, first in ALPHABETS.items()},  # type: ignore[misc]
    **{name: lambda word, table=table: word.translate(table) for name, table in SCRIPTS.items()},  # type: ignore[misc]
}
EXAMPLES = [
    "F.U.C.K", "f/u/c/k", "f\\u\\c\\k", "f|u|c|k", "f~u~c~k", "f,u,c,k", "f u c k", "f  u  c  k",
    "f.u.c.k.i.n.g", "s-h-i-t", "s_h_i_t", "s*h*i*t", "|=uck", "fu(k", "fu<k", "fu|<", "ph|_|ck", "5#!7",
    "$#it", "sh|t", "s|-|it", "\\/\\/anker", "vv@nker", "b!7ch", "b17ch", "81tch", "b1tc#", "c|_|nt",
    "cvnt", "(unt", "<unt", "kunt", "tw4t", "7wat", "+wat", "w4nk3r", "b0110cks", "bo11ocks", "b@st4rd",
    "8astard", "4rsehole", "@rsehole", "ar$e", "a5shole", "@ssh0le", "d1ck", "di(k", "d!ckhead", "c0ck",
    "pr1ck", "pr!ck", "p1$$", "pi$$ed", "5hite", "sh1te", "bu11shit", "bull5hit", "mutha-fucker",
    "m0th3rfuck3r", "fuuuuuck", "fuckkkk", "shiiiiit", "sshhiitt", "ffuucckk", "biiiitch", "wanker\u200bs",
    "f\u200cu\u200cc\u200ck", "s\u202eh\u202cit", "fцck", "fυcκ", "ѕнιт", "ƒυ¢к", "ꜰᴜᴄᴋ", "ᶠᵘᶜᵏ", "ғᴜᴄᴋ",
    "fʌck", "Ⓕⓤⓒⓚ", "🄵🅄🄲🄺", "🅵🆄🅲🅺", "🇫🇺🇨🇰", "🇫 🇺 🇨 🇰", "f🅰️ggot", "🅱️itch", "🅱️astard", "sh💩t", "f🍆ck",
    "f❤️u❤️c❤️k", "f😂u😂c😂k", "sh🙂it", "fu🙂ck", "fu ck", "f uck", "fuc k", "sh it", "shi t", "s hit",
    "cu nt", "c unt", "wan ker", "w anker", "bas tard", "bast ard", "bol locks", "tw at", "bit ch",
    "b itch", "fuckyou", "holyshit", "youbastard", "youcunt", "fuckoff", "fuckthis", "totalwanker",
    "whatabitch", "bullshitter", "shitschool", "fukc", "fcuk", "sihtty", "shitty", "btich", "cutn",
    "wnaker", "basatrd", "bollcoks", "fck", "fcking", "sht", "shtty", "bstrd", "wnkr", "btch", "bllcks",
    "prck", "d*ckhead", "f**k", "f***", "s***", "s**t", "c***", "c**t", "b*stard", "b******", "w*nker",
    "w****r", "f--k", "f-ck", "sh-t", "c#nt", "f#ck", "f@ck", "f%ck", "f.ck", "f_ck", "f...k", "fu*k",
    "fuc*", "tw*t", "a**hole", "a***hole", "b*tch", "b****", "d**k", "p***k", "#FuckThis",
    "#thisisbullshit", "#fuckyou", "#shitnursery", "#WhatATwat", "#youre_a_twat", "@shit_head",
    "@fuck_you_all", "@shithead99", "@xXfuckXx", "@theshitshow", "f\u200bu\u200bc\u200bk", "ｆｕｃｋ", "𝓯𝓾𝓬𝓴",
    "𝕗𝕦𝕔𝕜", "𝖘𝖍𝖎𝖙", "𝙘𝙪𝙣𝙩", "ⓢⓗⓘⓣ", "s̶h̶i̶t̶", "f̷u̷c̷k̷", "Fuсk", "сunt", "wаnker", "bаstаrd", "fսck",
    "shīt", "bîtch", "ćunt", "fúck", "twåt", "fuxk", "fvck", "fucck", "fuk", "fuq", "shyt", "biatch",
    "a55hole", "@$$", "a$$", "a$$hole", "azzhole", "bi7ch", "b!tch", "wh0re", "5lut", "s1ut", "sl@g",
    "n1gger", "n!gga", "f4ggot", "p4ki", "p@ki", "r3tard", "sp4z", "@#$%!", "what the #@$%",
]  # fmt: skip


def is_found(text: str) -> bool:
    findings = coming_in(text).findings
    return any(
        finding.category in (Category.PROFANITY, Category.HATE) and finding.severity >= Severity.LOOK
        for finding in findings
    )


@pytest.mark.clause("C39")
@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_disguising_is_seen_through(way: str) -> None:
    missed = [word for word in WORDS if not is_found(f"you are a {WAYS[way](word)} honestly")]
    assert len(missed) <= 1, missed


@pytest.mark.clause("C39")
@pytest.mark.parametrize("text", EXAMPLES)
def test_what_people_type_is_found(text: str) -> None:
    assert is_found(text)
    assert is_found(f"this nursery is {text} again")


@pytest.mark.parametrize("cut", range(1, 6))
def test_one_space_inside_is_found(cut: int) -> None:
    words = ("wanker", "bastard", "bollocks", "arsehole", "fucker", "twatty", "whores")
    missed = [word for word in words if not is_found(f"he is a {word[:cut]} {word[cut:]} isn't he")]
    assert len(missed) <= 1, missed


@pytest.mark.parametrize(
    "written", ["sh1t", "f.u.c.k", "w*nker", "fu ck", "fuuuck", "🇫🇺🇨🇰", "#FuckThis", "b\u200bitch"]
)
def test_the_finding_points_at_what_was_typed(written: str) -> None:
    text = f"Well, {written} happens"
    found = [finding for finding in coming_in(text).findings if finding.rule == "language.rude"]
    assert [stretch(text, finding).lstrip("#").lower()[:2] for finding in found] == [
        written.lstrip("#").lower()[:2]
    ]
    assert all(stretch(text, finding) in written for finding in found)


@pytest.mark.parametrize("letter", "abcdefghijklmnopqrstuvwxyz")
def test_every_alphabet_folds_to_the_plain_letter(letter: str) -> None:
    for first in ALPHABETS.values():
        if first != ALPHABETS["flags"]:
            assert fold(_shifted(letter, first)) == letter


@pytest.mark.parametrize(
    "text", ["fuck off", "what a dick", "that prick", "bloody useless", "you absolute tit", "arse"]
)
@pytest.mark.parametrize("change", [str.upper, str.title, str.swapcase, "\u200b".join])
def test_capitals_and_unseen_characters_hide_nothing(text: str, change: Callable[[str], str]) -> None:
    assert is_found(text)
    assert is_found(change(text))


@pytest.mark.parametrize(
    "pattern", ["f u c k ", "a b ", "f-u-c-k-", "sh it ", "5h1t ", "#FuckThis ", "dick ", "@#$%! "]
)
def test_a_text_full_of_it_is_answered_with_what_a_person_can_read(pattern: str) -> None:
    assert len(coming_in((pattern * 5000)[:20000]).findings) <= MOST_FINDINGS
