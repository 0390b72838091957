"""Make src/stairgate/screening/data/confusables.json: which characters imitate which plain letter.

Run: pip install confusable-homoglyphs==3.3.1, then python tools/confusables.py. The package carries Unicode's
confusables.txt as JSON; NOTICE credits it. To that come letters named after a Latin one ("b with stroke"),
and shapes people write with that Unicode does not list ("ω" for w, "几" for n).
"""

from __future__ import annotations

import json
import re
import string
import sys
import unicodedata
from importlib.resources import files
from pathlib import Path

TABLE = Path(__file__).parent.parent / "src" / "stairgate" / "screening" / "data" / "confusables.json"
LATIN = re.compile(
    r"LATIN (?:SMALL |CAPITAL )?(?:LETTER )?(?:SMALL CAPITAL |TURNED |REVERSED )*([A-Z])(?: WITH .*)?"
)
ENCLOSED = re.compile(
    r"(?:NEGATIVE |PARENTHESIZED |SQUARED |CIRCLED |CROSSED )+LATIN (?:CAPITAL|SMALL) LETTER ([A-Z])"
)
OURS = {
    "a": "αΛΔλдДᗩ卂ﾑᎯ",
    "b": "βьЪъвВᗷ乃ƅ",
    "c": "ςϲͼ匚ᑕ⊂",
    "d": "∂ԁᗪ",
    "e": "εξΣ∑єЄэЭ乇ᗴ£€ɛ",
    "f": "ƒſϝғҒ千",
    "g": "ɡǥᎶ",
    "h": "ηнНһЋћ卄ん♄",
    "i": "ιїЇɩ丨工",
    "j": "ﾌ",
    "k": "κкКқҜⲕ",
    "l": "ᒪㄥ∟",
    "m": "мМ爪ᗰ๓",
    "n": "ηипПИហ几ᑎ∩ո",
    "o": "οσθфΘФӨө口ㄖ๏ɔɵ○◯⭕",
    "p": "ρрϱ卩ᑭ",
    "q": "φ",
    "r": "яЯгГ尺ʀᖇ",
    "s": "ѕտ丂ᔕ§",
    "t": "τтТㄒ丅☂†",
    "u": "υμцЦㄩᑌ∪սʋ",
    "v": "νᐯ√∨ᶌ",
    "w": "ωшщШЩψ山ᗯաɯ",
    "x": "χхжЖ乂᙮×",
    "y": "γуУўЎчЧㄚ¥",
    "z": "乙ᘔζ",
}
NOT_LETTERS = frozenset(
    "£€§¥†×√○◯⭕♄☂"
)  # everyday signs: figures for letters, read only where a word looks odd


def _latin_by_name(character: str) -> str | None:
    name = unicodedata.name(character, "")
    match = LATIN.fullmatch(name) or ENCLOSED.fullmatch(name)
    return match[1].lower() if match else None


def _spelt_already(character: str) -> bool:
    """Does folding find the plain letters, or the figure, without a table?"""
    if unicodedata.decimal(character, None) is not None:
        return True
    plain = [
        part for part in unicodedata.normalize("NFKD", character) if unicodedata.category(part)[0] != "M"
    ]
    return all(part.isascii() and part.isalpha() for part in plain)


def _listed(pairs: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    """Letters by imitation, from Unicode's list. Where it says both i and l, the character's name decides."""
    found: dict[str, set[str]] = {}
    for letter in string.ascii_letters:
        for pair in pairs.get(letter, ()):
            other = pair["c"].strip("\u200e\u200f")
            if len(other) == 1 and not other.isascii():
                found.setdefault(other, set()).add(letter.lower())
    table = {}
    for other, letters in found.items():
        if unicodedata.category(other)[0] not in "LNS" or other in "∣∶×":
            continue
        named = letters & set(re.findall(r"\b([a-z])\b", unicodedata.name(other, "").lower()))
        is_iota = letters & {"i", "l"} and re.search(
            r"IOTA|UKRAINIAN|PALOCHKA|LETTER I\b", unicodedata.name(other, "")
        )
        table[other] = "i" if is_iota else min(named or letters)
    return table


def main() -> None:
    """Write the table: one line for each letter."""
    source = files("confusable_homoglyphs") / "confusables.json"
    table = _listed(json.loads(source.read_text(encoding="utf-8")))
    for point in range(0x80, sys.maxunicode + 1):
        letter = _latin_by_name(chr(point))
        if letter:
            table[chr(point)] = letter
    for letter, imitations in OURS.items():
        for imitation in imitations:
            if imitation not in NOT_LETTERS:
                table[imitation] = letter
    for imitation, letter in list(table.items()):
        for other in (imitation.lower(), imitation.upper()):
            if len(other) == 1:
                table.setdefault(other, letter)
    groups = dict.fromkeys(string.ascii_lowercase, "")
    for imitation in sorted(table):
        if not _spelt_already(imitation):
            groups[table[imitation]] += imitation
    lines = ",\n".join(f"{json.dumps(letter)}: {json.dumps(group)}" for letter, group in groups.items())
    TABLE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
