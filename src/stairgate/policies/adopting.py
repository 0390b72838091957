"""Adopting the draft: the only way to a version in force, for a setting. The decision is in `adoption`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.db import transaction

from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Role
from stairgate.policies.adoption import Bar, DraftFacts, Missing, bars, why_major
from stairgate.policies.differences import Change, NumberChange, changes, number_changes
from stairgate.policies.drafting import locked, open_draft
from stairgate.policies.models import Draft, PolicyVersion, Trigger
from stairgate.policies.packs.composing import compose
from stairgate.policies.packs.document import Document
from stairgate.policies.packs.form import Pack
from stairgate.policies.packs.loading import pack
from stairgate.policies.packs.tailoring import Tailoring, tailored, with_details_of
from stairgate.policies.parameters import Parameters
from stairgate.policies.reviewing import unanswered
from stairgate.policies.selectors import in_force, named_people
from stairgate.policies.services import adopt

TITLE = "Social media policy"


class CannotAdopt(Exception):
    """The draft was not adopted; the message says why and what to do."""


@dataclass(frozen=True)
class DraftNow:
    """A draft with everything known of it at one moment."""

    draft: Draft
    tailoring: Tailoring
    base: Pack  # as it is shipped
    pack: Pack  # with the setting's own words in it
    parameters: Parameters
    version: PolicyVersion | None  # in force
    holders: Mapping[Role, Sequence[str]]
    asked: tuple[Trigger, ...] = ()  # what a new major version would answer

    @cached_property
    def document(self) -> Document:
        """The whole policy as it would be adopted."""
        return compose(self.pack, self.tailoring.said, self.parameters, title=TITLE)

    @cached_property
    def template(self) -> Document:
        """The words of the pack, with this setting's facts, numbers and ratings in them."""
        left = {risk.id: risk.left for risk in self.pack.risks}
        risks = tuple(replace(risk, left=left.get(risk.id, "")) for risk in self.base.risks)
        shipped = replace(self.base, risks=risks)
        return compose(shipped, self.tailoring.said, self.parameters, title=TITLE)

    @cached_property
    def bars(self) -> tuple[Bar, ...]:
        """The bars of the adoption gate."""
        version = self.version
        return bars(
            DraftFacts(
                pack=self.pack,
                facts=self.tailoring.said,
                parameters=self.parameters,
                document=self.document,
                in_force=version.text if version else None,
                numbers_in_force=version.parameters if version else None,
                holders=self.holders,
            )
        )

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Everything that keeps it from being adopted."""
        return tuple(one for bar in self.bars for one in bar.missing)

    @cached_property
    def why_major(self) -> tuple[str, ...]:
        """Why everybody has to sign it; empty when it may be called a correction."""
        if self.version is None:
            return ("It is the first.",)
        return why_major(
            in_force=self.version.text,
            numbers_in_force=self.version.parameters,
            with_old_details=self._with_old_details(self.version),
            numbers=self.parameters,
        )

    def _with_old_details(self, version: PolicyVersion) -> Document | None:
        if version.content is None:
            return None
        ours = with_details_of(self.tailoring, Tailoring.from_json(version.content), self.base)
        return compose(tailored(self.base, ours), ours.said, self.parameters, title=TITLE)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What differs from the version in force."""
        return changes(Document.of(self.version.text) if self.version else None, self.document)

    @property
    def number_changes(self) -> tuple[NumberChange, ...]:
        """Which numbers differ from the version in force; for a first version, from the template."""
        if self.version is None:
            return self.from_template
        return number_changes(self.version.parameters, self.parameters, self.pack.parameters)

    @property
    def from_template(self) -> tuple[NumberChange, ...]:
        """Which numbers differ from the template."""
        return number_changes(self.base.shipped(), self.parameters, self.pack.parameters)

    @property
    def own_words(self) -> tuple[Change, ...]:
        """What differs from the template."""
        return changes(self.template, self.document)

    @property
    def seen(self) -> str:
        """What somebody has before them, in short: it is adopted only while it is still the same."""
        asked = [str(trigger.pk) for trigger in self.asked]
        version = str(self.version.pk) if self.version else ""
        told = [self.document.text, self.parameters.to_json(), version, asked]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def draft_now(organisation: Organisation, now: datetime) -> DraftNow | None:
    """Return the open draft with everything known of it; None when nobody is writing one. Five queries."""
    draft = open_draft(organisation)
    return as_it_stands(draft, organisation, now) if draft else None


def as_it_stands(draft: Draft, organisation: Organisation, now: datetime) -> DraftNow:
    """Return a draft with everything known of it. Four queries."""
    ours = draft.tailoring
    base = pack(ours.pack)
    version = in_force(organisation)
    return DraftNow(
        draft=draft,
        tailoring=ours,
        base=base,
        pack=tailored(base, ours),
        parameters=draft.parameters,
        version=version,
        asked=unanswered(version) if version else (),
        holders=named_people(organisation, on=organisation.day(now)),
    )


@control("C01", "A version comes into force through the adoption gate, by a manager, and in no other way")
@control("C09", "A manager accepts the risk that is left by name, with each adoption")
@control("C71", "The code that is adopted is whole: a draft can add to its lines, and change none")
@control("C72", "The code that is adopted is whole: a draft can add to its lines, and change none")
@transaction.atomic
def adopt_draft(
    *, actor: User, draft: Draft, seen: str, correction: bool, accepts_risk: bool, at: datetime
) -> PolicyVersion:
    """Adopt the draft; return the version, which is in force from that moment.

    ``seen`` is what the manager had before them (`DraftNow.seen`), ``correction`` that they call it only a correction,
    ``accepts_risk`` that they accept what is left of each risk. Raises `NotAllowed`, `CannotAdopt`, `CannotChange`.
    """
    manager_in(actor, draft.organisation_id)
    # first the setting, as every adoption does, then the draft; its key stays free for whoever writes a row of it
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=draft.organisation_id)
    mine = locked(draft)
    now = as_it_stands(mine, organisation, at)
    if now.seen != seen:
        raise CannotAdopt("The draft has changed since you looked at it. Look at it again, then adopt it.")
    if now.missing:
        raise CannotAdopt(f"It is not ready. {now.missing[0].says}")
    if not accepts_risk:
        raise CannotAdopt("Risk can be lowered and never removed. Say that you accept what is left of it.")
    if correction and now.why_major:
        raise CannotAdopt(f"This is more than a correction. {now.why_major[0]} Everybody signs it again.")
    version = adopt(
        actor=actor,
        organisation=organisation,
        title=now.document.title,
        text=now.document.text,
        parameters=now.parameters,
        at=at,
        correction=correction,
        content=now.tailoring.to_json(),
    )
    mine.adopted_as = version
    mine.save(update_fields=["adopted_as"])
    record(
        organisation_id=organisation.id,
        kind="policies.risk_accepted",
        actor=str(actor.id),
        subject=str(version.id),
        payload={"left": {risk.title: risk.left for risk in now.pack.risks}},
        at=at,
    )
    return version
