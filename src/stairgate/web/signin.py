"""Who may sign in, and how the second step's secrets are kept."""

from __future__ import annotations

import base64
import os
from typing import ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest

_BOUND = b"stairgate/second-step/1"
_NONCE_BYTES = 12
_WRONG_CODE = "That code did not work. Wait until your app shows the next one, then type that."


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves, and no e-mail is sent."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "That email and that password do not belong together. Check both, then try again.",
        "incorrect_password": "That is not your password. Try again.",
        "incorrect_code": _WRONG_CODE,
        "too_many_login_attempts": "That was too many tries. Wait a few minutes, then try again.",
        "rate_limited": "That was too many tries. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: object) -> None:
        """Send nothing: this version has no mail."""


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery codes are sealed at rest with the key for fields."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {"incorrect_code": _WRONG_CODE}

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(settings.FIELD_KEY).encrypt(nonce, text.encode(), _BOUND)
        return base64.b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        raw = base64.b64decode(encrypted_text)
        return AESGCM(settings.FIELD_KEY).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _BOUND).decode()
