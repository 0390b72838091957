"""Somebody who says that they are under 18 is noticed; numbers that are no ages are left alone."""

from __future__ import annotations

import pytest

from stairgate.screening import Category, Severity
from tests.screening.cast import coming_in, going_out, only, ruled

SAY_SO = [
    "I am 12",
    "im 12",
    "Hi i'm 12 and I love your page",
    "I’m only 9 but can I come too",
    "I'm eleven, can I help with the babies?",
    "I am 17 and looking for work experience",
    "im in year 5 at the school next door",
    "I'm in yr 9",
    "I am in year six",
    "I'm 13yo",
    "I'm 12 years old",
    "I am under 16, is that ok?",
    "I'm a pupil at your school",
    "I'm 12 and I live 10 minutes away",
    "I am nearly 10!",
    "my age is 14",
    "I just turned sixteen and I want to train as a nursery nurse",
    "i used to go here when i was little now im 10",
    "im a kid at the primary and some boys keep picking on me",
    "we're both 13 so can we come",
    "its my birthday tomorrow i will be 13!!!",
    "can i join im 9 i play at school",
]
SOUNDS_SO = [
    "my mum says im not allowed to comment but the bunnies are so cute",
    "my teacher told us to ask you for our project on local history",
    "when I grow up I want to work here with the babies",
    "my nan doesnt know im on her facebook hehe",
    "wish I was still at nursery instead of doing my SATs",
    "my detention was worth it to see that pic lol",
    "ur nursery is next to my school i see u at break time",
    "just got home from school and saw this, so cute",
    "i am doing my duke of edinburgh and my head of year said to ask nurseries",
    "dont tell my mum im messaging but can my little sis be an angel?",
]
INNOCENT = [
    "I'm 12 weeks pregnant and would love to look around",
    "I am 10 minutes late, sorry",
    "I'm only 5 minutes away",
    "I am 16 stone and the slide held",
    "I'm 15 miles from you",
    "I'm 10 years into this job and never saw a nicer nursery",
    "My daughter is 12",
    "My son is in year 5 and still talks about you",
    "I'm in year 2 of my degree in early years",
    "I'm in year 5's classroom on Fridays, helping with reading",
    "When I was 12 I went here",
    "I am 34",
    "I'm 18 today!",
    "Room for 12 please",
    "We are 6 of the families from Acorns",
    "I'm a parent of a pupil in year 3",
    "My mum says you looked after me here in 1989!",
    "My daughter is in Year 6 now and still remembers being the innkeeper",
    "His homework last night was to find a conker",
    "I'm a teacher and I love how you do phonics",
    "My teacher training placement was with you 10 years ago",
    "I'm 60 and still remember my first teacher",
    "My teenager did her work experience with you, best week of her life",
    "My 11 year old made your flapjack for food tech and got full marks",
    "My mum won't stop crying at this video",
    "Typing this on my nan's phone as mine's in the toilet",
    "At 14 I babysat for half this street, how times change",
    "I'm 45 going on 12 when there's a bouncy castle",
    "I'm in year 3 of a nursing degree, do you take bank staff?",
]


@pytest.mark.clause("C59")
@pytest.mark.parametrize("text", SAY_SO)
def test_somebody_who_says_so_is_noticed(text: str) -> None:
    finding = only(coming_in(text), "under-18")[0]
    assert (finding.category, finding.severity, finding.clause) == (
        Category.UNDER_18_AUTHOR,
        Severity.HOLD,
        "C59",
    )


@pytest.mark.clause("C59")
@pytest.mark.parametrize("text", SOUNDS_SO)
def test_somebody_who_sounds_so_is_noticed(text: str) -> None:
    assert only(ruled(text), "under-18")


@pytest.mark.clause("C59")
@pytest.mark.parametrize("text", INNOCENT)
def test_numbers_that_are_no_ages_are_left_alone(text: str) -> None:
    assert only(coming_in(text), "under-18") == []


def test_what_the_setting_writes_itself_is_not_asked_for_its_age() -> None:
    assert only(going_out("I am 12"), "under-18") == []


def test_a_young_person_posting_for_the_setting_is_noticed() -> None:
    assert only(going_out("hiya im 15 and im on work experience here all week"), "under-18")
