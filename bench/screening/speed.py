"""How fast, how heavy, and how slow a hostile text can make it."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.screening import details, disguise
from bench.screening.carriers import source
from bench.screening.messages import HALVES, Message, read_half
from bench.screening.peers import AUTOMATON
from bench.screening.scores import table
from bench.screening.tools import BATCH, OURS, Tool, ask_in_turn

import stairgate.screening
from stairgate.screening import Context, Direction, NameIndex, OrganisationFacts, Screener, default_pack

SIZE, LARGE = 20_000, 1_000_000
BUDGET, ROUNDS = 6.0, 30
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
    "f u c k": "f u c k ",
    "at signs": "@",
    "digits": "0",
    "short numbers": "07 ",
    "spoken digits": "oh seven ",
    "all digit words": "one two double three four five ",
    "counted tens": "07700 nine double oh ",
    "masks": "f***",
    "drawn out": "fffuuu ",
    "leet": "5h1t",
    "leet, spaced": "$h!7 @r53 ",
    "almost a word": "fuc ",
    "vowels dropped": "fckshtcnt",
    "full stops": "...x",
    "combining marks": "a\u0301\u0300",
    "unseen characters": "\u200b",
    "unseen between": "f\u200bu\u200b",
    "look-alikes": "а\u0435",
    "mixed scripts": "fаβкսＵ𝐜 ",
    "full-width": "ｆｕｃ",
    "mathematical": "𝓯𝓾𝓬",
    "flag letters": "🇫🇺",
    "right to left": "\u202eabc\u202c",
    "capitals": "Rowan ",
    "camel hashtag": "#ThisIsSoVeryLong",
    "one long hashtag": "thisisalloneword",
    "hashes": "#",
    "quotes": '"',
    "quoted words": '"she said ',
    "apostrophes": "don't can't ",
    "brackets": "(([[{{",
    "emoji": "😀",
    "emoji with tones": "👩🏽‍🏫🧒🏾",
    "keycaps": "0\ufe0f\u20e3",
    "line breaks": "fu\n",
    "cue words": "which day is the one in ",
    "cues of harm": "please don't tell her mum i know where you live ",
    "negations": "not never no don't ",
    "postcodes": "sw1a 1a",
    "streets": "12 High Low ",
    "times": "at 10:15 ",
    "sort codes": "12-34-56 ",
    "number plates": "AB12 CDE ",
    "dates": "01/02/26 ",
    "e-mail at dot": "tom at gmail dot ",
    "e-mail": "a@b.",
    "links": "https://a.b/",
    "handles": "@tom_",
    "entities": "&#102;&#117;",
    "names": "Ottilie ",
    "different words": "".join(
        f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}x " for n in range(4000)
    ),
}


def corpus(sets: Sequence[Path]) -> list[Message]:
    """Return what a page's day holds: its messages, mostly clean, and some disguise and details."""
    pick = source("speed")
    found = [message for half in HALVES for message in read_half(half, sets)]
    found += [Message(f"comment-{n}", text) for n, text in enumerate(COMMENTS * 20)]
    found += pick.sample(disguise.disguised(), 60) + pick.sample(details.positives(), 60)
    pick.shuffle(found)
    return found


def clean(sets: Sequence[Path]) -> list[Message]:
    """Return messages in which nothing is to be found."""
    found = [message for half in HALVES for message in read_half(half, sets) if not message.flagged]
    return found + [Message(f"comment-{n}", text) for n, text in enumerate(COMMENTS * 20)]


