"""What somebody puts into the vault. A secret that was typed is never sent back, not even beside an error."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from stairgate.channels.models import Credential
from stairgate.channels.vault.codes import CodeKey, NoKey, read_key
from stairgate.channels.vault.services import Wanted
from stairgate.networks.base import Secret

_LABEL = {
    Credential.Kind.MAILBOX: "Password of the mailbox",
    Credential.Kind.ACCOUNT: "Password of the account",
    Credential.Kind.RECOVERY: "Recovery codes, one a line",
}
_LONGEST = 2000


class CredentialForm(forms.Form):
    """One thing that lets somebody in; ``kind`` says which."""

    sign_in = forms.CharField(
        label="Signed in with", max_length=200, help_text="The address or the name that is typed there."
    )
    where = forms.CharField(
        label="Where it is typed",
        max_length=200,
        required=False,
        help_text="Such as mail.willowlane.example.",
    )
    secret = forms.CharField(max_length=_LONGEST, strip=False, widget=forms.PasswordInput)
    codes = forms.CharField(
        label="Key for sign-in codes",
        max_length=_LONGEST,
        required=False,
        widget=forms.PasswordInput,
        help_text="Where a code is asked too: choose “authenticator app” there, then “can’t scan it”, and copy the "
        "letters. Stairgate makes the codes from then on.",
    )

    def __init__(self, kind: str, *args: Any, again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        secret = self.fields["secret"]
        secret.label = (
            f"New: {_LABEL[Credential.Kind(kind)].lower()}" if again else _LABEL[Credential.Kind(kind)]
        )
        if kind == Credential.Kind.RECOVERY:
            secret.widget = forms.Textarea(attrs={"rows": 6})
            del self.fields["codes"]
        elif again:
            self.fields[
                "codes"
            ].help_text = "Only if it is a new one. Left empty, the codes go on as they are."

    def clean_secret(self) -> Secret:
        """Return it with nothing a keyboard does not have, as it is typed: spaces in it may belong to it."""
        typed = self.cleaned_data["secret"].replace("\r\n", "\n").strip("\n")
        if not typed.strip():
            raise ValidationError("Type it.")
        if not all(one.isprintable() or one == "\n" for one in typed):
            raise ValidationError("There is a sign in it that no keyboard has. Type it by hand.")
        return Secret(typed)

    def clean_codes(self) -> CodeKey | None:
        typed = self.cleaned_data["codes"]
        if not typed:
            return None
        try:
            return read_key(typed)
        except NoKey as refusal:
            raise ValidationError(str(refusal)) from None

    def wanted(self) -> Wanted:
        """Return what is to be put in."""
        said = self.cleaned_data
        return Wanted(said["sign_in"], said["secret"], said["where"], said.get("codes"))

    def forget(self) -> None:
        """Let go of the secrets that were typed, before the form is shown again."""
        self.data = {name: value for name, value in self.data.items() if name not in {"secret", "codes"}}
