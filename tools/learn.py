"""Make the weights of the learned part again from our own texts. Run: python tools/learn.py [--check]

Reads bench/screening_set/train, learns one linear model for each category from words, pairs of words, runs of
four letters and the cues of the rule pack, sets each threshold on texts the model has not seen, and writes
src/stairgate/screening/data/learned.tsv. The same texts and versions give the same file. ``--check`` only prints
what the model adds to the rules on the development half. Needs ``stairgate[learn]``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from stairgate.screening import Category, Direction, Screener, default_pack
from stairgate.screening.cues import Cues
from stairgate.screening.learned import SCALE, Learned, grams, plain_words
from stairgate.screening.reading import Reading

ROOT = Path(__file__).parent.parent
SETS = ROOT / "bench" / "screening_set"
TARGET = ROOT / "src" / "stairgate" / "screening" / "data" / "learned.tsv"
FOLDS = 5
SEEN_OFTEN = 2  # texts a word or a run of letters must come in to be learned
STRENGTH, WEIGHT_OF_FOUND = 0.3, 3.0
FALSE_ALARMS = 0.004  # of innocent texts, for each category alone
LEAST = 6  # hundredths; a smaller weight is left out

Feature = tuple[str, str]  # kind and name


@dataclass
class Text:
    """One text, what it is for a person, and what is weighed in it."""

    direction: Direction
    categories: frozenset[str]
    words: list[str]
    cues: frozenset[str]
    features: Counter[Feature] = field(default_factory=Counter)


def read(folder: Path) -> list[Text]:
    """Return every text below ``folder``, with its features."""
    pack = default_pack()
    texts = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            direction = Direction(entry["direction"])
            reading = Reading(entry["text"], pack.aliases)
            cues = frozenset(Cues(reading, pack.books[direction]).at_once)
            text = Text(direction, frozenset(entry["categories"]), plain_words(reading.raw), cues)
            text.features = Counter(features(text))
            texts.append(text)
    return texts


def features(text: Text) -> Iterator[Feature]:
    """Yield what is weighed in a text, again for each time it comes."""
    yield "way", text.direction.value
    yield from (("cue", cue) for cue in text.cues)
    for word in text.words:
        yield "word", word
        yield from (("gram", gram) for gram in grams(word))
    yield from (("pair", " ".join(pair)) for pair in pairwise(text.words))


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
    model = LogisticRegression(C=STRENGTH, max_iter=500, class_weight={False: 1.0, True: WEIGHT_OF_FOUND})
    return model.fit(table, labels)


def threshold(table: csr_matrix, labels: np.ndarray, innocent: np.ndarray) -> float:
    """Return the score above which at most ``FALSE_ALARMS`` of innocent texts lie that the model has not seen."""
    scores = np.zeros(len(labels))
    for fold in range(FOLDS):
        held = np.arange(len(labels)) % FOLDS == fold
        scores[held] = fitted(table[~held], labels[~held]).decision_function(table[held])
    among = np.sort(scores[innocent])[::-1]
    return float(max(among[int(len(among) * FALSE_ALARMS)], 0.0))


def learn(texts: Sequence[Text]) -> list[str]:
    """Return the lines of the file of weights."""
    columns = columns_of(texts)
    table, innocent = matrix(texts, columns), np.array([not text.categories for text in texts])
    names = [category.value for category in Category if any(category in text.categories for text in texts)]
    weights = np.zeros((len(names), len(columns)))
    limits = np.zeros(len(names))
    for lane, name in enumerate(names):
        labels = np.array([name in text.categories for text in texts])
        model = fitted(table, labels)
        weights[lane] = model.coef_[0]
        limits[lane] = threshold(table, labels, innocent) - model.intercept_[0]
    return list(lines(names, limits, columns, weights))


def lines(
    names: Sequence[str], limits: np.ndarray, columns: dict[Feature, int], weights: np.ndarray
) -> Iterator[str]:
    """Yield the file line by line. The weight of a known word holds that of its runs of letters."""
    yield "\t".join(names)
    yield "\t".join(f"{lane}:{round(limit * SCALE)}" for lane, limit in enumerate(limits))
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


def check(learned: Learned, texts: Sequence[Text], raw: Sequence[dict[str, object]]) -> None:
    """Print what rules, the model, and both find in texts that taught neither."""
    screener = Screener(default_pack())
    sums = {"rules": Counter[str](), "model": Counter[str](), "both": Counter[str]()}
    for text, entry in zip(texts, raw, strict=True):
        screening = screener.screen(str(entry["text"]), direction=text.direction)
        rules = {
            f.category.value
            for f in screening.findings
            if f.severity >= 2 and not f.rule.startswith("learned.")
        }
        model = {weighed.category.value for weighed in learned.weigh(text.words, text.cues, text.direction)}
        for name, found in (("rules", rules), ("model", model), ("both", rules | model)):
            sums[name]["right"] += len(found & text.categories)
            sums[name]["found"] += len(found)
            sums[name]["there"] += len(text.categories)
            sums[name]["innocent"] += not text.categories
            sums[name]["alarms"] += bool(found) and not text.categories
    for name, n in sums.items():
        precision, recall = n["right"] / max(n["found"], 1), n["right"] / n["there"]
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        print(
            f"{name:<8}precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  false alarms {n['alarms'] / n['innocent']:.2%}"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--train", type=Path, default=SETS / "train")
    args = parser.parse_args()
    made = learn(read(args.train))
    if not args.check:
        TARGET.write_text("\n".join(made) + "\n", encoding="utf-8")
        print(f"{len(made):,} lines, {TARGET.stat().st_size / 1e3:,.0f} kB")
    develop = SETS / "develop"
    raw = [
        json.loads(line)
        for path in sorted(develop.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    check(Learned(made), read(develop), raw)


if __name__ == "__main__":
    main()
