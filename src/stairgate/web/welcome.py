"""The welcome wizard: the setting, its first manager, and a second step at the door. Runs once."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from stairgate.clauses import control
from stairgate.organisations.mailboxes import personal_problem
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.services import AlreadyFounded, found_setting
from stairgate.organisations.working_days import Nation
from stairgate.people.services import register

_KEPT = "welcome_setting"
_FOUNDING = 0x57414952  #: the number of our lock in PostgreSQL; any, as long as it is ours alone
_WRONG = "setup-wrong-codes"
_GUESSES = 10
_GUESSES_FOR_SECONDS = 15 * 60


class SettingForm(forms.Form):
    """What the setting is called and how families reach it."""

    code = forms.CharField(label="Set-up code", max_length=20)
    name = forms.CharField(label="Name of your setting", max_length=120)
    kind = forms.ChoiceField(label="What it is", choices=Organisation.Kind)
    nation = forms.ChoiceField(label="Where it is", choices=Nation)
    office_phone = forms.CharField(label="Office phone", max_length=32)
    office_email = forms.EmailField(label="Office email")

    def clean_code(self) -> str:
        """Check the code that was shown where Stairgate was started: only its host can set it up."""
        given = str(self.cleaned_data["code"]).strip().upper().replace(" ", "").replace("-", "")
        wrong = int(cache.get(_WRONG, 0))
        if wrong >= _GUESSES:
            raise ValidationError("Too many wrong codes. Wait 15 minutes, then try again.")
        if not secrets.compare_digest(given.encode(), setup_code().encode()):
            cache.set(_WRONG, wrong + 1, _GUESSES_FOR_SECONDS)
            raise ValidationError("That is not the code. It was shown when Stairgate was started.")
        return given


class ManagerForm(forms.Form):
    """Who the first manager is."""

    first_name = forms.CharField(label="First name", max_length=80)
    full_name = forms.CharField(
        label="Full name",
        max_length=160,
        help_text="For the staff register. You sign with it, so type it as you write it.",
    )
    started_on = forms.DateField(
        label="Working here since",
        required=False,
        help_text="Leave it empty for today.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    job_title = forms.CharField(label="Job title", max_length=120, initial="Nursery manager")
    email = forms.EmailField(label="Work email")
    password = forms.CharField(label="Password", widget=forms.PasswordInput, strip=False)

    def clean_email(self) -> str:
        address = str(self.cleaned_data["email"])
        if problem := personal_problem(address):
            raise ValidationError(problem)
        return address

    def clean_started_on(self) -> date:
        given: date = self.cleaned_data["started_on"] or timezone.localdate()
        if given > timezone.localdate():
            raise ValidationError("This day has not come yet.")
        return given

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        user = User(email=values.get("email", ""), first_name=values.get("first_name", ""))
        if password := values.get("password"):
            try:
                validate_password(str(password), user)
            except ValidationError as error:
                self.add_error("password", error)
        return values


def setup_code() -> str:
    """Return the code of this installation without its dash, or one nobody can guess when there is none."""
    path = settings.HOME.path / "setup-code"
    try:
        return path.read_text("ascii").strip().upper().replace("-", "")
    except OSError:
        return secrets.token_hex(16)


def _only_once() -> None:
    if Organisation.objects.exists():
        raise Http404


@login_not_required
def setting(request: HttpRequest) -> HttpResponse:
    """Step 1: the setting."""
    _only_once()
    form = SettingForm(request.POST or None, initial=request.session.get(_KEPT))
    if request.method == "POST" and form.is_valid():
        request.session[_KEPT] = {key: form.cleaned_data[key] for key in form.cleaned_data if key != "code"}
        return redirect("welcome_you")
    return render(request, "web/welcome.html", {"form": form, "step": 0})


@login_not_required
def manager(request: HttpRequest) -> HttpResponse:
    """Step 2: the first manager. Step 3, the second step, is the page they meet next."""
    _only_once()
    kept = request.session.get(_KEPT)
    if not kept:
        return redirect("welcome")
    form = ManagerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _found(kept, form.cleaned_data)
        sign_in_with_password(request, user)
        request.session.pop(_KEPT, None)
        return redirect("mfa_activate_totp")
    return render(request, "web/welcome.html", {"form": form, "step": 1})


def sign_in_with_password(request: HttpRequest, user: User) -> None:
    """Sign them in by the password they have just chosen, so that the next page does not ask for it again."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    reauthenticate_by_password(request)


@control("C12", "The first manager is on the staff register from the moment they sign in")
@transaction.atomic
def _found(kept: dict[str, str], values: dict[str, Any]) -> User:
    """Make the first manager, the setting and their row of its register, all or none. Raises `Http404` when somebody
    was first.
    """
    _one_at_a_time()
    _only_once()
    user = User.objects.create_user(values["email"], values["password"], first_name=values["first_name"])
    try:
        place = found_setting(
            founder=user,
            name=kept["name"],
            kind=kept["kind"],
            timezone=settings.TIME_ZONE,
            nation=kept["nation"],
            office_phone=kept["office_phone"],
            office_email=kept["office_email"],
            job_title=values["job_title"],
            at=timezone.now(),
        )
    except AlreadyFounded:
        raise Http404 from None
    register(
        actor=user,
        organisation=place.organisation,
        user=user,
        first_name=values["first_name"],
        full_name=" ".join(values["full_name"].split()),
        job_title=values["job_title"],
        started_on=values["started_on"],
        work_email=user.email,
        at=timezone.now(),
    )
    transaction.on_commit(lambda: (settings.HOME.path / "setup-code").unlink(missing_ok=True))
    return user


def _one_at_a_time() -> None:
    """Queue up before looking. On SQLite a transaction holds the whole database already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FOUNDING])
