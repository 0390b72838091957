"""UK personal details as people write them, all invented: drama-range phones, .example domains, made-up numbers."""

from __future__ import annotations

import random
from collections.abc import Callable

from bench.screening.carriers import source, words
from bench.screening.messages import Message

EACH = 42
FIRST = words("Jo Sam Rosie Maya Idris Tom Beth Ali Gwen Nia Kofi Zara Megan Liam Priya Aled Ewan Orla")
LAST = words("hill wood marsh field brook stone vale moor ford lea")
STREETS = tuple(
    street.replace("_", " ")
    for street in words(
        "Mill_Lane Station_Road Orchard_Close Church_Street Victoria_Avenue Holly_Drive Kingsway_Terrace Park_Crescent "
        "Nelson_Grove Castle_Mews Albert_Road Bridge_Street Meadow_Way Queens_Gardens Elm_Walk Harbour_Rise Beech_Hill"
    )
)
TOWNS = words("Ashby Thornley Millbrook Easton Northfield Wexcombe Hartley Overbrook Stanmoor")
SPOKEN = words("zero one two three four five six seven eight nine")
NICKS = words(
    "mossvole pebblefen ottermarsh brindlewick quillhare fernsnail tidewren bramblecoot duskmole plumtoad"
)
Maker = Callable[[random.Random], str]


def digits(pick: random.Random, count: int) -> str:
    """Return ``count`` digits, the first not nought."""
    return str(pick.randint(1, 9)) + "".join(str(pick.randint(0, 9)) for _ in range(count - 1))


def phone(pick: random.Random) -> str:
    """Return a number from the ranges kept for drama."""
    return pick.choice(
        (
            f"07700900{pick.randint(0, 999):03}",
            f"07700900{pick.randint(0, 999):03}",
            f"01632960{pick.randint(0, 999):03}",
            f"02079460{pick.randint(0, 999):03}",
            f"01614960{pick.randint(0, 999):03}",
        )
    )


def mobile(pick: random.Random) -> str:
    return f"07700900{pick.randint(0, 999):03}"


def spoken(number: str, pick: random.Random) -> str:
    """Say a number aloud, with "double" and "oh" as people do."""
    nought = pick.choice(("oh", "zero", "o", "nought"))
    said, place = [], 0
    while place < len(number):
        digit = number[place]
        run = 2 if number[place : place + 2] == digit * 2 and pick.random() < 0.7 else 1
        word = nought if digit == "0" else SPOKEN[int(digit)]
        said.append(f"double {word}" if run == 2 else word)
        place += run
    return pick.choice((" ", " ", ", ", "-")).join(said)


def _gapped(number: str, pick: random.Random) -> str:
    shapes = ((5, 6), (5, 3, 3), (4, 3, 4), (3, 4, 4), (2, 3, 3, 3), (5, 2, 2, 2))
    mark = pick.choice((" ", "-", ".", " - ", "  "))
    parts, place = [], 0
    for size in pick.choice(shapes):
        parts.append(number[place : place + size])
        place += size
    return mark.join(parts)


def _half_spoken(number: str, pick: random.Random) -> str:
    return f"{number[:5]} {spoken(number[5:8], pick)} {number[8:]}"


def _email(pick: random.Random) -> str:
    name = (
        pick.choice(FIRST).lower()
        + pick.choice(("", ".", "_", "-"))
        + pick.choice(LAST)
        + pick.choice(("", "7", "82"))
    )
    return f"{name}@{pick.choice(('post', 'mail', 'home', 'letters', 'inbox'))}.example"


def _email_hidden(pick: random.Random) -> str:
    name, _, host = _email(pick).partition("@")
    site = host.removesuffix(".example")
    at, dot = pick.choice(
        (
            (" at ", " dot "),
            ("(at)", "(dot)"),
            (" [at] ", " [dot] "),
            (" AT ", " DOT "),
            (" @ ", " . "),
            ("{at}", "."),
            (" at ", "."),
        )
    )
    return f"{name}{at}{site}{dot}example"


def _postcode(pick: random.Random) -> str:
    area = pick.choice(words("LS M BS EX NE YO CF EH SW SE B S G LL SA PL TR NR IP CB OX RG"))
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    code = f"{area}{pick.randint(1, 19)} {pick.randint(1, 9)}{pick.choice(letters)}{pick.choice(letters)}"
    return pick.choice(
        (
            code,
            code,
            code.replace(" ", ""),
            code.lower(),
            code.lower().replace(" ", ""),
            code.replace(" ", "  "),
        )
    )


