"""Meta's own SDK drives the practice network: each call our client makes, and those beside them.

The SDK is strict here: a parameter or field it does not declare, or of the wrong type, raises.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from facebook_business import apiconfig
from facebook_business.adobjects.application import Application
from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookBadObjectError, FacebookRequestError

from stairgate.networks.facebook.graph import VERSION
from tests.practice.fixtures import Practice
from tests.practice.listener import listening
from tests.practice.meta import api_as, app_token

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 64
POST_FIELDS = ["id", "message", "created_time", "from", "is_hidden", "is_published", "permalink_url"]
COMMENT_FIELDS = ["id", "message", "created_time", "from", "parent", "is_hidden", "can_hide", "can_remove"]


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(apiconfig.ads_api_config, "STRICT_MODE", True)


@pytest.fixture(autouse=True)
def no_settings_left(practice: Practice) -> Iterator[None]:
    """Leave no fault and no setting to others."""
    yield
    practice.deed("reset")


@pytest.fixture
def api(practice: Practice) -> FacebookAdsApi:
    return api_as(practice, practice.given["page_token"])


@pytest.fixture
def page(practice: Practice, api: FacebookAdsApi) -> Page:
    return Page(practice.page, api=api)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "pumpkins.jpg"
    path.write_bytes(JPEG)
    return path


@pytest.fixture
def on_page(page: Page, api: FacebookAdsApi) -> PagePost:
    """A post on the page."""
    return PagePost(page.create_feed(params={"message": "Soup day"})["id"], api=api)


@pytest.fixture
def written(practice: Practice, on_page: PagePost, api: FacebookAdsApi) -> Comment:
    """What the public wrote under it."""
    return Comment(practice.comment(on_page["id"], "Sam", "Lovely"), api=api)


def upload(page: Page, picture: Path, **params: object) -> Any:
    """Send a photo. The SDK declares no ``source``, so the file is handed to its request by hand."""
    request = page.create_photo(params=params, pending=True)
    request._file_params["source"] = str(picture)
    return request.execute()


def seen(address: str) -> bytes | None:
    answer = httpx2.Client(trust_env=False).get(address)
    return answer.content if answer.status_code == 200 else None


def code_of(error: pytest.ExceptionInfo[FacebookRequestError]) -> tuple[int, int | None]:
    return error.value.api_error_code(), error.value.api_error_subcode()


def test_the_sdk_and_our_client_speak_the_same_version() -> None:
    assert VERSION == FacebookAdsApi.API_VERSION


def test_strict_means_strict(page: Page) -> None:
    with pytest.raises(FacebookBadObjectError):
        page.create_feed(params={"message": ["a", "list"]}, pending=True)


# ── Posts ──


def test_a_post_is_made_and_read_back(practice: Practice, page: Page, on_page: PagePost) -> None:
    read = PagePost(on_page["id"], api=page.get_api()).api_get(fields=POST_FIELDS)
    assert read["id"] == on_page["id"] and read["id"].startswith(f"{practice.page}_")
    assert (read["message"], read["is_hidden"], read["is_published"]) == ("Soup day", False, True)
    assert read["from"]["id"] == practice.page
    made = datetime.strptime(read["created_time"], "%Y-%m-%dT%H:%M:%S%z")
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=1)
    assert "Soup day" in practice.public_page()


@pytest.mark.parametrize("edge", ["get_published_posts", "get_feed"])
def test_posts_are_listed_newest_first_over_several_pages(page: Page, edge: str) -> None:
    for number in range(5):
        page.create_feed(params={"message": f"Post {number}"})
    cursor = getattr(page, edge)(fields=["id", "message"], params={"limit": 2})
    assert len(cursor) == 2  # the first page alone
    assert [row["message"] for row in cursor] == [f"Post {n}" for n in (4, 3, 2, 1, 0)]
    assert "call_count" in cursor.headers()["X-App-Usage"]
    assert "estimated_time_to_regain_access" in cursor.headers()["X-Business-Use-Case-Usage"]


def test_photos_go_up_unseen_and_out_with_their_words(
    practice: Practice, page: Page, api: FacebookAdsApi, picture: Path
) -> None:
    made = [upload(page, picture, published=False, alt_text_custom=f"Pumpkin {n}") for n in (1, 2)]
    assert seen(f"{practice.url}/media/{made[0]['id']}") is None
    media = [{"media_fbid": one["id"]} for one in made]
    post = page.create_feed(params={"message": "Harvest", "attached_media": media})
    assert seen(f"{practice.url}/media/{made[0]['id']}") == JPEG
    shown = practice.public_page()
    assert 'alt="Pumpkin 1"' in shown and 'alt="Pumpkin 2"' in shown
    asked = {"fields": "attachments{type,subattachments{type}}"}
    read = PagePost(post["id"], api=api).api_get(params=asked).export_all_data()
    (album,) = read["attachments"]["data"]
    assert [one["type"] for one in album["subattachments"]["data"]] == ["photo", "photo"]
    with pytest.raises(FacebookRequestError):  # a photo hangs on one post only
        page.create_feed(params={"message": "Again", "attached_media": media})


def test_one_photo_by_itself_is_a_post_with_a_number_of_its_own(
    page: Page, api: FacebookAdsApi, picture: Path
) -> None:
    made = upload(page, picture, caption="Harvest", alt_text_custom="A pumpkin").export_all_data()
    assert made["post_id"] != made["id"]
    assert PagePost(made["post_id"], api=api).api_get(fields=["message"])["message"] == "Harvest"


def test_what_is_no_picture_is_refused(page: Page, tmp_path: Path) -> None:
    (tmp_path / "words.jpg").write_text("words")
    with pytest.raises(FacebookRequestError):
        upload(page, tmp_path / "words.jpg", published=False)


def test_a_scheduled_post_is_listed_and_not_seen(practice: Practice, page: Page) -> None:
    later = int(time.time()) + 3600
    asked = {"message": "Tomorrow", "published": False, "scheduled_publish_time": later}
    made = page.create_feed(params=asked)
    (row,) = page.get_scheduled_posts(fields=["id", "message", "scheduled_publish_time", "is_published"])
    assert (row["id"], row["scheduled_publish_time"], row["is_published"]) == (made["id"], later, False)
    assert list(page.get_published_posts(fields=["id"])) == []
    assert "Tomorrow" not in practice.public_page()
    with pytest.raises(FacebookRequestError) as refused:
        page.create_feed(params={"message": "Both", "scheduled_publish_time": later})
    assert code_of(refused)[0] == 100


def test_a_post_is_edited_hidden_shown_and_deleted(practice: Practice, page: Page, on_page: PagePost) -> None:
    on_page.api_update(params={"message": "Stew day"})
    assert "Stew day" in practice.public_page() and "Soup day" not in practice.public_page()
    on_page.api_update(params={"is_hidden": True})
    assert "Stew day" not in practice.public_page()
    assert list(page.get_feed(fields=["id"])) == []
    assert [row["id"] for row in page.get_feed(fields=["id"], params={"include_hidden": True})]
    on_page.api_update(params={"is_hidden": False})
    assert "Stew day" in practice.public_page()
    on_page.api_delete()
    assert "Stew day" not in practice.public_page()
    with pytest.raises(FacebookRequestError) as gone:
        on_page.api_get(fields=["id"])
    assert code_of(gone) == (100, 33)


def test_what_visitors_post_is_listed_apart(practice: Practice, page: Page, on_page: PagePost) -> None:
    theirs = practice.visitor_post("Jo", "Any places left?")
    (row,) = page.get_visitor_posts(fields=["id", "message", "from", "created_time"])
    assert (row["id"], row["message"], row["from"]["name"]) == (theirs, "Any places left?", "Jo")
    assert [row["id"] for row in page.get_published_posts(fields=["id"])] == [on_page["id"]]
    assert list(page.get_tagged(fields=["id"])) == []
    PagePost(theirs, api=page.get_api()).api_update(params={"is_hidden": True})
    assert "Any places left?" not in practice.public_page()


# ── Comments ──


def test_comments_are_read_as_one_stream_or_level_by_level(
    practice: Practice, on_page: PagePost, written: Comment
) -> None:
    below = practice.comment(on_page["id"], "Alex", "Me too", parent=written["id"])
    second = practice.comment(on_page["id"], "Jo", "And me")
    stream = {"filter": "stream", "order": "chronological"}
    rows = list(on_page.get_comments(fields=COMMENT_FIELDS, params=stream))
    assert [row["id"] for row in rows] == [written["id"], below, second]
    assert rows[1]["parent"]["id"] == written["id"] and "parent" not in rows[0]
    assert (rows[0]["can_hide"], rows[0]["is_hidden"], rows[0]["from"]["name"]) == (True, False, "Sam")
    top = on_page.get_comments(fields=["id"], params={"filter": "toplevel"})
    assert [row["id"] for row in top] == [written["id"], second]
    latest = on_page.get_comments(fields=["id"], params={**stream, "order": "reverse_chronological"})
    assert [row["id"] for row in latest] == [second, below, written["id"]]
    assert [row["id"] for row in written.get_comments(fields=["id"])] == [below]
    tomorrow = int(time.time()) + 86400
    assert list(on_page.get_comments(fields=["id"], params={"since": tomorrow})) == []


def test_many_comments_come_over_many_pages(practice: Practice, on_page: PagePost) -> None:
    made = [practice.comment(on_page["id"], "Sam", f"Number {n}") for n in range(60)]
    rows = on_page.get_comments(fields=["id"], params={"filter": "stream", "order": "chronological"})
    assert len(rows) == 25
    assert [row["id"] for row in rows] == made


def test_the_page_replies_and_a_message_on_a_comment_edits_it(
    practice: Practice, on_page: PagePost, written: Comment, api: FacebookAdsApi
) -> None:
    made = written.create_comment(params={"message": "Thank you"})
    reply = Comment(made["id"], api=api)
    assert reply.api_get(fields=COMMENT_FIELDS)["parent"]["id"] == written["id"]
    reply.api_update(params={"message": "Thank you, Sam"})
    assert reply.api_get(fields=["message"])["message"] == "Thank you, Sam"
    with pytest.raises(FacebookRequestError) as refused:
        written.api_update(params={"message": "Our words in their mouth"})
    assert 200 <= code_of(refused)[0] < 300
    under = on_page.create_comment(params={"message": "Come along"})
    assert "parent" not in Comment(under["id"], api=api).api_get(fields=COMMENT_FIELDS)
    assert "Come along" in practice.public_page()


def test_a_comment_is_hidden_shown_and_deleted(practice: Practice, written: Comment) -> None:
    written.api_update(params={"is_hidden": True})
    assert "Lovely" not in practice.public_page()
    assert written.api_get(fields=["is_hidden"])["is_hidden"] is True
    written.api_update(params={"is_hidden": False})
    assert "Lovely" in practice.public_page()
    written.api_delete()
    assert "Lovely" not in practice.public_page()
    with pytest.raises(FacebookRequestError) as gone:
        written.api_delete()
    assert code_of(gone) == (100, 33)


# ── The page ──


def test_people_are_banned_and_let_back(
    practice: Practice, page: Page, on_page: PagePost, written: Comment
) -> None:
    who = written.api_get(fields=["from"])["from"]["id"]
    page.create_blocked(params={"user": [who]})
    assert [row["id"] for row in page.get_blocked(fields=["id", "name"])] == [who]
    with pytest.raises(OSError, match="422"):
        practice.comment(on_page["id"], "Sam", "again")
    page.delete_blocked(params={"user": int(who)})
    assert list(page.get_blocked(fields=["id"])) == []
    practice.comment(on_page["id"], "Sam", "again")


@pytest.mark.filterwarnings("ignore:Value of value is not be compatible")
def test_settings_are_read_and_written(
    practice: Practice, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK declares every value an object, and Facebook answers with true, false and words."""
    monkeypatch.setitem(apiconfig.ads_api_config, "STRICT_MODE", False)

    def read() -> dict[str, object]:
        return {row["setting"]: row["value"] for row in page.get_settings(fields=["setting", "value"])}

    assert read()["USERS_CAN_POST"] is True and read()["PAGE_MODERATION_BLACKLIST"] is None
    page.create_setting(params={"option": {"USERS_CAN_POST": False}})
    page.create_setting(params={"option": {"PROFANITY_FILTER": "Strong"}})
    assert (read()["USERS_CAN_POST"], read()["PROFANITY_FILTER"]) == (False, "Strong")
    with pytest.raises(OSError, match="422"):
        practice.visitor_post("Jo", "Any places left?")
    with pytest.raises(FacebookRequestError) as refused:
        page.create_setting(params={"option": {"NO_SUCH_SETTING": True}})
    assert code_of(refused)[0] == 100


