"""Children's names: when they matter, how they are recognised, and that they cannot be read back."""

from __future__ import annotations

import json
import pickle
from dataclasses import asdict, replace

import pytest

from stairgate.screening import (
    Action,
    Category,
    Context,
    Direction,
    Finding,
    NameIndex,
    Screener,
    Severity,
    default_pack,
    digest_name,
)
from stairgate.screening.names import MOST_REMEMBERED
from tests.screening.cast import CHILDREN, FACTS, KEY, coming_in, going_out, only, stretch

WRITTEN = [
    "Ottilie",
    "OTTILIE",
    "ottilie",
    "Ottilie’s",
    "Ottilie's",
    "Óttilié",
    "Оttilie",
    "Ｏｔｔｉｌｉｅ",
    "Ot\u200btilie",
    "𝓞𝓽𝓽𝓲𝓵𝓲𝓮",
    "Zoe",
    "Zoë",
    "Zoe\u0308",
    "Idris",
    "IDRIS’S",
    "Maya",
    "Mary Kate",
    "Mary-Kate",
    "MARY KATE",
]


@pytest.mark.clause("C36")
@pytest.mark.clause("C35")
@pytest.mark.parametrize("name", WRITTEN)
def test_a_name_beside_a_picture_is_held_however_it_is_written(name: str) -> None:
    text = f"Well done {name} at painting!"
    (finding,) = only(going_out(text, picture=True), "identity.")
    assert finding.rule == "identity.name-and-picture"
    assert finding.severity is Severity.HOLD
    assert stretch(text, finding) == name


@pytest.mark.clause("C36")
def test_a_name_alone_is_only_a_note() -> None:
    screening = going_out("Ottilie painted a boat.")
    assert [finding.severity for finding in screening.findings] == [Severity.NOTE]
    assert screening.action is Action.PASS


@pytest.mark.clause("C35")
@pytest.mark.parametrize(
    "text",
    [
        "Ottilie turned 4 with us",
        "Happy birthday Idris!",
        "Maya is allergic to nuts",
        "Ottilie comes every Tuesday",
        "Idris lives in Fenmoor",
        "Maya was at Fenmoor Park",
        "Ottilie has been poorly",
        "Idris is three years old",
        "Maya will be in hospital",
    ],
)
def test_a_name_with_something_about_the_child_is_held(text: str) -> None:
    assert [finding.rule for finding in only(going_out(text), "identity.")] == ["identity.name-and-detail"]


@pytest.mark.parametrize(
    "text",
    [
        "We sat under the rowan tree",
        "Rowan trees are full of berries",
        "The rowan was red",
        "Beautiful Rowan berries today",
        "An ottoman in the corner",
        "Adapting our garden",
        "We said boo to the ghost",
        "Our Mayan pyramid",
        "Mary had a little lamb",
    ],
)
def test_words_that_are_not_names_pass(text: str) -> None:
    assert only(going_out(text, picture=True), "identity.") == []


@pytest.mark.clause("C36")
@pytest.mark.parametrize(
    "text", ["We saw that Rowan loved it", "Rowan was so proud", "Well done Rowan!", "Rowan's tower"]
)
def test_a_name_that_is_also_a_word_needs_a_persons_place(text: str) -> None:
    assert len(only(going_out(text, picture=True), "identity.")) == 1


@pytest.mark.clause("C36")
@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Ottilie dug with the Acorns.", "One of our Acorns dug with the Acorns."),
        ("Today Ottilie dug.", "Today one of our children dug."),
        ("Look at Ottilie’s boat, Seedlings!", "Look at one of our Seedlings’ boat, Seedlings!"),
        ("Look at Ottilie's boat!", "Look at one of our children's boat!"),
    ],
)
def test_the_suggestion_keeps_the_story_and_loses_the_child(text: str, safe: str) -> None:
    (finding,) = only(going_out(text, picture=True), "identity.")
    assert finding.suggestion is not None
    assert text[: finding.start] + finding.suggestion + text[finding.end :] == safe


@pytest.mark.clause("C36")
def test_a_child_named_by_the_public_is_looked_at() -> None:
    assert coming_in("Ottilie looks so happy!").action is Action.LOOK
    assert coming_in("Ottilie is at Fenmoor Park on Mondays").action is Action.HOLD


