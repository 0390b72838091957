"""One tool in a process of its own, so that its time and memory are its own. Started by tools.py.

Stands alone: a peer's Python has neither Stairgate nor the rest of the benchmark. Reads lines
{"messages": [{"text", "direction", "context"}], "times"} and answers {"answers", "cpu", "peak"}: whether each message
should be looked at (ours: its categories), processor seconds taken by the quickest of so many times, and peak memory in MB so far.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Answer = Callable[[list[dict[str, Any]]], list[Any]]


def _each(flag: Callable[[str], object]) -> Answer:
    return lambda messages: [bool(flag(message["text"])) for message in messages]


def stairgate(_: dict[str, Any]) -> Answer:
    from stairgate.screening import Author, Context, Direction, Screener, Severity, default_pack

    screener, look = Screener(default_pack()), Severity.LOOK

    def answer(messages: list[dict[str, Any]]) -> list[list[str]]:
        found = []
        for message in messages:
            given = message["context"]
            context = (
                Context(**{**given, "author": Author(given["author"])})
                if "author" in given
                else Context(**given)
            )
            seen = screener.screen(
                message["text"], direction=Direction(message["direction"]), context=context
            )
            found.append(sorted({item.category.value for item in seen.findings if item.severity >= look}))
        return found

    return answer


def automaton(told: dict[str, Any]) -> Answer:
    """The bare search for the pack's terms: nothing folded but case, nothing verified."""
    from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

    search = AhoCorasick(
        told["terms"], matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA
    )
    return _each(lambda text: search.find_matches_as_indexes(text.lower()))


def glin_profanity(_: dict[str, Any]) -> Answer:
    from glin_profanity import Filter

    return _each(Filter().is_profane)


def glin_profanity_pii(_: dict[str, Any]) -> Answer:
    from glin_profanity import scan_pii

    return _each(lambda text: scan_pii(text).matches)


def alt_profanity_check(_: dict[str, Any]) -> Answer:
    from profanity_check import predict

    return lambda messages: [bool(flag) for flag in predict([message["text"] for message in messages])]


def better_profanity(_: dict[str, Any]) -> Answer:
    from better_profanity import profanity

    profanity.load_censor_words()
    return _each(profanity.contains_profanity)


def presidio_analyzer(_: dict[str, Any]) -> Answer:
    """The UK's recognisers and the general ones that know no country, over a tokeniser without a language model.

    It would refuse every address under the reserved ending .example, which is all this set may use: it is told
    that the ending is a real one.
    """
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):  # type: ignore[misc]
        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), extra_suffixes=("example",))
    known = vars(predefined_recognizers)
    names = [name for name in known if name.startswith("Uk")] + [
        "NhsRecognizer",
        "EmailRecognizer",
        "IbanRecognizer",
    ]
    chosen = [known[name]() for name in [*names, "UrlRecognizer"] if name in known]
    chosen.append(known["PhoneRecognizer"](supported_regions=("GB",)))
    engine = Blank()
    engine.load()
    analyser = AnalyzerEngine(registry=RecognizerRegistry(chosen), nlp_engine=engine)
    return _each(lambda text: analyser.analyze(text, language="en"))


def scrubadub(_: dict[str, Any]) -> Answer:
    import scrubadub

    scrubber = scrubadub.Scrubber(locale="en_GB")
    return _each(lambda text: next(iter(scrubber.iter_filth(text)), None))


def phonenumbers(_: dict[str, Any]) -> Answer:
    from phonenumbers import Leniency, PhoneNumberMatcher

    return _each(lambda text: PhoneNumberMatcher(text, "GB", leniency=Leniency.POSSIBLE).has_next())


def peak() -> float:
    """Return this process's peak memory in MB; 0 where /proc cannot say."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    return (
        next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        / 1024
    )


def main(name: str) -> None:
    told = json.loads(sys.stdin.readline())
    answer: Answer = globals()[name](told)
    answer([{"text": "Good morning", "direction": "inbound_comment", "context": {}}])
    print(json.dumps({"load": time.process_time(), "peak": peak()}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        taken = []
        for _ in range(asked["times"]):
            start = time.process_time()
            answers = answer(asked["messages"])
            taken.append(time.process_time() - start)
        print(json.dumps({"answers": answers, "cpu": min(taken), "peak": peak()}), flush=True)


if __name__ == "__main__":
    sys.path.pop(0)  # this folder: its modules are not a peer's
    main(sys.argv[1])
