"""Each possible mistake in a pack is refused with its file, its line, what is wrong and what to do."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.resources import as_file
from pathlib import Path

import pytest

from stairgate.policies import parameters
from stairgate.policies.packs.form import PackError
from stairgate.policies.packs.loading import folder_of, load_pack

POLICY, CONDUCT, RISKS, HEAD = "policy.md", "conduct.toml", "risks.toml", "pack.toml"
QUESTIONS, DIRECTORY, LISTS, KEPT = "questions.toml", "directory.toml", "checklists.toml", "retention.toml"
DUTIES = "responsibilities.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the whole pack for early years, to spoil."""
    with as_file(folder_of("england-early-years")) as source:
        shutil.copytree(source, tmp_path / "pack")
    return tmp_path / "pack"


def said(folder: Path) -> list[str]:
    with pytest.raises(PackError) as refused:
        load_pack(folder)
    assert str(refused.value) == "\n".join(map(str, refused.value.troubles))
    return [str(trouble) for trouble in refused.value.troubles]


def line_of(path: Path, words: str) -> int:
    text = path.read_text("utf-8")
    assert words in text, f"{words!r} is not in {path.name}"
    return text[: text.index(words)].count("\n") + 1


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), "utf-8")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Words to put in the place of others, where the message points ("" is the first line), and what it says."""

    file: str
    old: str
    new: str
    at: str
    says: str
    above: int = 0  # the message points so many lines above `at`


MISTAKES = [
    # the file
    Mistake(
        RISKS, 'owner = "manager"', "owner = manager", "owner = manager",
        "file: It cannot be read as TOML (Invalid value (at line 8, column 9)). Put right what stands there.",
    ),
    Mistake(
        RISKS, '[[risk]]\nid = "risk-team"', '[[riks]]\nid = "risk-team"', "",
        "file: Nothing reads “riks”. This file has: [[risk]].",
    ),
    # an entry
    Mistake(
        RISKS, 'control = "Each deed', 'controls = "Each deed', 'id = "risk-team"',
        "risk “risk-team”: “control” is missing. Write it.", above=1,
    ),
    Mistake(
        RISKS, 'control = "Each deed', 'controls = "Each deed', 'id = "risk-team"',
        "risk “risk-team”: There is no “controls” here. Correct its spelling or take it out.", above=1,
    ),
    Mistake(
        RISKS, "fixed = true", 'fixed = "yes"', 'id = "risk-team"',
        "risk “risk-team”: “fixed” is of the wrong kind. It is true or false.", above=1,
    ),
    Mistake(
        RISKS, 'clauses = ["C06"]', 'clauses = "C06"', 'id = "risk-team"',
        "risk “risk-team”: “clauses” is of the wrong kind. It is a list of texts.", above=1,
    ),
    Mistake(
        RISKS, 'clauses = ["C06"]', "clauses = [6]", 'id = "risk-team"',
        "risk “risk-team”: “clauses” is of the wrong kind. It is a list of texts.", above=1,
    ),
    Mistake(
        KEPT, "keep = 25", "keep = true", 'id = "keep-child"',
        "record “keep-child”: “keep” is of the wrong kind. It is a whole number.", above=1,
    ),
    Mistake(
        CONDUCT, 'text = "I answer for what I do, at work and online."', 'text = " "', 'id = "i-answer"',
        "line “i-answer”: “text” is empty. Write it, or take it out.", above=1,
    ),
    Mistake(
        QUESTIONS, 'text = "Yes, if it has no picture"', 'text = ""', 'id = "ask-own-post"',
        "question “ask-own-post”, answer: “text” is empty. Write it, or take it out.", above=1,
    ),
    Mistake(
        CONDUCT, 'id = "i-answer"', 'id = "more-than-a-list"', 'id = "more-than-a-list"\nclauses = ["C71"]',
        "line “more-than-a-list”: Another one has this id too. Give each its own id.", above=1,
    ),
    # a section
    Mistake(
        POLICY, "# Why we have", "Hello.\n\n# Why we have", "",
        "text: These words stand in no section. Put them under a “## ” heading.",
    ),
    Mistake(
        POLICY, "## One voice {#one-voice}", "## One voice", "## One voice",
        "section: The heading has no id. Write it as in: ## Who looks after the page {#who-looks-after}",
    ),
    Mistake(
        POLICY, "# Why we have this policy\n", "\n", "## A policy of our own",
        "section “our-own”: It stands in no chapter. Put a “# ” heading above it.",
    ),
    Mistake(
        POLICY, "Serves: C29\n", "Serve: C29\n", "Serve: C29",
        "section “one-voice”: There is no “Serve” here. A section has: Serves, Also, Addition. "
        "Words come after an empty line.",
    ),
    Mistake(
        POLICY, "# What we added\n", "# What we added\n\n## Nothing {#nothing}\nAddition: yes\n", "## Nothing",
        "section “nothing”: Its text is empty. Write it, or take the section out.",
    ),
    Mistake(
        POLICY, "{#accessible}\nAddition: yes", "{#accessible}\nAddition: of course", "{#accessible}",
        "section “accessible”: “Addition” is “of course”. Write yes, or leave it out.",
    ),
    Mistake(
        POLICY, "{#accessible}\nAddition: yes\n", "{#accessible}\nAddition: yes\n\n### More\n", "### More",
        "section “accessible”: There is a heading inside it. Make two sections of it, or leave the heading out.",
    ),
    Mistake(
        QUESTIONS, 'id = "ask-own-post"', 'answer = [1]\nid = "ask-none"\ntext = "?"\nexplanation = "."\n\n'
        '[[question]]\nid = "ask-own-post"', 'answer = [1]',
        "question “ask-none”: “answer” is not a list of entries. Start each with [[question.answer]].", above=1,
    ),
    # the whole
    Mistake(
        HEAD, 'kinds = ["nursery"]', 'kinds = ["zoo"]', "",
        "pack: “zoo” is no kind of setting. Choose from: nursery, school, club.",
    ),
    Mistake(
        HEAD, 'kinds = ["nursery"]', 'kinds = ["nursery"]\nleaves_out = ["nobody"]', "",
        "pack: It leaves out “nobody”, which is not there. Correct the id or take it out of “leaves_out”.",
    ),
    Mistake(
        HEAD, 'kinds = ["nursery"]', 'kinds = ["nursery"]\nbased_on = "england-zoo"', "",
        "pack: It is based on “england-zoo”, which is no other pack that comes with Stairgate. "
        "Name one of these: england-school-or-club.",
    ),
    Mistake(
        HEAD, 'kinds = ["nursery"]', 'kinds = ["nursery"]\nbased_on = "england-school-or-club"', "",
        "pack: It is based on “england-school-or-club”, which is itself based on another. "
        "Base it on the pack at the bottom.",
    ),
    # ids
    Mistake(
        CONDUCT, 'id = "i-answer"', 'id = "I answer"', 'id = "I answer"',
        "line “I answer”: The id is malformed. Use small letters, numbers and hyphens, as in “who-looks-after”.",
        above=1,
    ),
    Mistake(
        CONDUCT, 'id = "i-answer"', 'id = "one-voice"', 'id = "one-voice"',
        "line “one-voice”: The id is taken by the section “one-voice”. Give it an id of its own.", above=1,
    ),
    Mistake(
        LISTS, 'id = "improper"', 'id = "as-the-public"', "[[checklist]]",
        "checklist “list-page-check”: Two items have the id “as-the-public”. Give each its own id.",
    ),
    # clauses
    Mistake(
        POLICY, "Serves: C29\n", "Serves: C29, C112\n", "## One voice",
        "section “one-voice”: “C112” is no clause. Write a clause from C01 to C111.",
    ),
    Mistake(
        POLICY, "Also: C71\n", "Also: C7\n", "{#own-sign-in}",
        "section “own-sign-in”: “C7” is no clause. Write a clause from C01 to C111.",
    ),
    Mistake(
        HEAD, 'clause = "C105"', 'clause = "C1050"', 'id = "review_every_days"',
        "parameter “review_every_days”: “C1050” is no clause. Write a clause from C01 to C111.", above=1,
    ),
    Mistake(
        POLICY, "Serves: C29\n", "Also: C29\n", "",
        "policy: C29 has no home: “We speak as a team, never as one person”. Name it after “Serves:” in the section, "
        "or in “clauses” of the line of the code, that keeps it.",
    ),
    Mistake(
        POLICY, "Serves: C29\n", "Serves: C29, C03\n", "## One voice",
        "section “one-voice”: C03 has its home in the section “purpose” already. "
        "Name it after “Also:”, or take it out there.",
    ),
    Mistake(
        CONDUCT, 'clauses = ["C71"]\n', "", 'id = "i-answer"',
        "line “i-answer”: It serves no clause. Name the clauses after “Serves:”, or mark it as an addition.", above=1,
    ),
    # parameters
    Mistake(
        HEAD, 'id = "read_back_days"', 'id = "read_back_weeks"', 'id = "read_back_weeks"',
        "parameter “read_back_weeks”: Stairgate has no parameter of this name. "
        "Correct its name: code must read it, or it is only a number.", above=1,
    ),
    Mistake(
        HEAD, 'id = "read_back_days"', 'id = "read_back_weeks"', "",
        "pack: The parameter “read_back_days” is not in it. "
        "Add a [[parameter]] with this id, so that a setting can read and tighten it.",
    ),
    Mistake(
        HEAD, 'yes = "Our safeguarding lead may', 'one = "Our safeguarding lead may', 'id = "safeguarding_lead_approves"',
        "parameter “safeguarding_lead_approves”: It is a choice without words. "
        "Write “yes” and “no”: what the text says.", above=1,
    ),
    Mistake(
        HEAD, 'many = "# page administrators"', 'many = "page administrators"', 'id = "page_administrators"',
        "parameter “page_administrators”: It has no unit. Write “many”, with # for the number: “# days”.", above=1,
    ),
    Mistake(
        HEAD, 'many = "# page administrators"', 'many = "# page administrators"\nvalue = 1', 'id = "page_administrators"',
        "parameter “page_administrators”: Its value cannot be. “page_administrators” is 1; it must be from 2 to 50. "
        "Keep to the limits: tighter, never looser.", above=1,
    ),
    Mistake(
        HEAD, 'many = "# page administrators"', 'many = "# page administrators"\nvalue = true', 'id = "page_administrators"',
        "parameter “page_administrators”: Its value cannot be. “page_administrators” is of the wrong kind. "
        "Keep to the limits: tighter, never looser.", above=1,
    ),
    # placeholders
    Mistake(
        POLICY, "We speak as {{ setting.name }}", "We speak as {{ setting.nmae }}", "## One voice",
        "section “one-voice”: Nothing is called “setting.nmae”, so {{ setting.nmae }} cannot be filled in. "
        "Correct it, or add it to pack.toml.",
    ),
    Mistake(
        POLICY, "We speak as {{ setting.name }}", "We speak as {{ contact.posh }}", "## One voice",
        "section “one-voice”: {{ contact.posh }} may stay empty: that contact is optional. "
        "Make it needed, or say it without the contact.",
    ),
    Mistake(
        POLICY, "We speak as {{ setting.name }}", "We speak as {{ setting.name }", "## One voice",
        "section “one-voice”: It has half a placeholder. Write it as in {{ setting.name }}.",
    ),
    Mistake(
        POLICY, "our shared mailbox, {{ setting.mailbox }}", "our shared mailbox", "",
        "“setting.mailbox”: No text speaks of it. Put {{ setting.mailbox }} where the text means it, or take it out.",
    ),
    Mistake(
        POLICY, "## One voice {#", "## {{ setting.name }} {#", "## {{ setting.name }}",
        "section “one-voice”: Its heading has a placeholder. Put it into the text: a heading is shown as it stands.",
    ),
    # numbers that would go untrue
    Mistake(
        POLICY, "more than {{ check_every_days }}", "more than seven days", "## The page check",
        "section “page-check”: It says “seven days”, which is untrue once a setting is stricter. "
        "Write {{ check_every_days }}.",
    ),
    Mistake(
        POLICY, "There are at least {{ page_administrators }}", "There are at least 2 page administrators",
        "## Who looks after it",
        "section “who-looks-after”: It says “2 page administrators”, which is untrue once a setting is stricter. "
        "Write {{ page_administrators }}.",
    ),
    Mistake(
        LISTS, "One person on the rota does this", "Every week one person on the rota does this", "[[checklist]]",
        "checklist “list-page-check”: It says “every week”, which is untrue once a setting is stricter. "
        "Write {{ check_every_days }}.",
    ),
    # risks
    Mistake(
        RISKS, 'owner = "manager"', 'owner = "somebody"', 'id = "risk-team"',
        "risk “risk-team”: “somebody” is no role, so nobody answers for it. Choose from: manager, service_manager, "
        "page_administrator, dsl, deputy_dsl, author, staff.", above=1,
    ),
    Mistake(
        RISKS, "fixed = true", "fixed = false", "",
        "risk register: No risk that stays (“fixed”) serves C06. Add it: no setting is without this risk.",
    ),
    # questions
    Mistake(
        QUESTIONS, "right = true\n", "", 'id = "ask-own-post"',
        "question “ask-own-post”: It has no right answer. Mark exactly one with right = true.", above=1,
    ),
    Mistake(
        QUESTIONS, 'text = "Yes, if it has no picture"', 'text = "Yes"\nright = true', 'id = "ask-own-post"',
        "question “ask-own-post”: It has 2 right answers. Mark exactly one with right = true.", above=1,
    ),
    # lists
    Mistake(
        DUTIES, 'group = "managers"', 'group = "gardeners"', 'id = "managers-adopt"',
        "responsibility “managers-adopt”: “gardeners” is no group. Choose from: managers, staff, followers.", above=1,
    ),
    Mistake(
        DIRECTORY, 'scope = "local"', 'scope = "world"', 'id = "lado"',
        "contact “lado”: “world” is no scope. Choose from: national, local.", above=1,
    ),
    Mistake(
        DIRECTORY, 'scope = "local"', 'scope = "local"\ncontact = "01632 960150"', 'id = "lado"',
        "contact “lado”: It is local, and a pack serves every place. Take “contact” out: each setting fills it in.",
        above=1,
    ),
    Mistake(
        LISTS, 'every = "check_every_days"', 'every = "monday"', "[[checklist]]",
        "checklist “list-page-check”: “monday” is no parameter of this pack. "
        "Name one of its parameters, or leave “every” out.",
    ),
    # how long things are kept
    Mistake(
        KEPT, 'keep = 25\nunit = "years"\n', "", 'id = "keep-child"',
        "record “keep-child”: It must say in one way how long it is kept. "
        "Give it “keep” and “unit”, or “parameter”, or “until”.", above=1,
    ),
    Mistake(
        KEPT, "keep = 25\n", 'keep = 25\nuntil = "For ever"\n', 'id = "keep-child"',
        "record “keep-child”: It must say in one way how long it is kept. "
        "Give it “keep” and “unit”, or “parameter”, or “until”.", above=1,
    ),
    Mistake(
        KEPT, 'starts = "after the child’s date of birth"\n', "", 'id = "keep-child"',
        "record “keep-child”: It does not say from when. Write “starts”, as in: after they were made.", above=1,
    ),
    Mistake(
        KEPT, 'keep = 25\nunit = "years"\n', "keep = 25\n", 'id = "keep-child"',
        "record “keep-child”: Its number has no unit. Choose from: days, months, years.", above=1,
    ),
    Mistake(
        KEPT, 'unit = "years"', 'unit = "moons"', 'id = "keep-child"',
        "record “keep-child”: “moons” is no unit. Choose from: days, months, years.", above=1,
    ),
    Mistake(
        KEPT, "keep = 25", "keep = 0", 'id = "keep-child"',
        "record “keep-child”: It is kept for 0. Write 1 or more.", above=1,
    ),
    Mistake(
        KEPT, 'parameter = "keep_words_years"', 'parameter = "for_long"', 'id = "keep-words"',
        "record “keep-words”: “for_long” is no parameter of this pack. "
        "Name one of its parameters, or write “keep” and “unit”.", above=1,
    ),
    Mistake(
        KEPT, 'then = "review"', 'then = "burn"', 'id = "keep-child"',
        "record “keep-child”: “burn” is no end. Choose from: destroy, review.", above=1,
    ),
]  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.says[:60])
def test_a_mistake_is_named_with_its_place_and_what_to_do(folder: Path, mistake: Mistake) -> None:
    spoil(folder / mistake.file, mistake.old, mistake.new)
    found = said(folder)
    line = line_of(folder / mistake.file, mistake.at) - mistake.above
    assert [one.split(", ", 2)[2] for one in found if f", {mistake.says}" in one] == [mistake.says], found
    assert f"{mistake.file}, line {line}, {mistake.says}" in found or mistake.at == ""


def test_a_folder_without_anything(tmp_path: Path) -> None:
    assert said(tmp_path) == [
        "pack.toml, line 1, pack: The file is missing. Every pack has one: its id, title and numbers."
    ]


def test_a_file_that_nothing_reads(folder: Path) -> None:
    (folder / "risk.toml").write_text("", "utf-8")
    (found,) = said(folder)
    assert found.startswith(
        "risk.toml, line 1, file: Nothing reads a file of this name. Rename it or take it out. A pack "
    )


def test_a_file_that_is_not_text(folder: Path) -> None:
    (folder / POLICY).write_bytes(b"\xff\xfe")
    assert said(folder) == ["policy.md, line 1, file: It is not text in UTF-8. Save it again as UTF-8."]


def test_a_list_that_is_none(folder: Path) -> None:
    (folder / "use.toml").write_text('rule = "be kind"\n', "utf-8")
    assert said(folder) == [
        "use.toml, line 1, file: “rule” is not a list of entries. Start each with [[rule]]."
    ]


def test_nothing_asked_of_followers(folder: Path) -> None:
    path = folder / DUTIES
    path.write_text(path.read_text("utf-8").replace('group = "followers"', 'group = "staff"'), "utf-8")
    found = "responsibilities: Nothing is asked of followers. Write their list (C02)."
    assert said(folder) == [f"{DUTIES}, line 1, {found}"]


def test_a_question_without_a_choice(folder: Path) -> None:
    with (folder / QUESTIONS).open("a", encoding="utf-8") as file:
        file.write('[[question]]\nid = "ask-more"\ntext = "Well?"\nexplanation = "So."\n')
        file.write('[[question.answer]]\ntext = "Yes"\nright = true\n')
    line = line_of(folder / QUESTIONS, 'id = "ask-more"') - 1
    there = "question “ask-more”: There is nothing to choose from. Offer two answers or more."
    assert said(folder) == [f"{QUESTIONS}, line {line}, {there}"]


def test_a_checklist_without_items(folder: Path) -> None:
    with (folder / LISTS).open("a", encoding="utf-8") as file:
        file.write('[[checklist]]\nid = "list-none"\nversion = "1"\ntitle = "None"\nintro = "None."\n')
    line = line_of(folder / LISTS, 'id = "list-none"') - 1
    there = "checklist “list-none”: It has no items. Add [[checklist.item]], or take it out."
    assert said(folder) == [f"{LISTS}, line {line}, {there}"]


def test_a_number_without_a_floor(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(parameters._LIMITS, "read_back_days")
    line = line_of(folder / HEAD, 'id = "read_back_days"') - 1
    there = "It has no floor, so a setting could loosen it. Give it limits in policies/parameters.py."
    assert said(folder) == [f"{HEAD}, line {line}, parameter “read_back_days”: {there}"]


def test_every_mistake_is_found_in_one_go(folder: Path) -> None:
    spoil(folder / RISKS, 'owner = "manager"', 'owner = "somebody"')
    spoil(folder / KEPT, "keep = 25", "keep = 0")
    assert [one.split(",")[0] for one in said(folder)] == [KEPT, RISKS]
