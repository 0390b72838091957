"""The steps of a request as forms: they show and carry what was typed. What is wrong with it, `rules` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from stairgate.channels.asking.form import MANY, YES, Field, Kind, Step
from stairgate.channels.models import AccountRequest, Channel

Choices = Sequence[tuple[str, str]]


class Day(forms.DateInput):
    """A browser's own field for a day."""

    input_type = "date"


def step_form(
    step: Step, answers: Mapping[str, object], problems: Mapping[str, str], *, people: Choices, fit: Choices
) -> forms.Form:
    """Return one step with its answers, and what is wrong with them beside each.

    ``people``: everybody who signs in here; ``fit``: those who could run the account today.
    """
    fields = {field.name: _field(field, answers, people, fit) for field in step.fields}
    kind = type("StepForm", (forms.Form,), fields)
    made: forms.Form = kind(initial=dict(answers)) if not problems else kind(data=_Typed(answers))
    if problems:
        made.full_clean()
        for name in made.fields:
            made.errors.pop(name, None)  # the rules alone judge
            if name in problems:
                made.add_error(name, problems[name])
    return made


class _Typed(dict[str, Any]):
    """Answers in the manner of what a browser sends."""

    def getlist(self, name: str) -> list[str]:
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]


def _field(field: Field, answers: Mapping[str, object], people: Choices, fit: Choices) -> forms.Field:
    """Return a field that takes everything: nothing that is typed is lost, and nothing is judged twice."""
    shown: dict[str, Any] = {"label": field.label, "help_text": field.hint, "required": False}
    if field.kind in MANY:
        return forms.Field(
            widget=forms.CheckboxSelectMultiple(
                choices=people if field.kind == Kind.PEOPLE else field.choices,
                attrs={"class": "form-check-input"},
            ),
            **shown,
        )
    if field.kind == Kind.TICK:
        return forms.Field(widget=forms.CheckboxInput(check_test=lambda value: value == YES), **shown)
    if field.kind in {Kind.CHOICE, Kind.PERSON}:
        among = field.choices
        if field.kind == Kind.PERSON:
            among = tuple(fit if field.name.startswith("admin") else people)
            among = _with_chosen(among, people, str(answers.get(field.name, "")))
        return forms.ChoiceField(choices=[("", "Choose"), *among], **shown)
    if field.kind == Kind.TEXT:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **shown)
    if field.kind == Kind.DAY:
        return forms.CharField(widget=Day, **shown)
    return forms.CharField(widget=forms.EmailInput if field.kind == Kind.EMAIL else None, **shown)


def _with_chosen(among: Choices, people: Choices, chosen: str) -> tuple[tuple[str, str], ...]:
    """Somebody chosen earlier who could not be chosen today stays in sight, so that it can be said why."""
    return (*among, *(one for one in people if one[0] == chosen and one not in among))


class DayField(forms.DateField):
    """A day as a browser's own field takes and shows it."""

    widget = Day

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


def _signature() -> forms.CharField:
    missing = {"required": "Type your full name, just as on the staff register."}
    return forms.CharField(label="Sign with your full name", max_length=160, error_messages=missing)


class DecisionForm(forms.Form):
    """What the service manager decides, and signs."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    decision = forms.ChoiceField(
        label="Decision", choices=AccountRequest.Decision, error_messages={"required": "Choose one."}
    )
    reason = forms.CharField(
        label="Why?",
        max_length=1000,
        widget=forms.Textarea,
        help_text="Whoever asked reads this.",
        error_messages={"required": "Say why, in a few words."},
    )
    condition1 = forms.CharField(label="First condition", max_length=300, required=False)
    due1 = DayField(label="To be met by", required=False)
    condition2 = forms.CharField(label="Second condition", max_length=300, required=False)
    due2 = DayField(label="To be met by", required=False)
    condition3 = forms.CharField(label="Third condition", max_length=300, required=False)
    due3 = DayField(label="To be met by", required=False)
    until = DayField(
        label="It may run until",
        required=False,
        help_text="A year at most. Then it is looked at again.",
    )
    name = _signature()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("decision") != AccountRequest.Decision.CONDITIONS:
            return values
        for number in (1, 2, 3):
            words, due = values.get(f"condition{number}"), values.get(f"due{number}")
            if words and not due and f"due{number}" not in self.errors:
                self.add_error(f"due{number}", "Say by when.")
            if due and not words:
                self.add_error(f"condition{number}", "Say what has to be so.")
        return values


class SignForm(forms.Form):
    """A signature on what was read."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    name = _signature()


class FoundForm(forms.Form):
    """A page in our name that nobody authorised."""

    network = forms.ChoiceField(label="Where", choices=Channel.Network)
    name = forms.CharField(label="What it is called there", max_length=120)
    address = forms.CharField(label="Its address", max_length=300, required=False)