def test_names_cannot_be_read_back() -> None:
    shown = repr(FACTS) + repr(FACTS.names) + repr(pickle.dumps(FACTS.names)) + str(asdict(FACTS.names))
    shown += json.dumps(sorted(digest.hex() for digest in FACTS.names.digests))
    assert not any(name.lower() in shown.lower() for name in CHILDREN if len(name) > 3)
    assert KEY.decode() not in repr(FACTS) + repr(FACTS.names)


def test_a_digest_needs_the_key() -> None:
    assert (
        digest_name(KEY, "Zoë")
        == digest_name(KEY, "ZOE’S")
        != digest_name(b"another key, just as long", "Zoe")
    )
    assert "ottilie" in FACTS.names
    assert "Oscar" not in FACTS.names
    assert "Ottilie" not in NameIndex(b"another key, just as long", FACTS.names.digests)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        NameIndex.build(b"short", ["Ottilie"])


def test_an_answers_key_does_not_give_the_name_away() -> None:
    ours = only(going_out("Ottilie waved", picture=True), "identity.")[0]
    later = only(going_out("Hello. Then Ottilie waved", picture=True), "identity.")[0]
    other = only(going_out("Idris waved", picture=True), "identity.")[0]
    keyless = Screener(default_pack()).screen("Ottilie", direction=Direction.OUTBOUND_POST, context=Context())
    assert ours.key == later.key != other.key
    assert keyless.findings == ()


PLAIN = Screener(default_pack())  # knows no setting: no names, no staff
REGISTERED = Screener(
    default_pack(),
    replace(
        FACTS,
        names=NameIndex.build(
            KEY, ["Alfred", "Lily-Mae", "Ottilie Baker", "Rose", "李明", "Łucja", "Okafor"]
        ),
    ),
)


def plain(
    text: str, direction: Direction = Direction.OUTBOUND_POST, *, picture: bool = False
) -> list[Finding]:
    """The findings about a child's identity when no register is at hand."""
    screening = PLAIN.screen(text, direction=direction, context=Context(has_picture=picture))
    return [finding for finding in screening.findings if finding.category is Category.CHILD_IDENTITY]


def registered(text: str) -> list[Finding]:
    """What a setting with a register of seven children is told about names."""
    screening = REGISTERED.screen(text, direction=Direction.OUTBOUND_POST, context=Context(has_picture=True))
    return only(screening, "identity.name-and-picture")


@pytest.mark.clause("C36")
@pytest.mark.parametrize(
    "text",
    [
        "Alfie painted a boat",
        "ALFIE'S boat",
        "Fred painted a boat",
        "Lily-Mae waved",
        "Lily was so proud",
        "#happybirthdayalfie",
        "Thank you @alfiesmum",
        "Alfies mum brought cake",
        "O.B. turned four",
        "O. B. turned four",
        "祝李明生日快乐",
        "Lucja sang",
        "The Okafors came to help",
        "Well done Rose!",
    ],
)
def test_a_registered_name_is_known_in_every_form(text: str) -> None:
    assert registered(text)


@pytest.mark.parametrize(
    "text",
    [
        "A rose in every vase",
        "Lilies by the pond",
        "O.B. Ltd came to mend the roof",
        "We picked roses",
        "Al dente pasta",
    ],
)
def test_other_words_are_not_its_forms(text: str) -> None:
    assert not registered(text)


def test_a_short_form_does_not_bring_its_cousins() -> None:
    known = NameIndex.build(KEY, ["Alfie"])
    assert "Alfred" in known and "Alfie" in known
    assert "Fred" not in known


def test_what_is_remembered_is_bounded_and_reads_back_nothing() -> None:
    known = NameIndex.build(KEY, ["Ottilie"])
    assert not any(known.has_normal(f"w{number}") for number in range(MOST_REMEMBERED + 10))
    assert len(known._others) <= MOST_REMEMBERED
    assert all(isinstance(one, int) for one in known._others)
    assert pickle.loads(pickle.dumps(known)) == known


