"""What has to be said when a family is asked to remove something. Pure: the day is an argument."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models

LONGEST_WHAT, LONGEST_WHOM = 300, 100
LONGEST_WAIT = timedelta(days=14)


class Way(models.TextChoices):
    """By which way the family was asked."""

    IN_PERSON = "in_person", "In person"
    PHONE = "phone", "By telephone"
    LETTER = "letter", "By letter"
    EMAIL = "email", "By e-mail from the setting"


def ask_problem(*, what: str, of_whom: str, way: str, look_on: date | None, today: date) -> str:
    """Return what is missing or wrong; "" when nothing is."""
    if not 3 <= len(what) <= LONGEST_WHAT:
        return f"Say what you asked them to do, in {LONGEST_WHAT} letters at most."
    if not 2 <= len(of_whom) <= LONGEST_WHOM:
        return "Say whom you asked, in your own words: for example “Maisie’s gran”."
    if way not in Way.values:
        return "Say how you asked."
    if look_on is None or not today < look_on <= today + LONGEST_WAIT:
        return f"Choose the day to look again: from tomorrow, and within {LONGEST_WAIT.days} days."
    return ""