def test_the_doorbell_is_set_by_the_app_and_wanted_by_the_page(practice: Practice, page: Page) -> None:
    verify = practice.given["verify_token"]
    with listening(verify) as listener:
        address = {"object": "page", "fields": ["feed", "mention"], "callback_url": listener.url}
        as_page = Application(practice.given["app_id"], api=page.get_api())
        with pytest.raises(FacebookRequestError) as refused:
            as_page.create_subscription(params={**address, "verify_token": verify})
        assert code_of(refused)[0] == 15
        app = Application(practice.given["app_id"], api=api_as(practice, app_token(practice)))
        with pytest.raises(FacebookRequestError):
            app.create_subscription(params={**address, "verify_token": "another"})
        app.create_subscription(params={**address, "verify_token": verify})
        page.create_subscribed_app(params={"subscribed_fields": ["feed", "mention"]})
        post = page.create_feed(params={"message": "Soup day"})["id"]
        practice.comment(post, "Sam", "Lovely")
        assert listener.texts(1) == ["Lovely"]


# ── Who asks ──


def test_who_we_are(practice: Practice, api: FacebookAdsApi) -> None:
    me = Page("me", api=api).api_get(fields=["id", "name"])
    assert (me["id"], me["name"]) == (practice.page, "Willow Lane Nursery")
    assert Page(practice.page, api=api).api_get(fields=["name"])["name"] == me["name"]


