"""Signing a request to X (OAuth 1.0a, RFC 5849). Pure, but for the time and a number used once.

An OAuth 2 token of X lives two hours and is exchanged for another one each time, so that a process that is killed in
between would lose the account. These keys live until somebody takes them back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from urllib.parse import parse_qsl, quote, urlsplit

import httpx2

from stairgate.networks.base import Account


def sign(account: Account, request: httpx2.Request) -> str:
    """Return what goes into the head of a request. The token is the access token, a colon, and its secret."""
    token, _, secret = str.__str__(account.token).partition(":")
    given = {
        "oauth_consumer_key": account.app_id,
        "oauth_nonce": secrets.token_hex(16),
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int(time.time())),
        "oauth_token": token,
        "oauth_version": "1.0",
    }
    key = f"{_escaped(str.__str__(account.app_secret))}&{_escaped(secret)}"
    given["oauth_signature"] = signature(request.method, str(request.url), given, key=key)
    return "OAuth " + ", ".join(f'{name}="{_escaped(value)}"' for name, value in sorted(given.items()))


def signature(method: str, url: str, given: dict[str, str], *, key: str) -> str:
    """Return the signature of a request whose body is no form, so that only its address is signed."""
    parts = urlsplit(url)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    pairs = sorted((_escaped(name), _escaped(value)) for name, value in [*asked, *given.items()])
    listed = "&".join(f"{name}={value}" for name, value in pairs)
    where = f"{parts.scheme}://{parts.netloc}{parts.path}"
    base = "&".join([method.upper(), _escaped(where), _escaped(listed)])
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")
