"""The settings of a page: read and compared, put back and read back, looked at with a picture, weaker for a while, signed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from stairgate.assurance import watching
from stairgate.assurance.gathering import known_now
from stairgate.assurance.judging import marks
from stairgate.assurance.marks import Worth
from stairgate.assurance.reminding.rules import Kind
from stairgate.assurance.reminding.setting import Setting
from stairgate.assurance.reminding.sources import SOURCES
from stairgate.channels.baseline import reading, services
from stairgate.channels.baseline.rules import Standing
from stairgate.channels.baseline.selectors import Sheet, sheet_now
from stairgate.channels.baseline.services import CannotKeep
from stairgate.channels.models import (
    BlockedWords,
    Channel,
    SettingAnswer,
    SettingsReading,
    SettingsSheet,
    SheetReach,
    WeakerSetting,
)
from stairgate.channels.selectors import accounts_now, channel_now
from stairgate.cli.demo_settings import as_agreed, settle
from stairgate.ledger.models import Entry
from stairgate.networks.base import SettingValue
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.screening_words import Wanted, add_word
from stairgate.pixels import BadPicture
from stairgate.policies.selectors import in_force
from tests.accounts import open_group
from tests.cast import Cast, willow_lane
from tests.practice.fixtures import Practice

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
DAY = timedelta(days=1)
UNTIL = date(2026, 12, 4)
WHY = "The summer fair needs it until then"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, settings: Any, _now: None) -> Cast:
    settings.DEMO = True
    return willow_lane(NOW)


def told(cast: Cast, at: datetime = NOW, **changed: SettingValue) -> None:
    """Let the network say of the page what is as agreed, but for what has changed."""
    reading.note(channel=cast.channel, told=as_agreed(cast.channel) | changed, at=at)


def sheet(cast: Cast, at: datetime = NOW) -> Sheet:
    return sheet_now(Channel.objects.get(pk=cast.channel.pk), in_force(cast.organisation), at)


def stands(cast: Cast, line: str, at: datetime = NOW) -> Standing:
    found = sheet(cast, at).now(line)
    assert found is not None
    return found.standing


def shut_by(cast: Cast, at: datetime = NOW) -> set[str]:
    """Return the clauses of the settings that shut the account, as both ways of reading it say."""
    one = channel_now(Channel.objects.get(pk=cast.channel.pk), at)
    listed = next(one for one in accounts_now(cast.organisation, at) if one.channel == cast.channel)
    assert one.settings == listed.settings
    assert {r.clause for r in one.restrictions} == {r.clause for r in listed.restrictions}
    return {r.clause for r in one.restrictions} - {"C28", "C84"}


def worth(cast: Cast, clause: str, at: datetime = NOW) -> Worth:
    return marks(known_now(cast.organisation, at, version=in_force(cast.organisation)))[clause].worth


def weaker(cast: Cast, actor: User | None = None, at: datetime = NOW, **more: Any) -> WeakerSetting:
    given: dict[str, Any] = {"line": "tagging", "found": "On", "reason": WHY, "until": UNTIL} | more
    return services.allow_weaker(actor=actor or cast.helen, channel=cast.channel, at=at, **given)


def sign(cast: Cast, actor: User | None = None, at: datetime = NOW) -> SettingsSheet:
    seen = services.digest_of(services.snapshot(sheet(cast, at)))
    return services.sign(actor=actor or cast.kofi, channel=cast.channel, seen=seen, at=at)


def newest(count: int) -> list[str]:
    return list(Entry.objects.order_by("-index").values_list("kind", flat=True)[:count])


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG")
    return out.getvalue()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# drift


@pytest.mark.clause("C32", "C34", "C83")
def test_a_setting_that_moves_is_noticed_and_shuts_when_nobody_mends_it(cast: Cast) -> None:
    assert shut_by(cast) == set() and stands(cast, "tagging") == Standing.SAME
    told(cast, NOW, USERS_CAN_TAG_PHOTOS=True)
    told(cast, NOW + DAY, USERS_CAN_TAG_PHOTOS=True)
    moved = channel_now(cast.channel, NOW + DAY).settings.moved
    assert [(one.line, one.found, one.since, one.settable) for one in moved] == [("tagging", "On", NOW, True)]
    assert shut_by(cast) == set() and worth(cast, "C32") == Worth.RISK and worth(cast, "C31") == Worth.MET
    later = NOW + timedelta(days=3, minutes=1)
    assert shut_by(cast, later) == {"C32"} and worth(cast, "C32", later) == Worth.BROKEN
    told(cast, later, USERS_CAN_TAG_PHOTOS=False)
    assert shut_by(cast, later) == set() and worth(cast, "C32", later) == Worth.MET
    assert newest(2) == ["channels.setting_as_agreed", "channels.setting_moved"]
    assert SettingAnswer.objects.filter(channel=cast.channel, line="tagging").count() == 3


@pytest.mark.clause("C30", "C33", "C34")
def test_a_sheet_that_nobody_signs_anew_shuts_the_account(cast: Cast) -> None:
    late = NOW + timedelta(days=31, minutes=1)
    assert shut_by(cast, NOW + timedelta(days=30)) == set() and worth(cast, "C34") == Worth.MET
    assert worth(cast, "C34", late - 2 * DAY) == Worth.RISK
    assert shut_by(cast, late) == {"C34"} and worth(cast, "C83", late) == Worth.BROKEN
    with pytest.raises(CannotKeep, match="Not everything is as agreed yet"):
        sign(cast, at=late)
    settle(cast.nursery, cast.channel, late)
    assert shut_by(cast, late) == set()
    SheetReach.objects.all().delete()
    SettingsSheet.objects.all().delete()
    assert shut_by(cast, late) == {"C30"} and worth(cast, "C33", late) == Worth.BROKEN


def test_what_the_network_does_not_tell_any_more_a_person_has_to_look_at(cast: Cast) -> None:
    said = as_agreed(cast.channel)
    del said["USERS_CAN_TAG_PHOTOS"]
    reading.note(channel=cast.channel, told=said, at=NOW + timedelta(minutes=1))
    shown = sheet(cast).screen("read")
    assert shown is not None and [one.line.id for one in shown.by_person] == ["tagging"]
    assert (
        stands(cast, "tagging") == Standing.SAME and stands(cast, "tagging", NOW + 32 * DAY) == Standing.OLD
    )


# asking the network


@pytest.fixture
def real(cast: Cast, practice: Practice) -> Cast:
    """The cast with an account on the practice network, where nothing is as agreed yet."""
    SettingsReading.objects.all().delete()
    connection, given = cast.channel.connection, practice.credentials
    connection.base_url, connection.account_id, connection.app_id = (
        given.base_url,
        given.account_id,
        given.app_id,
    )
    connection.save()
    from stairgate.organisations.sealing import seal

    bound = {"organisation": cast.channel.organisation_id, "row": connection.pk}
    for name in ("token", "app_secret", "verify_token"):
        setattr(connection, name, seal(str.__str__(getattr(given, name)), field=name, **bound))
    connection.save()
    return cast


@pytest.mark.clause("C30", "C31", "C32", "C34")
def test_each_setting_is_put_back_with_one_press_and_read_back(real: Cast) -> None:
    assert reading.sweep(NOW, "worker") == 1 and reading.sweep(NOW, "worker") == 0
    asked = [one.line for one in sheet(real).lines if one.standing == Standing.MOVED]
    assert {line.id for line in asked} >= {"tagging", "visitor-posts", "language-filter", "blocked-words"}
    for line in asked:
        assert reading.put_back(actor=real.kofi, channel=real.channel, line_id=line.id, at=NOW)
    assert sheet(real).left == () and worth(real, "C31") == Worth.MET
    listed = BlockedWords.objects.get(organisation=real.organisation)
    words = real.channel.setting_answers.get(line="blocked-words", ended_at=None)
    assert listed.number == 1 and words.found == f"All our words ({len(listed.words)})"


@pytest.mark.clause("C30")
def test_all_that_moved_is_put_back_with_one_press_and_what_is_refused_is_named(
    real: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stairgate.networks.facebook import Facebook

    reading.sweep(NOW, "worker")
    moved, read = len(sheet(real).mendable), SettingsReading.objects.count()
    change = Facebook.change_setting
    with monkeypatch.context() as patch:
        patch.setattr(Facebook, "change_setting", lambda c, a, key, v: "TAG" in key or change(c, a, key, v))
        left = reading.put_all_back(actor=real.kofi, channel=real.channel, at=NOW)
    assert left == ["People can tag the page"] and moved > 4
    assert SettingsReading.objects.count() == read + 1
    assert [one.line.name for one in sheet(real).moved] == left and sheet(real).mendable == ()
    assert Entry.objects.filter(kind="channels.setting_put_back").count() == moved


@pytest.mark.clause("C30")
def test_the_page_offers_it_where_more_than_one_has_moved(real: Cast) -> None:
    reading.sweep(NOW, "worker")
    address, client = reverse("channels:settings", args=[real.channel.pk]), signed_in(real.kofi)
    words = f"Put all {len(sheet(real).mendable)} back as agreed"
    assert words in client.get(address).content.decode()
    page = client.post(reverse("channels:put_all_back", args=[real.channel.pk]), follow=True)
    assert "All as agreed again" in page.content.decode() and words not in page.content.decode()
    assert sheet(real).left == ()


@pytest.mark.clause("C31")
def test_a_word_of_our_own_makes_another_version_of_the_list(real: Cast) -> None:
    assert reading.put_back(actor=real.priya, channel=real.channel, line_id="blocked-words", at=NOW)
    wanted = Wanted.of("hold", "bramblewick", "Another nursery is laughed at with it")
    add_word(actor=real.priya, organisation=real.organisation, wanted=wanted, at=NOW)
    assert stands(real, "blocked-words") == Standing.OLD and not sheet(real).words_kept
    reading.read_now(actor=real.priya, channel=real.channel, at=NOW)
    assert stands(real, "blocked-words") == Standing.MOVED
    assert reading.put_back(actor=real.priya, channel=real.channel, line_id="blocked-words", at=NOW)
    assert list(BlockedWords.objects.values_list("number", flat=True)) == [2, 1]
    assert "bramblewick" in sheet(real).words and sheet(real).words_kept


@pytest.mark.clause("C30")
def test_a_yes_that_changes_nothing_is_a_step_for_a_person(
    real: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stairgate.networks.facebook import Facebook

    monkeypatch.setattr(Facebook, "change_setting", lambda *given: None)
    assert not reading.put_back(actor=real.kofi, channel=real.channel, line_id="tagging", at=NOW)
    (row,) = SettingAnswer.objects.filter(channel=real.channel, line="tagging", ended_at=None)
    assert row.refused_at == NOW and "channels.setting_put_back" in newest(12)
    page = signed_in(real.kofi).get(reverse("channels:settings", args=[real.channel.pk])).content.decode()
    assert (
        "Do it by hand" in page
        and 'Put it back to Off<span class="visually-hidden">: People can tag' not in page
    )


@pytest.mark.parametrize(
    ("fault", "match"), [("throttle", "POST /settings"), ("server_error_after", "POST /settings")]
)
def test_what_the_network_refuses_is_said_with_the_way_by_hand(
    real: Cast, practice: Practice, fault: str, match: str
) -> None:
    practice.fault(fault, match)
    with pytest.raises(
        reading.CannotRead, match="Change it on the network yourself: Settings, Page and tagging"
    ):
        reading.put_back(actor=real.kofi, channel=real.channel, line_id="tagging", at=NOW)


@pytest.mark.clause("C34")
def test_a_reading_that_fails_is_said_and_tried_again_within_the_hour(real: Cast, practice: Practice) -> None:
    before = stands(real, "tagging")
    practice.fault("wrong_empty", "GET /settings")
    assert reading.sweep(NOW, "worker") == 1
    failed = SettingsReading.objects.filter(channel=real.channel, ok=False).get()
    assert "told us nothing" in failed.problem and stands(real, "tagging") == before
    page = signed_in(real.kofi).get(reverse("channels:settings", args=[real.channel.pk])).content.decode()
    assert "We could not read the settings" in page
    assert reading.sweep(NOW + timedelta(minutes=59), "worker") == 0
    assert reading.sweep(NOW + timedelta(minutes=61), "worker") == 1
    assert SettingsReading.objects.filter(channel=real.channel).first().ok  # type: ignore[union-attr]


def test_one_account_in_trouble_stops_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("a surprise")

    SettingsReading.objects.all().delete()
    monkeypatch.setattr(reading, "account_for", broken)
    assert reading.sweep(NOW, "worker") == 1
    assert SettingsReading.objects.get(channel=cast.channel).problem.endswith("(RuntimeError).")


def test_a_network_that_tells_nothing_is_not_asked(cast: Cast) -> None:
    group = open_group(cast.nursery, NOW)
    with pytest.raises(reading.CannotRead, match="A person has to look"):
        reading.read_now(actor=cast.priya, channel=group, at=NOW)
    assert sheet_now(group, in_force(cast.organisation), NOW).left == ()


# a person looks


@pytest.mark.clause("C32", "C33")
def test_a_person_looks_at_a_whole_screen_with_a_picture(cast: Cast) -> None:
    page = reverse("channels:settings_screen", args=[cast.channel.pk, "comments"])
    client, kofi = signed_in(cast.kofi), cast.kofi
    sent = {"comment-media-answer": "none", "reviews-answer": "other", "reviews-found": "On, we cannot"}
    upload = SimpleUploadedFile("screen.png", png(), "image/png")
    assert client.post(page, {**sent, "picture": upload}).status_code == 302
    answers = {row.line: row for row in SettingAnswer.objects.filter(looked_by=kofi, ended_at=None)}
    assert (answers["reviews"].answer, answers["reviews"].found) == ("other", "On, we cannot")
    assert answers["comment-media"].answer == "none" and stands(cast, "comment-media") == Standing.NOT_OFFERED
    assert stands(cast, "reviews") == Standing.MOVED
    picture = answers["reviews"].picture
    assert picture is not None and picture.media_type == "image/jpeg"
    shown = client.get(reverse("channels:settings_picture", args=[picture.pk]))
    assert b"".join(shown.streaming_content)[:3] == b"\xff\xd8\xff"  # type: ignore[attr-defined]
    entry = Entry.objects.order_by("-index").first()
    assert entry is not None and entry.kind == "channels.settings_looked_at"
    assert json.loads(entry.payload or "")["picture"] == picture.sha256


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"reviews-answer": ""}, "Say what you saw: “Reviews and recommendations”."),
        ({"reviews-answer": "anything"}, "Say what you saw"),
        ({"reviews-answer": "other"}, "Write what it says there"),
        ({"picture": None}, "Choose a picture of the settings screen."),
        ({"picture": b"<svg onload=alert(1)>"}, "This is not a photo we can read."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(cast: Cast, changed: dict[str, Any], says: str) -> None:
    page = reverse("channels:settings_screen", args=[cast.channel.pk, "comments"])
    given: dict[str, Any] = {"comment-media-answer": "wanted", "reviews-answer": "wanted", "picture": png()}
    given |= changed
    if given["picture"] is None:
        del given["picture"]
    else:
        given["picture"] = SimpleUploadedFile("a.png", given["picture"], "image/png")
    before = SettingAnswer.objects.count()
    answer = signed_in(cast.kofi).post(page, given)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert SettingAnswer.objects.count() == before


def test_a_picture_and_a_screen_of_another_account_are_refused(cast: Cast) -> None:
    group = open_group(cast.nursery, NOW)
    with pytest.raises(CannotKeep, match="another account"):
        services.look(
            actor=cast.priya,
            channel=cast.channel,
            screen="comments",
            said={},
            picture=group.settings_pictures.get(),
            at=NOW,
        )
    for name in ("read", "opening", "nothing"):
        page = reverse("channels:settings_screen", args=[cast.channel.pk, name])
        assert signed_in(cast.kofi).get(page).status_code == 404
    with pytest.raises(BadPicture):
        services.add_picture(actor=cast.priya, channel=cast.channel, data=b"GIF89a", at=NOW)


# weaker for a while


@pytest.mark.clause("C30")
def test_a_weaker_setting_counts_until_its_day_and_is_a_task_again_after_it(cast: Cast) -> None:
    told(cast, USERS_CAN_TAG_PHOTOS=True)
    weaker(cast)
    assert stands(cast, "tagging") == Standing.WEAKER and worth(cast, "C32") == Worth.MET
    assert channel_now(cast.channel, NOW).settings.moved == ()
    sign(cast)
    last = datetime(2026, 12, 4, 23, 59, tzinfo=UTC)
    told(cast, last, USERS_CAN_TAG_PHOTOS=True)
    assert channel_now(cast.channel, last).settings.moved == ()
    over = last + timedelta(minutes=2)
    (moved,) = channel_now(cast.channel, over).settings.moved
    assert moved.since == datetime(2026, 12, 5, tzinfo=UTC) and shut_by(cast, over) == set()
    assert shut_by(cast, over + 3 * DAY) == {"C32"}


@pytest.mark.clause("C30")
def test_only_the_service_manager_allows_it_with_a_reason_and_an_end(cast: Cast) -> None:
    with pytest.raises(CannotKeep, match="nothing to allow"):
        weaker(cast)
    told(cast, USERS_CAN_TAG_PHOTOS=True)
    for other in (cast.priya, cast.kofi, cast.gwen):
        with pytest.raises(NotAllowed, match="Only the service manager"):
            weaker(cast, other)
    for changed in ({"reason": "So"}, {"until": None}, {"until": date(2027, 6, 1)}, {"found": "Friends"}):
        with pytest.raises(CannotKeep):
            weaker(cast, **changed)
    row = weaker(cast)
    told(cast, PROFANITY_FILTER="Medium", USERS_CAN_TAG_PHOTOS=True)
    assert stands(cast, "language-filter") == Standing.MOVED
    services.end_weaker(actor=cast.helen, weaker=row, at=NOW)
    assert stands(cast, "tagging") == Standing.MOVED and newest(1) == ["channels.setting_weaker_ended"]
    with pytest.raises(CannotKeep, match="ended already"):
        services.end_weaker(actor=cast.helen, weaker=row, at=NOW)


def test_allowing_it_on_the_page_keeps_what_was_typed(cast: Cast) -> None:
    told(cast, USERS_CAN_TAG_PHOTOS=True)
    helen, where = signed_in(cast.helen), reverse("channels:weaker", args=[cast.channel.pk, "tagging"])
    refused = helen.post(where, {"found": "On", "reason": WHY, "until": "2027-12-04"})
    assert refused.status_code == 422 and WHY in refused.content.decode()
    assert "92 days at most" in refused.content.decode()
    assert helen.post(where, {"found": "On", "reason": WHY, "until": "2026-12-04"}).status_code == 302
    page = helen.get(reverse("channels:settings", args=[cast.channel.pk])).content.decode()
    assert "Weaker for a while" in page and "End it now" in page
    row = WeakerSetting.objects.get()
    assert helen.post(reverse("channels:weaker_over", args=[row.pk])).status_code == 302


# the sheet


@pytest.mark.clause("C30", "C33", "C42")
def test_a_sheet_is_signed_only_as_it_was_seen_and_when_all_is_as_agreed(cast: Cast) -> None:
    row = sign(cast)
    assert row.digest == services.digest_of(row.lines) and newest(1) == ["channels.settings_signed"]
    assert {one["line"] for one in row.lines} == {line.id for line in sheet(cast).baseline.lines}
    with pytest.raises(CannotKeep, match="has changed since you looked"):
        services.sign(actor=cast.kofi, channel=cast.channel, seen="another", at=NOW)
    SettingAnswer.objects.filter(channel=cast.channel, line="help-links").update(ended_at=NOW)
    with pytest.raises(CannotKeep, match="Links to help"):
        sign(cast)
    with pytest.raises(NotAllowed):
        sign(cast, cast.gwen)


@pytest.mark.clause("C02", "C16", "C62")
def test_what_is_confirmed_of_the_page_is_a_line_of_the_sheet(cast: Cast) -> None:
    rules = cast.channel.confirmations.get(item="rules")
    rules.ended_at, rules.ended_by = NOW, cast.kofi
    rules.save()
    assert stands(cast, "house-rules") == Standing.UNSEEN and stands(cast, "report") == Standing.SAME
    with pytest.raises(CannotKeep, match="Our house rules are on the page"):
        sign(cast)


# who is told


@pytest.mark.clause("C34")
def test_today_and_the_account_say_what_has_moved(cast: Cast) -> None:
    told(cast, USERS_CAN_TAG_PHOTOS=True)
    for user in (cast.priya, cast.kofi, cast.helen):
        today = signed_in(user).get(reverse("today")).content.decode()
        assert "People can tag the page: On" in today and "the account shuts" in today
    assert "People can tag" not in signed_in(cast.tom).get(reverse("today")).content.decode()
    page = signed_in(cast.kofi).get(reverse("channels:account", args=[cast.channel.pk])).content.decode()
    assert "1 has moved" in page and "Put it back to Off" in page
    told(cast)
    assert "People can tag" not in signed_in(cast.priya).get(reverse("today")).content.decode()


@pytest.mark.clause("C34")
def test_whoever_can_put_it_right_is_reminded(cast: Cast) -> None:
    def due(at: datetime) -> set[tuple[str, str]]:
        source = next(one for one in SOURCES if Kind.SHEET in one.kinds)
        names = {
            user.pk: user.first_name for user in (cast.priya, cast.kofi, cast.helen, cast.gwen, cast.tom)
        }
        return {(names[one.user], one.kind) for one in source.find(Setting(cast.organisation, at))}

    assert due(NOW) == set()
    told(cast, USERS_CAN_TAG_PHOTOS=True)
    people = ("Priya", "Kofi", "Helen")
    assert due(NOW) == {(name, Kind.SETTINGS) for name in people}
    soon = NOW + timedelta(days=25)
    assert due(soon) == {(name, kind) for name in people for kind in (Kind.SETTINGS, Kind.SHEET)}


def test_what_is_asked_of_the_database_does_not_grow(
    cast: Cast, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    watching.sweep(NOW, "worker")
    agreed, client = as_agreed(cast.channel), signed_in(cast.priya)
    client.get(reverse("today"))
    account = [reverse(f"channels:{name}", args=[cast.channel.pk]) for name in ("account", "settings")]
    for moved in (list(agreed)[:1], agreed):
        strange: dict[str, SettingValue] = dict.fromkeys(moved, "Everybody")
        reading.note(channel=cast.channel, told=agreed | strange, at=NOW)
        for where in (reverse("today"), reverse("channels:list"), *account):
            with django_assert_max_num_queries(15):
                assert client.get(where).status_code == 200, where
