"""Parameters have floors; adopting binds people to exact words."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from stairgate.organisations.access import membership_of
from stairgate.organisations.models import Membership, RoleHeld
from stairgate.organisations.rules import Duty
from stairgate.policies.models import PolicyVersion
from stairgate.policies.parameters import Parameters, TooLoose
from stairgate.policies.selectors import fit_for, in_force, signatures, signatures_now, why_not
from stairgate.policies.services import adopt
from tests.cast import Cast, willow_lane
from tests.signing import signed


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


@pytest.mark.parametrize(
    "looser",
    [
        {"approvers": 0},
        {"page_administrators": 1},
        {"check_every_days": 8},
        {"review_every_days": 400},
        {"approval_life_hours": 169},
        {"urgent_approval_days": 367},
        {"sending_window_minutes": 121},
        {"keep_words_years": 2},
        {"quiet_from_hour": 24},
        {"quiet_until_hour": -1},
        {"safeguarding_lead_approves": 1},
        {"identifiable_children": "no"},
        {"approvers": True},
        {"approvers": 1.5},
    ],
)
def test_a_parameter_can_be_tightened_and_never_loosened(looser: dict[str, object]) -> None:
    with pytest.raises(TooLoose):
        Parameters.from_json(looser)


def test_parameters_survive_being_stored() -> None:
    mine = Parameters(approvers=2, check_every_days=1)
    assert Parameters.from_json({**mine.to_json(), "unknown": 7}) == mine


def test_a_loosened_row_in_the_database_is_refused_when_read(cast: Cast) -> None:
    PolicyVersion.objects.update(parameters_json={"page_administrators": 0})
    version = in_force(cast.organisation)
    assert version is not None
    with pytest.raises(TooLoose):
        _ = version.parameters


@pytest.mark.clause("C14")
@pytest.mark.clause("C17")
@pytest.mark.clause("C88")
def test_signing_opens_the_duty_and_a_new_version_shuts_it(cast: Cast, now: datetime) -> None:
    day = cast.organisation.day(now)
    leah = cast.member(cast.leah)
    assert why_not(leah, Duty.WRITE, version=cast.policy, on=day)
    signed(cast.leah, cast.policy, now)
    assert why_not(leah, Duty.WRITE, version=cast.policy, on=day) == ()
    newer = adopt(
        actor=cast.priya,
        organisation=cast.organisation,
        title="Policy",
        text="New",
        parameters=Parameters(),
        at=now,
    )
    assert why_not(leah, Duty.WRITE, version=newer, on=day)


def newer(cast: Cast, now: datetime, *, correction: bool) -> PolicyVersion:
    return adopt(
        actor=cast.priya,
        organisation=cast.organisation,
        title="Policy",
        text="Newer",
        parameters=cast.policy.parameters,
        at=now,
        correction=correction,
    )


@pytest.mark.clause("C14")
def test_a_correction_informs_and_what_is_more_has_to_be_signed_anew(cast: Cast, now: datetime) -> None:
    day, organisation, leah = cast.organisation.day(now), cast.organisation, cast.member(cast.leah)

    def fit() -> list[str]:
        found = fit_for(organisation, Duty.APPROVE, parameters=cast.policy.parameters, on=day)
        return [member.first_name for member in found]

    corrected = newer(cast, now, correction=True)
    assert (cast.policy.label, corrected.label, corrected.is_major) == ("1", "1.1", False)
    assert fit() == ["Kofi", "Priya"] and set(signatures(corrected)) == set(signatures_now(organisation))
    signed(cast.leah, corrected, now)
    corrected = newer(cast, now, correction=True)
    assert why_not(leah, Duty.WRITE, version=corrected, on=day) == ()
    # a signature counts while the words that were signed stand, and no longer
    PolicyVersion.objects.filter(pk=cast.policy.pk).update(text_digest="0" * 64)
    assert fit() == [] and why_not(leah, Duty.WRITE, version=corrected, on=day) == ()
    major = newer(cast, now, correction=False)
    assert (corrected.label, major.label, major.is_major) == ("1.2", "2", True)
    assert why_not(leah, Duty.WRITE, version=major, on=day) and not signatures(major)
    assert not signatures_now(organisation) and not signatures_now(cast.elsewhere)


def test_there_is_nothing_to_correct_before_the_first(cast: Cast, now: datetime) -> None:
    first = adopt(
        actor=cast.outsider,
        organisation=cast.elsewhere,
        title="Policy",
        text="Theirs",
        parameters=Parameters(),
        at=now,
        correction=True,
    )
    assert (first.label, first.is_major) == ("1", True)


def test_who_is_fit_is_read_in_a_bounded_number_of_queries(
    cast: Cast, now: datetime, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        fit = fit_for(
            cast.organisation, Duty.APPROVE, parameters=cast.policy.parameters, on=cast.organisation.day(now)
        )
    assert [member.first_name for member in fit] == ["Kofi", "Priya"]


@pytest.mark.clause("C14")
def test_who_is_fit_follows_the_version_in_force(cast: Cast, now: datetime) -> None:
    day = cast.organisation.day(now)
    newer = adopt(
        actor=cast.priya,
        organisation=cast.organisation,
        title="Policy",
        text="New",
        parameters=Parameters(),
        at=now,
    )
    assert fit_for(cast.organisation, Duty.APPROVE, parameters=newer.parameters, on=day) == []


def test_a_place_that_is_gone_is_never_fit(cast: Cast, now: datetime) -> None:
    tom = membership_of(cast.tom)
    assert tom is not None
    RoleHeld.objects.filter(membership=tom.pk).delete()
    Membership.objects.filter(pk=tom.pk).delete()
    assert why_not(tom, Duty.WRITE, version=cast.policy, on=cast.organisation.day(now))
