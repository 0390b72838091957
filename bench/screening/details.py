"""UK personal details as people write them, all invented: drama-range phones, .example domains, made-up numbers."""

from __future__ import annotations

import random
from collections.abc import Callable

from bench.screening.carriers import source
from bench.screening.messages import Message

EACH = 42
FIRST = "Jo Sam Rosie Maya Idris Tom Beth Ali Gwen Nia Kofi Zara Megan Liam Priya Aled Ewan Orla".split()
LAST = "hill wood marsh field brook stone vale moor ford lea".split()
STREETS = """Mill Lane;Station Road;Orchard Close;Church Street;Victoria Avenue;Holly Drive;Kingsway Terrace;Park Crescent;Nelson Grove;
Castle Mews;Albert Road;Bridge Street;Meadow Way;Queens Gardens;Elm Walk;Harbour Rise;The Green;Beech Hill""".replace(
    "\n", ""
).split(";")
TOWNS = "Ashby Thornley Millbrook Easton Northfield Wexcombe Hartley Overbrook Stanmoor".split()
SPOKEN = "zero one two three four five six seven eight nine".split()
TENS = {2: "double", 3: "triple"}
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
    words, place = [], 0
    while place < len(number):
        digit = number[place]
        run = 2 if number[place : place + 2] == digit * 2 and pick.random() < 0.7 else 1
        word = nought if digit == "0" else SPOKEN[int(digit)]
        words.append(f"double {word}" if run == 2 else word)
        place += run
    return pick.choice((" ", " ", ", ", "-")).join(words)


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
    area = pick.choice("LS M BS EX NE YO CF EH SW SE B S G LL SA PL TR NR IP CB OX RG".split())
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
    start, end = pick.choice("AB CE EH GJ HK JM KP LR MS NT PW RX SY TZ".split()), pick.choice("ABCD")
    spaced = f"{start} {number[:2]} {number[2:4]} {number[4:]} {end}"
    return pick.choice(
        (spaced, spaced.replace(" ", ""), spaced.replace(" ", "").lower(), spaced.replace(" ", "-"))
    )


def _licence(pick: random.Random) -> str:
    name = pick.choice("MARSH WOODS HILL9 BROOK STONE MOOR9 FIELD".split())
    date = f"{pick.choice('5678')}{pick.choice(('01', '07', '11', '12', '54', '60'))}{pick.randint(1, 28):02}{pick.randint(0, 9)}"
    number = f"{name}{date}{pick.choice('ABEJMST')}{pick.choice('9ABEJM')}{pick.randint(2, 9)}{pick.choice('ABCDEFGH')}{pick.choice('ABCDEFGH')}"
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
        + pick.choice(LAST)
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
_kind("NHS number", lambda pick: (lambda n: pick.choice((n, f"{n[:3]} {n[3:6]} {n[6:]}", f"{n[:3]}-{n[3:6]}-{n[6:]}")))(nhs(pick)),
      "her NHS number is {}", "NHS no: {}", "nhs number {} for the form", "NHS {}")  # fmt: skip
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
_kind("DBS", lambda pick: "00" + digits(pick, 10), "my DBS is {}", "DBS certificate number {}", "DBS cert no. {}", "Her DBS number: {}",
      "dbs certificate {} issued last week")  # fmt: skip
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


