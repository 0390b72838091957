"""Personal contact details, plain and in disguise, and the contacts that may pass."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Category, Severity
from tests.screening.cast import OFFICE, coming_in, going_out, only, stretch

PHONES = [
    "Text 07700 900142",
    "07700900142",
    "0770 090 0142",
    "07700-900-142",
    "07700.900.142",
    "(07700) 900142",
    "0 7 7 0 0 9 0 0 1 4 2",
    "07 70 09 00 14 2",
    "+44 7700 900142",
    "+44 (0)7700 900142",
    "0044 7700 900142",
    "+447700900142",
    "oh seven seven double oh nine double oh one four two",
    "zero seven seven zero zero nine zero zero one four two",
    "07700 nine hundred, no: 07700 nine zero zero one four two",
    "０７７００ ９００１４２",
    "O77OO 9OO142",
    "0\u200b7700\u200b900142",
    "0️⃣7️⃣7️⃣0️⃣0️⃣9️⃣0️⃣0️⃣1️⃣4️⃣2️⃣",
    "07700\n900142",
    "Ring 01632 960119 tonight",
    "020 7946 0958",
    "+1 202 555 0123",
    "𝟎𝟕𝟕𝟎𝟎 𝟗𝟎𝟎𝟏𝟒𝟐",
    "٠٧٧٠٠ ٩٠٠١٤٢",
]
NOT_PHONES = [
    f"Ring the office on {OFFICE}",
    "Ring the office on 01632960118 or +44 1632 960118",
    "Call 999 in an emergency, or 111",
    "Childline is free: 0800 1111",
    "Concerned? NSPCC 0808 800 5000",
    "We sang 1 2 3 4 5 6 7 8 9 10",
    "0 1 2 3 4 5 6 7 8 9 10, off we go",
    "one two three four five, once I caught a fish alive",
    "Open 7.30 to 18.00, Monday to Friday",
    "Sessions at 9.15, 10.30 and 11.45",
    "The date is 01/12/2026 at 10:30",
    "24 11 2026",
    "We counted 1632 leaves",
    "Our URN is EY123456",
    "Raffle numbers 107, 214 and 360",
    "Two teams of six, seven goals each",
]
EMAILS = [
    "Write to tom@home.example",
    "tom.hughes+kids@mail.example.co.uk please",
    "tom at gmail dot com",
    "tom (at) gmail.com",
    "tom[at]example[dot]com",
    "tom AT hotmail DOT co DOT uk",
    "ｔｏｍ＠ｈｏｍｅ．ｅｘａｍｐｌｅ",
    "tom@gmаil.com",
]
NOT_EMAILS = [
    "office@willowlane.example",
    "Write to OFFICE@WILLOWLANE.EXAMPLE.",
    "Look at the dot to dot, co-operation!",
    "We met at ten. Dot came too",
    "Three @ 50p each",
    "Have a look at bbc.co.uk for the recipe",
    "Thanks to @willowlane friends",
]
PLACES = [
    "Come to SW1A 1AA",
    "Parcels to ls1 4ap please",
    "Tom lives at 14 Mulberry Close",
    "drop it at 7 High Street",
]
NOT_PLACES = [
    "We are at FE1 2ZZ",
    "Find us at 12 Willow Lane, Fenmoor",
    "12 children went down the lane",
    "KS1 2nd place",
    "We won 1st and 2nd at the show",
    "3 bears came close to the drive",
]


@pytest.mark.clause("C79")
@pytest.mark.clause("C26")
@pytest.mark.parametrize("text", PHONES)
def test_a_phone_number_is_held(text: str) -> None:
    screening = going_out(text)
    assert screening.action is Action.HOLD
    assert only(screening, "contact.")


@pytest.mark.clause("C60")
@pytest.mark.clause("C79")
@pytest.mark.parametrize("text", EMAILS)
def test_an_email_address_is_held(text: str) -> None:
    assert [finding.rule for finding in only(going_out(text), "contact.")] == ["contact.email"]


@pytest.mark.clause("C79")
@pytest.mark.parametrize("text", PLACES)
def test_an_address_is_held(text: str) -> None:
    found = going_out(text).findings
    assert {"contact.street", "contact.postcode"} & {finding.rule for finding in found}


@pytest.mark.parametrize("text", NOT_PHONES + NOT_EMAILS + NOT_PLACES)
def test_the_settings_own_contacts_and_plain_numbers_pass(text: str) -> None:
    assert only(going_out(text), "contact.") == []


@pytest.mark.clause("C79")
def test_the_suggestion_replaces_the_whole_invitation() -> None:
    text = "Any questions, text Tom on 07700 900142."
    (finding,) = going_out(text).findings
    assert stretch(text, finding) == "text Tom on 07700 900142"
    assert finding.suggestion == f"ring the office on {OFFICE}"
    assert finding.title == "A personal mobile number"
    assert text[: finding.start] + finding.suggestion + text[finding.end :] == (
        f"Any questions, ring the office on {OFFICE}."
    )


def test_the_suggestion_keeps_a_capital_at_the_start() -> None:
    (finding,) = going_out("Call Tom on 07700 900142").findings
    assert finding.suggestion == f"Ring the office on {OFFICE}"


def test_an_email_is_answered_with_the_settings_own() -> None:
    (finding,) = only(going_out("Write to tom@home.example today"), "contact.")
    assert finding.suggestion == "office@willowlane.example"


@pytest.mark.clause("C79")
@pytest.mark.parametrize(
    "text", ["my number is 07700 900142", "ring me on 01632 960119", "mail tom@home.example"]
)
def test_the_publics_contact_details_are_held_too(text: str) -> None:
    screening = coming_in(text)
    assert screening.action is Action.HOLD
    assert all(finding.suggestion is None for finding in only(screening, "contact."))


def test_a_tagged_account_is_looked_at() -> None:
    (finding,) = only(going_out("Thank you @tom_hughes_88!"), "contact.")
    assert (finding.category, finding.severity) == (Category.CONTACT_DETAILS, Severity.LOOK)
    assert stretch("Thank you @tom_hughes_88!", finding) == "@tom_hughes_88"
