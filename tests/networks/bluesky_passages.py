"""Passages for the tests of a network client. In the product only the gate makes them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from uuid import uuid4

from PIL import Image

from stairgate.networks import base


def picture(alt: str = "Muddy boots in a row", *, size: tuple[int, int] = (40, 30)) -> base.Picture:
    """Return a small real JPEG."""
    file = io.BytesIO()
    Image.new("RGB", size, "green").save(file, "JPEG")
    return base.Picture(file.getvalue(), "image/jpeg", alt, *size)


def passage(
    account: base.Account,
    text: str = "Puddle day!",
    *,
    key: str = "",
    pictures: tuple[base.Picture, ...] = (),
    reply_to: str | None = None,
    opened_at: datetime | None = None,
) -> base.Passage:
    """Return leave for one attempt; the same ``key`` is the same delivery."""
    return base.Passage(
        seal=base._SEAL,
        outgoing=base.Outgoing(text, pictures, reply_to),
        account=account,
        delivery_id="delivery",
        key=key or uuid4().hex,
        opened_at=opened_at or datetime.now(UTC),
        good_for=60,
    )
