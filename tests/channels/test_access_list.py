"""Who can reach an account on its network: read or gone through, compared with the register, and settled by a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from stairgate.assurance.gathering import known_now
from stairgate.assurance.judging import marks
from stairgate.assurance.marks import Worth
from stairgate.assurance.reminding.keeping import sweep as remind
from stairgate.assurance.reminding.models import Reminder
from stairgate.channels.access_list.rules import (
    MAY_REACH,
    Colleague,
    Why,
    amiss,
    due_at,
    not_seen_gone,
    why_stays,
)
from stairgate.channels.access_list.services import (
    CannotCompare,
    go_through,
    note,
    read_now,
    say_who,
    settle,
    sweep,
)
from stairgate.channels.leavers import CannotTick, still_reaches
from stairgate.channels.leavers import tick as tick_leaver
from stairgate.channels.models import AccessCheck, AccessFinding, Channel, PlatformPerson
from stairgate.channels.selectors import accounts_now, channel_now
from stairgate.ledger.models import Entry
from stairgate.networks.base import AccessHolder, RefusalKind, Refused, Trouble
from stairgate.networks.facebook import Facebook
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.roles import end_role
from stairgate.organisations.rules import Role
from stairgate.people.leaving import leave
from stairgate.people.models import Person
from stairgate.policies.parameters import Parameters, TooLoose
from stairgate.policies.selectors import in_force
from tests.accounts import open_group
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
DAY = date(2026, 11, 24)
PRIYA, KOFI = AccessHolder("1", "Priya Example"), AccessHolder("2", "Kofi Example")
SAM = AccessHolder("7", "Sam Stranger")


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, settings: Any, _now: None) -> Cast:
    settings.DEMO = True
    return willow_lane(NOW)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def listed(cast: Cast, *holders: AccessHolder, at: datetime = NOW) -> None:
    note(channel=cast.channel, holders=holders, by=None, at=at)


def person(name: str) -> PlatformPerson:
    return PlatformPerson.objects.select_related("channel__organisation").get(name__startswith=name)


def named(cast: Cast, row: PlatformPerson, user: UUID, actor: User | None = None, at: datetime = NOW) -> None:
    say_who(actor=actor or cast.priya, channel=cast.channel, person=row.pk, user=user, at=at)


def compared(cast: Cast, *more: AccessHolder, at: datetime = NOW) -> None:
    """Have the list read with Priya and Kofi on it, and say who they are."""
    listed(cast, PRIYA, KOFI, *more, at=at)
    for name, user in (("Priya", cast.priya), ("Kofi", cast.kofi)):
        named(cast, person(name), user.pk, at=at)


def worth(cast: Cast, at: datetime = NOW) -> Worth:
    return marks(known_now(cast.organisation, at, version=in_force(cast.organisation)))["C84"].worth


# the rules


@pytest.mark.clause("C84")
@given(
    ended=st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31)),
    roles=st.frozensets(st.sampled_from(list(Role))),
)
def test_who_may_be_on_the_list_works_here_and_holds_a_role_for_it(
    ended: date | None, roles: frozenset[Role]
) -> None:
    found = amiss(Colleague(ended, roles), DAY)
    left = ended is not None and ended < DAY
    assert (found == Why.LEFT) == left
    assert (found is None) == (not left and bool(roles & MAY_REACH))
    assert amiss(None, DAY) == Why.UNKNOWN


def test_a_list_is_due_a_month_after_the_last_one_or_after_connecting() -> None:
    assert due_at(None, NOW, 31) == NOW + timedelta(days=31)
    assert due_at(NOW + timedelta(days=3), NOW, 31) == NOW + timedelta(days=34)


@pytest.mark.clause("C84")
def test_the_policy_may_ask_for_it_sooner_and_never_later() -> None:
    assert Parameters().access_check_days == 31 and Parameters().mailbox_holders == 2
    assert Parameters.from_json({"access_check_days": 7, "mailbox_holders": 3}).access_check_days == 7
    for loose in ({"access_check_days": 32}, {"mailbox_holders": 1}):
        with pytest.raises(TooLoose):
            Parameters.from_json(loose)


@pytest.mark.clause("C25")
@given(st.booleans(), st.booleans(), st.booleans())
def test_a_leaver_is_off_the_list_only_when_a_list_shows_it(since: bool, there: bool, unknown: bool) -> None:
    says = not_seen_gone("Kofi", seen_since=since, there=there, somebody_unknown=unknown)
    assert (says == "") == (since and not there and not unknown)


def test_a_finding_is_settled_with_words_and_a_newer_list() -> None:
    assert why_stays(still_there=False, still_amiss=True, done=" no ", read_at="then")
    assert "still on the list then" in why_stays(
        still_there=True, still_amiss=True, done="Taken off", read_at="then"
    )
    assert not why_stays(still_there=False, still_amiss=True, done="Taken off", read_at="then")
    assert not why_stays(still_there=True, still_amiss=False, done="Given the role", read_at="then")


# reading, and what is found


@pytest.mark.clause("C84")
def test_somebody_whom_nobody_knows_is_found_once_and_stays_until_settled(cast: Cast) -> None:
    compared(cast, SAM)
    listed(cast, PRIYA, KOFI, SAM, at=NOW + timedelta(minutes=1))
    finding = AccessFinding.objects.get(closed_at=None)
    assert finding.person.name == "Sam Stranger" and finding.why == "unknown"
    assert worth(cast) == Worth.BROKEN
    with pytest.raises(CannotCompare, match="still on the list Tue 24 Nov, 17:46"):
        settle(actor=cast.kofi, finding=finding, done="Taken off the list", at=NOW)
    listed(cast, PRIYA, KOFI, at=NOW + timedelta(minutes=2))
    assert AccessFinding.objects.filter(closed_at=None).exists(), "gone by itself is not settled"
    with pytest.raises(CannotCompare, match="few words"):
        settle(actor=cast.kofi, finding=finding, done="x", at=NOW)
    for who in (cast.tom, cast.gwen, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            settle(actor=who, finding=finding, done="Taken off the list", at=NOW)
    settle(actor=cast.kofi, finding=finding, done="A former agency; taken off the list", at=NOW)
    with pytest.raises(CannotCompare, match="already"):
        settle(actor=cast.kofi, finding=finding, done="Taken off the list", at=NOW)
    assert worth(cast) == Worth.MET
    listed(cast, PRIYA, KOFI, SAM, at=NOW + timedelta(minutes=3))
    assert AccessFinding.objects.filter(closed_at=None).count() == 1, "back again is found again"
    kinds = set(Entry.objects.filter(kind__startswith="channels.access").values_list("kind", flat=True))
    assert kinds == {"channels.access_stranger", "channels.access_named", "channels.access_settled"}


@pytest.mark.clause("C84")
def test_everybody_in_charge_is_told_but_whom_it_is_about(cast: Cast) -> None:
    compared(cast, AccessHolder("3", "Gwen Example"))
    named(cast, person("Gwen"), cast.gwen.pk)
    assert AccessFinding.objects.get(closed_at=None).why == "no_role"
    remind(NOW, "worker")
    told = Reminder.objects.filter(kind="stranger", done_at=None)
    assert {one.user.first_name for one in told} == {"Priya", "Kofi", "Helen"}
    assert "Gwen Example can reach Facebook page" in signed_in(cast.priya).get("/").content.decode()


@pytest.mark.clause("C84", "C25")
def test_a_leaver_and_a_mover_who_are_still_there_are_found(cast: Cast) -> None:
    compared(cast)
    leaver = Person.objects.select_related("organisation").get(user=cast.kofi)
    leave(actor=cast.priya, person=leaver, last_day=DAY, at=NOW)
    listed(cast, PRIYA, KOFI, at=NOW + timedelta(hours=1))
    assert not AccessFinding.objects.filter(closed_at=None).exists(), (
        "on the last day the leaver's list says it"
    )
    listed(cast, PRIYA, KOFI, at=NOW + timedelta(days=1))
    assert AccessFinding.objects.get(closed_at=None).why == "left"


def test_a_role_that_ends_is_found_at_the_next_reading(cast: Cast) -> None:
    compared(cast)
    end_role(actor=cast.priya, held=cast.member(cast.kofi).roles.get(role="page_administrator"), at=NOW)
    listed(cast, PRIYA, KOFI, at=NOW + timedelta(days=1))
    finding = AccessFinding.objects.get(closed_at=None)
    assert finding.why == "no_role"
    with pytest.raises(NotAllowed):
        settle(actor=cast.kofi, finding=finding, done="I stay on it", at=NOW + timedelta(days=1))


def test_nobody_settles_what_is_about_themselves(cast: Cast) -> None:
    listed(cast, PRIYA)
    finding = AccessFinding.objects.get()
    PlatformPerson.objects.update(user=cast.priya)
    with pytest.raises(NotAllowed, match="your own access"):
        settle(actor=cast.priya, finding=finding, done="It is only me", at=NOW)


def test_who_somebody_is_must_be_a_colleague(cast: Cast) -> None:
    listed(cast, SAM)
    for user in (cast.outsider.pk, uuid4()):
        with pytest.raises(CannotCompare, match="works here"):
            named(cast, person("Sam"), user)
    with pytest.raises(NotAllowed):
        named(cast, person("Sam"), cast.kofi.pk, actor=cast.gwen)


def test_the_database_keeps_one_open_finding_of_a_person(cast: Cast) -> None:
    listed(cast, SAM)
    with pytest.raises(IntegrityError):
        AccessFinding.objects.create(person=person("Sam"), why="unknown", found_at=NOW)


@pytest.mark.clause("C84")
def test_a_list_nobody_compared_for_a_month_breaks_the_clause_and_is_told_before(cast: Cast) -> None:
    compared(cast)
    soon, late = NOW + timedelta(days=25), NOW + timedelta(days=31, seconds=1)
    assert worth(cast, NOW + timedelta(days=23)) == Worth.MET
    assert worth(cast, soon) == Worth.RISK and worth(cast, late) == Worth.BROKEN
    with time_machine.travel(soon, tick=False):
        remind(soon, "worker")
        told = {one.user.first_name for one in Reminder.objects.filter(kind="access", done_at=None)}
        assert told == {"Priya", "Kofi"}
        listed(cast, PRIYA, KOFI, at=soon)
        remind(soon, "worker")
        assert not Reminder.objects.filter(kind="access", done_at=None).exists()


def shut_by(cast: Cast, at: datetime) -> list[str]:
    """Return what shuts the account because of its list, as both ways of reading it say."""
    one = channel_now(Channel.objects.get(pk=cast.channel.pk), at)
    listed_ = next(one for one in accounts_now(cast.organisation, at) if one.channel == cast.channel)
    found = [r.says for r in one.restrictions if r.clause == "C84"]
    assert found == [r.says for r in listed_.restrictions if r.clause == "C84"]
    return found


@pytest.mark.clause("C84")
def test_a_list_that_nobody_compared_in_time_shuts_the_account_until_it_is_compared(cast: Cast) -> None:
    assert shut_by(cast, NOW + timedelta(days=31)) == [], "never compared: counted from connecting"
    listed(cast, PRIYA, at=NOW + timedelta(days=20))
    due = NOW + timedelta(days=51)
    assert shut_by(cast, due) == []
    late = due + timedelta(seconds=1)
    (says,) = shut_by(cast, late)
    assert says.startswith("Facebook page: nobody has compared for 31 days who can reach it there.")
    with time_machine.travel(late, tick=False):
        remind(late, "worker")
        told = Reminder.objects.filter(kind="restricted", done_at=None)
        assert {one.user.first_name for one in told} >= {"Priya", "Kofi", "Helen"}
        assert says in signed_in(cast.kofi).get(f"/accounts/{cast.channel.pk}/").content.decode()
    listed(cast, PRIYA, at=late)
    assert shut_by(cast, late) == []


@pytest.mark.clause("C84")
def test_a_stricter_policy_asks_for_the_list_sooner(cast: Cast) -> None:
    days = in_force(cast.organisation)
    assert days is not None
    days.parameters_json = days.parameters_json | {"access_check_days": 7}
    days.save()
    listed(cast, PRIYA)
    assert shut_by(cast, NOW + timedelta(days=7)) == []
    assert len(shut_by(cast, NOW + timedelta(days=7, seconds=1))) == 1


# by interface


class Told:
    """Stands in for what Facebook says."""

    def __init__(self, *holders: AccessHolder, trouble: bool = False) -> None:
        self.holders, self.trouble, self.asked = holders, trouble, 0

    def __call__(self, client: Facebook, account: object) -> tuple[AccessHolder, ...]:
        self.asked += 1
        if self.trouble:
            raise Trouble(Refused(RefusalKind.RECONNECT, "Facebook no longer lets us in."))
        return self.holders


def facebook_says(monkeypatch: pytest.MonkeyPatch, told: Told) -> Told:
    monkeypatch.setattr(Facebook, "who_gets_in", lambda client, account: told(client, account))
    return told


@pytest.mark.clause("C84")
def test_a_network_that_tells_is_read_once_a_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    open_group(cast.nursery, NOW)  # a group tells nothing
    told = facebook_says(monkeypatch, Told(PRIYA))
    assert sweep(NOW, "worker") == 1 and sweep(NOW + timedelta(hours=23), "worker") == 0
    assert sweep(NOW + timedelta(hours=24), "worker") == 1 and told.asked == 2
    check = AccessCheck.objects.latest("at")
    assert check.by is None and check.seen == ["Priya Example"]


def test_a_list_that_cannot_be_read_is_no_empty_list(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    compared(cast)
    facebook_says(monkeypatch, Told(trouble=True))
    later = NOW + timedelta(days=2)
    assert sweep(later, "worker") == 0
    with pytest.raises(CannotCompare, match="could not be read"):
        read_now(actor=cast.priya, channel=cast.channel, at=later)
    assert (
        AccessCheck.objects.count() == 1 and not PlatformPerson.objects.filter(gone_at__isnull=False).exists()
    )


# by hand


def group(cast: Cast) -> Channel:
    return Channel.objects.select_related("organisation", "connection").get(
        pk=open_group(cast.nursery, NOW).pk
    )


@pytest.mark.clause("C84")
def test_where_the_network_tells_nothing_somebody_goes_through_it(cast: Cast) -> None:
    families = group(cast)
    go_through(
        actor=cast.priya,
        channel=families,
        there=[],
        users=[cast.priya.pk, cast.kofi.pk],
        others=["  Old Phone ", ""],
        at=NOW,
    )
    assert AccessCheck.objects.get().by == cast.priya
    assert [one.person.name for one in AccessFinding.objects.all()] == ["Old Phone"]
    rows = PlatformPerson.objects.filter(channel=families, user__isnull=False)
    later = NOW + timedelta(minutes=5)
    go_through(
        actor=cast.kofi,
        channel=families,
        there=[one.pk for one in rows],
        users=[],
        others=[],
        at=later,
    )
    assert person("Old Phone").gone_at == later
    settle(actor=cast.kofi, finding=AccessFinding.objects.get(), done="It was sold; taken off", at=later)
    with pytest.raises(CannotCompare, match="Somebody can always reach it"):
        go_through(actor=cast.kofi, channel=families, there=[], users=[uuid4()], others=[" "], at=later)
    with pytest.raises(CannotCompare, match="does not tell"):
        read_now(actor=cast.kofi, channel=families, at=later)
    with pytest.raises(CannotCompare, match="have the list read instead"):
        go_through(actor=cast.kofi, channel=cast.channel, there=[], users=[], others=["x"], at=later)
    with pytest.raises(NotAllowed):
        go_through(actor=cast.tom, channel=families, there=[], users=[], others=["x"], at=later)


# who leaves


@pytest.mark.clause("C25", "C84")
def test_a_leavers_access_is_ticked_with_a_list_that_shows_it(cast: Cast) -> None:
    compared(cast)
    leaver = Person.objects.select_related("organisation").get(user=cast.kofi)
    leave(actor=cast.priya, person=leaver, last_day=DAY, at=NOW)
    task = leaver.leaving_tasks.select_related("person__organisation").get(kind="access")
    assert "Kofi is still on its access list" in still_reaches(leaver, DAY, NOW)[0]
    tomorrow = NOW + timedelta(days=1)
    listed(cast, PRIYA, at=tomorrow)
    assert still_reaches(leaver, DAY, tomorrow) == []
    assert (
        "nobody has looked" in still_reaches(leaver, DAY + timedelta(days=2), tomorrow + timedelta(days=1))[0]
    )
    with pytest.raises(CannotTick):
        tick_leaver(actor=cast.priya, task=task, at=NOW)


# the pages


def test_the_list_over_http(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    facebook_says(monkeypatch, Told(PRIYA, KOFI, SAM))
    kofi = signed_in(cast.kofi)
    where = reverse("channels:access", args=[cast.channel.pk])
    assert b"Not compared yet" in kofi.get(where).content
    assert kofi.post(where + "read/").status_code == 302
    page = kofi.get(where).content.decode()
    assert kofi.get(where).context["me"].user == cast.kofi, "the frame says who is looking"
    assert "Somebody should not be there" in page and "Is it one of us?" in page
    naming, priya = reverse("channels:access_who", args=[cast.channel.pk]), str(person("Priya").pk)
    assert kofi.post(naming, {"person": priya, "user": ""}).status_code == 422
    assert kofi.post(naming, {"person": str(uuid4()), "user": str(cast.priya.pk)}).status_code == 422
    assert kofi.post(naming, {"person": priya, "user": str(cast.priya.pk)}).status_code == 302
    finding = AccessFinding.objects.get(person=person("Sam"))
    settling = reverse("channels:access_settle", args=[finding.pk])
    refused = kofi.post(settling, {"done": "Taken off the list"})
    assert refused.status_code == 422 and b'value="Taken off the list"' in refused.content
    facebook_says(monkeypatch, Told(PRIYA, KOFI))
    kofi.post(where + "read/")
    assert "Not there any more: say what was done" in kofi.get(where).content.decode()
    assert kofi.post(settling, {"done": "Taken off the list"}).status_code == 302
    helen = signed_in(cast.helen)
    assert "Taken off the list" in helen.get(where).content.decode()
    assert helen.post(where + "read/").status_code == 403
    for address in (where, naming, settling):
        assert signed_in(cast.outsider).post(address).status_code in {404, 405}
    assert signed_in(cast.outsider).get(where).status_code == 404


def test_going_through_it_over_http(cast: Cast) -> None:
    families = group(cast)
    where = reverse("channels:access", args=[families.pk])
    kofi = signed_in(cast.kofi)
    assert "This is everybody" in kofi.get(where).content.decode()
    refused = kofi.post(where + "through/", {"users": ["x"], "others": ""})
    assert refused.status_code == 422
    sent = {"users": [str(cast.kofi.pk)], "others": "Old Phone\nOlder Phone"}
    assert kofi.post(where + "through/", sent).status_code == 302
    assert AccessFinding.objects.count() == 2


def test_the_list_asks_a_bounded_number_of_questions(
    cast: Cast, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    priya = signed_in(cast.priya)
    where = reverse("channels:access", args=[cast.channel.pk])
    priya.get(where)
    for count in (1, 12):
        listed(cast, *(replace(SAM, external_id=str(n)) for n in range(count)))
        with django_assert_max_num_queries(14):
            assert priya.get(where).status_code == 200