def test_a_person_finds_the_pages_token(practice: Practice) -> None:
    person = api_as(practice, practice.given["user_token"])
    rows = list(
        User("me", api=person).get_accounts(fields=["id", "name", "access_token"], params={"limit": 2})
    )
    assert (rows[0]["id"], rows[0]["access_token"]) == (practice.page, practice.given["page_token"])
    assert len({row["access_token"] for row in rows}) == len({row["id"] for row in rows}) == 3
    assert User("me", api=person).api_get(fields=["id"])["id"] != practice.page


def test_what_a_token_is_worth(practice: Practice) -> None:
    """The SDK declares no call for it, so its own ``call`` makes it."""
    as_app = api_as(practice, app_token(practice))
    asked = {"input_token": practice.given["page_token"]}
    data = as_app.call("GET", ("debug_token",), params=asked).json()["data"]
    assert (data["is_valid"], data["type"], data["profile_id"]) == (True, "PAGE", practice.page)
    assert "pages_read_user_content" in data["scopes"]
    dead = as_app.call("GET", ("debug_token",), params={"input_token": "EAAdead"}).json()["data"]
    assert dead["is_valid"] is False
    with pytest.raises(FacebookRequestError) as refused:
        api_as(practice, practice.given["user_token"]).call("GET", ("debug_token",), params=asked)
    assert code_of(refused)[0] == 190


