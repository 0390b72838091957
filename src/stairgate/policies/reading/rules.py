"""What reading, understanding and signing take. Pure: "now" is an argument."""

from __future__ import annotations

import enum
import functools
import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import models

from stairgate.clauses import Coverage, control
from stairgate.organisations.words import together
from stairgate.policies.packs.document import Chapter, Document
from stairgate.policies.packs.form import Answer, Place, Question

#: how many words people read in a minute, on average
_PACE = 220
#: as long as a part gets by taking the next chapter in; a chapter is never cut, and may be longer by itself
_LONGEST_PART = 1_700
#: how long a proof of who is there counts for signing
PROOF_LASTS = timedelta(minutes=10)


class Step(models.TextChoices):
    """What comes next for somebody; its label says how far they are."""

    OPEN = "open", "Not opened yet"
    READ = "read", "Reading"
    CHECK = "check", "Read to the end"
    SIGN = "sign", "Questions answered"
    SIGNED = "signed", "Signed"


def step_of(*, opened: bool, read_to_the_end: bool, passed: bool, signed: bool) -> Step:
    """Return what comes next for somebody. Nothing is skipped: each step needs the one before it."""
    if signed:
        return Step.SIGNED
    if not opened:
        return Step.OPEN
    if not read_to_the_end:
        return Step.READ
    return Step.SIGN if passed else Step.CHECK


@dataclass(frozen=True, slots=True)
class Part:
    """What is read on one page: whole chapters that follow each other. ``so_far`` is the digest of all that is read
    with its end: of this part and each part before it.
    """

    chapters: tuple[Chapter, ...]
    so_far: str

    @property
    def title(self) -> str:
        """The titles of its chapters."""
        return ", ".join(chapter.title or "The text" for chapter in self.chapters)

    @property
    def text(self) -> str:
        """Its words, as they stand in the whole text."""
        return "\n\n".join(chapter.text for chapter in self.chapters)

    @property
    def words(self) -> int:
        return sum(_words(chapter) for chapter in self.chapters)


def _words(chapter: Chapter) -> int:
    return len(chapter.text.split())


@functools.lru_cache(maxsize=4)
def parts_of(text: str) -> tuple[Part, ...]:
    """Return the parts in which a policy is read: its chapters, short neighbours together, all of its words in order."""
    groups: list[list[Chapter]] = []
    for chapter in Document.of(text).chapters:
        if groups and sum(map(_words, groups[-1])) + _words(chapter) <= _LONGEST_PART:
            groups[-1].append(chapter)
        else:
            groups.append([chapter])
    made: list[Part] = []
    for group in groups:
        before = made[-1].so_far if made else ""
        part = Part(tuple(group), "")
        so_far = hashlib.sha256(f"{before}\n{part.text}".encode()).hexdigest()
        made.append(replace(part, so_far=so_far))
    return tuple(made)


def ends_of(text: str) -> tuple[str, ...]:
    """Return the digest of all that is read with the end of each part: what a part that was read is known by."""
    return tuple(part.so_far for part in parts_of(text))


def minutes_of(parts: Sequence[Part]) -> int:
    """Return about how many minutes it takes to read them, at least one."""
    return max(1, round(sum(part.words for part in parts) / _PACE))


def is_text(text: str, digest: str) -> bool:
    """Return whether a text is the one that has this digest."""
    return hashlib.sha256(text.encode()).hexdigest() == digest


def question_from(stored: Mapping[str, object]) -> Question:
    """Return a question of a version as it was bound to it."""
    answers = stored["answers"]
    assert isinstance(answers, list)
    return Question(
        place=Place("", 0),
        id=str(stored["id"]),
        text=str(stored["text"]),
        explanation=str(stored["explanation"]),
        answers=tuple(Answer(str(one["text"]), bool(one["right"])) for one in answers),
    )


def question_to(question: Question) -> dict[str, object]:
    """Return a question as it is bound to a version."""
    return {
        "id": question.id,
        "text": question.text,
        "explanation": question.explanation,
        "answers": [{"text": one.text, "right": one.right} for one in question.answers],
    }


@dataclass(frozen=True, slots=True)
class Marked:
    """Answers that were looked at: the ids of questions left open, of those answered wrongly, and rightly."""

    open: tuple[str, ...]
    wrong: tuple[str, ...]
    right: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.open and not self.wrong


