"""How right our own screener is: nursery messages, disguise, personal details, functions of hate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bench.screening import details, disguise, hate, innocents, lookalikes
from bench.screening.messages import HALVES, Message, read_half
from bench.screening.ours import Ours
from bench.screening.scores import Score, score, table

Flag = Callable[[Message], bool]
RUDE = frozenset({"profanity", "hate"})
HATEFUL = frozenset({"hate", "threat"})
SHOWN_INNOCENT = "innocent"


def nursery(ours: Ours, half: str, sets: Sequence[Path], errors: Sequence[str], show_report: bool) -> None:
    """Print the table of one half of the nursery's messages, and the wrong answers asked for."""
    messages = read_half(half, sets)
    if not messages:
        print(f"{half}: no messages here; give their folder with --sets\n")
        return
    found = ours.all_categories(messages)
    print(f"{half}: {len(messages)} messages, {sum(not m.flagged for m in messages)} innocent")
    print(nursery_table(messages, found))
    if errors and (half == "develop" or show_report):
        print_errors(ours, messages, found, errors)
    elif errors:
        print("(wrong messages of this half are shown with --show-report only)")
    print()


def nursery_table(messages: Sequence[Message], found: Sequence[frozenset[str]]) -> str:
    """Return precision, recall and F1 of each category, their sum, and the false alarms."""
    names = sorted({name for message in messages for name in message.categories} | set().union(*found))
    rows, whole = [], Score()
    pairs = list(zip(messages, found, strict=True))
    for name in names:
        one = score((name in message.categories, name in seen) for message, seen in pairs)
        whole = whole + one
        alarms = sum(name in seen for message, seen in pairs if not message.flagged)
        rows.append((name, one.wanted, one.precision, one.recall, one.f1, alarms))
    look = score((message.flagged, bool(seen)) for message, seen in pairs)
    rows.append(
        ("all categories (micro)", whole.wanted, whole.precision, whole.recall, whole.f1, look.alarms)
    )
    rows.append(("should a person look?", look.wanted, look.precision, look.recall, look.f1, look.alarms))
    lines = table(("category", "messages", "precision", "recall", "F1", "on innocent"), rows)
    rates = [f"false alarms on innocent messages {look.false_alarms:.2%}"]
    for direction in sorted({message.direction for message in messages}):
        part = score((m.flagged, bool(seen)) for m, seen in pairs if m.direction == direction)
        rates.append(f"{direction} {part.false_alarms:.2%} of {part.innocent}")
    return f"{lines}\n{'; '.join(rates)}"


def print_errors(
    ours: Ours, messages: Sequence[Message], found: Sequence[frozenset[str]], errors: Sequence[str]
) -> None:
    """Print what was missed and what was flagged wrongly, in the categories asked for."""
    for name in errors:
        for message, seen in zip(messages, found, strict=True):
            if name == SHOWN_INNOCENT:
                wrong = "ALARM " if seen and not message.flagged else ""
            elif name == "all":
                wrong = "WRONG " if seen != message.categories else ""
            else:
                wanted, was = name in message.categories, name in seen
                wrong = "" if wanted == was else ("MISSED" if wanted else "ALARM ")
            if wrong:
                rules = sorted({finding.rule for finding in ours.findings(message)})
                labels = ",".join(sorted(message.categories)) or "-"
                where = " ".join([message.direction, *(f"{k}={v}" for k, v in message.context.items())])
                print(
                    f"{wrong} {name} {message.id} [{where}] wanted {labels}; found {','.join(rules) or '-'}"
                )
                print(f"       {message.text!r}")


def grouped(messages: Sequence[Message], flag: Flag, errors: Sequence[str]) -> dict[str, Score]:
    """Return a score for each group of messages, in their order; print the wrong ones of the groups asked for."""
    scores: dict[str, Score] = {}
    for message in messages:
        seen = flag(message)
        scores.setdefault(message.group, Score()).add(message.flagged, seen)
        if seen != message.flagged and ("all" in errors or message.group in errors):
            print(f"{'MISSED' if message.flagged else 'ALARM '} {message.group}: {message.text!r}")
    return scores


def total(scores: dict[str, Score]) -> Score:
    """Return all groups' answers together."""
    return sum(scores.values(), Score())


def share_table(scores: dict[str, Score], title: str) -> str:
    """Return how much of each group was answered rightly."""
    rows = [
        (name, one.wanted + one.innocent, (one.hits + one.passed) / max(1, one.wanted + one.innocent))
        for name, one in scores.items()
    ]
    return table((title, "texts", "right"), rows)


def disguised_words(ours: Ours, errors: Sequence[str]) -> None:
    """Print recall of disguised swearing by method, and false alarms on innocent words."""
    flag: Flag = lambda message: bool(ours.categories(message) & RUDE)  # noqa: E731
    words = grouped(disguise.disguised(), flag, errors)
    plain = words.pop("plain")
    fine = grouped(innocents.innocents(), flag, errors)
    print(share_table({"plain words": plain, **words}, "swearing, by disguise"))
    print(f"disguised recall {total(words).recall:.3f} of {total(words).wanted}\n")
    print(share_table(fine, "innocent"))
    print(f"false alarms {total(fine).false_alarms:.2%} of {total(fine).innocent}\n")


def personal_details(ours: Ours, errors: Sequence[str]) -> None:
    """Print recall of UK personal details by kind, and false alarms on what only looks like them."""
    flag: Flag = lambda message: "contact_details" in ours.categories(message)  # noqa: E731
    kinds = grouped(details.positives(), flag, errors)
    fine = grouped(lookalikes.negatives(), flag, errors)
    both = total(kinds) + total(fine)
    print(share_table(kinds, "personal details"))
    print(share_table(fine, "only look like them"))
    print(
        f"precision {both.precision:.3f} recall {both.recall:.3f} F1 {both.f1:.3f} "
        f"false alarms {both.false_alarms:.2%} of {both.innocent}\n"
    )


def hate_functions(ours: Ours, errors: Sequence[str]) -> None:
    """Print the share of right answers for every function of hate, and the balanced accuracy."""
    flag: Flag = lambda message: bool(ours.categories(message) & HATEFUL)  # noqa: E731
    functions = grouped(hate.cases(), flag, errors)
    both = total(functions)
    print(share_table(functions, "functions of hate"))
    print(
        f"recall {both.recall:.3f} false alarms {both.false_alarms:.2%} balanced accuracy {both.balanced:.3f} "
        f"({both.wanted} hateful, {both.innocent} not)\n"
    )


def all_halves(
    ours: Ours, halves: Sequence[str], sets: Sequence[Path], errors: Sequence[str], show: bool
) -> None:
    """Print the nursery tables of the halves asked for."""
    for half in halves or HALVES:
        nursery(ours, half, sets, errors, show)
