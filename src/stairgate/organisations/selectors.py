"""Reads about a setting and its people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import CharField, Exists, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from stairgate.organisations.models import Membership, Organisation, RoleHeld, ScreeningWord
from stairgate.organisations.rules import Role
from stairgate.screening import NameIndex, OrganisationFacts, OwnWord, Severity

_BETWEEN = "\n"  # between a word and why it is looked for: neither runs over a line
_WORD_KINDS = {ScreeningWord.Kind.HOLD: Severity.HOLD, ScreeningWord.Kind.LOOK: Severity.LOOK}


def holders(organisation: Organisation, roles: Iterable[Role], on: date) -> QuerySet[Membership]:
    """Return who holds any of the roles that day, in order of first name. One query."""
    return (
        Membership.objects.filter(
            holding(roles, on),
            _in_force("started_on", "ended_on", on),
            organisation=organisation,
            user__is_active=True,
        )
        .select_related("user", "organisation")
        .order_by("user__first_name", "pk")
    )


def holding(roles: Iterable[Role], on: date) -> Exists:
    """Return the condition of holding any of the roles that day, in a query of memberships."""
    in_force = _in_force("starts_on", "ends_on", on)
    return Exists(RoleHeld.objects.filter(in_force, membership=OuterRef("pk"), role__in=list(roles)))


def _in_force(starts: str, ends: str, on: date) -> Q:
    """`rules.in_force`, asked of the database: the last day counts, the day after does not."""
    return Q(**{f"{starts}__lte": on}) & (Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": on}))


class _Hex(Func):
    """Bytes as hexadecimal digits, so that they fit in one column with words."""

    function = "hex"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="encode(%(expressions)s, 'hex')", **more)


def screening_facts(organisation: Organisation) -> OrganisationFacts:
    """Return what screening needs to know of the setting. One query.

    Who has left stays known by name: what the public says of them is no less serious.
    """
    staff = organisation.memberships.all()
    rows = _named("child", organisation.child_names, _Hex("digest")).union(
        _named("staff", staff, "user__first_name"),
        _named("group", organisation.groups, "name"),
        *(_named(kind.value, words_in_force(organisation, kind), _SAID) for kind in ScreeningWord.Kind),
        all=True,
    )
    known: defaultdict[str, set[str]] = defaultdict(set)
    for kind, name in rows:
        known[kind].add(name)
    contacts = frozenset(filter(None, (organisation.office_phone, organisation.office_email)))
    return OrganisationFacts(
        names=NameIndex(settings.NAMES_KEY, frozenset(map(bytes.fromhex, known["child"]))),
        staff_names=frozenset(known["staff"]),
        group_names=frozenset(known["group"]),
        allowed_contacts=contacts,
        office_phone=organisation.office_phone,
        own_words=tuple(sorted(_own_words(known), key=lambda own: own.words)),
        exceptions=frozenset(said.partition(_BETWEEN)[0] for said in known[ScreeningWord.Kind.EXCEPTION]),
    )


def words_in_force(organisation: Organisation, *kinds: ScreeningWord.Kind) -> QuerySet[ScreeningWord]:
    """Return the words and exceptions that the setting added and has not ended; only of some kinds when given."""
    rows = ScreeningWord.objects.filter(organisation=organisation, ended_at__isnull=True)
    return rows.filter(kind__in=kinds) if kinds else rows


_SAID = Concat("words", Value(_BETWEEN), "why", output_field=CharField())


def _own_words(known: dict[str, set[str]]) -> Iterator[OwnWord]:
    for kind, severity in _WORD_KINDS.items():
        for said in known[kind]:
            words, _, why = said.partition(_BETWEEN)
            yield OwnWord(words, severity, why)


def _named(kind: str, rows: Any, name: Any) -> Any:
    return rows.order_by().values_list(Value(kind, output_field=CharField()), name)