def _negatives(pick: random.Random) -> dict[str, list[str]]:
    n = pick.randint
    months = "January March May June September October December".split()
    return {
        "times": [f"Doors open at {n(1, 12)}.{n(10, 59)}", f"pick up {n(7, 11)}:{n(10, 59)} till {n(1, 6)}:{n(10, 59)}", f"{n(8, 9)}am-{n(1, 6)}pm Mon to Fri",
                  f"The hall is ours {n(10, 12)}{n(10, 59)} to {n(13, 18)}{n(10, 59)} hrs"],
        "dates": [f"{n(1, 28):02}/{n(1, 12):02}/20{n(24, 29)} is the last day", f"INSET days {n(1, 28)}.{n(1, 12)}.{n(25, 29)} and {n(1, 28)}.{n(1, 12)}.{n(25, 29)}",
                  f"Term dates {n(1, 28)} {pick.choice(months)} 2026 - {n(1, 28)} {pick.choice(months)} 2027", f"back on the {n(4, 20)}th 20{n(26, 29)}"],
        "scores": [f"Acorns {n(0, 9)}-{n(0, 9)} Oaks", f"we won {n(20, 60)} {n(3, 19)} and {n(20, 60)} {n(3, 19)}", f"half time {n(0, 4)}:{n(0, 4)}", f"bowled for {n(100, 400)}/{n(2, 9)}"],
        "prices": [f"£{n(1, 900)}.{n(10, 99)} a week", f"only {n(2, 90)}.{n(10, 99)} per session", f"We raised £{n(1, 9)},{n(100, 999)}.{n(10, 99)}!", f"deposit of {n(1, 9)}00 pounds"],
        "ratios": [f"ratio 1:{n(3, 30)}", f"{n(1, 3)} adults to {n(4, 30)} children", f"{n(50, 99)}.{n(1, 9)}% said yes"],
        "isbn": [f"ISBN 978-0-{n(100, 999)}-{n(10000, 99999)}-{n(0, 9)}", f"the book is ISBN 978{digits(pick, 10)}"],
        "orders": [f"order number {digits(pick, 10)}", f"Order #{digits(pick, 8)} has come", f"ref {digits(pick, 11)} on the uniform order", f"parcel tracking {digits(pick, 12)}"],
        "rooms": [f"Meet in room {n(1, 40)}{pick.choice('AB')}", f"Hall {n(1, 4)}, table {n(10, 60)}", f"Locker {n(100, 999)} is stuck", f"Year {n(1, 6)} in classroom {n(10, 30)}"],
        "raffle": [f"winning raffle tickets {n(100, 999)} {n(100, 999)} {n(100, 999)}", f"Raffle: pink {n(10, 99)}, blue {n(100, 999)}, green {n(10, 99)}", f"ticket {n(10000, 99999)} wins the hamper"],
        "ofsted": [f"Our Ofsted URN is {n(100000, 999999)}", f"Ofsted unique reference number EY{n(100000, 999999)}", f"registered charity {n(1000000, 1199999)}", f"Charity no. {n(1000000, 1199999)}", f"company number {n(10000000, 15999999)}"],
        "recipes": [f"{n(100, 500)}g flour, {n(50, 250)} g butter, {n(2, 6)} eggs", f"bake {n(160, 220)}C for {n(10, 50)} mins", f"Mix {n(1, 3)} cups flour {n(1, 2)} cup salt {n(1, 2)} cup water"],
        "help lines": ["In an emergency ring 999", "call 111 if you are worried about a rash", "Childline is 0800 1111", "ring 101 for the police if it can wait", "Samaritans are on 116 123 day or night",
                       "NHS 111 told us to rest", "Childline 0800 1111 is free for any child"],
        "rhymes": ["one two three four five once I caught a fish alive", "five little ducks went swimming one day", "ten green bottles, nine green bottles, eight", "one two buckle my shoe three four knock at the door",
                   "six seven eight nine ten then I let it go again", "zero one two three four five six seven eight nine ten, she counted them all", "five four three two one blast off", "two four six eight who do we appreciate",
                   "counting in twos: 2 4 6 8 10 12 14 16 18 20", "number line 0 1 2 3 4 5 6 7 8 9 10"],
        "sizes": [f"wellies size {n(5, 13)} and {n(5, 13)}", f"coat age {n(2, 3)}-{n(4, 6)} years", f"room is {n(3, 9)}.{n(1, 9)}m x {n(3, 9)}.{n(1, 9)}m", f"{n(2000, 9000)} steps and {n(1, 9)}.{n(1, 9)} miles"],
        "codes": [f"Use code TREE{n(10, 99)} for free delivery", f"Wi-Fi is on channel {n(1, 13)}", f"bus {n(1, 99)} or {n(100, 400)} stops outside", f"The A{n(10, 999)} is shut, use the B{n(1000, 9999)}", f"form P{n(10, 99)} and version {n(1, 9)}.{n(0, 9)}.{n(0, 9)}", f"Isofix R{n(10, 129)} seats",
                  f"flight BA{n(100, 2000)} was late", f"LEGO set {n(10000, 79999)}", f"model number DX{n(10, 99)}-{n(100, 999)}"],
        "places": [f"We walked along {pick.choice(STREETS)}", f"the library on {pick.choice(STREETS)} opens at ten", "BS5 and LS6 families welcome", "families in the SW1 area", f"{pick.choice(STREETS)} will be closed for roadworks", f"{n(2, 9)} families from {pick.choice(TOWNS)} came"],
        "words at": ["see you at the gate dot on nine", "meet at ten on the dot", "look at dot's picture", "we are @ the hall", "thanks @everyone", "Great day @ Acorns", "all eyes at the front, dots on the floor"],
        "years": [f"Established {n(1950, 2015)}", f"class of {n(1990, 2026)}", f"from {n(1980, 1999)} to {n(2001, 2026)} we grew from {n(10, 40)} to {n(41, 160)} places", f"EYFS {n(2021, 2026)} page {n(10, 60)}, paragraph 3.{n(10, 99)}"],
    }  # fmt: skip


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


def negatives() -> list[Message]:
    """Return numbers and words that only look like personal details, each once."""
    pick = source("details negatives")
    made: dict[str, Message] = {}
    for turn in range(9):
        for kind, texts in _negatives(pick).items():
            for text in texts:
                direction = ("inbound_comment", "outbound_post")[(turn + len(made)) % 2]
                made.setdefault(
                    text, Message(f"{kind}-{len(made)}", text, frozenset(), direction, group=kind)
                )
    return list(made.values())
