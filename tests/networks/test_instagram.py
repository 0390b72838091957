"""The Instagram client against the practice network: one attempt, honest outcomes, complete readings."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from stairgate.networks import base
from stairgate.networks.base import RefusalKind
from stairgate.networks.facebook import Facebook
from stairgate.networks.instagram import Instagram, containers
from tests.networks.photo_stand import JPEG, PhotoStand
from tests.networks.test_facebook import passage
from tests.practice.fixtures import Practice
from tests.practice.listener import listening


@pytest.fixture
def client() -> Instagram:
    return Instagram()


@pytest.fixture
def soon(client: Instagram, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each call of the client give up after a second."""
    ask = client._graph.ask
    monkeypatch.setattr(client._graph, "ask", lambda *given, **more: ask(*given, **{**more, "seconds": 1.0}))


def send(client: Instagram, practice: Practice, outgoing: base.Outgoing) -> base.Outcome:
    spent = passage(practice.instagram, outgoing)
    staged = client.stage(spent)
    assert isinstance(staged, base.Staged), staged
    return client.publish(spent, staged)


@pytest.fixture
def post(client: Instagram, practice: Practice, photo_stand: PhotoStand) -> Callable[[str], str]:
    """Put a post with one photo on the account; return its number."""

    def put(text: str = "Soup day") -> str:
        done = send(client, practice, base.Outgoing(text, (photo_stand.picture(),)))
        assert isinstance(done, base.Done)
        return done.external_id

    return put


def comment(practice: Practice, post: str, name: str, message: str, parent: str | None = None) -> str:
    given = {"post": post, "name": name, "message": message, "parent": parent}
    return str(practice.deed("instagram-comment", **given)["id"])


def look(client: Instagram, practice: Practice, outgoing: base.Outgoing) -> base.Reconciled:
    since = datetime.now(UTC) - timedelta(minutes=1)
    return client.reconcile(practice.instagram, outgoing, since=since, key="k")


def writes(practice: Practice, ending: str = "/media_publish") -> int:
    return sum(row["method"] == "POST" and row["path"].endswith(ending) for row in practice.log())


# ── Out ──


def test_one_photo_is_fetched_and_goes_out_in_one_visible_write(
    client: Instagram, practice: Practice, photo_stand: PhotoStand
) -> None:
    done = send(client, practice, base.Outgoing("Soup day", (photo_stand.picture(),)))
    assert isinstance(done, base.Done)
    assert done.permalink.startswith(practice.url)
    assert photo_stand.asked == ["/0.jpg"]
    assert writes(practice) == 1
    page = practice.public_album()
    assert "Soup day" in page and page.count('alt="Three pumpkins"') == 1


def test_several_photos_stand_in_their_order(
    client: Instagram, practice: Practice, photo_stand: PhotoStand
) -> None:
    pictures = tuple(photo_stand.picture(alt) for alt in ("Sowing", "Watering", "Eating"))
    done = send(client, practice, base.Outgoing("From seed to soup", pictures))
    assert isinstance(done, base.Done)
    page = practice.public_album()
    assert page.index("Sowing") < page.index("Watering") < page.index("Eating")
    live = client.read_post(practice.instagram, done.external_id)
    assert live == base.LivePost(done.external_id, "From seed to soup", 3)
    assert (writes(practice), writes(practice, "/media")) == (1, 4)


def test_staging_shows_the_public_nothing_and_may_be_done_again(
    client: Instagram, practice: Practice, photo_stand: PhotoStand
) -> None:
    spent = passage(practice.instagram, base.Outgoing("Soup day", (photo_stand.picture(),)))
    first, second = client.stage(spent), client.stage(spent)
    assert isinstance(first, base.Staged) and isinstance(second, base.Staged) and first != second
    assert "Soup day" not in practice.public_album()
    assert isinstance(client.publish(spent, second), base.Done)
    assert practice.public_album().count("Soup day") == 1


def test_a_passage_is_spent_once(client: Instagram, practice: Practice, photo_stand: PhotoStand) -> None:
    spent = passage(practice.instagram, base.Outgoing("Once", (photo_stand.picture(),)))
    staged = client.stage(spent)
    assert isinstance(staged, base.Staged)
    client.publish(spent, staged)
    with pytest.raises(base.AlreadySpent):
        client.publish(spent, staged)
    assert practice.public_album().count("Once") == 1


