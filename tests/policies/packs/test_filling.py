"""A setting's own words and numbers in the text of a pack, and what is still to be said."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.policies.packs.document import to_html
from stairgate.policies.packs.filling import Facts, Open, fill, shown, unresolved
from stairgate.policies.packs.loading import pack
from stairgate.policies.parameters import Parameters
from tests.policies.packs.facts import whole

EARLY = pack("england-early-years")
BOUND = Parameters()


def named(name: str) -> str:
    parameter = next(one for one in EARLY.parameters if one.id == name)
    return shown(parameter, getattr(BOUND, name))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("check_every_days", "7 days"),
        ("approvers", "1 other person"),
        ("quiet_from_hour", "21:00"),
        ("quiet_until_hour", "07:00"),
        ("profanity_level", "level 3 of 4"),
        ("safeguarding_lead_approves", "Our safeguarding lead does not approve posts"),
        ("signpost_text", "Thank you for writing."),
    ],
)
def test_a_number_in_words(name: str, says: str) -> None:
    assert named(name).startswith(says)


def test_a_stricter_number_is_in_the_text() -> None:
    daily = replace(BOUND, check_every_days=1, approvers=2)
    text = "{{ check_every_days }}, {{approvers}}"
    assert fill(text, EARLY, Facts(), daily) == "1 day, 2 other people"


def test_a_choice_and_a_list() -> None:
    chosen = replace(BOUND, identifiable_children=True)
    assert fill("{{ identifiable_children }}", EARLY, Facts(), chosen).startswith("We have decided")
    assert fill("{{ standard_replies }}", EARLY, Facts(), BOUND).startswith(
        "- Thank you for your kind words."
    )


def test_a_fact_the_suggestion_or_the_blank() -> None:
    facts = Facts({"setting.name": " Willow\n\nLane ", "contact.lado": "01632 960150"})
    text = "{{ setting.name }} / {{ setting.council }} / {{ setting.hours_watched }} / {{ contact.lado }}"
    assert fill(text, EARLY, facts, BOUND) == (
        r"Willow Lane / \[our council\] / on the days we are open, during our opening hours / 01632 960150"
    )


def test_a_fact_cannot_ask_for_another() -> None:
    facts = Facts({"setting.name": "{{ approvers }}"})
    assert fill("{{ setting.name }}", EARLY, facts, BOUND) == "{{ approvers }}"


TYPED = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80)


@given(TYPED, st.sampled_from(("{}", "We are {}.", "- {}", "> {}", "**{}**")))
def test_a_fact_is_words_and_nothing_else(typed: str, around: str) -> None:
    """Whatever somebody types stands in the page just as they typed it, and adds no tag of its own."""
    text = around.format("{{ setting.name }}")
    found = to_html(fill(text, EARLY, Facts({"setting.name": typed}), BOUND))
    pure = to_html(text.replace("{{ setting.name }}", "word"))
    assert re.findall(r"<[^>]*>", found) == re.findall(r"<[^>]*>", pure)
    seen = " ".join(html.unescape(re.sub(r"<[^>]*>", "", found)).split())
    assert (" ".join(typed.split()) or "[the name of our setting]") in seen


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "[a link](https://bad.example)",
        "![a picture](https://bad.example/x.png)",
        "<https://bad.example>",
        "# A heading",
        "1. A list",
        "---",
        "`code` *loud* __louder__ &lt;b&gt;",
    ],
)
def test_hostile_words_are_shown_as_they_are(typed: str) -> None:
    found = to_html(fill("{{ setting.name }}", EARLY, Facts({"setting.name": typed}), BOUND))
    assert html.unescape(found) == f"<p>{typed}</p>\n"


@pytest.mark.parametrize(
    "written", ["<b onclick=x>no</b>", "[link](javascript:x)", "![p](x.png)", "<style>*{}</style>"]
)
def test_even_a_pack_can_make_no_link_picture_or_style(written: str) -> None:
    assert not re.search(r"<(?!/?p>)", to_html(written))


def test_everything_is_open_at_first() -> None:
    open_now = {one.key: one.why for one in unresolved(EARLY, Facts())}
    assert open_now["setting.name"] == Open.EMPTY
    assert open_now["setting.purpose"] == Open.TEMPLATE
    assert open_now["contact.lado"] == Open.EMPTY
    assert "contact.iwf" not in open_now and "contact.posh" not in open_now
    assert all(one.label and one.help for one in unresolved(EARLY, Facts()))


def test_nothing_is_open_in_the_end() -> None:
    assert unresolved(EARLY, whole(EARLY)) == ()


def test_a_blank_is_no_answer() -> None:
    facts = whole(EARLY)
    blank = replace(facts, values={**facts.values, "setting.name": " \n"})
    assert [(one.key, one.why) for one in unresolved(EARLY, blank)] == [("setting.name", Open.EMPTY)]


def test_the_templates_own_words_must_be_confirmed_or_changed() -> None:
    facts = replace(whole(EARLY), confirmed=frozenset())
    as_it_was = {one.key for one in unresolved(EARLY, facts)}
    assert as_it_was == {"setting.account_form", "setting.purpose", "setting.hours_watched"}
    suggestion = next(one.suggestion for one in EARLY.placeholders if one.id == "setting.purpose")
    typed_again = replace(facts, values={**facts.values, "setting.purpose": f" {suggestion} "})
    assert "setting.purpose" in {one.key for one in unresolved(EARLY, typed_again)}
    changed = replace(facts, values={**facts.values, "setting.purpose": "To tell families our news"})
    assert "setting.purpose" not in {one.key for one in unresolved(EARLY, changed)}
