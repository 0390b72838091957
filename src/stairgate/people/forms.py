"""What a manager typed about people, made clean."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from stairgate.organisations.fields import DayField
from stairgate.organisations.mailboxes import personal_problem
from stairgate.organisations.rules import Role
from stairgate.people.models import Check, Person, Training
from stairgate.people.rules import is_certificate_number, review_after

_OLDEST = date(1920, 1, 1)


def _day(label: str, **more: Any) -> forms.DateField:
    return DayField(label=label, **more)


class _AboutPeople(forms.Form):
    """A form that knows what day it is in the setting. Names in ``past`` hold days that have come."""

    past: tuple[str, ...] = ()

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for name in self.past:
            day = values.get(name)
            if day is not None and day > self.today:
                self.add_error(name, "This day has not come yet.")
            if day is not None and day < _OLDEST:
                self.add_error(name, "Look at the year.")
        return values

    def _in_order(self, values: dict[str, Any], first: str, then: str, problem: str) -> None:
        if values.get(first) and values.get(then) and values[then] < values[first]:
            self.add_error(then, problem)


class PersonForm(_AboutPeople):
    """Who somebody is and what they do here."""

    past = ("birth_date",)

    first_name = forms.CharField(label="First name", max_length=80, help_text="Colleagues see this one.")
    full_name = forms.CharField(
        label="Full name", max_length=160, help_text="As on their documents. They sign the policy with it."
    )
    job_title = forms.CharField(label="Job title", max_length=120)
    basis = forms.ChoiceField(label="They are", choices=Person.Basis)
    started_on = _day("First day")
    work_email = forms.EmailField(
        label="Work email", required=False, help_text="Needed if they are to sign in. No personal mailbox."
    )
    birth_date = _day(
        "Date of birth", required=False, help_text="Kept sealed. Each look at it is written down."
    )

    def clean_work_email(self) -> str:
        address = str(self.cleaned_data["work_email"]).strip().lower()
        if address and (problem := personal_problem(address)):
            raise ValidationError(problem)
        return address


class CheckForm(_AboutPeople):
    """A criminal record check that the person who types has seen."""

    past = ("issued_on", "seen_on", "status_on")

    level = forms.ChoiceField(label="Level", choices=Check.Level, initial=Check.Level.ENHANCED)
    barred_list = forms.BooleanField(label="The children’s barred list was checked too", required=False)
    number = forms.CharField(
        label="Certificate number",
        max_length=20,
        required=False,
        help_text="12 digits. Kept sealed. Do not keep the certificate.",
    )
    issued_on = _day("Issued")
    seen_on = _day("You saw it")
    update_service = forms.BooleanField(
        label="They are in the update service, and agree that we look there", required=False
    )
    status_on = _day("You last looked there", required=False)

    def clean_number(self) -> str:
        number = "".join(str(self.cleaned_data["number"]).split())
        if number and not is_certificate_number(number):
            raise ValidationError("A certificate number has 12 digits. Leave it empty if you don’t have it.")
        return number

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self._in_order(values, "issued_on", "seen_on", "You cannot have seen it before it was issued.")
        if values.get("status_on") and not values.get("update_service"):
            self.add_error("update_service", "Looking there needs their agreement.")
        return values


class TrainingForm(_AboutPeople):
    """A finished course. Child protection counts for ``years`` at most, as the policy says."""

    past = ("completed_on",)

    course = forms.ChoiceField(label="Course", choices=Training.Course)
    provider = forms.CharField(label="Who gave it", max_length=120)
    level = forms.CharField(
        label="Level", max_length=60, required=False, help_text="If it has one, such as lead level."
    )
    completed_on = _day("Finished")
    expires_on = _day("Runs out", help_text="The last day it counts.")

    def __init__(self, *args: Any, years: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.years = years

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self._in_order(values, "completed_on", "expires_on", "It cannot run out before it was finished.")
        if values.get("course") == Training.Course.SAFEGUARDING:
            self._not_too_long(values)
        return values

    def _not_too_long(self, values: dict[str, Any]) -> None:
        finished, expires_on = values.get("completed_on"), values.get("expires_on")
        if finished and expires_on and expires_on > (latest := review_after(finished, self.years)):
            words = f"{latest:%A} {latest.day} {latest:%B %Y}"
            self.add_error("expires_on", f"Our policy counts child protection until {words} at most.")


class ReferenceForm(_AboutPeople):
    """A reference that came."""

    past = ("received_on", "verified_on")

    given_by = forms.CharField(
        label="Who gave it", max_length=160, help_text="A name and where they work, no address."
    )
    received_on = _day("It came")
    verified_on = _day(
        "You made sure it is real",
        required=False,
        help_text="You rang or wrote to them. Leave empty if not yet.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self._in_order(values, "received_on", "verified_on", "That is before it came.")
        return values


class RoleForm(_AboutPeople):
    """A role from a day on."""

    role = forms.ChoiceField(label="Role", choices=Role)
    starts_on = _day("From")
    ends_on = _day("Last day", required=False, help_text="Leave empty if nobody knows yet.")
    phone = forms.CharField(
        label="Safeguarding phone",
        max_length=32,
        required=False,
        help_text="Only for a safeguarding lead or deputy: the work number people ring when they worry about a child.",
    )


class InviteForm(_AboutPeople):
    """With which roles somebody signs in for the first time."""

    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=Role,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": "Tick one at least. Staff member is the smallest."},
    )
    phone = RoleForm.base_fields["phone"]


class LineManagerForm(forms.Form):
    """Who somebody's line manager is."""

    manager = forms.ModelChoiceField(
        label="Line manager",
        queryset=Person.objects.none(),
        required=False,
        empty_label="Whoever manages the setting",
        help_text="They hear at once when an exception is asked for, or a good name may have been harmed.",
    )

    def __init__(self, data: Any, *, among: QuerySet[Person], now: Person | None) -> None:
        super().__init__(data, initial={"manager": now.pk if now else None})
        self.fields["manager"].queryset = among  # type: ignore[attr-defined]


class LeavingForm(_AboutPeople):
    """Somebody's last day."""

    last_day = _day("Their last day", help_text="They can sign in until the end of it, and not after.")
