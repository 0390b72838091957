"""A signature as one row: for tests that need somebody to have signed, and nothing of how they did it."""

from __future__ import annotations

from datetime import datetime

from stairgate.organisations.models import User
from stairgate.policies.models import PolicyVersion, Signature


def signed(user: User, version: PolicyVersion, at: datetime) -> Signature:
    """Have somebody sign a version; return the signature."""
    return Signature.objects.create(
        version=version,
        user=user,
        name_typed=f"{user.first_name} Example",
        text_digest=version.text_digest,
        signed_at=at,
    )
