"""How fast words are screened, and how slow a hostile text can make it. Run: python bench/screening.py"""

from __future__ import annotations

import time
from collections.abc import Callable

from stairgate.screening import Context, Direction, NameIndex, OrganisationFacts, Screener, default_pack

SIZE = 20_000
SECONDS = 2.0
COMMENTS = (
    "They slept so well after this!",
    "Do you have a place for a two-year-old in January?",
    "What a lovely day, thank you all so much",
    "Looks like such fun 😀 well done everyone",
    "Can we bring wellies on Friday?",
    "So proud of the whole team, you’re amazing",
    "My daughter hasn’t stopped singing the nativity songs!",
    "Happy Christmas to all at Willow Lane x",
)
HOSTILE = {
    "one letter": "a",
    "single letters": "a b ",
    "dots and letters": "f.u.",
    "at signs": "@",
    "digits": "0",
    "short numbers": "07 ",
    "spoken digits": "oh seven ",
    "masks": "f***",
    "drawn out": "fffuuu ",
    "full stops": "...x",
    "combining marks": "a\u0301\u0300",
    "unseen characters": "\u200b",
    "look-alikes": "а\u0435",
    "capitals": "Rowan ",
    "cue words": "which day is the one in ",
    "postcodes": "sw1a 1a",
    "streets": "12 High Low ",
    "e-mail at dot": "tom at gmail dot ",
    "names": "Ottilie ",
    "different words": "".join(
        f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}x " for n in range(4000)
    ),
}


def screener() -> Screener:
    names = NameIndex.build(b"a key for the bench alone", ["Ottilie", "Idris", "Rowan", "Ada", "Bo", "Maya"])
    return Screener(default_pack(), OrganisationFacts(names=names, office_phone="01632 960118"))


def best_of(deed: Callable[[], object], times: int = 3) -> float:
    """Seconds taken by the quickest of ``times`` runs: the least disturbed by other work."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        deed()
        taken.append(time.perf_counter() - start)
    return min(taken)


def messages_a_second(subject: Screener) -> float:
    for text in COMMENTS:
        subject.screen(text, direction=Direction.INBOUND_COMMENT)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for text in COMMENTS:
            subject.screen(text, direction=Direction.INBOUND_COMMENT)
        count += len(COMMENTS)
    return count / (time.perf_counter() - start)


def main() -> None:
    subject = screener()
    print(f"{'short comments, one core':<32}{messages_a_second(subject):>10,.0f} messages/s")
    print(f"\n{'hostile text, 20,000 characters':<32}{'ms':>10}{'ms at half':>12}{'ratio':>8}")
    worst = 0.0
    for name, pattern in HOSTILE.items():
        text = (pattern * (SIZE // len(pattern) + 1))[:SIZE]
        for direction in (Direction.OUTBOUND_POST, Direction.INBOUND_COMMENT):
            context = Context(has_picture=True)
            whole = best_of(lambda: subject.screen(text, direction=direction, context=context))  # noqa: B023
            half = best_of(lambda: subject.screen(text[: SIZE // 2], direction=direction, context=context))  # noqa: B023
            worst = max(worst, whole)
            label = f"{name}, {'out' if direction is Direction.OUTBOUND_POST else 'in'}"
            print(f"{label:<32}{whole * 1000:>10.1f}{half * 1000:>12.1f}{whole / half:>8.1f}")
    print(f"\n{'worst':<32}{worst * 1000:>10.1f}")


if __name__ == "__main__":
    main()