def pack_terms() -> list[str]:
    """Return every word and phrase in the data that the screener ships, as the bare automaton searches them."""
    folder = Path(stairgate.screening.__file__).parent

    def strings(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for inner in value.values():
                yield from strings(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from strings(inner)
        elif isinstance(value, str) and 2 <= len(value) <= 40:
            yield value.lower()

    files = sorted(folder.rglob("*.toml"))
    return sorted(
        {text for file in files for text in strings(tomllib.loads(file.read_text(encoding="utf-8")))}
    )


def rates(tools: Sequence[Tool], sets: Sequence[Path]) -> None:
    """Print messages and MB a second of processor time, memory and time to load, and ours against each."""
    messages = corpus(sets)
    for tool in tools:
        tool.forget()
    for _ in range(ROUNDS):
        ask_in_turn(tools, messages, BUDGET)
    ours = next(tool for tool in tools if tool.peer is OURS)
    rows = [
        (
            tool.name, f"{tool.rate:,.0f}", f"{tool.size / tool.cpu / 1e6:.2f}", f"{tool.peak:.0f}",
            f"{tool.load:.2f}", f"{ours.rate / tool.rate:.2f}", f"{tool.count:,}",
        )
        for tool in tools
    ]  # fmt: skip
    print(
        f"mixed messages ({len(messages)}, mean {sum(len(m.text) for m in messages) / len(messages):.0f} characters)"
    )
    print(table(("", "msg/cpu-s", "MB/cpu-s", "peak MB", "load cpu-s", "ours : it", "messages"), rows))
    peers = [tool for tool in tools if tool.peer not in (OURS, AUTOMATON)]
    for names, some in (
        ("all peers", peers),
        ("all but the slowest", sorted(peers, key=lambda tool: tool.rate)[1:]),
    ):
        if some:
            rate = 1 / sum(1 / tool.rate for tool in some)
            print(
                f"{names}, one after another: {rate:,.0f} messages a CPU-second; ours {ours.rate / rate:,.1f} times that"
            )
    _beside_the_automaton([tool for tool in tools if tool.peer in (OURS, AUTOMATON)], clean(sets))


def _beside_the_automaton(pair: Sequence[Tool], messages: Sequence[Message]) -> None:
    """Print ours against the bare search for the same terms, cold as in the table above and warm."""
    if len(pair) < 2:
        return
    for how, rounds, times in (("among others", ROUNDS, 1), ("again and again", 1, 9)):
        for tool in pair:
            tool.forget()
        for _ in range(rounds):
            for first in range(0, len(messages), BATCH):
                for tool in pair:
                    tool.answer(messages[first : first + BATCH], times)
        print(
            f"clean text, {how}: ours {pair[0].rate:,.0f}, bare automaton {pair[1].rate:,.0f} messages a CPU-second: "
            f"{pair[0].rate / pair[1].rate:.1%} of its speed ({len(pack_terms()):,} terms)"
        )
    print()


def best_of(deed: Callable[[], object], times: int = 3) -> float:
    """Seconds of processor time taken by the quickest of ``times`` runs: the least disturbed by other work."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        deed()
        taken.append(time.process_time() - start)
    return min(taken)


def hostile() -> None:
    """Print how long the worst texts take, in each direction, and whether twice the text takes twice as long."""
    names = NameIndex.build(b"a key for the bench alone", ["Ottilie", "Idris", "Rowan", "Ada", "Bo", "Maya"])
    screener = Screener(default_pack(), OrganisationFacts(names=names, office_phone="01632 960118"))
    rows, worst = [], ("", 0.0)
    for name, pattern in HOSTILE.items():
        big = pattern * (LARGE // len(pattern) + 1)
        row: list[object] = [name]
        for direction in (Direction.OUTBOUND_POST, Direction.INBOUND_COMMENT, Direction.PRIVATE_MESSAGE):

            def read(size: int, direction: Direction = direction, big: str = big) -> float:
                text, context = big[:size], Context(has_picture=True)
                return best_of(lambda: screener.screen(text, direction=direction, context=context)) * 1000

            whole = read(SIZE)
            worst = max(worst, (f"{name}, {direction.value}", whole), key=lambda one: one[1])
            row.append(f"{whole:.1f}")
            if direction is Direction.INBOUND_COMMENT:
                row += [f"{read(SIZE // 2):.1f}", f"{read(LARGE // 2):.1f}", f"{read(LARGE):.1f}"]
        rows.append(row)
    print(
        f"hostile text of {SIZE:,} characters, milliseconds; and comments of half, of 500,000 and of 1,000,000"
    )
    print(table(("", "post", "comment", "half", "500,000", "1,000,000", "private"), rows))
    print(f"worst: {worst[1]:.1f} ms ({worst[0]})\n")
