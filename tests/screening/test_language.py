"""Bad language: plain, disguised, and the many innocent words that look like it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stairgate.screening import Action, Category, Direction, Screener, Severity, default_pack
from tests.screening.cast import FACTS, coming_in, going_out

RUDE = ("profanity", "hate")
PLAIN = [
    "what the fuck",
    "Fucking useless",
    "you absolute cunt",
    "this is shit",
    "what a wanker",
    "bollocks to that",
    "you twats",
    "motherfucker",
    "piss off",
    "what a dickhead",
    "you bastards",
    "he is a dick",
    "bitch",
    "clusterfucked",
]
DISGUISED = [
    "FUCK",
    "fück",
    "fuuuuck",
    "f.u.c.k",
    "f u c k",
    "f-u-c-k",
    "f*ck",
    "f**k",
    "f***",
    "fu\u200bck",
    "fu\u202eck",
    "ｆｕｃｋ",
    "𝖋𝖚𝖈𝖐",
    "fυck",
    "fuсk",
    "fvck",
    "phuck",
    "fcuk",
    "fu ck",
    "f_u_c_k",
    "f u  c k off",
    "sh1t",
    "5hit",
    "$hit",
    "sh!t",
    "s h i t",
    "shiiiit",
    "s.h.i.t",
    "ѕhіt",
    "sh*t",
    "s**t",
    "5h1t",
    "b@stard",
    "b a s t a r d",
    "w4nker",
    "w@nker",
    "wаnkеr",
    "wanker!!!",
    "c*nt",
    "c**t",
    "cu\u00adnt",
    "ⓒⓤⓝⓣ",
    "tw@t",
    "d1ckhead",
    "b0llocks",
    "p1ss",
    "b1tch",
    "🅵🆄🅲🅺",
    "f🍆u🍆c🍆k",
    "#WhatTheFuck",
    "FuCkInG",
    "cun t",
    "SHITTTT",
    "Fu\u0301ck",
]
INNOCENT = [
    "Scunthorpe",
    "Penistone",
    "Cockermouth",
    "Clitheroe",
    "Lightwater",
    "Essex and Sussex",
    "Shitterton",
    "Twatt",
    "a great tit on the feeder",
    "blue tits nesting",
    "long-tailed tits",
    "tit for tat",
    "cockerel",
    "the cock crowed",
    "cock-a-doodle-doo",
    "Cock Robin",
    "peacock",
    "cocktail sausages",
    "shuttlecock",
    "hancock",
    "Dick Whittington",
    "Dick and Dom",
    "Moby Dick",
    "spotted dick and custard",
    "shiitake mushrooms",
    "shitake",
    "assess",
    "class",
    "assistant",
    "passing",
    "grass",
    "bass",
    "massage",
    "Mass",
    "compass",
    "pussy willow",
    "Pussy cat, pussy cat",
    "hoe the beds",
    "a garden hoe",
    "Wankel engine",
    "swanky",
    "twitter",
    "Puss in Boots",
    "Arsenal",
    "arsenic",
    "Bucks Fizz",
    "fcc",
    "analyse",
    "canal",
    "therapist",
    "Basingstoke",
    "sextant",
    "Middlesex",
    "prickly hedgehogs",
    "a skin prick test",
    "pricked her finger",
    "faggots and peas",
    "dyke",
    "Van Dyke",
    "bum, willy and toes",
    "poo and wee",
    "he did a poo",
    "potty training",
    "nappy",
    "nipple cream",
    "breastfeeding welcome",
    "Uranus",
    "titbits",
    "Titan",
    "crapaud",
    "Mister Bump",
    "sh, it's bedtime",
    "Shhhhh!",
    "Wheeeee",
    "Brrrrr",
    "yummmm",
    "Hmmmm",
    "sooooo good",
    "A55 road",
    "S4 classes",
    "B1 and B2",
    "a b c d e f g",
    "A B C, easy as 1 2 3",
    "S H I N E",
    "t-shirts",
    "it's a bus",
    "fun!!!",
    "S T O P",
    "3 for 2*",
    "terms apply*",
    "**soup**",
    "*fun*",
    "w00t",
    "push it",
    "wash it",
    "fish it out",
    "dish it up",
    "a.m. and p.m.",
    "1st class",
    "big king",
    "Maine Coon",
    "a chink in the curtain",
    "fire retardant",
    "slag heap",
    "pancake tosser",
    "cumin and coriander",
    "a bloody nose",
    "snigger",
    "Pakistan",
    "raccoon",
    "cocoon",
    "tycoon",
    "homework",
    "matchstick",
    "rhubarb",
    "Hello!!!",
    "$5 and £3",
    "we have 4 seats",
    "U R great",
    "R U OK?",
    "i c u",
    "F1 racing",
]


def rude(text: str, *, outbound: bool = True) -> list[Severity]:
    found = (going_out(text) if outbound else coming_in(text)).findings
    return [finding.severity for finding in found if finding.category in RUDE]


@pytest.mark.clause("C39")
@pytest.mark.clause("C08")
@pytest.mark.parametrize("text", PLAIN + DISGUISED)
def test_bad_language_is_held_both_ways(text: str) -> None:
    assert Severity.HOLD in rude(text)
    assert Severity.HOLD in rude(f"hello {text} there", outbound=False)


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_words_pass(text: str) -> None:
    assert rude(text) == []
    assert rude(f"We said {text} today", outbound=False) == []


@pytest.mark.clause("C39")
@pytest.mark.parametrize(
    ("level", "action"), [(1, Action.LOOK), (2, Action.LOOK), (3, Action.HOLD), (4, Action.HOLD)]
)
def test_the_setting_chooses_how_strict(level: int, action: Action) -> None:
    screener = Screener(default_pack(), replace(FACTS, profanity_level=level))
    assert screener.screen("bollocks", direction=Direction.OUTBOUND_POST).action is action


@pytest.mark.clause("C39")
def test_a_hateful_word_is_held_at_every_level() -> None:
    screener = Screener(default_pack(), replace(FACTS, profanity_level=1))
    (finding,) = screener.screen("you pikey", direction=Direction.INBOUND_COMMENT).findings
    assert (finding.category, finding.severity) == (Category.HATE, Severity.HOLD)


def test_a_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="profanity_level"):
        replace(FACTS, profanity_level=5)