@pytest.mark.parametrize("kind", ["server_error_after", "drop", "hang"])
def test_a_write_that_was_done_but_not_answered_is_unknown_and_found(
    client: Instagram, practice: Practice, photo_stand: PhotoStand, soon: None, kind: str
) -> None:
    practice.fault(kind, "POST /media_publish", seconds=3)
    outgoing = base.Outgoing("Did it arrive?", (photo_stand.picture(),))
    unknown = send(client, practice, outgoing)
    assert isinstance(unknown, base.Unknown) and "Facebook" not in unknown.evidence
    assert writes(practice) == 1
    found = look(client, practice, outgoing)
    assert isinstance(found, base.Found) and found.times == 1


@pytest.mark.parametrize("kind", ["server_error_before", "drop_before", "hang_before"])
def test_a_write_that_was_never_done_is_unknown_and_absent(
    client: Instagram, practice: Practice, photo_stand: PhotoStand, soon: None, kind: str
) -> None:
    practice.fault(kind, "POST /media_publish", seconds=3)
    outgoing = base.Outgoing("It did not", (photo_stand.picture(),))
    assert isinstance(send(client, practice, outgoing), base.Unknown)
    assert isinstance(look(client, practice, outgoing), base.Absent)


@pytest.mark.parametrize(
    ("code", "subcode"), [(-1, 2207001), (-1, 2207032), (-1, None), (-2, None), (24, 2207008), (2, None)]
)
def test_an_error_with_which_instagram_knows_nothing_itself_is_unknown(
    client: Instagram, practice: Practice, photo_stand: PhotoStand, code: int, subcode: int | None
) -> None:
    practice.fault("error", "POST /media_publish", code=code, subcode=subcode)
    assert isinstance(send(client, practice, base.Outgoing("Hm", (photo_stand.picture(),))), base.Unknown)


@pytest.mark.parametrize(
    ("code", "subcode", "kind", "says"),
    [
        (4, None, RefusalKind.THROTTLED, "Instagram asks us to slow down"),
        (4, 2207051, RefusalKind.BLOCKED, "spam"),
        (9, 2207042, RefusalKind.THROTTLED, "no more posts"),
        (25, 2207050, RefusalKind.BLOCKED, "restricted"),
        (24, 2207006, RefusalKind.UNREACHABLE, "expired"),
        (9007, 2207027, RefusalKind.UNREACHABLE, "ready"),
        (36003, 2207009, RefusalKind.INVALID, "too tall or too wide"),
        (190, 463, RefusalKind.RECONNECT, "Connect the page again"),
        (200, None, RefusalKind.PERMISSION, "Instagram"),
        (100, None, RefusalKind.INVALID, "Instagram did not accept this"),
    ],
)
def test_errors_are_told_apart_by_code(
    client: Instagram,
    practice: Practice,
    photo_stand: PhotoStand,
    code: int,
    subcode: int | None,
    kind: RefusalKind,
    says: str,
) -> None:
    practice.fault("error", "POST /media_publish", code=code, subcode=subcode)
    refused = send(client, practice, base.Outgoing("No", (photo_stand.picture(),)))
    assert isinstance(refused, base.Refused) and refused.kind == kind
    assert says in refused.message and "Facebook" not in refused.message


def test_nobody_there_is_a_refusal_that_proves_nothing_was_sent(
    client: Instagram, practice: Practice, photo_stand: PhotoStand
) -> None:
    nowhere = replace(practice.instagram, base_url="http://127.0.0.1:9")
    spent = passage(nowhere, base.Outgoing("x", (photo_stand.picture(),)))
    refused = client.publish(spent, base.Staged(("1",)))
    assert isinstance(refused, base.Refused) and refused.kind == RefusalKind.UNREACHABLE


# ── Containers ──


def test_a_container_that_takes_its_time_is_waited_for(
    client: Instagram, practice: Practice, photo_stand: PhotoStand
) -> None:
    practice.fault("container_slow", seconds=1)
    assert isinstance(send(client, practice, base.Outgoing("Late", (photo_stand.picture(),))), base.Done)
    assert "Late" in practice.public_album()


def test_a_container_is_not_waited_for_for_ever(
    client: Instagram, practice: Practice, photo_stand: PhotoStand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "STAGE_SECONDS", 0.5)
    practice.fault("container_slow", seconds=60)
    late = client.stage(passage(practice.instagram, base.Outgoing("Never", (photo_stand.picture(),))))
    assert isinstance(late, base.Unknown) and "too long" in late.evidence
    assert writes(practice) == 0


@pytest.mark.parametrize("kind", ["container_error", "container_expired"])
@pytest.mark.parametrize("count", [1, 2])
def test_a_container_that_came_to_nothing_is_a_refusal(
    client: Instagram, practice: Practice, photo_stand: PhotoStand, kind: str, count: int
) -> None:
    practice.fault(kind)
    pictures = tuple(photo_stand.picture() for _ in range(count))
    refused = client.stage(passage(practice.instagram, base.Outgoing("Never", pictures)))
    assert isinstance(refused, base.Refused)
    assert writes(practice) == 0


