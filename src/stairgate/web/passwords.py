"""What a password has to be: Django's own rules, said plainly."""

from __future__ import annotations

from django.contrib.auth import password_validation as django_rules


class LongEnough(django_rules.MinimumLengthValidator):
    """Refuses a short password."""

    def get_error_message(self) -> str:
        return f"Use at least {self.min_length} letters."


class NotCommon(django_rules.CommonPasswordValidator):
    """Refuses a password from the lists that guessers try first."""

    def get_error_message(self) -> str:
        return "Many people use this one, so it is guessed first. Use three or four words in a row."


class NotAboutThem(django_rules.UserAttributeSimilarityValidator):
    """Refuses a password made of the person's own name or email."""

    def get_error_message(self) -> str:
        return "It looks like your name or your email, and others know those. Use other words."
