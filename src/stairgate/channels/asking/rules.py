"""What is wrong with a request, and who may decide about it. Pure: everything known is an argument."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from stairgate.channels.asking import form
from stairgate.channels.asking.form import FIELDS, Field, Kind, line
from stairgate.channels.rules import mailbox_problem
from stairgate.clauses import Coverage, control
from stairgate.networks.public import PUBLIC
from stairgate.organisations.mailboxes import personal_problem
from stairgate.screening.folding import fold

_MOST_TAGS, _LONGEST_TAG = 6, 60
_ALIKE = 2  # how many letters may differ before a long name is another name
_LONG = 8


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the setting who signs in. ``why_not``: what stops them from running an account today."""

    first_name: str
    full_name: str
    job_title: str
    email: str
    why_not: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the setting when a request is judged."""

    today: date
    latest: date  # the last day for the evaluation, and for an authorisation
    people: Mapping[str, Colleague]
    names: Collection[tuple[str, str]]  # network and name of our other pages
    staff_names: Collection[str]


@control("C90", "Without a network and a name that differs from our other pages no request can be sent")
@control("C91", "The team that asks is named, or the request cannot be sent", coverage=Coverage.WHOLE)
@control("C92", "Setting or provider, or the council's service, is named", coverage=Coverage.WHOLE)
@control("C95", "What the account is for is said, or the request cannot be sent", coverage=Coverage.WHOLE)
@control("C96", "What is hoped for is said, or the request cannot be sent", coverage=Coverage.WHOLE)
@control("C97", "The aims it serves are named, or the request cannot be sent", coverage=Coverage.WHOLE)
@control("C24", "A request is sent only with the declaration that no personal details open the account")
@control(
    "C05",
    "No request is sent, and no account authorised, unless each risk has something done about it and an owner",
    coverage=Coverage.WHOLE,
)
@control("C06", "The risk to the team is in every request, with what is done about it and who sees to it")
@control("C07", "The risk to children and families is in every request, and who acts first is named")
@control(
    "C15",
    "“Under-18s may see this” is among the risks of every request, whoever the page is for",
    coverage=Coverage.WHOLE,
)
@control("C62", "A request is sent only with the promise of help in words a child can read")
def problems(answers: Mapping[str, object], known: Known) -> dict[str, str]:
    """Return what is wrong, by field, in the order of the form; empty means that it may be sent."""
    found = {name: words for name, field in FIELDS.items() if (words := _missing(field, answers))}
    for judge in _JUDGES:
        for name, words in judge(answers, known).items():
            found.setdefault(name, words)
    return {name: found[name] for name in FIELDS if name in found}


def _missing(field: Field, answers: Mapping[str, object]) -> str:
    if field.name.startswith("young_age") and not form.for_the_young(answers):
        return ""
    if field.kind in form.MANY:
        chosen, known = form.ticks(answers, field.name), {value for value, _ in field.choices}
        if not chosen and field.least:
            return "Choose at least one."
        return "Choose from the list." if known and not set(chosen) <= known else ""
    value = line(answers, field.name)
    if field.kind == Kind.TICK:
        return "" if value == form.YES else "This has to be so before a page can be opened."
    if not value:
        return _ASK.get(field.kind, "Say this in your own words.") if field.least else ""
    if field.kind == Kind.CHOICE and value not in {key for key, _ in field.choices}:
        return "Choose from the list."
    if len(value) > field.most:
        return f"Keep it to {field.most} characters: these are {len(value)}."
    return "Say a little more." if len(value) < field.least else ""


_ASK = {
    Kind.CHOICE: "Choose one.",
    Kind.PERSON: "Choose somebody.",
    Kind.DAY: "Choose a day.",
    Kind.EMAIL: "Give an address.",
    Kind.LINE: "Fill this in.",
}


@control("C90", "A name that looks like one of our other pages there is refused", coverage=Coverage.WHOLE)
def name_problem(name: str, network: str, others: Collection[tuple[str, str]]) -> str:
    """Return why a page may not be called that, or "": families could not tell it from another of ours."""
    if any(unicodedata.category(letter)[0] == "C" for letter in name):
        return "There are characters in it that nobody sees. Type it afresh."
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in name if letter.isalpha()}
    if len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1:
        return "It mixes letters of different alphabets that look alike. Type it afresh."
    plain = _plain(name)
    if not plain:
        return "A name needs letters."
    for where, other in others:
        if where == network and _alike(plain, _plain(other)):
            return f"Families could not tell it from “{other}”, which is there already. Choose another name."
    return ""


def _plain(name: str) -> str:
    return "".join(letter for letter in fold(name).casefold() if letter.isalnum())


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    return min(len(one), len(other)) >= _LONG and _distance(one, other) <= _ALIKE


def _distance(one: str, other: str) -> int:
    """Return how many letters have to be changed, added or left out to make one from the other."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, against in enumerate(other, 1):
            change = before + (letter != against)
            before = row[place]
            row[place] = min(row[place] + 1, row[place - 1] + 1, change)
    return row[-1]


