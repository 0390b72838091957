"""Rows of reminders: kept true by a sweep that may be done again, put off with a reason, and told by e-mail once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from stairgate.assurance.refusal import Refusal
from stairgate.assurance.reminding import mailing, post
from stairgate.assurance.reminding.keeping import keep, sweep
from stairgate.assurance.reminding.models import Mail, Reminder
from stairgate.assurance.reminding.rules import Kind
from stairgate.assurance.reminding.services import snooze
from stairgate.assurance.reminding.setting import Source
from stairgate.assurance.reminding.sources import SOURCES
from stairgate.channels.models import Credential
from stairgate.channels.services import note_health
from stairgate.config.mail import MailSettings
from stairgate.ledger.models import Entry
from stairgate.monitoring.models import Item
from stairgate.networks.base import Health
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.people.models import Person
from stairgate.policies.models import PolicyVersion
from stairgate.web.reminder_tasks import with_reminders
from stairgate.web.today import today_page
from tests.assurance.mail_server import MailServer, mail_server
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DAY = date(2026, 11, 24)
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, _now: None) -> Cast:
    """The cast, with the password of the page's mailbox in the vault."""
    found = willow_lane(NOW)
    about = {"channel": found.channel, "kind": Credential.Kind.MAILBOX, "sign_in": found.channel.mailbox}
    Credential.objects.create(**about, secret=b"sealed", put_in_at=NOW, put_in_by=found.priya)
    return found


@pytest.fixture
def outbox(settings: object, tmp_path: Path) -> Path:
    settings.MAIL = MailSettings("outbox", "gate@willowlane.example")  # type: ignore[attr-defined]
    settings.HOME = type("Home", (), {"outbox": tmp_path / "outbox"})  # type: ignore[attr-defined]
    return tmp_path / "outbox"


@pytest.fixture
def server(settings: object) -> Iterator[MailServer]:
    with mail_server() as listening:
        chosen = MailSettings("smtp+plain", "gate@willowlane.example", "127.0.0.1", listening.port)
        settings.MAIL = chosen  # type: ignore[attr-defined]
        yield listening


def expires(user: User, days: int) -> None:
    Person.objects.get(user=user).training.update(expires_on=DAY + timedelta(days=days))


def waiting(user: User) -> list[str]:
    rows = Reminder.objects.filter(user=user, done_at=None).exclude(kind__in=_OTHERS)
    return [f"{row.kind}: {row.says}" for row in rows.order_by("kind", "says")]


#: what the whole cast has open from the first day, beside what a test is about
_OTHERS = [Kind.LEAD, Kind.SELF_CHECK, Kind.LOOK_OUT, Kind.ACTIVITY, Kind.SAFETY_POST, Kind.CONTACTS]


def on_today(cast: Cast, who: User, now: datetime) -> list[str]:
    me = cast.member(who)
    with time_machine.travel(now, tick=False):
        return [task.title for task in with_reminders(today_page(me, now), me, now).tasks]


def comment(cast: Cast, number: int, *, risk: int = 0) -> None:
    Item.objects.create(
        organisation=cast.organisation,
        channel=cast.channel,
        external_id=f"c{number}",
        kind="comment",
        author_name="Wendy",
        text="Little Rowan was on the bus",
        written_at=NOW,
        first_seen_at=NOW,
        risk=risk,
    )


@pytest.mark.clause("C19")
@pytest.mark.clause("C20")
def test_each_is_told_of_what_concerns_them_and_each_step_is_a_new_row(cast: Cast) -> None:
    expires(cast.tom, 80)
    sweep(NOW, "w")
    said = [
        "runs_out: Your child protection training runs out soon",
        "unsigned: Read and sign our policy, version 1",
    ]
    assert waiting(cast.tom) == said[:1] and waiting(cast.leah) == said[1:]
    assert waiting(cast.priya) == ["runs_out: Tom’s child protection training runs out soon"]
    assert waiting(cast.gwen) == waiting(cast.outsider) == []
    assert sweep(NOW, "w") == 0
    sweep(NOW + timedelta(days=50), "w")
    rows = Reminder.objects.filter(user=cast.tom, kind=Kind.RUNS_OUT).order_by("made_at")
    assert [(row.subject[-3:], row.done_at is None) for row in rows] == [(":90", False), (":30", True)]
    expires(cast.tom, 900)
    sweep(NOW + timedelta(days=50), "w")
    assert not rows.filter(done_at=None).exists()