TELLS_WHO = [
    "Happy 4th birthday to our gorgeous Aaliyah!",
    "A huge well done to Kacper (3) who used the potty today",
    "This is little Ffion from Acorns showing off her new glasses",
    "Reuben has a severe peanut allergy so please keep nuts at home",
    "Star of the week: Chidi, for sharing the diggers",
    "Meet Amira. She's three, she's Syrian and she has just learnt to say biscuit.",
    "Poor Nancy! Our bug-hunting champion, nearly 4, was taken to hospital.",
    "Welcome to our newest starter Ximena, she's six and she's deaf",
    "Well done to Finley, who wouldn't wear a costume because of his autism",
    "We're thinking of Harvey in Hazel class, whose daddy died on Sunday.",
    "A.K. in Acorns turned four",
    "#happybirthdayalfie 3 today",
    "Happy birthday Rose! Four today",
    "Zofia came to us with no English and is now chatting all day",
    "Congratulations to Mohammed, Year 1, who swam ten metres",
]
WITHOUT_A_NAME = [
    "The twins in Acorns who were adopted last spring had a celebration today",
    "Our little boy with the feeding tube managed a whole yoghurt today",
    "One of our two year olds is in foster care and we would love some clothes",
    "We've got a little girl here on a child protection plan who has no coat",
    "One of our Ladybirds lost her mum in March",
]
TELLS_NOBODY = [
    "A big thank you to Dave the caretaker who fixed the gate",
    "Our manager Gwen has finished her level 5, congratulations Gwen!",
    "PC Imran visited us last week and let everyone try on his hat",
    "We read Peter Rabbit and planted lettuces",
    "Happy St David's Day to all our families",
    "Father Christmas brought every child a book",
    "Miss Sarah is back from maternity leave on Monday",
    "Our rabbit Daisy turned 4 today, happy birthday Daisy the bunny!",
    "Rose petals, mint and lavender in the water tray this morning",
    "Summer term starts on Monday",
    "Jack and the Beanstalk was the hit of the week",
    "Meet the team: Leanne, our deputy, loves hiking and her dog Alfie",
    "Some children have allergies, so please do not bring nuts",
    "Mary Seacole was this week's hero",
    "Robin redbreast has nested above the back door",
    "Max temperatures tomorrow of 31, so hats please",
    "Deaf Awareness Week: we learned to sign our names",
    "Good luck to Hannah, who leaves us to train as a midwife",
    "One child, aged three, has just explained gravity to us",
    "Ruby chard, Charlotte potatoes and a row of sweet peas",
    "Family picnic in Victoria Park",
    "Dear grown-ups, please label coats",
]
GOSSIP = [
    "thats little Amelia from number 12, she was taken off her mum last year bless her",
    "Jayden in Acorns has ADHD, that's why he's always on his own in the photos",
    "Is that Kian crying? He's the one whose mum died in the spring",
    "Aw is Edie still tube fed? I thought they'd taken it out in hospital",
    "that's Jensen Wardlow at the front, he's six and he goes to my church",
]
OWN_CHILD = [
    "My daughter Evie is still talking about the ducks",
    "Our Jack has a nut allergy and we feel so safe with you",
    "Freddie loved his first day, thank you all for looking after him",
    "Oscar says thank you for his birthday card! He's so chuffed to be four",
    "My grandson has cerebral palsy and the ramp has changed everything",
    "Chantelle in baby room is an angel, she remembered how he likes it",
    "He says he's got a girlfriend called Brenda. Do you have a Brenda?",
]


@pytest.mark.clause("C36")
@pytest.mark.parametrize("text", TELLS_WHO + WITHOUT_A_NAME)
def test_without_a_register_a_child_is_known_by_what_stands_around(text: str) -> None:
    assert any(finding.severity >= Severity.HOLD for finding in plain(text))


@pytest.mark.parametrize("text", TELLS_NOBODY)
def test_without_a_register_staff_animals_places_and_books_pass(text: str) -> None:
    assert plain(text) == []


@pytest.mark.clause("C36")
@pytest.mark.parametrize("text", GOSSIP)
def test_somebody_elses_child_in_a_comment_is_held(text: str) -> None:
    assert plain(text, Direction.INBOUND_COMMENT)


@pytest.mark.parametrize("text", OWN_CHILD)
def test_a_familys_own_child_in_a_comment_passes(text: str) -> None:
    assert plain(text, Direction.INBOUND_COMMENT) == []


def test_the_family_writing_in_private_about_their_own_child_passes() -> None:
    for text in ("Zara has been diagnosed with coeliac disease", "Noah's got chickenpox so he won't be in"):
        assert plain(text, Direction.PRIVATE_MESSAGE) == []


def test_a_picture_makes_a_name_matter_sooner() -> None:
    text = "Oscar, Mia and Zain painting at the easel"
    assert plain(text) == []
    assert plain(text, picture=True)
