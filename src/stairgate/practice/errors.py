"""Errors in the shape of the Graph API: in the body, with HTTP 400 for most."""

from __future__ import annotations

from secrets import token_urlsafe


class GraphError(Exception):
    """One error of the Graph API. ``body`` is what goes over the wire."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        status: int = 400,
        kind: str = "OAuthException",
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode, self.status, self.kind = code, message, subcode, status, kind

    def body(self) -> dict[str, dict[str, object]]:
        error: dict[str, object] = {
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": token_urlsafe(8),
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error}


def gone(what: str) -> GraphError:
    """The object is not there, or not for this token: Facebook does not say which."""
    return GraphError(
        100,
        f"Unsupported request. Object with ID '{what}' does not exist",
        subcode=33,
        kind="GraphMethodException",
    )


def nothing_asked() -> GraphError:
    """A version of the interface was named, and nothing in it."""
    return GraphError(2500, "Unknown path components: /", status=404, kind="OAuthException")
