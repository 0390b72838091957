"""Screen random texts and look for one that breaks a promise. Run: python tools/fuzz_screening.py --minutes 10

Mixes messages of the development set, disguises, characters of every plane, control characters and very long
runs, and checks what `bench/screening/invariants.py` says must hold for any text. Prints the seed, and the
smallest text found that breaks a promise. ``--seed`` runs the same texts again.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.screening import disguise  # noqa: E402
from bench.screening.invariants import CASES, NEEDS_CAPITALS, breaches_of_form, lost, with_unseen  # noqa: E402
from bench.screening.messages import read_half  # noqa: E402
from bench.screening.speed import HOSTILE  # noqa: E402

from stairgate.screening import (  # noqa: E402
    Context,
    Direction,
    NameIndex,
    OrganisationFacts,
    Screener,
    Screening,
    default_pack,
)

SLOWEST = (
    400e-9  # seconds for a character of a long text: far more than any takes, less than if it grew faster
)
LONG = 20_000
Piece = Callable[[], str]


class Fuzzer:
    """Makes texts from a seed and checks each."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)  # noqa: S311 - no secret
        names = NameIndex.build(b"a key for the fuzzer alone", ["Ottilie", "Rowan", "Zoë", "Mary Kate"])
        self.screener = Screener(
            default_pack(), OrganisationFacts(names=names, group_names=frozenset({"Acorns"}))
        )
        self.messages = [message.text for message in read_half("develop")]
        self.methods = list(disguise.METHODS.values())
        self.tried = 0
        for direction in Direction:  # so that what is made when first wanted is there
            self.screener.screen(" ".join(self.messages)[:LONG], direction=direction)

    def text(self) -> str:
        """Return the next text: a few pieces, run together or apart."""
        pick = self.pick
        pieces: list[Piece] = [
            self._message, self._message, self._disguised, self._characters, self._controls, self._hostile,
        ]  # fmt: skip
        if pick.random() < 0.02:
            pieces = [self._run]
        joiner = pick.choice(("", " ", "\n", ". ", "\u200d"))
        return joiner.join(pick.choice(pieces)() for _ in range(pick.randint(1, 5)))

    def _message(self) -> str:
        text = self.pick.choice(self.messages)
        return text if self.pick.random() < 0.7 else text[self.pick.randrange(len(text)) :]

    def _disguised(self) -> str:
        return self.pick.choice(self.methods)(self.pick.choice(disguise.WORDS), self.pick)

    def _characters(self) -> str:
        return "".join(chr(self.pick.randrange(0x110000)) for _ in range(self.pick.randint(1, 20)))

    def _controls(self) -> str:
        signs = (
            "\x00\x01\x08\x0b\x1b\x7f\x85\ud800\udfff\u202e\u2066\u2069\u200d\ufe0f\u20e3\U000e0061\U0001f3fb"
        )
        return "".join(self.pick.choice(signs) for _ in range(self.pick.randint(1, 9)))

    def _hostile(self) -> str:
        return self.pick.choice(list(HOSTILE.values()))[:40] * self.pick.randint(1, 30)

    def _run(self) -> str:
        piece = self.pick.choice((self._characters, self._disguised, self._controls, self._hostile))()
        return (piece * (LONG // len(piece) + 1))[: self.pick.choice((LONG // 2, LONG, 2 * LONG))]

    def breaches(self, text: str, direction: Direction, context: Context, seed: int) -> list[str]:
        """Return the promises that ``text`` breaks."""

        def screen(text: str) -> Screening:
            return self.screener.screen(text, direction=direction, context=context)

        try:
            start = time.process_time()
            before = screen(text)
            if time.process_time() - start > 0.05 + SLOWEST * 40 * min(len(text), LONG):
                return ["too slow"]
            found = list(breaches_of_form(text, before))
            found += [
                f"unseen characters hide {one.rule}" for one in self._hidden(text, before, screen, seed)
            ]
            for case, change in CASES.items():
                if text.isascii() and len(text) < LONG // 2:
                    gone = lost(before, screen(change(text)))
                    found += [
                        f"{case} hide {one.rule}" for one in gone if not one.rule.startswith(NEEDS_CAPITALS)
                    ]
        except Exception as error:  # any at all is what we look for
            return [f"raised {error!r}"]
        return found

    def _hidden(
        self, text: str, before: Screening, screen: Callable[[str], Screening], seed: int
    ) -> list[object]:
        if len(text) > LONG // 2:
            return []
        changed = with_unseen(text, random.Random(seed))  # noqa: S311 - no secret
        return list(lost(before, screen(changed)))

    def smallest(self, text: str, is_bad: Callable[[str], bool]) -> str:
        """Cut pieces out of ``text`` for as long as it stays bad."""
        size = len(text) // 2
        while size:
            start = 0
            while start < len(text):
                shorter = text[:start] + text[start + size :]
                if shorter and is_bad(shorter):
                    text = shorter
                else:
                    start += size
            size //= 2
        return text

    def run(self, seconds: float) -> dict[str, str]:
        """Check texts for so long. Returns the smallest text found for each promise broken."""
        broken: dict[str, str] = {}
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text, direction = self.text(), self.pick.choice(list(Direction))
            context, seed = Context(has_picture=self.pick.random() < 0.5), self.pick.getrandbits(32)
            self.tried += 1
            for breach in self.breaches(text, direction, context, seed):
                if breach in broken:
                    continue

                def is_bad(
                    text: str,
                    breach: str = breach,
                    direction: Direction = direction,
                    context: Context = context,
                    seed: int = seed,
                ) -> bool:
                    if time.monotonic() > end + seconds:
                        return False
                    return breach in self.breaches(text, direction, context, seed)

                broken[breach] = self.smallest(text, is_bad)
        return broken


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz for the time asked. Returns 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args(arguments)
    seed = asked.seed if asked.seed is not None else random.SystemRandom().getrandbits(32)
    fuzzer = Fuzzer(seed)
    broken = fuzzer.run(asked.minutes * 60 + asked.seconds or 600)
    print(f"seed {seed}: {fuzzer.tried:,} texts, {len(broken)} promises broken")
    for breach, text in broken.items():
        print(f"  {breach}: {text!r}" if len(text) < 500 else f"  {breach}: {text[:500]!r}… ({len(text):,})")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