def _address(pick: random.Random) -> str:
    street, town, number = pick.choice(STREETS), pick.choice(TOWNS), pick.randint(1, 140)
    short = street.replace("Road", "Rd").replace("Street", "St").replace("Avenue", "Ave")
    return pick.choice(
        (
            f"{number} {street}",
            f"{number} {short}, {town}",
            f"Flat {pick.randint(1, 30)}, {number} {street}, {town}",
            f"{number}{pick.choice('ab')} {street.lower()}",
            f"number {number} {street}",
            f"no. {number} {short.lower()} {town.lower()}",
            f"{number}, {street},\n{town}",
            f"{pick.choice(('Rose Cottage', 'The Old Forge', 'Willow House', 'Hill Farm'))}, {street}, {town}",
        )
    )


def _plate(pick: random.Random) -> str:
    letters = "ABCDEFGHJKLMNOPRSTUVWXY"
    three = "".join(pick.choice(letters) for _ in range(3))
    new = f"{pick.choice('ABCDEFGHKLMNOPRSVWY')}{pick.choice(letters)}{pick.choice(('07', '12', '19', '21', '58', '65', '72'))}"
    plate = pick.choice(
        (f"{new} {three}", f"{new}{three}", f"{pick.choice('KLMNPRSTVWXY')}{pick.randint(21, 899)} {three}")
    )
    return pick.choice((plate, plate, plate.lower()))


def nhs(pick: random.Random) -> str:
    """Return ten digits whose last is the check digit modulo 11."""
    while True:
        number = digits(pick, 9)
        check = 11 - sum((10 - place) * int(digit) for place, digit in enumerate(number)) % 11
        if check != 10:
            return number + str(check % 11)


def _iban(pick: random.Random) -> str:
    bank, number = "".join(pick.choice("BCDFGHJKLM") for _ in range(4)), digits(pick, 14)
    plain = "".join(str(int(sign, 36)) for sign in f"{bank}{number}GB00")
    whole = f"GB{98 - int(plain) % 97:02}{bank}{number}"
    return pick.choice(
        (whole, " ".join(whole[place : place + 4] for place in range(0, 22, 4)), whole.lower())
    )


def _insurance(pick: random.Random) -> str:
    number = digits(pick, 6)
    start, end = (
        pick.choice(words("AB CE EH GJ HK JM KP LR MS NT PW RX SY TZ")),
        pick.choice("ABCD"),
    )
    spaced = f"{start} {number[:2]} {number[2:4]} {number[4:]} {end}"
    return pick.choice(
        (spaced, spaced.replace(" ", ""), spaced.replace(" ", "").lower(), spaced.replace(" ", "-"))
    )


def _licence(pick: random.Random) -> str:
    name = pick.choice(["MARSH", "WOODS", "HILL9", "BROOK", "STONE", "MOOR9", "FIELD"])
    date = f"{pick.choice('5678')}{pick.choice(('01', '07', '11', '12', '54', '60'))}{pick.randint(1, 28):02}{pick.randint(0, 9)}"
    initials, letter = pick.choice("ABEJMST") + pick.choice("9ABEJM"), pick.choice("ABCDEFGH")
    number = f"{name}{date}{initials}{pick.randint(2, 9)}{letter}{letter}"
    return pick.choice((number, f"{number[:5]} {number[5:11]} {number[11:]}", number.lower()))


def _bank(pick: random.Random) -> str:
    code, account = digits(pick, 6), digits(pick, 8)
    mark = pick.choice("- ")
    sort = mark.join((code[:2], code[2:4], code[4:]))
    return pick.choice(
        (
            f"sort code {sort} account {account}",
            f"Sort code: {sort}\nAccount number: {account}",
            f"s/c {sort} a/c {account}",
            f"{sort} {account}",
            f"acc no {account}, sort {sort}",
            f"sort code {code}, account no. {account[:4]} {account[4:]}",
        )
    )


def _handle(pick: random.Random) -> str:
    name = (
        pick.choice(FIRST).lower()
        + pick.choice(("_", ".", "", "__"))
        + pick.choice(NICKS)
        + pick.choice(("", "x", "99", "_07"))
    )
    return pick.choice(
        (
            f"snap: {name}",
            f"my insta is {name}",
            f"insta @{name}",
            f"add me on snapchat {name}",
            f"IG - {name}",
            f"@{name}",
            f"tiktok {name} x",
            f"find me on discord, {name}",
            f"sc {name} add me",
            f"my telegram is @{name}",
            f"follow me on twitter @{name}",
        )
    )