@pytest.mark.clause("C105")
def test_the_review_of_the_policy_comes_round(cast: Cast) -> None:
    PolicyVersion.objects.update(reviewed_at=NOW - timedelta(days=340))
    keep(cast.organisation, NOW)
    said = "review: The yearly review of our policy is due soon"
    assert said in waiting(cast.priya) and said in waiting(cast.helen) and said in waiting(cast.gwen)
    assert said not in waiting(cast.tom)
    keep(cast.organisation, NOW + timedelta(days=26))
    assert "review: The yearly review of our policy is overdue" in waiting(cast.priya)
    assert said not in waiting(cast.priya)


def test_comments_are_a_number_and_what_may_harm_a_child_is_told_one_by_one(cast: Cast) -> None:
    for number, risk in enumerate((0, 0, 4)):
        comment(cast, number, risk=risk)
    keep(cast.organisation, NOW)
    row = Reminder.objects.get(user=cast.gwen, kind=Kind.COMMENTS)
    assert row.count == 3 and Reminder.objects.filter(user=cast.gwen, kind=Kind.HARM).count() == 1
    assert not Reminder.objects.filter(user=cast.tom, kind__in=[Kind.COMMENTS, Kind.HARM]).exists()
    assert not Reminder.objects.filter(says__icontains="rowan").exists()
    comment(cast, 9)
    assert keep(cast.organisation, NOW) == 0
    row.refresh_from_db()
    assert row.count == 4
    Item.objects.update(state=Item.State.DECIDED)
    keep(cast.organisation, NOW)
    row.refresh_from_db()
    assert row.done_at == NOW


def test_a_source_in_trouble_closes_nothing_and_stops_no_other(cast: Cast) -> None:
    expires(cast.tom, 5)
    keep(cast.organisation, NOW)
    before = waiting(cast.tom)
    broken = Source(frozenset({Kind.RUNS_OUT, Kind.LEAVER}), lambda setting: 1 / 0)  # type: ignore[arg-type,return-value]
    others = [source for source in SOURCES if Kind.RUNS_OUT not in source.kinds]
    comment(cast, 1)
    keep(cast.organisation, NOW, [broken, *others])
    assert waiting(cast.tom) == before != []
    assert Reminder.objects.filter(user=cast.gwen, kind=Kind.COMMENTS).exists()


