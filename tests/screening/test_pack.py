"""The rule pack as data: it loads, it is checked, and its words can be understood."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from bench.screening import speed

import stairgate.screening
from stairgate.screening import Context, Direction, PackError, Severity, default_pack, load_pack
from stairgate.screening.phrases import Items, Phrasebook, Phrases, parse
from stairgate.screening.reading import Reading
from stairgate.screening.rules import GIVEN_BY_CODE
from tests.screening.cast import SCREENER

DATA = Path(stairgate.screening.__file__).parent / "data"
HOSTILE = [
    "a",
    "a b ",
    "f.u.",
    "@",
    "0",
    "07 ",
    "oh seven ",
    "f***",
    "fffuuu ",
    "...x",
    "a\u0301\u0300",
    "\u200b",
    "а\u0435",
    "Rowan ",
    "which day is the one in ",
    "sw1a 1aa",
    "12 High Low ",
    "tom at gmail dot ",
    "Ottilie ",
    "we're off to the park ",
    "he was hit by ",
    "f u c k ",
    "' ",
    "a'",
    "go back to where you came from ",
]
#: words of which one tells a reader what to do
TO_DO = (
    r"\b(?:Answer|Ask|Be|Check|Do|Find|Hide|Keep|Leave|Look|Make|Note|Open|Post|Read|Report|Say|Share|Show|Sign|Take|Talk"
    r"|Tell|Thank|Think|Treat|Use|Write|[Ss]hould|hide|show|tell)\b"
)
#: what accuses, claims a proof, or is no word of a nursery
UNSAYABLE = (
    r"\b(?:groomers?|abusers?|predators?|pa?edophiles?|racists?|liars?|scammers?|bully|bullies|criminals?|guilty|offenders?"
    r"|prove[sdn]?|proof|definitely|certainly|clearly|obviously|DSL|LADO|MASH|CEOP|PII|KCSIE|EYFS|IWF|flagged|detected|matches"
    r"|algorithm|model|score[ds]?|threshold|category|severity|finding|pattern|content|users?|outbound|inbound"
    r"|favorite|behavior|color|center|organiz\w*|recogniz\w*|apologiz\w*|license)\b"
)


def changed_pack(folder: Path, name: str, change: Callable[[str], str]) -> Path:
    shutil.copytree(DATA, folder / "data")
    file = folder / "data" / "en" / name
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    return folder / "data"


def sentences(words: str) -> list[str]:
    return re.split(r"(?<=[.?!]) ", words)


def test_every_rule_names_a_clause_a_version_and_speaks_plainly() -> None:
    """What was seen comes first, then what to do; "We held this because it asks … Do not answer." """
    for rule in default_pack().rules.values():
        said = sentences(rule.reason)
        assert re.fullmatch(r"C\d\d", rule.clause), rule.id
        assert rule.version.isdigit(), rule.id
        assert rule.title[0].isupper(), rule.id
        assert not rule.title.endswith("."), rule.id
        assert len(rule.title.split()) <= 10, rule.id
        assert len(said) >= 2, f"{rule.id} does not say both what was seen and what to do"
        assert not re.match(TO_DO, said[0]), f"{rule.id} does not say first what was seen"
        assert any(re.search(TO_DO, part) for part in said[1:]), f"{rule.id} does not say what to do"
        assert all(part[0].isupper() and part[-1] in ".?" for part in said), rule.id
        assert all(len(part.split()) <= 18 for part in said), f"{rule.id} has a sentence of over 18 words"
        told = f"{rule.title} {rule.reason} {rule.suggestion or ''}"
        assert not re.findall(UNSAYABLE, told, re.IGNORECASE), rule.id
        assert "'" not in told and "  " not in told.strip(), f"{rule.id}: a bent apostrophe, and one space"


def test_what_was_learned_may_only_say_look() -> None:
    learned = [rule for rule in default_pack().rules.values() if rule.id.startswith("learned.")]
    assert learned
    assert {step for rule in learned for step in (rule.severity, rule.known, rule.reply)} == {Severity.LOOK}


def test_only_words_of_our_own_are_reworded() -> None:
    for rule in default_pack().rules.values():
        if rule.suggestion:
            assert rule.directions <= {Direction.OUTBOUND_POST}, rule.id


def test_every_cue_is_used_by_a_rule_or_by_code() -> None:
    pack = default_pack()
    used = {cue for rule in pack.rules.values() for cue in (*rule.cues, *rule.thread)} - GIVEN_BY_CODE
    code = " ".join(file.read_text(encoding="utf-8") for file in DATA.parent.rglob("*.py"))
    used |= set(re.findall(r'"([a-z]+_[a-z_]+)"', code))
    used |= {"detail_place", "detail_time", "detail_age", "detail_health"}
    read = [tomllib.loads(file.read_text(encoding="utf-8")) for file in DATA.rglob("*.toml")]
    assert {cue for data in read for cue in data.get("cues", ())} - used == set()


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("boundary.toml", lambda text: text.replace('all = ["contact_me"]', 'all = ["contact_mee"]'), "mee"),
        ("boundary.toml", lambda text: text.replace("severity =", "severtiy =", 1), "severtiy"),
        ("boundary.toml", lambda text: text.replace('"hold"', '"awful"', 1), "malformed"),
        ("contacts.toml", lambda text: text.replace("contact.phone", "contact.mobile", 1), "two rules"),
        ("location.toml", lambda text: text.replace("<loc_weekday>", "<weakday>", 1), "weakday"),
        ("boundary.toml", lambda text: text + "\n[[", "cannot be read"),
        ("boundary.toml", lambda text: text.replace('span = "words"', 'span = "word"', 1), "scope or span"),
    ],
)
def test_a_broken_pack_is_refused_with_a_reason(
    tmp_path: Path, name: str, change: Callable[[str], str], says: str
) -> None:
    with pytest.raises(PackError, match=says):
        load_pack(changed_pack(tmp_path, name, change))


@pytest.mark.parametrize(
    "phrase", ["", "..", ".. word", "word ..", "a .. b .. c .. d", "<nothing>", "two-words", "Abc"]
)
def test_a_phrase_that_could_never_work_is_refused(phrase: str) -> None:
    with pytest.raises(PackError):
        parse(phrase, Items({}))


@pytest.mark.parametrize(
    ("phrase", "text", "met"),
    [
        ("message|text me", "please text me", True),
        ("message|text me", "text. me", False),
        ("we are? here", "we here", True),
        ("to .. Abc", "to the old big Farm", True),
        ("to .. Abc", "to the old big very Farm", False),
        ("to Abc", "to farm", False),
        ("at #", "at 10am", True),
        ("# days", "4 days", True),
        ("a _ b", "a x b", True),
        ("a _ b", "a b", False),
    ],
)
def test_the_phrase_language(phrase: str, text: str, met: bool) -> None:
    assert bool(Phrasebook(Phrases({"cue": [phrase]}, {})).hits(Reading(text, {}))) is met


def calls_made(text: str, direction: Direction) -> int:
    """Count the calls one screening makes: a measure of work that does not depend on the machine."""
    count = 0

    def tick(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tick)
    try:
        SCREENER.screen(text, direction=direction, context=Context(has_picture=True))
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("pattern", dict.fromkeys([*HOSTILE, *speed.HOSTILE.values()]))
@pytest.mark.parametrize("direction", list(Direction))
def test_twice_the_text_is_at_most_about_twice_the_work(pattern: str, direction: Direction) -> None:
    short, long = ((pattern * 4000)[:size] for size in (2000, 4000))
    calls_made(long, direction)
    assert calls_made(long, direction) <= 2.4 * calls_made(short, direction) + 200
