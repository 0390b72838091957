"""Somebody who was invited chooses a password and comes in. The second step is the page they meet next."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stairgate.organisations.invitations import CannotInvite, accept, invitation_for
from stairgate.organisations.models import User
from stairgate.web.welcome import sign_in_with_password


class PasswordForm(forms.Form):
    """The password somebody chooses."""

    password = forms.CharField(label="Password", widget=forms.PasswordInput, strip=False)

    def __init__(self, *args: object, user: User, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody in by their link, once. A link that is used, old or unknown says so, and no more."""
    now = timezone.now()
    invitation = invitation_for(token, at=now)
    if invitation is None:
        return _gone(request)
    member = invitation.membership
    form = PasswordForm(request.POST or None, user=member.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = accept(invitation=invitation, password=form.cleaned_data["password"], at=now)
        except CannotInvite:
            return _gone(request)
        sign_in_with_password(request, user)
        return redirect("mfa_activate_totp")
    values = {"form": form, "member": member, "setting": member.organisation}
    return render(request, "web/invited.html", values, status=422 if form.errors else 200)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "web/invitation_gone.html", status=404)
