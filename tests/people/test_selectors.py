"""Which rows of the register count on a day: the newest full check that was seen, and finished training."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from stairgate.organisations.models import Membership, Organisation
from stairgate.people.models import Check, Person, Training
from stairgate.people.rules import Barrier, Facts, eligibility
from stairgate.people.selectors import facts_for
from stairgate.policies.library.selectors import late_to_read
from stairgate.policies.selectors import signatures
from tests.cast import Cast, willow_lane


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


@pytest.fixture
def day(cast: Cast, now: datetime) -> date:
    return cast.organisation.day(now)


@pytest.fixture
def tom(cast: Cast) -> Person:
    return Person.objects.get(user=cast.tom)


def read(cast: Cast, day: date) -> Facts:
    """Return what the register says of Tom."""
    rows = Membership.objects.filter(user=cast.tom)
    [(_, facts)] = facts_for(
        rows, signed=signatures(cast.policy), unread=late_to_read(cast.organisation, day), on=day
    )
    return facts


def barriers(cast: Cast, day: date) -> list[Barrier]:
    return [reason.barrier for reason in eligibility(read(cast, day), day)]


def check(tom: Person, day: date, *, level: Check.Level = Check.Level.ENHANCED, review: int) -> Check:
    return Check.objects.create(
        person=tom,
        level=level,
        barred_list=True,
        issued_on=day,
        seen_on=day,
        seen_by="Priya",
        review_on=day + timedelta(days=review),
    )


def test_everything_is_read_in_one_query(cast: Cast, day: date, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = facts_for(
            Membership.objects.all(),
            signed=signatures(cast.policy),
            unread=late_to_read(cast.organisation, day),
            on=day,
        )
    fit = sorted(member.first_name for member, facts in rows if not eligibility(facts, day))
    assert fit == ["Gwen", "Kofi", "Priya", "Tom"]


@pytest.mark.clause("C19")
@pytest.mark.parametrize(("withdrawn", "fit"), [(-1, False), (0, False), (1, True)])
def test_a_withdrawn_check_stops_counting_that_day(
    cast: Cast, tom: Person, day: date, withdrawn: int, fit: bool
) -> None:
    tom.checks.update(withdrawn_on=day + timedelta(days=withdrawn))
    assert (barriers(cast, day) == []) is fit


@pytest.mark.clause("C19")
def test_a_check_nobody_has_seen_yet_does_not_count(cast: Cast, tom: Person, day: date) -> None:
    tom.checks.update(seen_on=day + timedelta(days=1))
    assert barriers(cast, day) == [Barrier.CHECK_MISSING]


@pytest.mark.clause("C19")
def test_a_lesser_check_never_stands_in_for_a_full_one(cast: Cast, tom: Person, day: date) -> None:
    check(tom, day, level=Check.Level.BASIC, review=2000)
    assert barriers(cast, day) == []
    tom.checks.filter(level=Check.Level.ENHANCED).update(barred_list=False)
    assert barriers(cast, day) == [Barrier.CHECK_MISSING]


@pytest.mark.clause("C19")
def test_of_two_full_checks_the_one_that_lasts_counts(cast: Cast, tom: Person, day: date) -> None:
    tom.checks.update(review_on=day - timedelta(days=1))
    assert barriers(cast, day) == [Barrier.CHECK_REVIEW_DUE]
    check(tom, day, review=30)
    assert barriers(cast, day) == []


@pytest.mark.clause("C20")
def test_only_finished_safeguarding_training_counts(cast: Cast, tom: Person, day: date) -> None:
    tom.training.update(completed_on=day + timedelta(days=1))
    assert barriers(cast, day) == [Barrier.TRAINING_MISSING]
    tom.training.update(completed_on=day, course=Training.Course.ONLINE_SAFETY)
    assert barriers(cast, day) == [Barrier.TRAINING_MISSING]
    tom.training.update(course=Training.Course.SAFEGUARDING)
    assert barriers(cast, day) == []


@pytest.mark.clause("C12")
def test_the_register_of_another_setting_says_nothing_here(cast: Cast, tom: Person, day: date) -> None:
    Person.objects.filter(pk=tom.pk).update(organisation=Organisation.objects.get(pk=cast.elsewhere.pk))
    assert barriers(cast, day) == [Barrier.NOT_ON_REGISTER]


@pytest.mark.clause("C14")
def test_a_signature_under_other_words_does_not_count(cast: Cast, day: date) -> None:
    cast.policy.signatures.filter(user=cast.tom).update(text_digest="0" * 64)
    assert barriers(cast, day) == [Barrier.NOT_SIGNED]
