"""What a manager typed about the next version, made clean. The limits are in `parameters` and `wording`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from stairgate.organisations.rules import Role
from stairgate.policies.models import Trigger
from stairgate.policies.packs.filling import shown
from stairgate.policies.packs.form import LEFT, Named, Pack, Risk
from stairgate.policies.packs.tailoring import Tailoring
from stairgate.policies.parameters import Parameters, Stricter, limit_of
from stairgate.policies.wording import MOST_FACT, MOST_TITLE, MOST_WORDS, one_line

_FITS = "fits."
#: nobody switches this on alone (C35)
_NEVER_ALONE = "identifiable_children"


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class FactsForm(forms.Form):
    """What only the setting can say. A suggestion has a tick beside it: "this fits us"."""

    def __init__(self, data: Any, *, pack: Pack, ours: Tailoring) -> None:
        super().__init__(data)
        for one in pack.placeholders:
            given = ours.facts.get(one.id, "") or one.suggestion
            self._add(one.id, one.label, one.help, given, rows=1 if one.detail else 2)
            if one.suggestion:
                fits = one.id in ours.confirmed or given != one.suggestion
                label = f"“{one.label}” as it stands fits us"
                self.fields[_FITS + one.id] = forms.BooleanField(label=label, required=False, initial=fits)
        for contact in pack.directory:
            if not contact.contact:
                label = f"{contact.name}{' (may stay empty)' if contact.optional else ''}"
                use = contact.use[:1].upper() + contact.use[1:]
                self._add(contact.key, label, use, ours.facts.get(contact.key, ""))

    def _add(self, name: str, label: str, hint: str, given: str, *, rows: int = 1) -> None:
        self.fields[name] = forms.CharField(
            label=label[:1].upper() + label[1:],
            help_text=hint,
            initial=given,
            required=False,
            max_length=MOST_FACT,
            widget=_lines(rows) if rows > 1 else forms.TextInput,
        )

    @property
    def answers(self) -> dict[str, str]:
        """Return what was said, by placeholder."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith(_FITS)}

    @property
    def fits(self) -> set[str]:
        """Return the suggestions that stay as they are."""
        return {
            name.removeprefix(_FITS)
            for name, value in self.cleaned_data.items()
            if name.startswith(_FITS) and value
        }


class NumbersForm(forms.Form):
    """The parameters of the policy, in the pack's words. Each may be tightened and never loosened."""

    def __init__(self, data: Any, *, pack: Pack, parameters: Parameters) -> None:
        super().__init__(data)
        self.parameters = parameters
        for named in pack.parameters:
            value = getattr(parameters, named.id)
            if named.id == _NEVER_ALONE and not value:
                continue
            self.fields[named.id] = _number(named, value)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for name, value in values.items():
            if isinstance(getattr(self.parameters, name), tuple):
                values[name] = [one_line(line) for line in str(value).splitlines() if line.strip()]
            elif isinstance(value, str):
                values[name] = one_line(value)
        if not self.errors:
            try:
                self.made = Parameters.from_json({**self.parameters.to_json(), **values})
            except ValueError as error:
                raise ValidationError(str(error)) from None
        return values


def _number(named: Named, value: object) -> forms.Field:
    """Return the field of one parameter."""
    if isinstance(value, bool):
        return forms.BooleanField(label=named.label, help_text=named.help, initial=value, required=False)
    if isinstance(value, int):
        return _Whole(named, value)
    lines = "\n".join(value) if isinstance(value, tuple) else str(value)
    hint = f"{named.help} One on each line." if isinstance(value, tuple) else named.help
    return forms.CharField(label=named.label, help_text=hint, initial=lines, widget=_lines(5))


class _Whole(forms.IntegerField):
    """A number between its limits. What is too loose is refused with the limit, in words."""

    def __init__(self, named: Named, value: int) -> None:
        limit = limit_of(named.id)
        super().__init__(
            label=named.label, initial=value, help_text=f"{named.help} {_allowed(named)}".strip()
        )
        self.low, self.high = (limit.low, limit.high) if limit else (value, value)
        self.allowed = _allowed(named)

    def clean(self, value: Any) -> int:
        number: int = super().clean(value)
        if not self.low <= number <= self.high:
            raise ValidationError(f"{number} cannot be. {self.allowed}")
        return number


