"""Write the misspellings that are read as the word they hide: letters swapped, a letter lost, figures for letters.

Run: python tools/misspelt.py. The same words give the same file, src/stairgate/screening/data/en/misspelt.toml.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src" / "stairgate" / "screening" / "data" / "en" / "misspelt.toml"
HEAD = "# Misspellings read as the word they hide. Made by tools/misspelt.py: change the words there.\n"
SHORTEST = 3


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


WORDS = words("""
women muslims muslim immigrants immigrant migrants refugees foreigners gypsies jews blacks gays lesbians people
trans disabled autistic black hate despise scum vermin filth parasites subhuman savages animals disgusting
deported terrorists shot kill stab murder burn smash punch ugly stupid idiot pathetic loser
bitcoin crypto refund voucher vouchers followers
""")
# Words, names and common slips ("hte" is "the", "hae" is Scots): a misspelling that is one of these hides nothing.
REAL_WORDS = frozenset(
    words("""
animas refuges vouches ate hae hat hate hte hut sum cum shoe hot soot sot sht st slab tab sab stb bun bur brn barn
bum brun mash sash smas sub unch pun puch unit bitch tran tarns ran rans tans trams gas gay gys jew jes jws blaks
backs lacks lack back flith fith filh verm ski skill kil kll ill kl sat stub top cop pucnh lose loose looser lower
ugy uly gully animal anmals maters natural human mum mums musli muslin muslins wmn omen wen men woman
""")
)
FIGURES = tuple(
    str.maketrans(letters, figures)
    for letters, figures in (("aeio", "4310"), ("aeios", "43105"), ("aeiost", "431057"))
)


def misspellings(word: str) -> Iterator[str]:
    """Yield ``word`` misspelt; its first and its last letter stay where letters move or go."""
    for place in range(1, len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        yield word[:place] + word[place + 1 :]
    yield from map(word.translate, FIGURES)
    for place, letter in enumerate(word):
        yield word[:place] + letter.translate(FIGURES[-1]) + word[place + 1 :]


def hides(written: str) -> bool:
    """Is a misspelling long enough, and no word of its own?"""
    return len(written) >= SHORTEST and written not in REAL_WORDS and not written.isdigit()


def main() -> None:
    """Write the file."""
    found: dict[str, str] = {}
    for word in WORDS:
        for written in filter(hides, misspellings(word)):
            if written not in WORDS:
                found.setdefault(written, word)
    rows = "".join(f'{written} = "{word}"\n' for written, word in sorted(found.items()))
    TARGET.write_text(f"{HEAD}\n[aliases]\n{rows}", encoding="utf-8")


if __name__ == "__main__":
    main()