@control(
    "C13",
    "Nobody can sign, and so work on the account, before every question about the rules is answered rightly",
    coverage=Coverage.WHOLE,
)
@control(
    "C51",
    "Every answer of the understanding check has to be right before anybody can sign; the way to raise a worry "
    "is asked there, and stands on every page",
    coverage=Coverage.WHOLE,
)
def mark(questions: Sequence[Question], given: Mapping[str, str]) -> Marked:
    """Return what is right; ``given`` has the number of the chosen answer by question. All have to be right."""
    open_: list[str] = []
    wrong: list[str] = []
    right: list[str] = []
    for question in questions:
        chosen = given.get(question.id, "")
        known = {str(number): one.right for number, one in enumerate(question.answers)}
        if chosen not in known:
            open_.append(question.id)
        else:
            (right if known[chosen] else wrong).append(question.id)
    return Marked(tuple(open_), tuple(wrong), tuple(right))


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One line that is ticked by itself, and the clauses it is there for."""

    key: str
    words: str
    clauses: tuple[str, ...]


@control("C107", "Whoever signs confirms that they were given a copy, and the copy stays with them")
@control("C108", "That it was read and that it is understood are two confirmations", coverage=Coverage.WHOLE)
@control("C14", "The rules for using the account have a line of their own, which everybody signs")
@control("C17", "The code of conduct has a line of its own, which everybody signs")
@control("C44", "Everybody on the register is asked to sign the code, also without a role on the account")
@control("C45", "The duty of care has a line of its own, not bundled with others", coverage=Coverage.WHOLE)
@control("C50", "Whoever signs confirms by name that they have read our other child protection policies")
@control("C52", "Whoever signs confirms that they know the lead and the deputies of that day by name")
@control(
    "C71",
    "Answering for what one does is in the line of the code that everybody signs",
    coverage=Coverage.WHOLE,
)
@control(
    "C68", "Connecting with families of ours is a signed line, beside what is declared of those there are"
)
@control("C74", "Keeping families and their details out of one’s own accounts is a signed line")
@control(
    "C75",
    "Not sharing what is ours on is a signed line; a setting may choose to allow its posts, as they stand",
)
@control("C77", "What one shows of oneself is a signed line", coverage=Coverage.WHOLE)
@control("C80", "No friend requests with the public is a signed line")
def confirmations(
    *, lead: Sequence[str], deputies: Sequence[str], documents: Sequence[str] = (), sharing: bool = False
) -> tuple[Confirmation, ...]:
    """Return the lines that everybody who signs ticks one by one, with today's safeguarding lead by name, and the
    documents of the library that everybody must know.

    ``sharing``: the policy lets people share a post of the page, as it stands, from their own accounts (C75).
    """
    ours = "nothing of ours but a post of our page, as it stands" if sharing else "nothing of ours"
    who = f"is {together(lead)}" if lead else "is to be asked for at the office"
    if deputies:
        who += f", and {together(deputies)} {'stand' if len(deputies) > 1 else 'stands'} in"
    return (
        Confirmation("received", "I was given this policy and this code, and I have a copy.", ("C107",)),
        Confirmation("read", "I have read it to the end.", ("C108",)),
        Confirmation("understood", "I understand what is expected of me.", ("C108",)),
        Confirmation(
            "code",
            "I will keep the code of conduct, at work and outside it, and I answer for what I do.",
            ("C17", "C44", "C71", "C88"),
        ),
        Confirmation("use", "If I work on our pages, I will keep the rules for using the account.", ("C14",)),
        Confirmation(
            "care",
            "I know my duty of care, and the power and the trust that come with my role.",
            ("C45",),
        ),
        Confirmation(
            "lead",
            f"I know how to raise a worry about a child. Our safeguarding lead {who}.",
            ("C51", "C52"),
        ),
        Confirmation("policies", f"{_have_read(documents)} where to find them.", ("C50",)),
        Confirmation(
            "families",
            "Beyond what I have declared, I accept, ask and follow no parents or relatives of our children on my own "
            "accounts, and nobody else I meet through work, and I keep none of their details there.",
            ("C68", "C74", "C80"),
        ),
        Confirmation("share", f"On my own accounts I share {ours}.", ("C75",)),
        Confirmation("show", "On my own accounts I show nothing that does not suit my job.", ("C77",)),
    )


def _have_read(documents: Sequence[str]) -> str:
    if not documents:
        return "I know our other child protection policies and"
    return f"I have read {together(documents)}. I know our other child protection policies and"


def digest_of(lines: Sequence[Confirmation]) -> str:
    """Return a digest of the words of all lines, so that nobody confirms other words than they saw."""
    words = "\n".join(f"{line.key}\t{line.words}" for line in lines)
    return hashlib.sha256(words.encode()).hexdigest()


@control("C111", "The typed name must match the staff register", coverage=Coverage.WHOLE)
def same_name(typed: str, registered: str) -> bool:
    """Return whether a typed name is the one on the register. Capitals and the shape of an apostrophe may differ."""
    return bool(typed.strip()) and _plain(typed) == _plain(registered)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).replace("’", "'").casefold().split())


class Means(enum.StrEnum):
    """How somebody showed that it is them."""

    PASSWORD = "password"  # noqa: S105 - a word for a way, not a secret
    CODE = "code"
    PASSKEY = "passkey"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Proof:
    """When and how somebody last showed that it is them, beyond being signed in."""

    at: datetime
    means: Means


@control("C109", "Whoever signs shows once more, just before, that it is them", coverage=Coverage.WHOLE)
def proof_holds(proof: Proof | None, *, passed_at: datetime, now: datetime, demo: bool) -> bool:
    """Return whether a proof of who is there may be signed with.

    It is younger than `PROOF_LASTS`, and was given after the check was passed. ``demo``: nobody has a password there.
    """
    if proof is None or (proof.means == Means.DEMO and not demo):
        return False
    return passed_at <= proof.at <= now < proof.at + PROOF_LASTS