def _allowed(named: Named) -> str:
    """Return what a number may be, and which way it can be tightened."""
    limit = limit_of(named.id)
    if limit is None:
        return ""
    both = f"From {shown(named, limit.low)} to {shown(named, limit.high)}."
    if limit.stricter == Stricter.EITHER:
        return both
    floor = limit.low if limit.stricter == Stricter.MORE else limit.high
    than = "fewer" if limit.stricter == Stricter.MORE else "more"
    return f"{both} You can be stricter than {shown(named, floor)}, and never have {than}."


class WordsForm(forms.Form):
    """One part of the policy in the setting's own words."""

    text = forms.CharField(
        label="The words", widget=_lines(14), strip=False, max_length=MOST_WORDS * 2, required=False
    )


class LinesForm(forms.Form):
    """What the setting asks of one group besides the template."""

    text = forms.CharField(
        label="What we ask of them besides",
        help_text="One on each line. It may stay empty.",
        widget=_lines(8),
        required=False,
        max_length=MOST_WORDS * 2,
    )


class RiskForm(forms.Form):
    """One risk: what is done about it, who answers for it, and how much of it is left."""

    title = forms.CharField(label="Its name", max_length=MOST_TITLE)
    text = forms.CharField(label="What could happen", widget=_lines(4), max_length=MOST_WORDS)
    control = forms.CharField(label="What we do about it", widget=_lines(4), max_length=MOST_WORDS)
    owner = forms.ChoiceField(label="Who answers for it")
    left = forms.ChoiceField(
        label="How much of it is left",
        choices=[("", "Choose"), *((one, one.capitalize()) for one in LEFT)],
        help_text="With everything we do about it. While it is high, the policy cannot be adopted.",
    )

    def __init__(
        self, data: Any, *, holders: Mapping[Role, list[str]], named: bool, initial: Mapping[str, Any]
    ) -> None:
        super().__init__(data, initial=dict(initial))
        held = [(role.value, f"{role.label}: {', '.join(names)}") for role, names in holders.items() if names]
        nobody = [(role.value, f"{role.label}: nobody yet") for role, names in holders.items() if not names]
        self.fields["owner"].choices = [*held, *nobody]  # type: ignore[attr-defined]
        if not named:
            del self.fields["title"]


class RatingForm(forms.Form):
    """How much is left of every risk. What is left open stays as it was."""

    def __init__(self, data: Any, *, risks: Iterable[Risk]) -> None:
        super().__init__(data)
        for risk in risks:
            who = f" Who answers for it: {Role(risk.owner).label}." if risk.owner in Role.values else ""
            self.fields[risk.id] = forms.ChoiceField(
                label=risk.title,
                choices=[("", "Choose"), *((one, one.capitalize()) for one in LEFT)],
                help_text=f"{risk.text} What we do: {risk.control}{who}",
                initial=risk.left,
                required=False,
            )

    @property
    def left(self) -> dict[str, str]:
        """Return what was said, by risk."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class AdoptForm(forms.Form):
    """The manager's last word."""

    seen = forms.CharField(max_length=64)
    kind = forms.ChoiceField(choices=[("major", "major"), ("minor", "minor")])
    accepts = forms.BooleanField(required=False)


class KeepForm(forms.Form):
    """Why the policy still fits as it is."""

    reason = forms.CharField(
        label="Why it still fits",
        help_text="Who looked at it with you, and what you checked. An inspector may read it.",
        widget=_lines(4),
        max_length=2_000,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class TriggerForm(forms.Form):
    """Something that happened."""

    kind = forms.ChoiceField(label="What is it?", choices=Trigger.Kind)
    note = forms.CharField(
        label="In a few words", help_text="Name no child and no colleague.", max_length=300
    )
