"""Make the weights of the learned part again from our own texts. Run: python tools/learn.py [--check]

Reads bench/screening_set/train, learns one linear model for each category from words, pairs of words, runs of
four letters, cues and rules that spoke, and writes src/stairgate/screening/data/learned.tsv. The same texts
and versions give the same file. ``--check`` writes nothing. Both print what the rules alone and the rules with
the model find in the development half. Needs ``stairgate[learn]``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from stairgate.screening import Category, Direction, Pack, Screener, Severity, load_pack
from stairgate.screening.cues import Cues
from stairgate.screening.learned import BY_CAPITALS, SCALE, Learned, grams, pairs, plain_words, weighed_too
from stairgate.screening.reading import Reading
from stairgate.screening.rules import Rule

ROOT = Path(__file__).parent.parent
SETS = ROOT / "bench" / "screening_set"
DATA = ROOT / "src" / "stairgate" / "screening" / "data"
TARGET = DATA / "learned.tsv"
SEEN_OFTEN = 2  # texts a word or a run of letters must come in to be learned
STRENGTH, TOLERANCE = 0.1, 1e-3
# How readily a kind of feature is learned from. The rules were written by people who had read many of these
# texts, and are right in them more often than elsewhere: they count less than the plain words.
LEARNED_FROM = {"word": 1.5, "pair": 1.5, "rule": 0.6}
# Log-odds from which the model speaks by itself, and from which it agrees with a doubtful rule, the gravest more
# readily. Chosen on texts that taught nothing, for false alarms on at most 3 in 100 innocent ones.
SPEAKS, AGREES, AGREES_TO_HARM = 0.0, -0.8, -1.2
AGREES_WITHOUT = -3.5  # with a rule that goes by what is not weighed: the text must only not speak against it
# Where the rules see nearly everything, or the same words are often innocent, it must be surer to speak.
SPEAKS_LATER = {
    Category.CONTACT_DETAILS: 4.0,
    Category.HATE: 0.8,
    Category.LOCATION_NOW: 1.0,
    Category.CHILD_IDENTITY: 0.5,
}
# A rule made of cues is doubtful as soon as the model knows it. Another one is when it was right less often
# than this, of at least ``SEEN`` times.
TRUSTED = 0.9
TRUSTED_WITHOUT = 0.95  # where what the rule goes by is not weighed, so that the model cannot bear it out
# These speak whatever the model thinks: what they warn of is grave, and believing them cost nothing in either half.
NEVER_DOUBTED = frozenset({"grooming.where"})
SEEN = 4
LEAST = 6  # hundredths; a smaller weight is left out

Feature = tuple[str, str]  # kind and name


@dataclass
class Text:
    """One text, what it is for a person, which rules spoke, and what is weighed in it."""

    direction: Direction
    text: str
    categories: frozenset[str]
    rules: dict[str, str]  # each rule that spoke, and its category
    features: Counter[Feature]


def read(folder: Path, screener: Screener) -> list[Text]:
    """Return every text below ``folder``, with its features."""
    texts = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            direction = Direction(entry["direction"])
            found = screener.screen(entry["text"], direction=direction).findings
            rules = {one.rule: one.category.value for one in found if one.severity >= Severity.LOOK}
            reading = screener.pack.read(entry["text"])
            cues = Cues(reading, screener.pack.books[direction]).at_once
            beside = weighed_too(cues, found, screener.pack.phrases.by_capitals)
            texts.append(
                Text(
                    direction,
                    entry["text"],
                    frozenset(entry["categories"]),
                    rules,
                    Counter(features(reading, direction, beside)),
                )
            )
    return texts


def features(
    reading: Reading, direction: Direction, beside: tuple[list[str], list[str]]
) -> Iterator[Feature]:
    """Yield what is weighed in a text, again for each time it comes."""
    yield "way", direction.value
    cues, rules = beside
    yield from (("cue", cue) for cue in cues)
    yield from (("rule", name) for name in rules)
    words = plain_words(reading.raw)
    for word in words:
        yield "word", word
        yield from (("gram", gram) for gram in grams(word))
    yield from (("pair", pair) for pair in pairs(words))


def matrix(texts: Sequence[Text], columns: dict[Feature, int]) -> csr_matrix:
    rows, places, counts = [], [], []
    for row, text in enumerate(texts):
        for feature, count in text.features.items():
            if feature in columns:
                rows.append(row)
                places.append(columns[feature])
                counts.append(count * LEARNED_FROM.get(feature[0], 1.0))
    return csr_matrix((counts, (rows, places)), shape=(len(texts), len(columns)))


def columns_of(texts: Iterable[Text]) -> dict[Feature, int]:
    seen = Counter(feature for text in texts for feature in text.features)
    return {
        feature: place for place, feature in enumerate(sorted(f for f, n in seen.items() if n >= SEEN_OFTEN))
    }


def fitted(table: csr_matrix, labels: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=200, solver="liblinear", tol=TOLERANCE).fit(table, labels)


def doubtful(texts: Sequence[Text], rules: Mapping[str, Rule]) -> list[str]:
    """Return the rules that speak only where the text as a whole agrees."""
    spoke, right = Counter[str](), Counter[str]()
    for text in texts:
        for rule, category in text.rules.items():
            spoke[rule] += 1
            right[rule] += category in text.categories
    return sorted(
        rule
        for rule, n in spoke.items()
        if rule not in NEVER_DOUBTED and is_doubtful(rules[rule], n, right[rule])
    )


def is_doubtful(rule: Rule, spoke: int, right: int) -> bool:
    """Is the model to be asked about ``rule``, which spoke so often and was right so often?"""
    if rule.category in BY_CAPITALS:
        return spoke >= SEEN and right / spoke < TRUSTED_WITHOUT
    return rule.is_made_of_cues or (spoke >= SEEN and right / spoke < TRUSTED)


def learn(texts: Sequence[Text], rules: Mapping[str, Rule]) -> list[str]:
    """Return the lines of the file of weights."""
    doubts = doubtful(texts, rules)
    columns = columns_of(texts)
    table = matrix(texts, columns)
    names = [category.value for category in Category if any(category in text.categories for text in texts)]
    labels = np.array([[name in text.categories for name in names] for text in texts])
    print(f"{len(texts):,} texts, {len(columns):,} features, {len(doubts)} doubtful rules")
    models = [fitted(table, labels[:, lane]) for lane in range(len(names))]
    starts = np.array([model.intercept_[0] for model in models])
    readily = np.array([LEARNED_FROM.get(kind, 1.0) for kind, _name in columns])
    weights = np.array([model.coef_[0] * readily for model in models])
    thresholds = (limits(value - starts) for value in limits_of([Category(name) for name in names]))
    head = ["\t".join(names), *thresholds, "\t".join(doubts)]
    return [*head, *lines(columns, weights)]


def limits_of(lanes: Sequence[Category]) -> Iterator[np.ndarray]:
    """Yield for each category from where the model speaks, agrees, and agrees with a warning of harm."""
    yield np.array([SPEAKS_LATER.get(lane, SPEAKS) for lane in lanes])
    for agrees in (AGREES, AGREES_TO_HARM):
        yield np.array([AGREES_WITHOUT if lane in BY_CAPITALS else agrees for lane in lanes])


def limits(values: np.ndarray) -> str:
    return "\t".join(f"{lane}:{round(value * SCALE)}" for lane, value in enumerate(values))


def lines(columns: dict[Feature, int], weights: np.ndarray) -> Iterator[str]:
    """Yield a line for each weight. That of a known word holds those of its runs of letters."""
    for (kind, name), place in columns.items():
        own = weights[:, place].copy()
        if kind == "word":
            for gram in grams(name):
                if ("gram", gram) in columns:
                    own += weights[:, columns["gram", gram]]
        kept = [
            (lane, round(weight * SCALE)) for lane, weight in enumerate(own) if abs(weight) * SCALE >= LEAST
        ]
        if kept or kind == "word":
            yield "\t".join([kind, name, *(f"{lane}:{weight}" for lane, weight in kept)])


def check(pack: Pack, texts: Sequence[Text]) -> None:
    """Print what the rules find in texts that taught neither, alone and weighed."""
    for name, screener in (("rules", Screener(replace(pack, learned=None))), ("weighed", Screener(pack))):
        n = Counter[str]()
        for text in texts:
            findings = screener.screen(text.text, direction=text.direction).findings
            found = {one.category.value for one in findings if one.severity >= Severity.LOOK}
            n["right"] += len(found & text.categories)
            n["found"] += len(found)
            n["there"] += len(text.categories)
            n["innocent"] += not text.categories
            n["alarms"] += bool(found) and not text.categories
        precision, recall = n["right"] / max(n["found"], 1), n["right"] / n["there"]
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        print(
            f"{name:<8}precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  "
            f"false alarms {n['alarms'] / n['innocent']:.2%}"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    rules = load_pack(DATA, with_learned=False)
    made = learn(read(SETS / "train", Screener(rules)), rules.rules)
    if not args.check:
        TARGET.write_text("\n".join(made) + "\n", encoding="utf-8")
        print(f"{len(made):,} lines, {TARGET.stat().st_size / 1e3:,.0f} kB")
    check(replace(rules, learned=Learned(made)), read(SETS / "develop", Screener(rules)))


if __name__ == "__main__":
    main()