@pytest.mark.parametrize(
    ("kind", "data", "wanted"),
    [
        ("text/html", JPEG, "JPEG only"),
        ("image/jpeg", b"\x89PNG" + b"0" * 60, "JPEG only"),
        ("image/jpeg", b"", "could not fetch"),
    ],
)
def test_what_cannot_be_fetched_or_is_no_photo_is_refused_before_anything_goes_out(
    client: Instagram, practice: Practice, photo_stand: PhotoStand, kind: str, data: bytes, wanted: str
) -> None:
    picture = photo_stand.picture(data=data, kind=kind)
    refused = client.stage(passage(practice.instagram, base.Outgoing("Never", (picture,))))
    assert isinstance(refused, base.Refused) and wanted in refused.message
    assert writes(practice) == 0


def test_a_photo_without_an_address_is_refused(client: Instagram, practice: Practice) -> None:
    picture = base.Picture(JPEG, "image/jpeg", "Soup", 1000, 1000)
    refused = client.stage(passage(practice.instagram, base.Outgoing("Soup", (picture,))))
    assert isinstance(refused, base.Refused) and refused.kind == RefusalKind.INVALID


def test_a_day_that_is_full_is_known_before_anything_is_fetched(
    client: Instagram, practice: Practice, photo_stand: PhotoStand, post: Callable[[str], str]
) -> None:
    practice.deed("instagram-quota", total=2)
    post("One")
    assert client.health(practice.instagram).budget_used == 50
    post("Two")
    refused = client.stage(passage(practice.instagram, base.Outgoing("Three", (photo_stand.picture(),))))
    assert isinstance(refused, base.Refused) and refused.kind == RefusalKind.THROTTLED
    assert len(photo_stand.asked) == 2
    health = client.health(practice.instagram)
    assert health.ok and health.budget_used == 100


# ── What Instagram does not do ──


def test_other_words_for_a_post_are_refused_and_nothing_is_asked(
    client: Instagram, practice: Practice, photo_stand: PhotoStand
) -> None:
    before = len(practice.log())
    edit = passage(practice.instagram, base.Outgoing("Pie day", (photo_stand.picture(),), edits="1"))
    staged = client.stage(edit)
    assert isinstance(staged, base.Refused) and "can’t change" in staged.message
    outcome = client.publish(edit, base.Staged(("1",)))
    assert isinstance(outcome, base.Refused)
    assert len(practice.log()) == before
    assert base.Capability.EDIT not in client.capabilities


def test_a_post_without_a_photo_is_refused_and_nothing_is_asked(
    client: Instagram, practice: Practice
) -> None:
    before = len(practice.log())
    words = passage(practice.instagram, base.Outgoing("Only words"))
    assert "photo" in client.validate(words.content)[0]
    assert isinstance(client.stage(words), base.Refused)
    assert isinstance(client.publish(words, base.Staged(("1",))), base.Refused)
    assert len(practice.log()) == before


@pytest.mark.parametrize("ready", [(), ("1", "2")])
def test_what_was_not_made_ready_is_not_published(
    client: Instagram, practice: Practice, photo_stand: PhotoStand, ready: tuple[str, ...]
) -> None:
    spent = passage(practice.instagram, base.Outgoing("Soup", (photo_stand.picture(),)))
    assert isinstance(client.publish(spent, base.Staged(ready)), base.Refused)
    assert writes(practice) == 0


def test_nobody_can_be_blocked_and_it_is_not_offered(client: Instagram, practice: Practice) -> None:
    with pytest.raises(base.Trouble, match="Instagram app"):
        client.block(practice.instagram, "9")
    assert base.Capability.BLOCK not in client.capabilities


# ── Looking again ──


