"""The vault: who may look, each look with its reason, what has to be changed when somebody leaves, envelopes."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from stairgate.assurance.reminding.keeping import sweep as remind
from stairgate.assurance.reminding.models import Reminder
from stairgate.channels.leavers import CannotTick
from stairgate.channels.leavers import tick as tick_leaver
from stairgate.channels.models import Channel, Credential, Envelope, VaultLook
from stairgate.channels.opening.rules import Item
from stairgate.channels.opening.services import Owned, Said, confirm, now_on
from stairgate.channels.vault import envelopes, services
from stairgate.channels.vault.codes import CodeKey, NoKey, code_at, read_key
from stairgate.channels.vault.rekey import NotAllSealed, rekey
from stairgate.channels.vault.rules import (
    IN,
    MOST_LOOKS,
    Knower,
    Knows,
    gone_from,
    known_by_others,
    why_not,
)
from stairgate.channels.vault.sealed import open_field
from stairgate.channels.vault.selectors import vault_of
from stairgate.channels.vault.services import CannotKeep, CannotLook, Wanted
from stairgate.cli.demo_accounts import ask
from stairgate.config.home import Home, prepare
from stairgate.ledger.models import Entry
from stairgate.networks.base import Secret
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.roles import give_role
from stairgate.organisations.rules import Role
from stairgate.organisations.sealing import CannotOpen
from stairgate.people.leaving import leave
from stairgate.people.models import Person
from tests.cast import PASSWORD, Cast, willow_lane
from tests.web.pages import second_steps

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
DAY = date(2026, 11, 24)
PASS = "seven purple kettles"
KEY = "JBSWY3DPEHPK3PXP"
WANTED = Wanted("office@willowlane.example", Secret(PASS), "mail.willowlane.example", read_key(KEY))


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, settings: Any, _now: None) -> Cast:
    settings.DEMO = True
    return willow_lane(NOW)


@pytest.fixture
def kept(cast: Cast) -> Credential:
    """The password of the page's mailbox, put in by Priya. Priya and Kofi hold the mailbox."""
    return services.put_in(actor=cast.priya, channel=cast.channel, kind="mailbox", wanted=WANTED, at=NOW)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def look(cast: Cast, row: Credential, who: User, what: str = "secret", at: datetime = NOW) -> VaultLook:
    return services.look(actor=who, credential=row, what=what, reason="The mailbox is locked", at=at)


def entry(row: Credential, at: datetime = NOW) -> Any:
    channel = Channel.objects.select_related("organisation").get(pk=row.channel_id)
    return vault_of(channel, at).entry(row)


def new_owner(cast: Cast, *holders: User, actor: User, at: datetime = NOW) -> None:
    channel = Channel.objects.get(pk=cast.channel.pk)
    seen = now_on(channel, at).card(Item.OWNER).digest
    owned = Owned([one.pk for one in holders], each_their_own=True)
    confirm(actor=actor, channel=channel, said={Item.OWNER: Said(seen, "Portfolio 7", owned)}, at=at)


# codes


