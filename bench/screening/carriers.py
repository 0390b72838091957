"""Sentences that carry a word, and a seeded source of choices: the same set is made on every machine."""

from __future__ import annotations

import random

SEED = 20261201

SWEARING = (
    "what a load of {}",
    "you are all {} honestly",
    "{} off the lot of you",
    "This nursery is {}",
    "who let that {} run the page?",
    "Absolute {}. Never again.",
    "total {} and everyone in town knows it",
    "oh {} I forgot it was non uniform day",
    "the parking this morning was {} again",
    "Manager is a {}, simple as",
    "{}",
    "Well {} me, they have put the fees up",
)
INNOCENT = (
    "We had a lovely time with {} today",
    "has anyone seen {} please?",
    "{} was the best bit of the morning",
    "Thank you to everyone who helped with {}",
    "The children loved {}!",
    "My gran always talks about {}",
    "don't forget {} on Friday",
    "{}",
    "Is it true about {}? asking for my mum",
    "Photos of {} are on the noticeboard",
)


def words(text: str) -> tuple[str, ...]:
    """Return the words of a list written as one text."""
    return tuple(text.split())


def source(name: str) -> random.Random:
    """Return a source of choices that depends on nothing but ``name``."""
    return random.Random(f"{SEED} {name}")  # noqa: S311 - a repeatable set, not a secret
