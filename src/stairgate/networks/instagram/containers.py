"""Getting a post ready where nobody sees it: Instagram fetches each photo from us and makes a container of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping

from stairgate.networks.base import Account, Outgoing, Picture, RefusalKind, Refused, Trouble, Unknown
from stairgate.networks.facebook.graph import Answer
from stairgate.networks.http import Deadline
from stairgate.networks.instagram.refusals import Asking, of_a_container

#: all containers of one post together. With one more call it is over before the passage is
STAGE_SECONDS = 40.0
_CALL_SECONDS = 15.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 4.0


class Containers:
    """Makes containers. Everything here may be done again: what nobody publishes is forgotten after a day."""

    def __init__(self, asking: Asking, pause: Callable[[float], None] = time.sleep) -> None:
        self._asking, self._pause = asking, pause

    def make(self, account: Account, outgoing: Outgoing) -> str:
        """Return the number of a container that is ready to be published. Raises `Trouble`."""
        deadline = Deadline(STAGE_SECONDS)
        try:
            return self._make(account, outgoing, deadline)
        except TimeoutError:
            raise Trouble(Unknown("Instagram took too long to get the photos ready.")) from None

    def _make(self, account: Account, outgoing: Outgoing, deadline: Deadline) -> str:
        caption = {"caption": outgoing.text}
        if len(outgoing.pictures) == 1:
            made = self._ask(account, {**_photo(outgoing.pictures[0]), **caption}, deadline)
        else:
            one_of_many = {"is_carousel_item": "true"}
            children = [self._ask(account, _photo(one) | one_of_many, deadline) for one in outgoing.pictures]
            for child in children:
                self._wait_for(account, child, deadline)
            several = {"media_type": "CAROUSEL", "children": json.dumps(children)}
            made = self._ask(account, several | caption, deadline)
        self._wait_for(account, made, deadline)
        return made

    def _ask(self, account: Account, params: Mapping[str, str], deadline: Deadline) -> str:
        deadline.check()
        path = f"{account.account_id}/media"
        answer = self._asking.ask(account, "POST", path, params, seconds=_CALL_SECONDS)
        if not isinstance(answer, Answer):
            raise Trouble(answer)
        made = answer.body.get("id")
        if not isinstance(made, str) or not made:
            raise Trouble(Unknown("Instagram gave no number for what it made ready."))
        return made

    def _wait_for(self, account: Account, container: str, deadline: Deadline) -> None:
        """Come back when a container is ready. Raises `Trouble` when it never will be, TimeoutError when it is late."""
        pause = _FIRST_PAUSE
        while not self._is_ready(account, container):
            deadline.check()
            self._pause(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _is_ready(self, account: Account, container: str) -> bool:
        asked = {"fields": "id,status_code,status"}
        body = self._asking.read(account, container, asked, seconds=_CALL_SECONDS).body
        match body.get("status_code"):
            case "FINISHED":
                return True
            case "IN_PROGRESS":
                return False
            case "ERROR" | "EXPIRED":
                raise Trouble(of_a_container(str(body.get("status", ""))))
            case other:
                raise Trouble(Unknown(f"Instagram says “{str(other)[:40]}” of what it was to make ready."))


def _photo(picture: Picture) -> dict[str, str]:
    """Return what a container is made of. Raises `Trouble` when there is nowhere to fetch the picture."""
    if not picture.address:
        raise Trouble(
            Refused(RefusalKind.INVALID, "A photo has no address that Instagram could fetch it from.")
        )
    return {"image_url": picture.address, "alt_text": picture.alt}
