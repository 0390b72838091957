"""What Facebook's codes mean, and what a manager does about each. Pure; never asked by the words of a message.

The codes are Meta's ("Handling errors", "Access tokens"). Two are known from public reports alone, and marked so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from stairgate.networks.base import RefusalKind

AGAIN = "Connect the page again."
_LIVE = (
    "The Meta app is in development mode, so nobody but those named in it would see what goes out. On "
    "developers.facebook.com, open the app and switch it to Live."
)

BY_KIND = {
    RefusalKind.THROTTLED: "Facebook asks us to slow down.",
    RefusalKind.RECONNECT: "Facebook no longer lets us in. Somebody has to connect the page again.",
    RefusalKind.PERMISSION: "Facebook says we may not do this. Connect the page again and allow everything it asks.",
    RefusalKind.INVALID: "Facebook did not accept this.",
    RefusalKind.DUPLICATE: "Facebook says it has this already.",
    RefusalKind.BLOCKED: "Facebook has blocked us for some hours. Do not try again; look at the page first.",
    RefusalKind.GONE: "It is not there any more.",
    RefusalKind.UNREACHABLE: "We could not reach Facebook.",
}

#: the subcodes of a token that is dead, whichever code comes with them
_DEAD = {
    458: f"Whoever connected the page has taken our app out of their Facebook account. {AGAIN}",
    459: "Facebook wants whoever connected the page to sign in on facebook.com and answer there first. Then connect "
    "the page again.",
    460: f"The Facebook password of whoever connected the page was changed, so Facebook no longer lets us in. {AGAIN}",
    463: f"The permission has run out. {AGAIN}",
    464: "The Facebook account of whoever connected the page is not confirmed. They confirm it on facebook.com, then "
    "connect the page again.",
    467: f"Whoever connected the page signed out of Facebook everywhere, and that ended the permission. {AGAIN}",
    492: "Whoever connected the page has lost their role on it. Give it back in the business portfolio, or have "
    "somebody who holds one connect the page again.",
}
_BY_CODE = {
    "3": "The Meta app may not do this. Give it the use case “Manage everything on your Page”, then connect again.",
    "101": "Facebook knows no app with this ID. Copy the App ID from the app’s own page again.",
    "191": "Facebook does not know the address it is to come back to. Put it into the app under “Valid OAuth "
    "redirect URIs”, letter for letter.",
    "200": BY_KIND[RefusalKind.PERMISSION],
    "2200": "Facebook rang at our address and heard nothing. It has to be reachable from outside, over https.",
    "100/36007": "That took too long: Facebook’s answer is good for some minutes. Begin again.",
    "100/36008": "The address in the app is not quite ours. Copy it into “Valid OAuth redirect URIs” again, letter "
    "for letter.",
    "100/36009": "That answer of Facebook’s was used already. Begin again.",
}
_NOT_LIVE_SUBCODE = 1885183  # from public reports
#: what the dialog itself answers with. The number for an app that is not Live is from public reports
_DIALOG = {"1349126": _LIVE, "191": _BY_CODE["191"]}
_CANCELLED = "You pressed Cancel on Facebook, so nothing has changed. Begin again when you are ready."
_NO_ANSWER = "Facebook sent no answer that we understand, so nothing has changed. Begin again."

APP_REFUSED = "Facebook does not take the app secret. Copy it from the app’s own page again: App settings, Basic, App secret."
A_PERSON = "This is the token of a person, not of the page. We write as the page only: connect the page again, and pick it."
OTHER_PAGE = "This is the token of another page. Connect the page again, and pick the right one."
OTHER_APP = "This token was made for another app. Make it with the app whose ID is given here."


def meaning(kind: RefusalKind, code: int, subcode: int) -> str:
    """Return what a refusal means for whoever reads it: by its code where we know it, else by its kind."""
    if subcode in _DEAD and kind == RefusalKind.RECONNECT:
        return _DEAD[subcode]
    if subcode == _NOT_LIVE_SUBCODE:
        return _LIVE
    return _BY_CODE.get(f"{code}/{subcode}") or _BY_CODE.get(f"{code}") or BY_KIND[kind]


def of_a_dead_token(data: Mapping[str, object]) -> str:
    """Return why a token does not count any more, from what Facebook says when asked about it."""
    error = data.get("error")
    subcode = error.get("subcode", error.get("error_subcode")) if isinstance(error, dict) else None
    return _DEAD.get(subcode if isinstance(subcode, int) else 0, BY_KIND[RefusalKind.RECONNECT])


def of_the_dialog(answer: Mapping[str, str]) -> str:
    """Return why an answer of the dialog is no yes; "" for one."""
    if answer.get("error") == "access_denied":
        return _CANCELLED
    if code := answer.get("error_code", ""):
        return _DIALOG.get(code, _NO_ANSWER)
    return "" if answer.get("code") and not answer.get("error") else _NO_ANSWER


#: each permission we ask for, in words
ALLOWS: Mapping[str, str] = {
    "pages_show_list": "list your pages, so that one can be picked",
    "pages_manage_posts": "put approved posts on the page",
    "pages_read_engagement": "read back what is on the page",
    "pages_read_user_content": "read what people write",
    "pages_manage_engagement": "hide, delete and answer what people write",
    "pages_manage_metadata": "be told when something is written, and see who can reach the page",
    "instagram_basic": "read what is on the Instagram account",
    "instagram_content_publish": "put approved posts on the Instagram account",
    "instagram_manage_comments": "read, hide, delete and answer comments on Instagram",
}


def not_allowed(missing: Collection[str]) -> str:
    """Return what to do when the person did not allow everything, with each permission in words."""
    listed = "; ".join(f"{ALLOWS.get(scope, 'do its work')} ({scope})" for scope in sorted(missing))
    return f"Facebook does not let us do everything we need: {listed}. Connect the page again and leave every tick set."