def test_a_look_over_many_pages_counts_copies(
    client: Instagram, practice: Practice, post: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stairgate.networks.facebook.graph._A_PAGE", 2)
    for number in range(5):
        post("Twice" if number in {0, 3} else f"Post {number}")
    one = base.Outgoing("Twice", (base.Picture(JPEG, "image/jpeg", "", 1, 1),))
    found = look(client, practice, one)
    assert isinstance(found, base.Found) and found.times == 2
    assert isinstance(look(client, practice, replace(one, pictures=one.pictures * 2)), base.CannotTell)
    assert isinstance(look(client, practice, replace(one, text="Never")), base.Absent)


def test_an_answer_is_looked_for_beside_the_comment_it_answers(
    client: Instagram, practice: Practice, post: Callable[[str], str]
) -> None:
    made = post("Soup day")
    first = comment(practice, made, "Sam", "Lovely")
    below = comment(practice, made, "Alex", "Thank you", parent=first)  # the same words, but not ours
    outgoing = base.Outgoing("Thank you", reply_to=below)
    assert isinstance(look(client, practice, outgoing), base.Absent)
    practice.fault("drop", "POST /replies")
    assert isinstance(send(client, practice, outgoing), base.Unknown)
    found = look(client, practice, outgoing)
    assert isinstance(found, base.Found) and found.times == 1
    assert client.read_post(practice.instagram, found.external_id) == base.LivePost(
        found.external_id, "Thank you", 0
    )


@pytest.mark.clause("C78")
def test_what_is_on_the_account_now_is_read_back(
    client: Instagram, practice: Practice, post: Callable[[str], str]
) -> None:
    made = post("Soup day")
    practice.deed("instagram-edit-post", post=made, message="Cake day")
    assert client.read_post(practice.instagram, made) == base.LivePost(made, "Cake day", 1)
    client.delete(practice.instagram, made)
    assert client.read_post(practice.instagram, made) is None
    assert "Cake day" not in practice.public_album()


def test_the_wrong_token_proves_nothing(
    client: Instagram, practice: Practice, post: Callable[[str], str]
) -> None:
    made = post("Soup day")
    person = replace(practice.instagram, token=base.Secret(practice.given["user_token"]))
    other = replace(practice.instagram, account_id="17841000000000000")
    for account in (person, other):
        since = datetime.now(UTC)
        assert isinstance(
            client.reconcile(account, base.Outgoing("x"), since=since, key="k"), base.CannotTell
        )
        with pytest.raises(base.Trouble):
            client.fetch(account, posts=[], cursor="")
        health = client.health(account)
        assert not health.ok and health.kind == RefusalKind.RECONNECT
    with pytest.raises(base.Trouble):
        client.read_post(person, made)


# ── In ──


def test_everything_the_public_wrote_is_read(
    client: Instagram, practice: Practice, post: Callable[[str], str]
) -> None:
    made = post("Soup day")
    first = comment(practice, made, "sam", "Lovely")
    comment(practice, made, "alex", "Me too", parent=first)
    practice.deed("instagram-tag", name="jo", message="Look who we met")
    reply = send(client, practice, base.Outgoing("Thank you", reply_to=first))
    assert isinstance(reply, base.Done)
    items = client.fetch(practice.instagram, posts=[made, reply.external_id], cursor="").items
    assert [(item.text, item.kind, item.author_name) for item in items] == [
        ("Lovely", base.ItemKind.COMMENT, "sam"),
        ("Me too", base.ItemKind.REPLY, "alex"),
        ("Look who we met", base.ItemKind.MENTION, "jo"),
    ]
    assert items[1].parent_id == first and items[1].post_id == made
    assert items[2].has_picture and items[2].post_id == ""
    for item in items:
        again = client.read_item(practice.instagram, item.external_id)
        assert again is not None and (again.text, again.post_id) == (item.text, item.post_id)


def test_a_reading_says_how_much_of_the_allowance_is_used(client: Instagram, practice: Practice) -> None:
    practice.deed("usage", percent=92)
    assert client.fetch(practice.instagram, posts=[], cursor="").used == 92


def test_long_lists_are_read_to_their_end(
    client: Instagram, practice: Practice, post: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stairgate.networks.facebook.graph._A_PAGE", 2)
    made = post("Soup day")
    tops = [comment(practice, made, "sam", f"Top {n}") for n in range(5)]
    for n in range(5):
        comment(practice, made, "alex", f"Below {n}", parent=tops[0])
    words = {item.text for item in client.fetch(practice.instagram, posts=[], cursor="").items}
    assert words == {f"{where} {n}" for where in ("Top", "Below") for n in range(5)}


def test_a_post_that_is_gone_is_told_of(
    client: Instagram, practice: Practice, post: Callable[[str], str]
) -> None:
    made = post("Soup day")
    client.delete(practice.instagram, made)
    assert client.fetch(practice.instagram, posts=[made], cursor="").removed == (made,)


def test_hide_show_and_delete_are_seen_by_the_public_and_may_be_done_twice(
    client: Instagram, practice: Practice, post: Callable[[str], str]
) -> None:
    made = post("Soup day")
    one, two = comment(practice, made, "sam", "first words"), comment(practice, made, "max", "second words")
    for _ in range(2):
        client.hide(practice.instagram, one, hidden=True)
        client.delete(practice.instagram, two)
    page = practice.public_album()
    assert "first words" not in page and "second words" not in page
    hidden = client.read_item(practice.instagram, one)
    assert hidden is not None and hidden.is_hidden
    client.hide(practice.instagram, one, hidden=False)
    assert "first words" in practice.public_album()
    assert client.read_item(practice.instagram, two) is None


def test_somebody_elses_post_is_neither_hidden_nor_deleted_nor_answered(
    client: Instagram, practice: Practice
) -> None:
    tag = practice.deed("instagram-tag", name="jo", message="Look")["id"]
    account, before = practice.instagram, len(practice.log())
    with pytest.raises(base.Trouble, match="only its author"):
        client.hide(account, f"tag-{tag}", hidden=True)
    with pytest.raises(base.Trouble, match="only its author"):
        client.delete(account, f"tag-{tag}")
    spent = passage(account, base.Outgoing("Hello", reply_to=f"tag-{tag}"))
    assert isinstance(client.stage(spent), base.Refused)
    assert isinstance(client.publish(spent, base.Staged()), base.Refused)
    assert len(practice.log()) == before


# ── The connection ──


def test_health_says_what_is_wrong(client: Instagram, practice: Practice) -> None:
    healthy = client.health(practice.instagram)
    assert healthy.ok and healthy.budget_used is not None
    practice.fault("expire_token", "GET /me")
    ill = client.health(practice.instagram)
    assert not ill.ok and ill.kind == RefusalKind.RECONNECT and "onnect" in ill.problems[0]
    practice.fault("wrong_empty", "GET /content_publishing_limit")
    assert not client.health(practice.instagram).ok


def test_no_secret_is_ever_part_of_an_address(
    client: Instagram, practice: Practice, post: Callable[[str], str]
) -> None:
    addresses: list[str] = []
    client._graph._http.event_hooks = {"request": [lambda request: addresses.append(str(request.url))]}
    assert client.health(practice.instagram).ok
    post("Soup day")
    assert len(addresses) >= 6
    secrets = [practice.given[name] for name in ("page_token", "app_secret")]
    assert not [address for address in addresses if any(secret in address for secret in secrets)]


def test_it_rings_for_instagram_beside_facebook(
    client: Instagram, practice: Practice, post: Callable[[str], str]
) -> None:
    made, account = post("Soup day"), practice.instagram
    verify = practice.given["verify_token"]
    with listening(verify) as ours, listening(verify) as pages:
        Facebook().subscribe(practice.account, pages.url)
        client.subscribe(account, ours.url)
        written = comment(practice, made, "sam", "Lovely")
        (ring,) = ours.wait(lambda rings: len(rings) == 1)
        assert pages.rings == []
    (note,) = client.parse_webhook(account, ring.raw, ring.headers)
    assert (note.external_id, note.post_id, note.verb) == (written, made, "comments")
    with pytest.raises(base.BadSignature):
        client.parse_webhook(account, ring.raw + b" ", ring.headers)


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ([], 1),
        ({"entry": {}}, 0),
        ({"entry": [{"id": "another account", "changes": [{}]}]}, 0),
        ({"entry": [{"id": "7", "changes": "odd"}, 5]}, 1),
        ({"entry": [{"id": "7", "changes": [{"value": {}}, {"value": 5}, 5]}]}, 3),
        ({"entry": [{"id": "7", "changes": [{"value": {"id": "1", "media": {"id": ["2"]}}}]}]}, 1),
        # a mention is under a post of somebody else, which we could not read
        ({"entry": [{"id": "7", "changes": [{"field": "mentions", "value": {"media_id": "9"}}]}]}, 1),
        ({"entry": [{"id": "7", "changes": [{"field": "mentions", "value": {"media": {"id": "9"}}}]}]}, 1),
    ],
)
def test_something_odd_that_is_signed_still_rings(client: Instagram, body: object, count: int) -> None:
    account = base.Account("http://x.example", "7", base.Secret("t"), app_secret=base.Secret("s"))
    raw = json.dumps(body).encode()
    signed = {"X-Hub-Signature-256": "sha256=" + hmac.new(b"s", raw, hashlib.sha256).hexdigest()}
    notes = client.parse_webhook(account, raw, signed)
    assert len(notes) == count
    assert all(note.post_id == "" for note in notes)


def test_the_handshake_is_facebooks(client: Instagram, practice: Practice) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "17", "hub.verify_token": "no"}
    assert client.handshake(practice.instagram, asked) is None
    asked["hub.verify_token"] = practice.given["verify_token"]
    assert client.handshake(practice.instagram, asked) == "17"
