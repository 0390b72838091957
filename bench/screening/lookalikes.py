"""Numbers and words that only look like personal details: times, prices, scores, help lines, counting rhymes."""

from __future__ import annotations

import random

from bench.screening.carriers import source
from bench.screening.details import STREETS, TOWNS, digits
from bench.screening.messages import Message


def _negatives(pick: random.Random) -> dict[str, list[str]]:
    n = pick.randint
    months = ["January", "March", "May", "June", "September", "October", "December"]
    return {
        "times": [
            f"Doors open at {n(1, 12)}.{n(10, 59)}",
            f"pick up {n(7, 11)}:{n(10, 59)} till {n(1, 6)}:{n(10, 59)}",
            f"{n(8, 9)}am-{n(1, 6)}pm Mon to Fri",
            f"The hall is ours {n(10, 12)}{n(10, 59)} to {n(13, 18)}{n(10, 59)} hrs",
        ],
        "dates": [
            f"{n(1, 28):02}/{n(1, 12):02}/20{n(24, 29)} is the last day",
            f"INSET days {n(1, 28)}.{n(1, 12)}.{n(25, 29)} and {n(1, 28)}.{n(1, 12)}.{n(25, 29)}",
            f"Term dates {n(1, 28)} {pick.choice(months)} 2026 - {n(1, 28)} {pick.choice(months)} 2027",
            f"back on the {n(4, 20)}th 20{n(26, 29)}",
        ],
        "scores": [
            f"Acorns {n(0, 9)}-{n(0, 9)} Oaks",
            f"we won {n(20, 60)} {n(3, 19)} and {n(20, 60)} {n(3, 19)}",
            f"half time {n(0, 4)}:{n(0, 4)}",
            f"bowled for {n(100, 400)}/{n(2, 9)}",
        ],
        "prices": [
            f"£{n(1, 900)}.{n(10, 99)} a week",
            f"only {n(2, 90)}.{n(10, 99)} per session",
            f"We raised £{n(1, 9)},{n(100, 999)}.{n(10, 99)}!",
            f"deposit of {n(1, 9)}00 pounds",
        ],
        "ratios": [
            f"ratio 1:{n(3, 30)}",
            f"{n(1, 3)} adults to {n(4, 30)} children",
            f"{n(50, 99)}.{n(1, 9)}% said yes",
        ],
        "isbn": [
            f"ISBN 978-0-{n(100, 999)}-{n(10000, 99999)}-{n(0, 9)}",
            f"the book is ISBN 978{digits(pick, 10)}",
        ],
        "orders": [
            f"order number {digits(pick, 10)}",
            f"Order #{digits(pick, 8)} has come",
            f"ref {digits(pick, 11)} on the uniform order",
            f"parcel tracking {digits(pick, 12)}",
        ],
        "rooms": [
            f"Meet in room {n(1, 40)}{pick.choice('AB')}",
            f"Hall {n(1, 4)}, table {n(10, 60)}",
            f"Locker {n(100, 999)} is stuck",
            f"Year {n(1, 6)} in classroom {n(10, 30)}",
        ],
        "raffle": [
            f"winning raffle tickets {n(100, 999)} {n(100, 999)} {n(100, 999)}",
            f"Raffle: pink {n(10, 99)}, blue {n(100, 999)}, green {n(10, 99)}",
            f"ticket {n(10000, 99999)} wins the hamper",
        ],
        "ofsted": [
            f"Our Ofsted URN is {n(100000, 999999)}",
            f"Ofsted unique reference number EY{n(100000, 999999)}",
            f"registered charity {n(1000000, 1199999)}",
            f"Charity no. {n(1000000, 1199999)}",
            f"company number {n(10000000, 15999999)}",
        ],
        "recipes": [
            f"{n(100, 500)}g flour, {n(50, 250)} g butter, {n(2, 6)} eggs",
            f"bake {n(160, 220)}C for {n(10, 50)} mins",
            f"Mix {n(1, 3)} cups flour {n(1, 2)} cup salt {n(1, 2)} cup water",
        ],
        "help lines": [
            "In an emergency ring 999",
            "call 111 if you are worried about a rash",
            "Childline is 0800 1111",
            "ring 101 for the police if it can wait",
            "Samaritans are on 116 123 day or night",
            "NHS 111 told us to rest",
            "Childline 0800 1111 is free for any child",
        ],
        "rhymes": [
            "one two three four five once I caught a fish alive",
            "five little ducks went swimming one day",
            "ten green bottles, nine green bottles, eight",
            "one two buckle my shoe three four knock at the door",
            "six seven eight nine ten then I let it go again",
            "zero one two three four five six seven eight nine ten, she counted them all",
            "five four three two one blast off",
            "two four six eight who do we appreciate",
            "counting in twos: 2 4 6 8 10 12 14 16 18 20",
            "number line 0 1 2 3 4 5 6 7 8 9 10",
        ],
        "sizes": [
            f"wellies size {n(5, 13)} and {n(5, 13)}",
            f"coat age {n(2, 3)}-{n(4, 6)} years",
            f"room is {n(3, 9)}.{n(1, 9)}m x {n(3, 9)}.{n(1, 9)}m",
            f"{n(2000, 9000)} steps and {n(1, 9)}.{n(1, 9)} miles",
        ],
        "codes": [
            f"Use code TREE{n(10, 99)} for free delivery",
            f"Wi-Fi is on channel {n(1, 13)}",
            f"bus {n(1, 99)} or {n(100, 400)} stops outside",
            f"The A{n(10, 999)} is shut, use the B{n(1000, 9999)}",
            f"form P{n(10, 99)} and version {n(1, 9)}.{n(0, 9)}.{n(0, 9)}",
            f"Isofix R{n(10, 129)} seats",
            f"flight BA{n(100, 2000)} was late",
            f"LEGO set {n(10000, 79999)}",
            f"model number DX{n(10, 99)}-{n(100, 999)}",
        ],
        "places": [
            f"We walked along {pick.choice(STREETS)}",
            f"the library on {pick.choice(STREETS)} opens at ten",
            "BS5 and LS6 families welcome",
            "families in the SW1 area",
            f"{pick.choice(STREETS)} will be closed for roadworks",
            f"{n(2, 9)} families from {pick.choice(TOWNS)} came",
        ],
        "words at": [
            "see you at the gate dot on nine",
            "meet at ten on the dot",
            "look at dot's picture",
            "we are @ the hall",
            "thanks @everyone",
            "Great day @ Acorns",
            "all eyes at the front, dots on the floor",
        ],
        "years": [
            f"Established {n(1950, 2015)}",
            f"class of {n(1990, 2026)}",
            f"from {n(1980, 1999)} to {n(2001, 2026)} we grew from {n(10, 40)} to {n(41, 160)} places",
            f"EYFS {n(2021, 2026)} page {n(10, 60)}, paragraph 3.{n(10, 99)}",
        ],
    }


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