def _link(pick: random.Random) -> str:
    name = pick.choice(FIRST).lower()
    return pick.choice(
        (
            f"wa.me/44{mobile(pick)[1:]}",
            f"https://wa.me/44{mobile(pick)[1:]}",
            f"wa . me / 44{mobile(pick)[1:]}",
            f"https://chat.{pick.choice(LAST)}.example/invite/{name}{pick.randint(10, 99)}",
            f"add me here {name}-private.example/me",
            f"message me privately at https://www.{name}{pick.choice(LAST)}.example/contact",
        )
    )


def _keycaps(pick: random.Random) -> str:
    gap = pick.choice(("", " "))
    return gap.join(f"{digit}\ufe0f\u20e3" for digit in mobile(pick))


def _plus(pick: random.Random) -> str:
    rest = phone(pick)[1:]
    return pick.choice(
        (
            f"+44{rest}",
            f"+44 {rest[:4]} {rest[4:]}",
            f"+44 (0) {rest[:4]} {rest[4:]}",
            f"0044 {rest}",
            f"(+44){rest}",
        )
    )


KINDS: dict[str, tuple[Maker, tuple[str, ...]]] = {}
TELL = (
    "call me on {}",
    "{} text me x",
    "my number is {}",
    "Ring Tom {} after tea",
    "its {} if you need me",
    "{}",
)


def _kind(name: str, maker: Maker, *carriers: str) -> None:
    KINDS[name] = (maker, carriers)


_kind("phone, plain", phone, *TELL)
_kind("phone, gaps", lambda pick: _gapped(phone(pick), pick), *TELL)
_kind("phone, +44", _plus, *TELL)
_kind("phone, words", lambda pick: spoken(mobile(pick), pick), *TELL)
_kind("phone, half words", lambda pick: _half_spoken(mobile(pick), pick), *TELL[:5])
_kind("phone, keycaps", _keycaps, *TELL)
_kind("phone, split lines", lambda pick: "\n".join((lambda n: (n[:5], n[5:8], n[8:]))(mobile(pick))), *TELL)
_kind("e-mail, plain", _email, "email me {}", "{}", "you can reach her at {}", "Send it to {} please")
_kind("e-mail, disguised", _email_hidden, "email me {}", "{}", "my mail is {}", "send it to {} thanks")
_kind(
    "address",
    _address,
    "I live at {}",
    "we have moved to {}",
    "Drop it round to {}",
    "her address is {}",
    "pop round, we're at {}",
)
_kind(
    "postcode",
    _postcode,
    "our postcode is {}",
    "we're in {}",
    "{} is where she lives",
    "sat nav {} for our house",
    "Her mum lives at {}",
)
_kind("handle", _handle, "{}", "{} if you want to chat", "hi! {}", "anyone can message me, {}")
_kind(
    "number plate",
    _plate,
    "the reg is {}",
    "silver Corsa {} parked on the zigzags",
    "whoever drives {} move your car",
    "his car is {}",
)
_kind(
    "NHS number",
    lambda pick: (lambda n: pick.choice((n, f"{n[:3]} {n[3:6]} {n[6:]}", f"{n[:3]}-{n[3:6]}-{n[6:]}")))(
        nhs(pick)
    ),
    "her NHS number is {}",
    "NHS no: {}",
    "nhs number {} for the form",
    "NHS {}",
)
_kind(
    "National Insurance",
    _insurance,
    "my NI number is {}",
    "National Insurance {}",
    "NI: {}",
    "{} is my national insurance number",
    "{}",
)
_kind("bank", _bank, "pay me back: {}", "{}", "my details are {}", "send it to {} thanks")
_kind(
    "DBS",
    lambda pick: "00" + digits(pick, 10),
    "my DBS is {}",
    "DBS certificate number {}",
    "DBS cert no. {}",
    "Her DBS number: {}",
    "dbs certificate {} issued last week",
)
_kind(
    "passport",
    lambda pick: digits(pick, 9),
    "passport number {}",
    "my passport is {}",
    "Passport no. {}",
    "his passport no: {}",
)
_kind(
    "driving licence",
    _licence,
    "driving licence {}",
    "my licence number is {}",
    "licence no {}",
    "{} is on my driving licence",
)
_kind("IBAN", _iban, "IBAN {}", "my iban is {}", "{}", "transfer to {} please")
_kind("link", _link, "{}", "chat to me {}", "message me here {}")


def positives() -> list[Message]:
    """Return the personal details, ``EACH`` of every kind."""
    made = []
    for kind, (maker, carriers) in KINDS.items():
        pick = source(f"details {kind}")
        for number in range(EACH):
            direction = ("inbound_comment", "outbound_post")[number % 2]
            text = pick.choice(carriers).format(maker(pick))
            made.append(
                Message(f"{kind}-{number}", text, frozenset({"contact_details"}), direction, group=kind)
            )
    return made