def _name(answers: Mapping[str, object], known: Known) -> dict[str, str]:
    name, network = line(answers, "name"), line(answers, "network")
    problem = name_problem(name, network, known.names) if name else ""
    return {"name": problem} if problem else {}


def _tags(answers: Mapping[str, object], known: Known) -> dict[str, str]:
    tags = form.tags(answers)
    if len(tags) > _MOST_TAGS:
        return {"tags": f"{_MOST_TAGS} at most: whoever writes has to choose one."}
    if any(len(tag) > _LONGEST_TAG for tag in tags):
        return {"tags": f"Keep each under {_LONGEST_TAG} characters, one on each line."}
    return {}


@control(
    "C94",
    "Young people among the readers need a plan, a raised risk of their own, and the network's lowest age confirmed",
    coverage=Coverage.WHOLE,
)
def _readers(answers: Mapping[str, object], known: Known) -> dict[str, str]:
    if not form.for_the_young(answers):
        return {}
    found = {}
    if len(line(answers, "young_plan")) < 20:
        found["young_plan"] = "Say how young people are kept safe, and how you keep to the lowest age."
    if problem := _age_problem(line(answers, "young_age"), line(answers, "network")):
        found["young_age"] = problem
    if line(answers, "risk_young_level") == "low":
        found["risk_young_level"] = "With young people among the readers this risk is never low."
    return found


def _age_problem(typed: str, network: str) -> str:
    """Return what is wrong with the confirmed age, or "". It is judged again when the request is decided."""
    if network not in PUBLIC:
        return "Choose first where the page will be."
    side = PUBLIC[network]
    if typed == str(side.minimum_age):
        return ""
    return f"Type {side.minimum_age}, the lowest age there. It is in {side.age_source}."


@control("C09", "While too much of a risk is left, with what is done about it, no request can be sent")
def _left(answers: Mapping[str, object], known: Known) -> dict[str, str]:
    names = (f"risk_{key}_left" for key, *_ in form.RISKS)
    says = "Too much of it is left to open a page. Do more about it first."
    return {name: says for name in names if line(answers, name) == "high"}


@control("C98", "A measure and a day to look are promised, or the request cannot be sent")
def _evaluation(answers: Mapping[str, object], known: Known) -> dict[str, str]:
    value = line(answers, "evaluate_on")
    if not value:
        return {}
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return {"evaluate_on": "Choose a day."}
    if not known.today < day <= known.latest:
        last = f"{known.latest.day} {known.latest:%B %Y}"
        return {"evaluate_on": f"Choose a day from tomorrow to {last}."}
    return {}


@control(
    "C93",
    "Name, position, work email, telephone and address of the lead contact, who is on the register",
    coverage=Coverage.WHOLE,
)
def _lead(answers: Mapping[str, object], known: Known) -> dict[str, str]:
    found = {}
    who = known.people.get(line(answers, "lead"))
    if line(answers, "lead") and who is None:
        found["lead"] = "Choose somebody who works here."
    elif who is not None and not who.full_name:
        found["lead"] = f"{who.first_name} is not on the staff register yet."
    if problem := _address_problem(line(answers, "lead_email")):
        found["lead_email"] = problem
    return found


def _address_problem(address: str) -> str:
    if not address:
        return ""
    local, _, domain = address.rpartition("@")
    if not local or "@" in local or "." not in domain or len(address.split()) != 1:
        return "This is no email address."
    return personal_problem(address)


@control("C99", "The first administrator is on the register with everything in date", coverage=Coverage.WHOLE)
@control("C100", "The second is somebody else, with an address of their own", coverage=Coverage.WHOLE)
def _administrators(answers: Mapping[str, object], known: Known) -> dict[str, str]:
    found: dict[str, str] = {}
    chosen: list[str] = []
    for number in range(1, form.MOST_ADMINISTRATORS + 1):
        name = f"admin{number}"
        who = line(answers, name)
        if not who:
            continue
        if who in chosen:
            found[name] = "It can’t be the same person twice."
        elif problem := _unfit(known.people.get(who)):
            found[name] = problem
        chosen.append(who)
        found |= _reached(name, answers, known.people.get(who))
    return found


