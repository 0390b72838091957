"""Deeds on the draft of the next version. A setting has one open draft; its managers write it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction

from stairgate.clauses import control
from stairgate.ledger.selectors import history
from stairgate.ledger.services import record
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import Organisation, User
from stairgate.policies import wording
from stairgate.policies.models import Draft, PolicyVersion
from stairgate.policies.packs.document import unwrapped
from stairgate.policies.packs.form import Pack
from stairgate.policies.packs.loading import pack, shipped_packs
from stairgate.policies.packs.tailoring import OwnRisk, Tailoring, own_risk, tailored
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force
from stairgate.policies.wording import CannotChange, ChangedMeanwhile

_CHANGED = "policies.draft_changed"
#: of how many changes the ledger is asked who made one
_LAST = 50


def open_draft(organisation: Organisation) -> Draft | None:
    """Return the draft that is being written, or None. One query."""
    rows = Draft.objects.filter(organisation=organisation, adopted_as__isnull=True, dropped_at__isnull=True)
    return rows.select_related("based_on", "begun_by").first()


def pack_for(kind: str) -> Pack:
    """Return the pack that a setting of this kind starts from."""
    packs = [pack(name) for name in shipped_packs()]
    return next((one for one in packs if kind in one.kinds), packs[0])


@transaction.atomic
def begin_draft(*, actor: User, organisation: Organisation, at: datetime) -> Draft:
    """Begin the next version from the one in force, or from the pack; return it, or the one that is open already.

    Raises `NotAllowed`.
    """
    manager_in(actor, organisation.id)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if found := open_draft(organisation):
        return found
    version = in_force(organisation)
    tailoring, parameters = _start(organisation, version)
    draft = Draft.objects.create(
        organisation=organisation,
        based_on=version,
        content=tailoring.to_json(),
        parameters_json=parameters.to_json(),
        begun_by=actor,
        begun_at=at,
        changed_at=at,
    )
    _write_down(
        "policies.draft_begun", actor, draft, {"from": version.label if version else tailoring.pack}, at
    )
    return draft


def _start(organisation: Organisation, version: PolicyVersion | None) -> tuple[Tailoring, Parameters]:
    if version is not None and version.content is not None:
        return Tailoring.from_json(version.content), version.parameters
    chosen = pack_for(organisation.kind)
    office = ", ".join(filter(None, (organisation.office_phone, organisation.office_email)))
    facts = {
        key: value
        for key, value in (("setting.name", organisation.name), ("setting.office", office))
        if value
    }
    return Tailoring(pack=chosen.id, facts=facts), version.parameters if version else chosen.shipped()


@transaction.atomic
def drop_draft(*, actor: User, draft: Draft, at: datetime) -> None:
    """Put the draft away. What is in force stays. Raises `NotAllowed`, `CannotChange`."""
    mine = _opened(actor, draft)
    mine.dropped_at = at
    mine.save(update_fields=["dropped_at"])
    _write_down("policies.draft_dropped", actor, mine, {}, at)


def reword(*, actor: User, draft: Draft, item: str, text: str, was: str, at: datetime) -> None:
    """Put one part of the policy in other words. ``was``: the words that whoever typed had before them.

    Raises `NotAllowed`, and `CannotChange` also when somebody else has changed them meanwhile.
    """
    with transaction.atomic():
        mine = _opened(actor, draft)
        ours, base = mine.tailoring, pack(mine.tailoring.pack)
        part = wording.worded(base).get(item)
        if part is not None and unwrapped(ours.texts.get(item, part.text)) != unwrapped(wording.clean(was)):
            raise ChangedMeanwhile(
                f"{_who_changed(mine, f'words {item}')} has changed this meanwhile. Their words are below yours: look at "
                "both."
            )
        _keep(actor, mine, wording.reworded(ours, base, item, text), f"words {item}", at)


@transaction.atomic
def answer(
    *, actor: User, draft: Draft, values: dict[str, str], fits: set[str], was: str, at: datetime
) -> None:
    """Keep what only the setting can say. ``fits``: suggestions that stay as they are. ``was``: the `stamp` of what the
    page was made from. Raises `NotAllowed`, `CannotChange`, `ChangedMeanwhile`.
    """
    mine = _unchanged(actor, draft, "facts", was)
    ours = wording.with_answers(mine.tailoring, pack(mine.tailoring.pack), values, fits)
    _keep(actor, mine, ours, "facts", at)


@control("C35", "Nobody switches recognisable children on alone: a draft cannot do it")
@transaction.atomic
def set_numbers(*, actor: User, draft: Draft, parameters: Parameters, was: str, at: datetime) -> None:
    """Set the numbers. ``was``: the `stamp` of those that the page was made from, so that no page undoes numbers that it
    did not show. Raises `NotAllowed`, `CannotChange`, `ChangedMeanwhile`, and `TooLoose` when one is below its floor.
    """
    mine = _unchanged(actor, draft, "numbers", was)
    checked = Parameters.from_json(parameters.to_json())
    if checked.identifiable_children and not mine.parameters.identifiable_children:
        raise CannotChange(
            "Pictures in which a child can be recognised are switched on by the service manager and the safeguarding "
            "lead together, never by one person."
        )
    mine.parameters_json = checked.to_json()
    _keep(actor, mine, mine.tailoring, "numbers", at)


@transaction.atomic
def set_risk(*, actor: User, draft: Draft, item: str, risk: OwnRisk, was: str, at: datetime) -> None:
    """Keep a risk as it is now; without an ``item`` it is a new one. ``was``: the `stamp` of what the page was made from.
    Raises `NotAllowed`, `CannotChange`, `ChangedMeanwhile`.
    """
    mine = _unchanged(actor, draft, "risk", was, item)
    ours = wording.with_risk(mine.tailoring, pack(mine.tailoring.pack), item, risk)
    _keep(actor, mine, ours, f"risk {item or 'new'}", at)


@transaction.atomic
def rate_risks(*, actor: User, draft: Draft, left: Mapping[str, str], was: str, at: datetime) -> None:
    """Keep how much is left of each of some risks, all or none. ``was``: the `stamp` of what the page was made from.
    Raises `NotAllowed`, `CannotChange`, `ChangedMeanwhile`.
    """
    mine = _unchanged(actor, draft, "risks", was)
    ours, base = mine.tailoring, pack(mine.tailoring.pack)
    known = {one.id: one for one in tailored(base, ours).risks}
    for item, much in left.items():
        if item in known:
            ours = wording.with_risk(ours, base, item, replace(own_risk(known[item]), left=much))
    _keep(actor, mine, ours, "risks rated", at)


@control("C08", "The three risks and the under-18 audience cannot be taken out of the register")
@transaction.atomic
def remove_risk(*, actor: User, draft: Draft, item: str, at: datetime) -> None:
    """Take a risk out of the register. Raises `NotAllowed`, and `CannotChange` for one that stays."""
    mine = _opened(actor, draft)
    ours = wording.without_risk(mine.tailoring, pack(mine.tailoring.pack), item)
    _keep(actor, mine, ours, f"risk {item} removed", at)


@transaction.atomic
def put_back_risk(*, actor: User, draft: Draft, item: str, at: datetime) -> None:
    """Put a risk of the pack back. Raises `NotAllowed`, `CannotChange`."""
    mine = _opened(actor, draft)
    _keep(actor, mine, wording.with_risk_again(mine.tailoring, item), f"risk {item} put back", at)


@transaction.atomic
def set_lines(*, actor: User, draft: Draft, group: str, text: str, was: str, at: datetime) -> None:
    """Keep what the setting asks of a group besides the template. ``was``: the `stamp` of what the page was made from.
    Raises `NotAllowed`, `CannotChange`, `ChangedMeanwhile`.
    """
    mine = _unchanged(actor, draft, "lines", was, group)
    ours = wording.with_lines(mine.tailoring, pack(mine.tailoring.pack), group, text)
    _keep(actor, mine, ours, f"lines {group}", at)


def stamp(draft: Draft, what: str, item: str = "") -> str:
    """Return what stands for one thing of a draft as it is now: a page carries it, and it is another once that changed.

    ``what``: "facts", "numbers", "lines" of a group, one "risk", or the ratings of all "risks".
    """
    ours = draft.tailoring
    known = {one.id: one for one in tailored(pack(ours.pack), ours).risks}
    values: dict[str, object] = {
        "facts": [dict(ours.facts), sorted(ours.confirmed)],
        "numbers": draft.parameters.to_json(),
        "lines": list(ours.lines.get(item, ())),
        "risk": asdict(own_risk(known[item])) if item in known else "",
        "risks": {name: one.left for name, one in known.items()},
    }
    return hashlib.sha256(json.dumps(values[what], sort_keys=True).encode()).hexdigest()


def _unchanged(actor: User, draft: Draft, what: str, was: str, item: str = "") -> Draft:
    """Return the draft, locked, when this of it is as the page had it. Raises `NotAllowed`, `CannotChange`."""
    mine = _opened(actor, draft)
    if was != stamp(mine, what, item):
        raise ChangedMeanwhile(
            f"{_who_changed(mine, what)} has changed this meanwhile. What you typed is still here, and not kept yet. Look "
            "at both, and keep it again if yours is right."
        )
    return mine


def _who_changed(draft: Draft, what: str) -> str:
    """Return the first name of whoever changed something of a draft last, as the ledger has it. Two queries."""
    for entry in history(draft.organisation_id, subject=str(draft.pk)).filter(kind=_CHANGED)[:_LAST]:
        if str(json.loads(entry.payload or "{}").get("what", "")).startswith(what):
            return (
                User.objects.filter(pk=entry.actor).values_list("first_name", flat=True).first() or "Somebody"
            )
    return "Somebody else"


def locked(draft: Draft) -> Draft:
    """Return the draft, locked. Raises `CannotChange` when it is not open any more. Call it in a transaction."""
    rows = Draft.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
    found = rows.filter(pk=draft.pk, adopted_as__isnull=True, dropped_at__isnull=True).first()
    if found is None:
        raise CannotChange("This draft was adopted or put away meanwhile. Begin the next one.")
    return found


def _opened(actor: User, draft: Draft) -> Draft:
    manager_in(actor, draft.organisation_id)
    return locked(draft)


def _keep(actor: User, draft: Draft, ours: Tailoring, what: str, at: datetime) -> None:
    draft.content, draft.changed_at = ours.to_json(), at
    draft.save(update_fields=["content", "parameters_json", "changed_at"])
    _write_down(_CHANGED, actor, draft, {"what": what}, at)


def _write_down(kind: str, actor: User, draft: Draft, payload: dict[str, object], at: datetime) -> None:
    record(
        organisation_id=draft.organisation_id,
        kind=kind,
        actor=str(actor.id),
        subject=str(draft.id),
        payload=payload,
        at=at,
    )
