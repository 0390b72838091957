"""Facebook's dialog: a person says yes there, picks a page here, and we are left with the page's own token.

Meta, "Manually build a login flow", "Long-lived access tokens". Facebook offers a code, and no PKCE with the app's secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from urllib.parse import urlencode

from stairgate.networks.base import Account, RefusalKind, Refused, Secret, Trouble, Unknown
from stairgate.networks.dialog import App, Offer
from stairgate.networks.facebook import words
from stairgate.networks.facebook.graph import VERSION, Body, Graph
from stairgate.networks.facebook.tokens import ASKED, problem_of_person

#: what a person must be allowed on the page: to post, and to deal with what people write. Facebook names each of these
#: differently for a page of the newer kind
_NEEDED = (
    ({"CREATE_CONTENT", "PROFILE_PLUS_CREATE_CONTENT", "PROFILE_PLUS_FULL_CONTROL"}, "post on it"),
    (
        {"MODERATE", "PROFILE_PLUS_MODERATE", "PROFILE_PLUS_FULL_CONTROL"},
        "deal with comments on it",
    ),
)
_NO_PAGE = (
    "Facebook showed no page. Whoever says yes there needs a role on the page, and has to tick it when Facebook asks "
    "which pages."
)


class Dialog:
    """The part of the Facebook client that connects a page. Implements `networks.dialog.AsksInADialog`."""

    _graph: Graph
    asks: Mapping[str, str] = {scope: what for scope, what in words.ALLOWS.items() if scope in ASKED}

    def known(self, app: App) -> None:
        """Have the app's own token made, which takes ID and secret and nothing else. Raises `Trouble`."""
        self._token(app, {"grant_type": "client_credentials"})

    def dialog(self, app: App, *, back: str, state: str) -> str:
        """Return the address of the dialog. It asks again for what was refused before."""
        asked = {
            "client_id": app.app_id,
            "redirect_uri": back,
            "state": state,
            "scope": ",".join(sorted(ASKED)),
            "response_type": "code",
            "auth_type": "rerequest",
        }
        return f"{app.dialog_url}/{VERSION}/dialog/oauth?{urlencode(asked)}"

    def refused(self, answer: Mapping[str, str]) -> str:
        return words.of_the_dialog(answer)

    def person(self, app: App, *, code: str, back: str) -> Secret:
        """Exchange the code for a token of two hours, and that for one of about sixty days. Raises `Trouble`."""
        short = self._token(app, {"redirect_uri": back, "code": code})
        return self._token(app, {"grant_type": "fb_exchange_token", "fb_exchange_token": str.__str__(short)})

    def _token(self, app: App, asked: Mapping[str, str]) -> Secret:
        who = {"client_id": app.app_id, "client_secret": str.__str__(app.secret)}
        try:
            body = self._graph.token_for(app.base_url, {**who, **asked})
        except Trouble as trouble:
            raise _secret_is_wrong(trouble) or trouble from None
        token = body.get("access_token")
        if not isinstance(token, str) or not token:
            raise Trouble(Unknown("Facebook gave no token."))
        return Secret(token)

    def offers(self, app: App, person: Secret) -> Sequence[Offer]:
        """Return every page of the person. Raises `Trouble`: without leave to list them Facebook shows none."""
        account = _as_person(app, person)
        problem = problem_of_person(self._graph.inspect_token(account).body.get("data") or {})
        if problem:
            raise Trouble(Refused(*problem))
        rows = self._graph.read_all(account, "me/accounts", {"fields": "id,name,tasks"})
        found = [_offer(row) for row in rows]
        if not found:
            raise Trouble(Refused(RefusalKind.PERMISSION, _NO_PAGE))
        return found

    def key_of(self, app: App, person: Secret, account_id: str) -> Secret:
        """Return the page's token, which does not run out by itself. Raises `Trouble` when the page is not theirs."""
        account = _as_person(app, person)
        for row in self._graph.read_all(account, "me/accounts", {"fields": "id,access_token"}):
            if row.get("id") == account_id and isinstance(row.get("access_token"), str):
                return Secret(row["access_token"])
        raise Trouble(Refused(RefusalKind.GONE, _NO_PAGE))


def _as_person(app: App, person: Secret) -> Account:
    return Account(app.base_url, "", person, app_id=app.app_id, app_secret=app.secret)


def _secret_is_wrong(trouble: Trouble) -> Trouble | None:
    """Return what a wrong secret is refused with: code 1, which anywhere else means nothing in particular."""
    refused = trouble.outcome
    if isinstance(refused, Refused) and refused.code == "1":
        return Trouble(Refused(RefusalKind.RECONNECT, words.APP_REFUSED, code="1"))
    return None


def _offer(row: Body) -> Offer:
    """Return one line of the list. Raises `Trouble` for a page without a number."""
    if not isinstance(row.get("id"), str):
        raise Trouble(Unknown("Facebook gave a page without a number."))
    tasks = row.get("tasks")
    return Offer(
        row["id"], str(row.get("name", "")), _lacking(set(tasks) if isinstance(tasks, list) else set())
    )


def _lacking(tasks: Set[str]) -> str:
    missing = [what for any_of, what in _NEEDED if not any_of & tasks]
    if not missing:
        return ""
    return f"Your role there does not let you {' or '.join(missing)}. Have it given to you in the business portfolio."