@pytest.mark.parametrize(
    ("algorithm", "length", "codes"),
    [
        ("SHA1", 20, {59: "94287082", 1111111109: "07081804", 20000000000: "65353130"}),
        ("SHA256", 32, {59: "46119246", 1111111109: "68084774", 20000000000: "77737706"}),
        ("SHA512", 64, {59: "90693936", 1111111109: "25091201", 20000000000: "47863826"}),
    ],
)
def test_codes_are_those_of_the_standard(algorithm: str, length: int, codes: dict[int, str]) -> None:
    """RFC 6238, appendix B."""
    secret = base64.b32encode((b"1234567890" * 7)[:length]).decode().rstrip("=")
    key = CodeKey(secret, digits=8, algorithm=algorithm)
    for second, code in codes.items():
        found = code_at(key, datetime.fromtimestamp(second, UTC))
        assert found.digits == code and found.good_until.timestamp() == (second // 30 + 1) * 30


def test_a_key_is_read_as_networks_hand_it_out() -> None:
    assert read_key("jbsw y3dp-ehpk 3pxp").secret == KEY
    whole = f"otpauth://totp/Page:office?secret={KEY}&issuer=Page&digits=8&period=60&algorithm=SHA256"
    assert read_key(whole) == CodeKey(KEY, 8, 60, "SHA256")
    assert CodeKey.from_text(read_key(whole).to_text()) == read_key(whole)
    assert read_key(KEY).in_groups == "JBSW Y3DP EHPK 3PXP" and read_key(KEY).kind == ""
    assert read_key(whole).kind == "8 digits, every 60 seconds, SHA256"


@pytest.mark.parametrize(
    "typed",
    [
        *("", "JBSW", "123456", "JBSWY3DPEHPK3PX!", "otpauth://hotp/x?secret=" + KEY, "otpauth://totp/x"),
        *(f"otpauth://totp/x?secret={KEY}&{bad}" for bad in ("digits=5", "period=1", "algorithm=MD5")),
        *(f"otpauth://totp/x?secret={KEY}&digits=x", "otpauth://[totp/x"),
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(NoKey) as refusal:
        read_key(typed)
    assert len(typed) < 5 or typed not in str(refusal.value)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_key_or_refused(typed: str) -> None:
    try:
        key = read_key(typed)
    except NoKey:
        return
    assert len(code_at(key, NOW).digits) == key.digits


# the rules


@pytest.mark.clause("C25")
@given(
    put_in=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    gone=st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    how=st.sampled_from(Knows),
)
def test_who_is_gone_and_knows_it_makes_it_old(put_in: datetime, gone: datetime | None, how: Knows) -> None:
    knower = Knower(uuid4(), "Kofi", how, gone)
    found = known_by_others(put_in, [knower], NOW)
    if gone is None or gone > NOW:
        assert found == ()
    elif how == Knows.DID:
        assert found == (knower,)
    else:
        assert bool(found) == (put_in < gone)


def test_a_last_day_begins_in_the_morning_of_the_setting() -> None:
    assert gone_from(None, "Europe/London") is None
    gone = gone_from(date(2026, 7, 1), "Europe/London")
    assert gone == datetime(2026, 7, 1, 6, tzinfo=UTC)


@pytest.mark.clause("C27", "C28")
@given(st.lists(st.integers(0, 7200), max_size=30))
def test_looks_are_limited_by_the_hour(ago: list[int]) -> None:
    looks = [NOW - timedelta(seconds=one) for one in ago]
    said = why_not(reason="The mailbox is locked", looks=looks, now=NOW)
    assert bool(said) == (sum(at > NOW - IN for at in looks) >= MOST_LOOKS)
    assert why_not(reason=" no  ", looks=[], now=NOW)


# putting in and looking


@pytest.mark.clause("C28")
def test_a_secret_is_sealed_and_no_record_holds_it(cast: Cast, kept: Credential) -> None:
    look(cast, kept, cast.kofi)
    look(cast, kept, cast.kofi, "code")
    kept.refresh_from_db()
    assert PASS.encode() not in bytes(kept.secret) and KEY.encode() not in bytes(kept.code_key)
    told = " ".join(str(one.payload) for one in Entry.objects.all())
    assert PASS not in told and KEY not in told
    kinds = list(Entry.objects.order_by("-index").values_list("kind", flat=True)[:3])
    assert kinds == ["channels.vault_code_seen", "channels.vault_looked", "channels.vault_put_in"]
    assert PASS not in repr(WANTED) and KEY not in repr(WANTED)


def test_a_sealed_secret_opens_only_in_its_own_row_and_field(cast: Cast, kept: Credential) -> None:
    other = services.put_in(
        actor=cast.priya,
        channel=cast.channel,
        kind="account",
        wanted=Wanted("willow", Secret("another one")),
        at=NOW,
    )
    assert str(open_field(kept, "secret")) == PASS
    for row, field, sealed in ((other, "secret", kept.secret), (kept, "code_key", kept.secret)):
        setattr(row, field, sealed)
        with pytest.raises(CannotOpen):
            open_field(row, field)


@pytest.mark.clause("C27", "C28")
def test_only_a_holder_looks_and_only_while_the_look_lasts(cast: Cast, kept: Credential) -> None:
    for who in (cast.gwen, cast.helen, cast.tom):
        with pytest.raises(NotAllowed, match="Only those who hold the mailbox"):
            look(cast, kept, who)
    with pytest.raises(NotAllowed):
        look(cast, kept, cast.outsider)
    made = look(cast, kept, cast.kofi)
    assert str(services.shown(actor=cast.kofi, look=made, at=NOW).secret) == PASS
    with pytest.raises(NotAllowed):
        services.shown(actor=cast.priya, look=made, at=NOW)
    with pytest.raises(CannotLook, match="over"):
        services.shown(actor=cast.kofi, look=made, at=made.ends_at)
    for _ in range(MOST_LOOKS - 1):
        look(cast, kept, cast.kofi)
    with pytest.raises(CannotLook, match="Wait a while"):
        look(cast, kept, cast.kofi)
    assert look(cast, kept, cast.kofi, at=NOW + IN + timedelta(seconds=1))
    look(cast, kept, cast.priya)


@pytest.mark.clause("C28")
def test_a_copy_is_written_down_with_the_reason_of_the_look(cast: Cast, kept: Credential) -> None:
    made = look(cast, kept, cast.kofi)
    services.copied(actor=cast.kofi, look=made, at=NOW)
    row = VaultLook.objects.get(what="copied")
    assert row.user == cast.kofi and row.reason == "The mailbox is locked"
    with pytest.raises(CannotLook):
        services.copied(actor=cast.kofi, look=made, at=made.ends_at)
    assert VaultLook.objects.filter(what="copied").count() == 1


def test_a_look_shows_no_secret_that_came_after_it(cast: Cast, kept: Credential) -> None:
    made = look(cast, kept, cast.kofi)
    later = NOW + timedelta(seconds=10)
    services.change(
        actor=cast.priya, credential=kept, wanted=replace(WANTED, secret=Secret("new one")), at=later
    )
    made.refresh_from_db()
    with pytest.raises(CannotLook):
        services.shown(actor=cast.kofi, look=VaultLook.objects.get(pk=made.pk), at=later)


def test_who_may_put_in_and_what(cast: Cast, kept: Credential) -> None:
    for who in (cast.tom, cast.gwen, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            services.put_in(actor=who, channel=cast.channel, kind="account", wanted=WANTED, at=NOW)
        with pytest.raises(NotAllowed):
            services.change(actor=who, credential=kept, wanted=WANTED, at=NOW)
        with pytest.raises(NotAllowed):
            services.take_out(actor=who, credential=kept, at=NOW)
    with pytest.raises(CannotKeep, match="already"):
        services.put_in(actor=cast.kofi, channel=cast.channel, kind="mailbox", wanted=WANTED, at=NOW)
    with pytest.raises(CannotKeep, match="the one that was there before"):
        services.change(actor=cast.kofi, credential=kept, wanted=WANTED, at=NOW)
    Channel.objects.filter(pk=cast.channel.pk).update(status=Channel.Status.CLOSED)
    with pytest.raises(CannotKeep, match="closed"):
        services.put_in(actor=cast.kofi, channel=cast.channel, kind="account", wanted=WANTED, at=NOW)


@pytest.mark.clause("C25")
def test_an_older_secret_is_not_kept(cast: Cast, kept: Credential) -> None:
    before = bytes(Credential.objects.get(pk=kept.pk).code_key)
    new = replace(WANTED, secret=Secret("eight purple kettles"), codes=None)
    services.change(actor=cast.kofi, credential=kept, wanted=new, at=NOW)
    row = Credential.objects.get()
    assert str(open_field(row, "secret")) == "eight purple kettles" and row.put_in_by == cast.kofi
    assert bytes(row.code_key) == before, "the codes go on"
    services.take_out(actor=cast.kofi, credential=row, at=NOW)
    row.refresh_from_db()
    assert not row.secret and not row.code_key
    with pytest.raises(NotAllowed, match="taken out"):
        look(cast, row, cast.kofi)


def test_the_database_keeps_one_of_each(cast: Cast, kept: Credential) -> None:
    same = {"channel": cast.channel, "kind": kept.kind, "sign_in": kept.sign_in, "secret": b""}
    with pytest.raises(IntegrityError):
        Credential.objects.create(**same, put_in_at=NOW, put_in_by=cast.priya)


# who leaves, and who holds it no more


def leaves(cast: Cast, user: User, last_day: date = DAY) -> Person:
    person = Person.objects.select_related("organisation").get(user=user)
    leave(actor=cast.priya, person=person, last_day=last_day, at=NOW)
    return Person.objects.select_related("organisation").get(user=user)


@pytest.mark.clause("C25")
def test_a_leaver_makes_it_to_be_changed_on_their_last_day_until_it_is(cast: Cast, kept: Credential) -> None:
    leaves(cast, cast.kofi, DAY + timedelta(days=2))
    assert not entry(kept).to_change
    last = NOW + timedelta(days=2)
    assert entry(kept, last).why == "Kofi could see it and holds it no more."
    assert not entry(kept, last.replace(hour=6)).to_change, "nobody is woken at midnight"
    with time_machine.travel(last, tick=False):
        with pytest.raises(NotAllowed):
            look(cast, kept, cast.kofi, at=last)
        remind(last, "worker")
        told = Reminder.objects.filter(kind="secret", done_at=None)
        assert {one.user for one in told} == {cast.priya} and "change the password today" in told[0].says
        new = replace(WANTED, secret=Secret("eight purple kettles"))
        services.change(actor=cast.priya, credential=kept, wanted=new, at=last)
        assert not entry(Credential.objects.get(), last + timedelta(days=400)).to_change
        remind(last, "worker")
        assert not Reminder.objects.filter(kind="secret", done_at=None).exists()


@pytest.mark.clause("C25")
def test_what_a_leaver_put_in_themselves_on_their_last_day_is_no_new_secret(
    cast: Cast, kept: Credential
) -> None:
    leaves(cast, cast.kofi)
    new = replace(WANTED, secret=Secret("eight purple kettles"))
    services.change(actor=cast.kofi, credential=kept, wanted=new, at=NOW)
    assert entry(Credential.objects.get()).to_change


@pytest.mark.clause("C25", "C27")
def test_who_is_no_holder_any_more_makes_it_to_be_changed_too(cast: Cast, kept: Credential) -> None:
    look(cast, kept, cast.kofi, at=NOW)
    later = NOW + timedelta(minutes=5)
    new_owner(cast, cast.priya, cast.gwen, actor=cast.priya, at=later)
    assert "Kofi" in entry(kept, later).why
    with pytest.raises(NotAllowed):
        look(cast, kept, cast.kofi, at=later)
    assert look(cast, kept, cast.gwen, at=later)
    new = replace(WANTED, secret=Secret("eight purple kettles"))
    services.change(
        actor=cast.gwen, credential=kept, wanted=new, at=later + timedelta(minutes=1)
    )  # a holder may
    assert not entry(Credential.objects.get(), later + timedelta(minutes=2)).to_change


@pytest.mark.clause("C25")
def test_a_mailbox_is_handed_over_when_what_the_leaver_knew_was_changed(cast: Cast, kept: Credential) -> None:
    kofi, later = leaves(cast, cast.kofi, DAY + timedelta(days=2)), NOW + timedelta(minutes=5)
    give_role(
        actor=cast.priya,
        membership=cast.member(cast.gwen),
        role=Role.PAGE_ADMINISTRATOR,
        starts_on=DAY,
        ends_on=None,
        at=NOW,
    )
    new_owner(cast, cast.priya, cast.gwen, actor=cast.priya, at=later)
    task = kofi.leaving_tasks.select_related("person__organisation").get(kind="mailbox")
    with pytest.raises(CannotTick, match=r"Facebook page: Kofi knows what opens the mailbox\. Change it"):
        tick_leaver(actor=cast.priya, task=task, at=later)
    new = replace(WANTED, secret=Secret("eight purple kettles"))
    services.change(actor=cast.priya, credential=kept, wanted=new, at=later + timedelta(minutes=1))
    tick_leaver(actor=cast.priya, task=task, at=later + timedelta(minutes=2))
    task.refresh_from_db()
    assert task.done_by == cast.priya


@pytest.mark.clause("C25")
def test_a_leaver_is_named_with_what_they_know(cast: Cast, kept: Credential) -> None:
    vault = vault_of(Channel.objects.select_related("organisation").get(pk=cast.channel.pk), NOW)
    assert "can still look" in vault.left_with(cast.kofi.pk, "Kofi")
    assert vault.left_with(cast.tom.pk, "Tom") == ""
    later = NOW + timedelta(minutes=5)
    new_owner(cast, cast.priya, cast.gwen, actor=cast.priya, at=later)
    vault = vault_of(vault.channel, later)
    says = vault.left_with(cast.kofi.pk, "Kofi")
    assert says.startswith("Facebook page: Kofi knows what opens the mailbox.")


@pytest.mark.clause("C22")
def test_a_vault_without_the_mailbox_is_told(cast: Cast) -> None:
    remind(NOW, "worker")
    told = Reminder.objects.filter(kind="vault", done_at=None)
    assert {one.user for one in told} == {cast.priya, cast.kofi}
    services.put_in(actor=cast.priya, channel=cast.channel, kind="mailbox", wanted=WANTED, at=NOW)
    remind(NOW, "worker")
    assert not told.all().exists()


def test_before_an_owner_is_on_record_the_holders_of_the_request_count(cast: Cast) -> None:
    request = ask(cast.nursery, NOW, network="bluesky", name="Willow Lane on Bluesky")
    channel = Channel.objects.create(
        organisation=cast.organisation,
        network="bluesky",
        name="Willow Lane on Bluesky",
        mailbox="office@willowlane.example",
        requested_by=cast.priya,
        authorised_by=cast.helen,
        authorised_at=NOW,
    )
    type(request).objects.filter(pk=request.pk).update(
        channel=channel, state="authorised", decided_by=cast.helen
    )
    assert [one.first_name for one in vault_of(channel, NOW).holders] == ["Kofi", "Priya"]


# the envelope


def printed(cast: Cast, at: datetime = NOW) -> Any:
    return envelopes.print_envelope(
        actor=cast.priya, channel=cast.channel, kept_where="The office safe", at=at
    )


@pytest.mark.clause("C27")
def test_an_envelope_holds_everything_under_a_number_of_its_own(cast: Cast, kept: Credential) -> None:
    paper = printed(cast)
    assert paper.title == "Envelope 1: Facebook page"
    words = str(paper.to_data())
    assert PASS in words and "JBSW Y3DP EHPK 3PXP" in words and "ring 999 first" in words.lower()
    cover = [one["kind"] for one in paper.elements].index("new_page")
    assert PASS not in str(paper.elements[:cover]), "nothing of it stands outside"
    assert VaultLook.objects.get(what="printed").envelope == Envelope.objects.get()
    again = printed(cast, NOW + timedelta(minutes=1))
    assert again.title.startswith("Envelope 2") and Envelope.objects.get(number=1).replaced_at
    with pytest.raises(NotAllowed):
        envelopes.print_envelope(actor=cast.gwen, channel=cast.channel, kept_where="My desk", at=NOW)
    with pytest.raises(CannotLook):
        envelopes.print_envelope(actor=cast.priya, channel=cast.channel, kept_where=" ", at=NOW)


def test_an_envelope_is_out_of_date_once_something_changed(cast: Cast, kept: Credential) -> None:
    printed(cast)
    channel = Channel.objects.select_related("organisation").get(pk=cast.channel.pk)
    assert not vault_of(channel, NOW).outdated
    later = NOW + timedelta(minutes=1)
    new = replace(WANTED, secret=Secret("eight purple kettles"))
    services.change(actor=cast.priya, credential=kept, wanted=new, at=later)
    assert vault_of(channel, later).outdated


@pytest.mark.clause("C25")
def test_an_opened_envelope_is_told_and_everything_in_it_is_to_be_changed(
    cast: Cast, kept: Credential
) -> None:
    printed(cast)
    envelope = Envelope.objects.get()
    later = NOW + timedelta(hours=1)
    with pytest.raises(NotAllowed):
        envelopes.open_envelope(actor=cast.tom, envelope=envelope, why="To look", at=later)
    with pytest.raises(envelopes.CannotOpenEnvelope, match="why"):
        envelopes.open_envelope(actor=cast.gwen, envelope=envelope, why=" ", at=later)
    envelopes.open_envelope(actor=cast.gwen, envelope=envelope, why="A threat on the page", at=later)
    with pytest.raises(envelopes.CannotOpenEnvelope, match="already"):
        envelopes.open_envelope(actor=cast.gwen, envelope=envelope, why="A threat on the page", at=later)
    assert entry(kept, later).why == "Envelope 1 was opened, and it is in there."
    with time_machine.travel(later, tick=False):
        remind(later, "worker")
        told = {one.user.first_name for one in Reminder.objects.filter(kind="envelope", done_at=None)}
        assert told == {"Priya", "Helen", "Gwen"}
        assert "Gwen opened envelope 1" in signed_in(cast.priya).get("/").content.decode()
    new = replace(WANTED, secret=Secret("eight purple kettles"))
    services.change(actor=cast.priya, credential=kept, wanted=new, at=later + timedelta(minutes=1))
    assert not entry(Credential.objects.get(), later + timedelta(minutes=2)).to_change


# keys


@pytest.fixture
def _own_keys(settings: Any, tmp_path: Any) -> None:
    """A data folder of its own, as a key is thrown away in it."""
    home = Home(tmp_path / "home")
    prepare(home)
    settings.HOME = home


@pytest.mark.usefixtures("_own_keys")
def test_a_new_key_seals_everything_anew_and_the_older_ones_go(cast: Cast, settings: Any) -> None:
    row = services.put_in(actor=cast.priya, channel=cast.channel, kind="mailbox", wanted=WANTED, at=NOW)
    first = bytes(row.secret)
    assert rekey() == 1 and rekey() == 1
    row.refresh_from_db()
    assert bytes(row.secret) != first and str(open_field(row, "secret")) == PASS
    assert settings.HOME.vault_key_names == ["vault-2"]
    assert str(services.shown(actor=cast.priya, look=look(cast, row, cast.priya), at=NOW).secret) == PASS
    (settings.HOME.keys / "vault-2.key").unlink()
    with pytest.raises(CannotOpen):
        open_field(row, "secret")
    new = replace(WANTED, secret=Secret("eight purple kettles"))
    services.change(
        actor=cast.priya, credential=row, wanted=new, at=NOW
    )  # a lost key locks nobody out for good


@pytest.mark.usefixtures("_own_keys")
def test_a_change_of_key_that_is_cut_short_loses_nothing(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = services.put_in(actor=cast.priya, channel=cast.channel, kind="mailbox", wanted=WANTED, at=NOW)
    settings.HOME.add_vault_key()  # killed right after
    assert str(open_field(row, "secret")) == PASS
    monkeypatch.setattr("stairgate.channels.vault.rekey._anew", lambda channel: 0)
    with pytest.raises(NotAllSealed):
        rekey()
    assert settings.HOME.vault_key_names == ["vault-2", "vault-1"], "no key was thrown away"
    monkeypatch.undo()
    assert rekey() == 1 and settings.HOME.vault_key_names == ["vault-3"]
    row.refresh_from_db()
    assert str(open_field(row, "secret")) == PASS


# the pages


def test_a_look_over_http_is_shown_to_its_owner_alone_and_never_kept(cast: Cast, kept: Credential) -> None:
    kofi = signed_in(cast.kofi)
    begin = reverse("channels:vault_begin", args=[kept.pk])
    refused = kofi.post(begin, {"what": "secret", "reason": "x"})
    assert refused.status_code == 422 and b"Say in a few words" in refused.content
    answer = kofi.post(begin, {"what": "secret", "reason": "The mailbox is locked"})
    page = kofi.get(answer["Location"])
    assert PASS in page.content.decode() and "no-store" in page["Cache-Control"]
    assert signed_in(cast.priya).get(answer["Location"]).status_code == 404
    assert signed_in(cast.outsider).get(answer["Location"]).status_code == 404
    following = answer["Location"] + "next/"
    assert kofi.get(following).status_code == 204
    with time_machine.travel(NOW + timedelta(minutes=3), tick=False):
        over = kofi.get(answer["Location"])
        assert over.status_code == 302 and b"This look is over" in kofi.get(following).content
        assert kofi.post(answer["Location"] + "copied/").status_code == 409


def test_a_code_over_http_changes_by_itself(cast: Cast, kept: Credential) -> None:
    kofi = signed_in(cast.kofi)
    begin = reverse("channels:vault_begin", args=[kept.pk])
    where = kofi.post(begin, {"what": "code", "reason": "It asks for a code"})["Location"]
    first = code_at(read_key(KEY), NOW).in_groups
    page = kofi.get(where).content.decode()
    assert first in page and KEY not in page and PASS not in page
    with time_machine.travel(NOW + timedelta(seconds=31), tick=False):
        second = code_at(read_key(KEY), NOW + timedelta(seconds=31)).in_groups
        assert second != first and second in kofi.get(where + "next/").content.decode()
    assert VaultLook.objects.count() == 1


def test_outside_the_demo_somebody_shows_first_that_it_is_still_them(
    cast: Cast, kept: Credential, settings: Any
) -> None:
    settings.DEMO = False
    second_steps(cast.kofi)
    kofi = signed_in(cast.kofi)
    begin = reverse("channels:vault_begin", args=[kept.pk])
    asked = kofi.post(begin, {"what": "secret", "reason": "The mailbox is locked"})
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert not VaultLook.objects.exists()
    paper = kofi.post(reverse("channels:envelope_print", args=[cast.channel.pk]), {"where": "The safe"})
    assert paper["Location"].startswith(reverse("account_reauthenticate")) and not Envelope.objects.exists()
    assert "Show that it is you" in kofi.get(reverse("channels:vault_entry", args=[kept.pk])).content.decode()
    kofi.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    there = kofi.post(begin, {"what": "secret", "reason": "The mailbox is locked"})
    assert PASS in kofi.get(there["Location"]).content.decode()


def test_a_form_sends_no_secret_back(cast: Cast) -> None:
    priya = signed_in(cast.priya)
    for kind in Credential.Kind.values:
        where = reverse("channels:vault_new", args=[cast.channel.pk, kind])
        page = priya.post(where, {"sign_in": "", "secret": PASS, "codes": "nokey-nokey-1"})
        assert page.status_code == 422 and PASS not in page.content.decode()
        assert "nokey-nokey-1" not in page.content.decode()
    assert priya.get(reverse("channels:vault_new", args=[cast.channel.pk, "other"])).status_code == 404
    where = reverse("channels:vault_new", args=[cast.channel.pk, "recovery"])
    assert priya.post(where, {"sign_in": "willow", "secret": "1234\r\n5678\n"}).status_code == 302
    assert str(open_field(Credential.objects.get(), "secret")) == "1234\n5678"


def test_a_holder_who_does_not_see_the_accounts_sees_the_vault(cast: Cast, kept: Credential) -> None:
    where = reverse("channels:vault", args=[cast.channel.pk])
    assert signed_in(cast.tom).get(where).status_code == 403
    new_owner(cast, cast.priya, cast.tom, actor=cast.priya)
    assert signed_in(cast.tom).get(where).status_code == 200


def test_the_page_shows_every_look_and_no_secret(cast: Cast, kept: Credential) -> None:
    look(cast, kept, cast.kofi)
    for address in ("vault", "vault_entry"):
        about = cast.channel.pk if address == "vault" else kept.pk
        page = signed_in(cast.helen).get(reverse(f"channels:{address}", args=[about])).content.decode()
        assert "Kofi looked at it" in re.sub(r"<[^>]+>|\s+", " ", page).replace("  ", " ")
        assert "The mailbox is locked" in page and PASS not in page and KEY not in page


def test_an_envelope_over_http(cast: Cast, kept: Credential) -> None:
    priya = signed_in(cast.priya)
    there = reverse("channels:envelope_print", args=[cast.channel.pk])
    assert priya.post(there, {"where": ""}).status_code == 422
    answer = priya.post(there, {"where": "The office safe"})
    assert answer.content.startswith(b"%PDF") and "no-store" in answer["Cache-Control"]
    opened = reverse("channels:envelope_open", args=[Envelope.objects.get().pk])
    gwen = signed_in(cast.gwen)
    assert gwen.post(opened, {"why": ""}).status_code == 422
    assert gwen.post(opened, {"why": "A threat on the page"}).status_code == 302
    assert "To be changed" in gwen.get(reverse("channels:vault", args=[cast.channel.pk])).content.decode()
    assert signed_in(cast.outsider).post(opened, {"why": "A threat"}).status_code == 404


def test_the_vault_asks_a_bounded_number_of_questions(
    cast: Cast, kept: Credential, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    priya = signed_in(cast.priya)
    where = reverse("channels:vault", args=[cast.channel.pk])
    priya.get(where)
    for _ in range(2):
        with django_assert_max_num_queries(14):
            assert priya.get(where).status_code == 200
        for number in range(6):
            at = NOW + timedelta(hours=3 + number)
            look(cast, kept, cast.kofi, at=at)
            printed(cast, at)


def test_a_look_asks_a_bounded_number_of_questions(
    cast: Cast, kept: Credential, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    kofi, made = signed_in(cast.kofi), look(cast, kept, cast.kofi, "code")
    for name in ("vault_look", "vault_next"):
        where = reverse(f"channels:{name}", args=[made.pk])
        with django_assert_max_num_queries(13):
            assert kofi.get(where).status_code == 200
