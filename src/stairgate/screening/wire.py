"""Screenings as JSON, for keeping and for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from stairgate.screening.kinds import Action, Category, Finding, Screening, Severity

_FORMER_NAMES = {  # what screenings kept before December 2026 call a category
    "first_person": Category.STAFF_BOUNDARY,
    "complaint": Category.COMPLAINT_ABOUT_STAFF,
    "under_18": Category.UNDER_18_AUTHOR,
}


def to_json(screening: Screening) -> dict[str, Any]:
    """Return the screening as plain values; severities become lower-case words."""
    return {
        "action": screening.action.value,
        "version": screening.version,
        "findings": [_finding_to_json(finding) for finding in screening.findings],
    }


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    return {
        **asdict(finding),
        "category": finding.category.value,
        "severity": finding.severity.word,
        "key": finding.key,
    }


def from_json(data: Mapping[str, Any]) -> Screening:
    """Return the screening that ``to_json`` wrote. Raises KeyError or ValueError when it did not."""
    return Screening(
        findings=tuple(map(_finding_from_json, data["findings"])),
        action=Action(data["action"]),
        version=data["version"],
    )


def _finding_from_json(data: Mapping[str, Any]) -> Finding:
    fields = {name: value for name, value in data.items() if name != "key"}
    fields["category"] = _FORMER_NAMES.get(fields["category"]) or Category(fields["category"])
    fields["severity"] = Severity[fields["severity"].upper()]
    return Finding(**fields)
