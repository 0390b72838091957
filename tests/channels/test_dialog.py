"""Through Facebook's dialog to a connected page: over HTTP, with the practice network at the other end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.channels.dialog import services
from stairgate.channels.dialog.rules import LIVES, is_over, way_back_problem
from stairgate.channels.models import Channel, Connection, Dialog, NetworkApp
from stairgate.channels.services import account_for, prove
from stairgate.ledger.models import Entry
from stairgate.networks.facebook.tokens import ASKED
from stairgate.organisations.models import User
from stairgate.organisations.sealing import unseal
from stairgate.policies.models import Signature
from tests.cast import Cast, willow_lane
from tests.channels.test_asking import sent, yes
from tests.networks.facebook_dialog import answered
from tests.practice.fixtures import Practice

OWNER = {"portfolio": "Willow Lane, 100 200 300", "mailbox": "office@willowlane.example"}


@pytest.fixture
def cast(db: None, settings: Any, practice: Practice) -> Cast:
    settings.DEMO = True
    settings.PRACTICE_URL = settings.FACEBOOK_URL = settings.FACEBOOK_DIALOG_URL = practice.url
    settings.BASE_URL = "http://localhost:8765"
    return willow_lane(timezone.now())


@pytest.fixture
def fresh(cast: Cast) -> Channel:
    """An account that is authorised, and not connected yet."""
    decided = yes(cast, sent(cast, changes={"network": "facebook"})).channel
    assert decided is not None
    return decided


@pytest.fixture
def priya(cast: Cast) -> Client:
    return signed_in(cast.priya)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def keep(client: Client, practice: Practice, **changes: str) -> Any:
    given = practice.given
    data = {"app_id": given["app_id"], "app_secret": given["app_secret"], "is_live": "on", **changes}
    return client.post(reverse("channels:app"), {k: v for k, v in data.items() if v})


def go(client: Client, channel: Channel) -> str:
    """Press “Continue to Facebook”; return where that leads."""
    answer = client.get(reverse("channels:go", args=[channel.pk]))
    assert answer.status_code == 302
    return str(answer["Location"])


def come_back(client: Client, answer: dict[str, str]) -> Any:
    return client.get(reverse("channels:back"), answer)


def through(client: Client, practice: Practice, channel: Channel, **more: str) -> str:
    """Go through the dialog and back; return the address where the page is picked."""
    keep(client, practice)
    there = come_back(client, answered(go(client, channel), **more))
    assert there.status_code == 302
    return str(there["Location"])


def told(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


@pytest.mark.clause("C24")
@pytest.mark.clause("C89")
def test_from_our_app_to_a_connected_page(
    priya: Client, practice: Practice, fresh: Channel, cast: Cast
) -> None:
    page = priya.get(reverse("channels:connect", args=[fresh.pk])).content.decode()
    assert "Make our Meta app" in page and "Continue to Facebook" not in page
    guide = priya.get(reverse("channels:app")).content.decode()
    assert "http://localhost:8765/accounts/facebook/back/" in guide
    assert keep(priya, practice).status_code == 302
    assert "Continue to Facebook" in priya.get(reverse("channels:connect", args=[fresh.pk])).content.decode()
    pick = through(priya, practice, fresh)
    shown = priya.get(pick).content.decode()
    assert "Willow Lane Nursery" in shown and "Fenmoor Football Club" in shown
    done = priya.post(pick, {**OWNER, "page": practice.page})
    assert done["Location"] == reverse("channels:opening", args=[fresh.pk])
    assert "is connected, and it works" in told(done)
    row = Connection.objects.get(channel=fresh)
    assert (row.account_id, row.portfolio, row.app_id) == (
        practice.page,
        OWNER["portfolio"],
        practice.given["app_id"],
    )
    reading = prove(channel=Channel.objects.get(pk=fresh.pk))
    assert reading.ok and set(reading.scopes) == ASKED
    entry = Entry.objects.get(kind="channels.connected", subject=str(fresh.pk))
    assert OWNER["portfolio"] in str(entry.payload)
    account = priya.get(reverse("channels:account", args=[fresh.pk])).content.decode()
    assert OWNER["portfolio"] in account and "read what people write" in account
    again = priya.get(pick)
    assert again.status_code == 302 and "Begin again" in told(again)


def test_no_secret_is_shown_kept_in_clear_or_written_down(
    priya: Client, practice: Practice, fresh: Channel, caplog: Any, capsys: Any
) -> None:
    pick = through(priya, practice, fresh)
    walk = Dialog.objects.get()
    person = unseal(walk.person, organisation=fresh.organisation_id, row=walk.id, field="person")
    shown = priya.get(pick).content.decode()
    priya.post(pick, {**OWNER, "page": practice.page})
    token = str.__str__(account_for(Channel.objects.get(pk=fresh.pk)).token)
    assert token != practice.given["page_token"], "the walk brought one of its own"
    shown += "".join(
        priya.get(reverse(f"channels:{name}", args=args)).content.decode()
        for name, args in (("account", [fresh.pk]), ("connect", [fresh.pk]), ("app", []), ("list", []))
    )
    walk.refresh_from_db()
    assert bytes(walk.person) == b"" and walk.ended_at
    written = "".join(str(entry.payload) for entry in Entry.objects.all())
    logged = caplog.text + "".join(capsys.readouterr())
    kept = [bytes(NetworkApp.objects.get().secret), bytes(Connection.objects.get(channel=fresh).token)]
    for secret in (token, str.__str__(person), practice.given["app_secret"]):
        assert secret not in shown and secret not in written and secret not in logged
        assert all(secret.encode() not in sealed for sealed in kept)


# ── The app ──


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"app_secret": "0" * 32}, "does not take the app secret"),
        ({"app_id": "1234567"}, "knows no app with this ID"),
        ({"app_id": "seven"}, "long number"),
        ({"app_secret": "sécret"}, "Only plain letters"),
        ({"is_live": ""}, "Switch the app to Live first"),
    ],
)
def test_an_app_that_facebook_does_not_know_is_not_kept(
    priya: Client, practice: Practice, changes: dict[str, str], says: str
) -> None:
    answer = keep(priya, practice, **changes)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not NetworkApp.objects.exists()
    assert practice.given["app_secret"].encode() not in answer.content
    assert (changes.get("app_secret") or "x" * 50).encode() not in answer.content


def test_one_app_for_each_setting_and_a_new_secret_reaches_its_connections(
    priya: Client, practice: Practice, fresh: Channel, cast: Cast
) -> None:
    priya.post(through(priya, practice, fresh), {**OWNER, "page": practice.page})
    before = bytes(Connection.objects.get(channel=fresh).app_secret)
    other = bytes(Connection.objects.get(channel=cast.channel).app_secret)
    assert keep(priya, practice).status_code == 302
    assert NetworkApp.objects.count() == 1
    assert bytes(Connection.objects.get(channel=fresh).app_secret) != before, "sealed anew"
    assert bytes(Connection.objects.get(channel=cast.channel).app_secret) == other, "of another app"
    assert account_for(Channel.objects.get(pk=fresh.pk)).app_secret == practice.given["app_secret"]
    signed_in(cast.outsider).get(reverse("channels:app"))
    assert (
        practice.given["app_id"].encode() not in signed_in(cast.outsider).get(reverse("channels:app")).content
    )


# ── There and back ──


def test_cancel_changes_nothing_and_says_so(priya: Client, practice: Practice, fresh: Channel) -> None:
    keep(priya, practice)
    back = come_back(priya, answered(go(priya, fresh), answer="no"))
    assert back["Location"] == reverse("channels:connect", args=[fresh.pk])
    assert "You pressed Cancel" in told(back)
    assert not Connection.objects.filter(channel=fresh).exists()


@pytest.mark.parametrize(
    ("deed", "says"),
    [
        ({"what": "app_mode", "value": "development"}, "switch it to Live"),
        (
            {"what": "faults", "kind": "error", "code": 100, "subcode": 36007, "match": "POST /access_token"},
            "too long",
        ),
        (
            {"what": "faults", "kind": "error", "code": 191, "match": "POST /access_token"},
            "letter for letter",
        ),
        ({"what": "faults", "kind": "server_error_before", "match": "POST /access_token"}, "could not reach"),
        ({"what": "faults", "kind": "drop", "match": "POST /access_token"}, "did not answer"),
        ({"what": "faults", "kind": "throttle", "match": "GET /accounts"}, "slow down"),
        (
            {"what": "faults", "kind": "error", "code": 190, "subcode": 459, "match": "GET /accounts"},
            "sign in on facebook",
        ),
        ({"what": "faults", "kind": "wrong_empty", "match": "GET /accounts"}, "showed no page"),
    ],
)
def test_whatever_goes_wrong_there_is_explained_here(
    priya: Client, practice: Practice, fresh: Channel, deed: dict[str, Any], says: str
) -> None:
    keep(priya, practice)
    practice.deed(**deed)
    back = come_back(priya, answered(go(priya, fresh)))
    assert says in told(back), told(back)
    assert back["Location"] == reverse("channels:connect", args=[fresh.pk])
    walk = Dialog.objects.get()
    assert bytes(walk.person) == b"" and walk.offers == []


@pytest.mark.parametrize("scope", ["pages_show_list", "pages_read_user_content"])
def test_a_tick_taken_away_is_named_before_a_page_is_picked(
    priya: Client, practice: Practice, fresh: Channel, scope: str
) -> None:
    keep(priya, practice)
    back = come_back(priya, answered(go(priya, fresh), without=scope))
    assert scope in told(back) and "leave every tick" in told(back)


def test_an_answer_counts_once_in_its_own_session_and_for_its_own_person(
    priya: Client, practice: Practice, fresh: Channel, cast: Cast
) -> None:
    keep(priya, practice)
    answer = answered(go(priya, fresh))
    assert come_back(signed_in(cast.outsider), answer).status_code == 403
    for stranger in (signed_in(cast.priya), signed_in(cast.kofi)):
        elsewhere = come_back(stranger, answer)
        assert elsewhere["Location"] == reverse("channels:list") and "not one we wait for" in told(elsewhere)
    for made_up in ({}, {"state": ""}, {**answer, "state": answer["state"] + "x"}):
        assert "not one we wait for" in told(come_back(priya, made_up))
    first = come_back(priya, answer)
    assert "/dialogs/" in first["Location"]
    assert "not one we wait for" in told(come_back(priya, answer))
    calls = [row for row in practice.log() if row["path"] == "/oauth/access_token"]
    assert len(calls) == 3, "one for the app; two for the one answer that counted"


def test_an_answer_that_comes_too_late_is_none_and_what_it_brought_is_forgotten(
    priya: Client, practice: Practice, fresh: Channel, cast: Cast
) -> None:
    keep(priya, practice)
    answer = answered(go(priya, fresh))
    Dialog.objects.update(begun_at=timezone.now() - LIVES)
    assert "not one we wait for" in told(come_back(priya, answer))
    pick = through(priya, practice, fresh)
    assert services.sweep(timezone.now(), "test") == 0
    later = timezone.now() + LIVES
    assert services.sweep(later, "test") == 1 and services.sweep(later, "test") == 0
    assert not Dialog.objects.exclude(person=b"").exists()
    assert priya.get(pick).status_code == 302
    assert priya.post(pick, {**OWNER, "page": practice.page}).status_code == 302
    assert not Connection.objects.filter(channel=fresh).exists()


def test_facebook_comes_back_over_https_only() -> None:
    assert way_back_problem("https://stairgate.willowlane.example/x/", practice=False) == ""
    assert way_back_problem("http://localhost:8765/x/", practice=True) == ""
    for address in ("http://localhost:8765/x/", "http://stairgate.willowlane.example/x/"):
        assert "https://" in way_back_problem(address, practice=False)
    assert way_back_problem("http://elsewhere.example/", practice=True)


def test_a_way_that_facebook_would_not_come_back_on_is_not_begun(
    priya: Client, practice: Practice, fresh: Channel, settings: Any
) -> None:
    keep(priya, practice)
    settings.PRACTICE_URL = ""
    answer = priya.get(reverse("channels:go", args=[fresh.pk]))
    assert answer["Location"] == reverse("channels:connect", args=[fresh.pk])
    assert "https:// only" in told(answer) and not Dialog.objects.exists()


@pytest.mark.parametrize(("minutes", "over"), [(0, False), (14, False), (15, True), (-1, True)])
def test_a_walk_lives_a_quarter_of_an_hour(minutes: int, over: bool) -> None:
    now = timezone.now()
    assert is_over(now - timedelta(minutes=minutes), now) is over


# ── Picking ──


@pytest.mark.clause("C22")
@pytest.mark.clause("C23")
@pytest.mark.clause("C24")
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"page": ""}, "Choose one of the pages."),
        ({"page": "123456789"}, "Choose one of the pages."),
        ({"portfolio": ""}, "This field is required."),
        ({"portfolio": " a "}, "Name the business portfolio"),
        ({"portfolio": "priya  EXAMPLE"}, "That is a person."),
        ({"mailbox": "priya@willowlane.example"}, "one person’s own address"),
        ({"mailbox": "first.last@willowlane.example"}, "looks like a person’s name"),
        ({"mailbox": "willowlane@gmail.com"}, "for personal mail"),
        ({"mailbox": "no address"}, "valid email"),
    ],
)
def test_a_page_is_picked_from_the_list_and_belongs_to_no_person(
    priya: Client, practice: Practice, fresh: Channel, changes: dict[str, str], says: str
) -> None:
    pick = through(priya, practice, fresh)
    answer = priya.post(pick, {**OWNER, "page": practice.page, **changes})
    text = answer.content.decode()
    assert answer.status_code == 422 and says in text
    assert not Connection.objects.filter(channel=fresh).exists()
    kept = next(iter(changes))
    if kept != "page":
        assert re.search(rf'value="{practice.page}" checked', text), "the page that was chosen stays chosen"
    assert priya.post(pick, {**OWNER, "page": practice.page}).status_code == 302, "and it can be put right"


@pytest.mark.clause("C22")
def test_the_mailbox_that_was_said_is_the_accounts_from_then_on(
    priya: Client, practice: Practice, fresh: Channel
) -> None:
    pick = through(priya, practice, fresh)
    priya.post(pick, {**OWNER, "page": practice.page, "mailbox": "social.media@willowlane.example"})
    fresh.refresh_from_db()
    assert fresh.mailbox == "social.media@willowlane.example"


def test_a_page_where_the_person_may_not_do_enough_cannot_be_picked(
    priya: Client, practice: Practice, fresh: Channel
) -> None:
    practice.deed("tasks", value="ANALYZE")
    pick = through(priya, practice, fresh)
    assert "Your role there does not let you post on it" in priya.get(pick).content.decode()
    answer = priya.post(pick, {**OWNER, "page": practice.page})
    assert answer.status_code == 422 and "Your role there" in answer.content.decode()


def test_another_page_than_before_is_refused(priya: Client, practice: Practice, fresh: Channel) -> None:
    first = through(priya, practice, fresh)
    priya.post(first, {**OWNER, "page": practice.page})
    again = through(priya, practice, fresh)
    assert "Connected before." in priya.get(again).content.decode()
    other = next(number for number, _, _ in Dialog.objects.first().offers if number != practice.page)  # type: ignore[union-attr]
    answer = priya.post(again, {**OWNER, "page": other})
    assert answer.status_code == 403 and b"another page" in answer.content
    done = priya.post(again, {**OWNER, "page": practice.page})
    assert done["Location"] == reverse("channels:account", args=[fresh.pk])


def test_a_walk_is_its_persons_own(priya: Client, practice: Practice, fresh: Channel, cast: Cast) -> None:
    pick = through(priya, practice, fresh)
    for other in (cast.kofi, cast.tom, cast.outsider):
        for answer in (
            signed_in(other).get(pick),
            signed_in(other).post(pick, {**OWNER, "page": practice.page}),
        ):
            assert answer.status_code == 404
    elsewhere = signed_in(cast.priya)  # the same person in another browser
    assert elsewhere.post(pick, {**OWNER, "page": practice.page}).status_code == 422
    assert not Connection.objects.filter(channel=fresh).exists()


@pytest.mark.clause("C14")
def test_whoever_has_not_signed_connects_nothing(
    priya: Client, practice: Practice, fresh: Channel, cast: Cast
) -> None:
    pick = through(priya, practice, fresh)
    Signature.objects.filter(user=cast.priya).delete()
    assert priya.get(reverse("channels:go", args=[fresh.pk])).status_code == 403
    assert priya.post(pick, {**OWNER, "page": practice.page}).status_code == 403
    assert keep(priya, practice).status_code == 403
    assert not Connection.objects.filter(channel=fresh).exists()


# ── Broken, and mended ──


@pytest.mark.parametrize(
    ("why", "says"),
    [("expired", "run out"), ("password", "password of whoever connected"), ("role", "lost their role")],
)
def test_broken_it_says_why_and_connected_anew_it_works(
    priya: Client, practice: Practice, fresh: Channel, why: str, says: str
) -> None:
    priya.post(through(priya, practice, fresh), {**OWNER, "page": practice.page})
    practice.deed("break", why=why)
    priya.post(reverse("channels:prove", args=[fresh.pk]))
    there = reverse("channels:account", args=[fresh.pk])
    assert says in priya.get(there).content.decode()
    assert says in priya.get("/").content.decode(), "and on Today"
    priya.post(through(priya, practice, fresh), {**OWNER, "page": practice.page})
    assert says not in priya.get(there).content.decode()
    assert "Working" in priya.get(there).content.decode()


def test_nothing_is_left_to_migrate() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.fixture(autouse=True)
def _no_stray_walks(db: None) -> Iterator[None]:
    yield
    assert not Dialog.objects.filter(ended_at__isnull=False).exclude(person=b"").exists()