def test_a_short_token_is_exchanged_for_a_long_one(practice: Practice, api: FacebookAdsApi) -> None:
    given = practice.given
    asked = {
        "grant_type": "fb_exchange_token",
        "client_id": given["app_id"],
        "client_secret": given["app_secret"],
        "fb_exchange_token": given["user_token"],
    }
    body = api.call("GET", ("oauth", "access_token"), params=asked).json()
    assert body["expires_in"] == 60 * 86400 and body["token_type"] == "bearer"
    assert User("me", api=api_as(practice, body["access_token"])).api_get(fields=["id"])["id"]


@pytest.mark.parametrize(("token", "code"), [("EAAmadeup", 190), ("", 104)], ids=["made up", "none"])
def test_a_token_that_is_none(practice: Practice, token: str, code: int) -> None:
    with pytest.raises(FacebookRequestError) as refused:
        Page("me", api=api_as(practice, token)).api_get(fields=["id"])
    assert code_of(refused)[0] == code


def test_a_person_may_not_write_as_the_page_and_reads_nothing(
    practice: Practice, on_page: PagePost, written: Comment
) -> None:
    person = api_as(practice, practice.given["user_token"])
    with pytest.raises(FacebookRequestError) as refused:
        Page(practice.page, api=person).create_feed(params={"message": "Not as the page"})
    assert code_of(refused)[0] == 200
    assert list(PagePost(on_page["id"], api=person).get_comments(fields=["id"])) == []


def test_a_call_without_its_proof_is_refused(practice: Practice, api: FacebookAdsApi) -> None:
    del api._session.requests.params["appsecret_proof"]
    with pytest.raises(FacebookRequestError) as refused:
        Page("me", api=api).api_get(fields=["id"])
    assert code_of(refused)[0] == 100


@pytest.mark.parametrize(
    ("fault", "code", "subcode", "status"),
    [
        ({"kind": "throttle"}, 32, None, 400),
        ({"kind": "throttle", "code": 80001}, 80001, None, 400),
        ({"kind": "expire_token"}, 190, 463, 400),
        ({"kind": "error", "code": 368}, 368, None, 400),
        ({"kind": "error", "code": 506}, 506, None, 400),
        ({"kind": "server_error_before"}, 2, None, 500),
    ],
)
def test_faults_are_errors_as_the_sdk_knows_them(
    practice: Practice, page: Page, fault: dict[str, Any], code: int, subcode: int | None, status: int
) -> None:
    practice.fault(match="POST /feed", **fault)
    with pytest.raises(FacebookRequestError) as refused:
        page.create_feed(params={"message": "No"})
    assert code_of(refused) == (code, subcode)
    assert refused.value.http_status() == status
    assert refused.value.api_error_type() and refused.value.api_error_message()
