"""Make the weights of the learned part again from our own texts. Run: python tools/learn.py [--check]

Reads bench/screening_set/train, learns one linear model for each category from words, pairs of words, runs of
four letters, cues and rules that spoke, sets the thresholds on texts the model has not seen, and writes
src/stairgate/screening/data/learned.tsv. The same texts and versions give the same file. ``--check`` writes
nothing. Both print what the rules alone and the rules with the model find in the development half. Needs
``stairgate[learn]``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from stairgate.screening import Category, Direction, Pack, Screener, Severity, load_pack
from stairgate.screening.cues import Cues
from stairgate.screening.learned import BY_CAPITALS, SCALE, Learned, grams, plain_words, weighed_too
from stairgate.screening.reading import Reading
from stairgate.screening.rules import Rule

ROOT = Path(__file__).parent.parent
SETS = ROOT / "bench" / "screening_set"
DATA = ROOT / "src" / "stairgate" / "screening" / "data"
TARGET = DATA / "learned.tsv"
FOLDS = 3
SEEN_OFTEN = 2  # texts a word or a run of letters must come in to be learned
STRENGTH, WEIGHT_OF_FOUND = 0.3, 2.0
FALSE_ALARMS = 0.01  # of innocent texts that the model, alone, may be wrong about
AGREES, AGREES_TO_HARM = (
    -1.0,
    -2.5,
)  # log-odds from which a doubtful rule is believed, the gravest more readily
# A rule that was right less often than this, and spoke at least ``SEEN`` times, is doubtful. The graver, the less.
TRUSTED = {Severity.LOOK: 0.98, Severity.HOLD: 0.98, Severity.HARM: 0.97}
TRUSTED_WITHOUT = 0.8  # where what the rule goes by is not weighed, so that the model cannot bear it out
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
    yield from (("pair", " ".join(pair)) for pair in pairwise(words))


def matrix(texts: Sequence[Text], columns: dict[Feature, int]) -> csr_matrix:
    rows, places, counts = [], [], []
    for row, text in enumerate(texts):
        for feature, count in text.features.items():
            if feature in columns:
                rows.append(row)
                places.append(columns[feature])
                counts.append(float(count))
    return csr_matrix((counts, (rows, places)), shape=(len(texts), len(columns)))


def columns_of(texts: Iterable[Text]) -> dict[Feature, int]:
    seen = Counter(feature for text in texts for feature in text.features)
    return {
        feature: place for place, feature in enumerate(sorted(f for f, n in seen.items() if n >= SEEN_OFTEN))
    }


def fitted(table: csr_matrix, labels: np.ndarray) -> LogisticRegression:
    model = LogisticRegression(
        C=STRENGTH, max_iter=200, solver="liblinear", class_weight={False: 1.0, True: WEIGHT_OF_FOUND}
    )
    return model.fit(table, labels)


def unseen_scores(table: csr_matrix, labels: np.ndarray) -> np.ndarray:
    """Return for each text the score of a model that has not seen it."""
    scores = np.zeros(labels.shape)
    for fold in range(FOLDS):
        held = np.arange(len(labels)) % FOLDS == fold
        for lane in range(labels.shape[1]):
            scores[held, lane] = fitted(table[~held], labels[~held, lane]).decision_function(table[held])
    return scores


def speaking(scores: np.ndarray, innocent: np.ndarray) -> float:
    """Return the score above which the model is wrong about no more innocent texts than it may be."""
    loudest = np.sort(scores[innocent].max(axis=1))[::-1]
    return float(max(loudest[int(len(loudest) * FALSE_ALARMS)], 0.0))


def doubtful(texts: Sequence[Text], rules: Mapping[str, Rule]) -> list[str]:
    """Return the rules that were wrong too often for how grave they are."""
    spoke, right = Counter[str](), Counter[str]()
    for text in texts:
        for rule, category in text.rules.items():
            spoke[rule] += 1
            right[rule] += category in text.categories
    return sorted(rule for rule, n in spoke.items() if n >= SEEN and right[rule] / n < trusted(rules[rule]))


def trusted(rule: Rule) -> float:
    """Return how often ``rule`` must have been right to speak alone."""
    return TRUSTED_WITHOUT if rule.category in BY_CAPITALS else TRUSTED[rule.severity]


def learn(texts: Sequence[Text], rules: Mapping[str, Rule]) -> list[str]:
    """Return the lines of the file of weights."""
    doubts = doubtful(texts, rules)
    columns = columns_of(texts)
    table, innocent = matrix(texts, columns), np.array([not text.categories for text in texts])
    names = [category.value for category in Category if any(category in text.categories for text in texts)]
    labels = np.array([[name in text.categories for name in names] for text in texts])
    limit = speaking(unseen_scores(table, labels), innocent)
    print(f"speaks from {limit:.2f}; {len(doubts)} doubtful rules")
    models = [fitted(table, labels[:, lane]) for lane in range(len(names))]
    starts = np.array([model.intercept_[0] for model in models])
    weights = np.array([model.coef_[0] for model in models])
    thresholds = (limits(value - starts) for value in (limit, AGREES, AGREES_TO_HARM))
    head = ["\t".join(names), *thresholds, "\t".join(doubts)]
    return [*head, *lines(columns, weights)]


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
