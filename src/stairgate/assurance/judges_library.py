"""Clauses about our other policies, the list of help, and what children have each term. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from stairgate.assurance.judges_people import Judge
from stairgate.assurance.judges_settings import links_seen
from stairgate.assurance.judges_signing import signed_by_all
from stairgate.assurance.known import SOON_DAYS, Colleague, Known
from stairgate.assurance.marks import Mark, Proof, Step, Who, Worth, broken, met, risk, things
from stairgate.assurance.rounds.rules import activity_due, term_of
from stairgate.organisations.rules import Role
from stairgate.people.rules import DAYS_TO_READ

_LIBRARY, _HELP = Step("See the library", "library:index"), Step("Check them", "library:help")
_KEEPERS = (Role.MANAGER, Role.DSL)
_LEADS = (Role.DSL, Role.MANAGER)
_WRITERS = (Role.PAGE_ADMINISTRATOR, Role.MANAGER)


def safeguarding_policy(known: Known) -> Mark | None:
    """C11: our safeguarding policy is in the library, and its day has not passed."""
    title, until = known.work.safeguarding_title, known.work.safeguarding_until
    who = known.waits_for(*_KEEPERS)
    if until is None:
        why = "Our safeguarding and child protection policy is not in the library."
        return broken(why, then=Step("Add it to the library", "library:index"), waits_for=who)
    seen = Proof("The library", f"“{title}”, to be looked at again by", until, "library:index")
    left = (until - known.day).days
    if left < 0:
        why = f"“{title}” is past the day it had to be looked at again."
        return broken(why, seen, then=_LIBRARY, waits_for=who)
    if left < SOON_DAYS:
        when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
        return risk(f"“{title}” is to be looked at again {when}.", seen, then=_LIBRARY, waits_for=who)
    return met(f"“{title}” is in the library, and holds for {left} days more.", seen)


def read_by_all(known: Known) -> Mark | None:
    """C50: everybody has signed that they know them, and has read each version that everybody must know."""
    signed = signed_by_all(known)
    unread = [one for one in known.colleagues if one.unread]
    if not unread or (signed is not None and signed.worth == Worth.BROKEN):
        return signed
    late = [one for one in unread if _late(known, one)]
    have, all_of = len(known.colleagues) - len(unread), len(known.colleagues)
    seen = Proof(
        "Receipts in the library",
        f"{have} of {all_of} have read all {things(known.work.must_read, 'document')} that everybody must know",
        known.day,
        "library:index",
    )
    waits: tuple[Who, ...] = tuple(one.who for one in (late or unread))
    if not known.names:
        waits = known.waits_for(Role.MANAGER)
    if late:
        why = f"{known.people(one.who for one in late)} should have read “{late[0].unread}” by now."
        return broken(why, seen, then=_LIBRARY, waits_for=waits)
    if signed is not None and signed.worth == Worth.RISK:
        return signed
    has = "has" if len(unread) == 1 else "have"
    why = f"{known.people(one.who for one in unread)} still {has} to read “{unread[0].unread}”."
    return risk(why, seen, then=_LIBRARY, waits_for=waits)


def _late(known: Known, one: Colleague) -> bool:
    since = max(one.started_on, one.unread_since or one.started_on)
    return known.day > since + timedelta(days=DAYS_TO_READ)


def help_looked_at(known: Known) -> Mark | None:
    """C53, C69: every entry of the list of help was looked at within a term."""
    found = known.help
    if found.check_by is None:
        seen = Proof(
            "The list of help", f"{found.entries} of {found.entries} checked", known.day, "library:help"
        )
        return met(f"All {found.entries} entries of the list of help were looked at this term.", seen)
    fresh = found.entries - found.stale
    seen = Proof("The list of help", f"{fresh} of {found.entries} checked", known.day, "library:help")
    who = known.waits_for(*_LEADS)
    why = f"{found.stale} of {found.entries} entries of the list of help: nobody looked at them for a term."
    if known.day > found.check_by:
        return broken(why, seen, then=_HELP, waits_for=who)
    return risk(why, seen, then=_HELP, waits_for=who)


def for_children(known: Known) -> Mark | None:
    """C61: children or their parents had something about safe technology this term."""
    last = known.work.activity_on
    says = "Last" if last else "Nothing is noted yet"
    return _this_term(
        known,
        Proof("What children and parents had", says, last, "reminding:activity"),
        had="They had something this term",
        lacks="Nothing is noted",
        then=Step("Note what there was", "reminding:activity"),
        whose=_LEADS,
    )


def told_of_help(known: Known) -> Mark | None:
    """C42: the links to help are on each page, and a post about online safety goes out this term."""
    links, last = links_seen(known), known.work.safety_post_on
    if links is None or links.worth != Worth.MET:
        return links
    seen = Proof("Posts about online safety", "Last" if last else "None yet", last, "publishing:list")
    post = _this_term(
        known,
        seen,
        had="The links to help are on the page, and a post tells of them this term",
        lacks="No post about online safety is approved",
        then=Step("Write it", "publishing:new"),
        whose=_WRITERS,
    )
    return replace(post, proof=(*links.proof, *post.proof)) if post else links


def _this_term(
    known: Known, seen: Proof, *, had: str, lacks: str, then: Step, whose: tuple[Role, Role]
) -> Mark | None:
    """Return what something is worth that has to be there each term; ``seen`` tells when it last was."""
    if known.work.policy_since is None:
        return None
    term, last = term_of(known.day), seen.at
    if isinstance(last, date) and term_of(last).key == term.key:
        return met(f"{had}: {term.name}.", seen)
    due, who = activity_due(term, known.work.policy_since), known.waits_for(*whose)
    left = (due - known.day).days
    if left < 0:
        return broken(f"{lacks} for {term.name}.", seen, then=then, waits_for=who)
    if left < SOON_DAYS:
        why = f"{lacks} for {term.name} yet; it is due in {things(left, 'day')}."
        return risk(why, seen, then=then, waits_for=who)
    return met(f"The next is due in {left} days.", seen)


JUDGES: dict[str, Judge] = {
    "C11": safeguarding_policy,
    "C42": told_of_help,
    "C50": read_by_all,
    "C53": help_looked_at,
    "C61": for_children,
    "C69": help_looked_at,
}