def _unfit(colleague: Colleague | None) -> str:
    return "Choose somebody who works here." if colleague is None else " ".join(colleague.why_not)


def _reached(name: str, answers: Mapping[str, object], colleague: Colleague | None) -> dict[str, str]:
    """Return what is wrong with how an administrator is reached, and with who looks over their shoulder."""
    found = {}
    email, manager = line(answers, f"{name}_email"), line(answers, f"{name}_manager")
    if problem := _address_problem(email):
        found[f"{name}_email"] = problem
    elif email and email.casefold() == line(answers, "mailbox").casefold():
        found[f"{name}_email"] = "The shared mailbox is not enough: give an address of their own."
    if not manager:
        found[f"{name}_manager"] = "Name their line manager."
    elif colleague and manager.split(",")[0].split() in (colleague.full_name.split(), [colleague.first_name]):
        found[f"{name}_manager"] = "Nobody is their own line manager."
    if not line(answers, f"{name}_phone"):
        found[f"{name}_phone"] = "Give a telephone number."
    return found


@control(
    "C22",
    "The mailbox that opens the account is generic, and two people or more can open it",
    coverage=Coverage.WHOLE,
)
@control(
    "C23", "A request with a person's own address as its mailbox cannot be sent", coverage=Coverage.WHOLE
)
def _mailbox(answers: Mapping[str, object], known: Known) -> dict[str, str]:
    found = {}
    address, holders = line(answers, "mailbox"), form.ticks(answers, "holders")
    addresses = [colleague.email for colleague in known.people.values()]
    if address:
        problem = _address_problem(address) or mailbox_problem(
            address, staff_addresses=addresses, staff_names=known.staff_names
        )
        if problem:
            found["mailbox"] = problem
    if len(set(holders) & known.people.keys()) < form.NEEDED:
        found["holders"] = "Two people or more have to be able to open it."
    elif not set(holders) <= known.people.keys():
        found["holders"] = "Choose people who work here."
    return found


_JUDGES: Sequence[Callable[[Mapping[str, object], Known], dict[str, str]]] = (
    *(_name, _tags, _readers, _evaluation, _left),
    *(_lead, _administrators, _mailbox),
)


@dataclass(frozen=True, slots=True)
class Seats:
    """Who has which part in one request."""

    requester: str
    administrators: frozenset[str]
    service_managers: frozenset[str]  # of today
    lead: str = ""  # who signed for the young
    decider: str = ""


@control(
    "C101",
    "Whoever asks never decides, nor an administrator unless nobody else could and another co-signs",
    coverage=Coverage.WHOLE,
)
def why_may_not_decide(who: str, seats: Seats) -> str:
    """Return why somebody may not decide, or ""."""
    if who not in seats.service_managers:
        return "Only the service manager decides about a page."
    if who == seats.requester:
        return "You asked for this page, so somebody else decides."
    if who == seats.lead:
        return "You signed this as safeguarding lead, so somebody else decides."
    if who in seats.administrators and _free(seats):
        return "You would be one of its administrators, and another service manager is free to decide."
    return ""


def needs_cosigner(who: str, seats: Seats) -> bool:
    """Return whether a yes by them counts only with a second signature: the exception for a small setting."""
    return who in seats.administrators


def _free(seats: Seats) -> frozenset[str]:
    return seats.service_managers - seats.administrators - {seats.requester, seats.lead}


@control(
    "C101", "Who co-signs manages the setting or sits on its committee, and has no other part in the request"
)
def why_may_not_cosign(who: str, seats: Seats, *, manages: bool, committee: bool) -> str:
    """Return why somebody may not give the second signature, or ""."""
    if not (manages or committee):
        return "A manager, a service manager or somebody of the committee signs second."
    if who in {seats.requester, seats.decider, seats.lead} or who in seats.administrators:
        return "You have a part in this request already, so somebody else signs second."
    return ""


def day_problem(value: date, *, today: date, latest: date) -> str:
    """Return what is wrong with a day on which an authorisation ends or a condition is due, or ""."""
    if today < value <= latest:
        return ""
    return f"Choose a day from tomorrow to {latest.day} {latest:%B %Y}."