def test_the_rows_of_a_setting_cost_the_same_with_more_people(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    keep(cast.organisation, NOW)
    # in a test each source has a savepoint around it
    with django_assert_max_num_queries(2 * len(SOURCES) + 39):  # type: ignore[operator]
        assert keep(cast.organisation, NOW) == 0


def test_one_puts_off_ones_own_with_a_reason_and_it_comes_back(cast: Cast) -> None:
    expires(cast.tom, -1)
    keep(cast.organisation, NOW)
    row = Reminder.objects.get(user=cast.priya, kind=Kind.RUNS_OUT)
    asked: dict[str, Any] = {
        "reminder": row,
        "until": DAY + timedelta(days=3),
        "reason": "The course is on Thursday",
    }
    with pytest.raises(NotAllowed):
        snooze(actor=cast.tom, at=NOW, **asked)
    for wrong in ({"reason": " no "}, {"until": DAY + timedelta(days=8)}, {"until": DAY - timedelta(days=1)}):
        with pytest.raises(Refusal):
            snooze(actor=cast.priya, at=NOW, **{**asked, **wrong})
    titles = on_today(cast, cast.priya, NOW)
    assert "Tom’s child protection training has run out" in titles
    snooze(actor=cast.priya, at=NOW, **asked)
    assert Entry.objects.get(kind="assurance.snoozed").actor == str(cast.priya.pk)
    titles = on_today(cast, cast.priya, NOW)
    assert "Tom’s child protection training has run out" not in titles
    back = datetime(2026, 11, 28, tzinfo=UTC)
    titles = on_today(cast, cast.priya, back)
    assert "Tom’s child protection training has run out" in titles


def test_the_page_keeps_what_was_typed_and_is_only_for_oneself(cast: Cast, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    keep(cast.organisation, NOW)
    row = Reminder.objects.get(user=cast.leah, kind=Kind.UNSIGNED)
    where = reverse("reminding:put_off", args=[row.pk])
    clients = {}
    for who in (cast.leah, cast.tom, cast.outsider):
        clients[who] = Client()
        clients[who].force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    typed = {"until": "2027-11-24", "reason": "Back on Thursday <b>"}
    assert {clients[who].post(where, typed).status_code for who in (cast.tom, cast.outsider)} == {404}
    answer = clients[cast.leah].post(where, typed)
    assert answer.status_code == 422 and "Back on Thursday &lt;b&gt;" in answer.content.decode()
    assert clients[cast.leah].post(where, {**typed, "until": "2026-99-99"}).status_code == 422
    assert clients[cast.leah].post(where, {**typed, "until": "2026-11-27"}).status_code == 302
    assert "You said: Back on Thursday" in clients[cast.leah].get(reverse("reminding:mine")).content.decode()


def test_one_e_mail_a_working_morning_with_counts_and_a_link(cast: Cast, outbox: Path) -> None:
    expires(cast.tom, 5)
    comment(cast, 1)
    keep(cast.organisation, NOW)
    early = datetime(2026, 11, 24, 7, 29, tzinfo=UTC)
    sunday = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
    assert mailing.sweep(early, "w") == mailing.sweep(sunday, "w") == 0
    while mailing.sweep(NOW, "w"):
        pass
    mine = Mail.objects.get(user=cast.priya)
    assert mine.kind == Mail.Kind.DIGEST and mine.state == Mail.State.SENT
    assert "  - 1 comment waits for a decision\n  - 1 person’s check or training runs out" in mine.text
    assert f"http://localhost:8765{reverse('reminding:mine')}" in mine.text
    words = "".join(path.read_text() for path in outbox.iterdir())
    assert not any(word in words for word in ("Rowan", "Wendy", "bus", "Tom’s"))
    assert len(list(outbox.iterdir())) == Mail.objects.count()
    assert mailing.sweep(NOW + timedelta(hours=2), "w") == 0
    assert Reminder.objects.get(user=cast.priya, kind=Kind.COMMENTS).sent_at is not None


def test_the_next_morning_tells_only_of_what_is_new_or_late(cast: Cast, outbox: Path) -> None:
    expires(cast.tom, 5)
    Reminder.objects.all().delete()
    keep(cast.organisation, NOW)
    Reminder.objects.exclude(kind=Kind.RUNS_OUT).delete()
    while mailing.sweep(NOW, "w"):
        pass
    assert Mail.objects.filter(user=cast.tom).count() == 1
    mailing.sweep(LATER, "w")
    assert Mail.objects.filter(user=cast.tom).count() == 1
    late = NOW + timedelta(days=7)
    mailing.sweep(late, "w")
    assert Mail.objects.filter(user=cast.tom, kind=Mail.Kind.DIGEST).count() == 2


def test_what_cannot_wait_goes_out_on_a_sunday_night_once(cast: Cast, outbox: Path) -> None:
    sunday = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
    comment(cast, 1, risk=4)
    note_health(channel=cast.channel, health=Health(ok=False, checked_at=NOW, problems=("x",)))
    keep(cast.organisation, sunday)
    for _ in range(9):
        mailing.sweep(sunday, "w")
    sent = Mail.objects.filter(user=cast.gwen, state=Mail.State.SENT)
    assert sorted(mail.reminder.kind for mail in sent if mail.reminder) == [Kind.HARM, Kind.RESTRICTED]
    assert not Mail.objects.filter(user=cast.tom).exists()
    note_health(channel=cast.channel, health=Health(ok=True, checked_at=sunday))
    Item.objects.update(state=Item.State.DECIDED)
    keep(cast.organisation, sunday)
    note_health(channel=cast.channel, health=Health(ok=False, checked_at=sunday, problems=("x",)))
    keep(cast.organisation, sunday)
    mailing.sweep(sunday, "w")
    assert sent.count() == 2  # the same account once more that day is no second e-mail


def one_mail(cast: Cast) -> Mail:
    keep(cast.organisation, NOW)
    Reminder.objects.exclude(user=cast.leah, kind=Kind.UNSIGNED).delete()
    mailing.make_due(cast.organisation, NOW)
    return Mail.objects.get()


@pytest.mark.parametrize(
    ("say", "state", "got"),
    [
        ({}, Mail.State.SENT, 1),
        ({"RCPT": "550 nobody here"}, Mail.State.REFUSED, 0),
        ({"RCPT": "450 later"}, Mail.State.WAITING, 0),
        ({"DATA": "451 later"}, Mail.State.WAITING, 0),
        ({"": ""}, Mail.State.WAITING, 0),  # no greeting
        ({".": ""}, Mail.State.UNKNOWN, 0),  # all of it was there, and no word came back
    ],
)
def test_what_the_mail_server_says_is_what_is_written_down(
    say: dict[str, str],
    state: Mail.State,
    got: int,
    cast: Cast,
    server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(post, "_SECONDS", 1)
    server.say = say
    mail = one_mail(cast)
    assert mailing.send(mail.pk, NOW) is (state == Mail.State.SENT)
    mail.refresh_from_db()
    assert (mail.state, len(server.got), mail.attempts) == (state, got, 1)
    assert bool(mail.trouble) == (state != Mail.State.SENT)
    if state == Mail.State.WAITING:
        assert mail.due_at == NOW + timedelta(minutes=1)
        server.say = {}
        assert mailing.send(mail.pk, NOW) is None and mailing.send(mail.pk, mail.due_at) is True
    else:
        assert mailing.send(mail.pk, LATER) is None
    if server.got:
        assert "To: leah@willowlane.example" in server.got[0] and str(mail.pk) in server.got[0]


def test_a_worker_killed_while_it_sends_leaves_a_digest_that_is_not_sent_again(
    cast: Cast, outbox: Path
) -> None:
    mail = one_mail(cast)
    Mail.objects.filter(pk=mail.pk).update(
        state=Mail.State.SENDING, lease_until=NOW + mailing.LEASE, attempts=1
    )
    assert mailing.sweep(NOW, "another") == 0
    assert mailing.sweep(NOW + timedelta(minutes=6), "another") == 0
    mail.refresh_from_db()
    assert mail.state == Mail.State.UNKNOWN and not outbox.exists()
    keep(cast.organisation, NOW + timedelta(minutes=6))
    assert "mail: Reminders by e-mail do not get through" in waiting(cast.priya)
    while mailing.sweep(LATER, "another"):
        pass
    assert Mail.objects.filter(user=cast.leah, state=Mail.State.SENT).exists()


def test_an_e_mail_with_nothing_left_to_say_or_too_late_is_not_sent(cast: Cast, outbox: Path) -> None:
    mail = one_mail(cast)
    Reminder.objects.update(done_at=NOW)
    assert mailing.send(mail.pk, NOW) is None
    mail.refresh_from_db()
    assert mail.state == Mail.State.DROPPED
    Mail.objects.update(state=Mail.State.WAITING)
    assert mailing.send(mail.pk, datetime(2026, 11, 25, 0, 0, tzinfo=UTC)) is None
    mail.refresh_from_db()
    assert mail.state == Mail.State.GIVEN_UP and not outbox.exists()


def test_the_address_in_e_mails_is_the_list() -> None:
    assert reverse("reminding:mine") == mailing.LIST
