"""The first packs for Polish, Romanian, Urdu in Roman script and Welsh: found, and not found in English."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from stairgate.screening import Category, default_pack
from tests.screening.cast import coming_in

LANGUAGES = ("pl", "ro", "ur", "cy")
RUDE = [
    "Ale to jest kurwa żart",
    "spierdalaj",
    "Skurwysyny jedne!",
    "co za gówno",
    "ty chuju",
    "k.u.r.w.a",
    "kurrrwa mać",
    "Du-te dracului",
    "futu-ți gura",
    "muie la toți",
    "ce căcat de grădiniță",
    "mă, în pula mea",
    "behenchod school hai",
    "b3henchod",
    "saala haramzada",
    "teri maa ki",
    "kutte ka bacha",
    "ffycin gwarthus",
    "ti'n malu cachu",
    "y coc oen",
    "basdad",
]
HATEFUL = ["czarnuchy won", "țigani împuțiți", "bozgorilor", "chuhra kahin ka", "sipsiwn budr"]
SIGNS = [
    ("Nie chcę już żyć", Category.SELF_HARM),
    ("mama nie wie, ale tnę się", Category.SELF_HARM),
    ("tata mnie bije jak mamy nie ma", Category.DISCLOSURE),
    ("córka boi się wracać do domu", Category.DISCLOSURE),
    ("Wiem gdzie mieszkasz", Category.THREAT),
    ("Zabiję was", Category.THREAT),
    ("Wyślij mi zdjęcie córki", Category.GROOMING),
    ("nie mów mamie", Category.GROOMING),
    ("Nu mai vreau să trăiesc", Category.SELF_HARM),
    ("tata mă bate", Category.DISCLOSURE),
    ("are vânătăi pe spate", Category.DISCLOSURE),
    ("Știu unde stai", Category.THREAT),
    ("O să te omor", Category.THREAT),
    ("nu spune mamei, e secretul nostru", Category.GROOMING),
    ("main jeena nahi chahti", Category.SELF_HARM),
    ("zindagi khatam kar lun gi", Category.SELF_HARM),
    ("abbu mujhe bohat marte hain", Category.DISCLOSURE),
    ("ghar jane se bohat darti hai", Category.DISCLOSURE),
    ("jaan se maar dunga", Category.THREAT),
    ("kisi ko mat batana", Category.GROOMING),
    ("Dwi isio marw", Category.SELF_HARM),
    ("mae dad yn fy mrifo", Category.DISCLOSURE),
    ("mae hi ofn mynd adref", Category.DISCLOSURE),
    ("Dwi'n gwybod lle ti'n byw", Category.THREAT),
    ("paid â dweud wrth mam", Category.GROOMING),
]
INNOCENT = [
    "Dziękujemy za piękny dzień w przedszkolu",
    "Czy mogę zapytać o godziny otwarcia?",
    "Moja córka uwielbia panią Priyę",
    "Bardzo dobra opieka, polecam",
    "Mulțumim pentru ziua minunată",
    "La ce oră se deschide grădinița?",
    "Fetița mea adoră să picteze",
    "Bohat shukriya, bachay bohat khush hain",
    "School kab khulta hai?",
    "meri beti ko paint karna pasand hai",
    "Diolch yn fawr am ddiwrnod gwych",
    "Bore da bawb, mae'r plant wedi mwynhau",
    "Pryd mae'r feithrinfa'n agor?",
    "Nos da a diolch",
    "Suki and Kamini came with Lora and Randi",
    "pedal bikes in the yard",
    "the cur barked at the curve in the road",
    "We drove to Lund and on to Pula",
    "a dupe of the toy, contd. overleaf",
]


@pytest.mark.parametrize("text", RUDE)
def test_rude_words_of_other_languages_are_found(text: str) -> None:
    assert Category.PROFANITY in {finding.category for finding in coming_in(text).findings}


@pytest.mark.parametrize("text", HATEFUL)
def test_hateful_words_of_other_languages_are_found(text: str) -> None:
    assert Category.HATE in {finding.category for finding in coming_in(text).findings}


@pytest.mark.clause("C07")
@pytest.mark.parametrize(("text", "category"), SIGNS)
def test_the_gravest_signs_are_found(text: str, category: Category) -> None:
    assert category in {finding.category for finding in coming_in(text).findings}


@pytest.mark.parametrize("text", INNOCENT)
def test_ordinary_messages_pass(text: str) -> None:
    assert [finding.rule for finding in coming_in(text).findings if finding.severity > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_pack_says_that_a_native_reader_has_not_seen_it(language: str) -> None:
    folder = files("stairgate.screening") / "data" / language
    for file in (entry for entry in folder.iterdir() if entry.name.endswith(".toml")):
        head = tomllib.loads(file.read_text(encoding="utf-8"))
        assert (head["language"], head["needs_native_reader"]) == (language, True)


def test_what_is_said_of_another_language_names_it() -> None:
    names = {"polish": "Polish", "romanian": "Romanian", "urdu": "Urdu", "welsh": "Welsh"}
    for rule in default_pack().rules.values():
        name = names.get(rule.id.partition(".")[2])
        assert name is None or f"reads {name}" in rule.reason
