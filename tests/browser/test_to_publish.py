"""A new, empty setting, from the welcome wizard to "may publish", as its three people walk it; every press counted."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Frame, Locator, Page

from stairgate.cli import demo_policy
from stairgate.people.declaring.rules import QUESTIONS
from stairgate.policies.packs.loading import pack
from stairgate.policies.reading.rules import parts_of
from tests.browser.conftest import Photograph, Stack, follow, violations, watched
from tests.browser.steps import screenshot
from tests.cast import PASSWORD
from tests.cli.installation import Installation, Running
from tests.practice.fixtures import Practice

pytestmark = pytest.mark.browser

HEAD = (
    "Name,Job title,Start date,Work email,DBS level,Barred list checked,DBS date,Date seen,Seen by,"
    "Child protection provider,Child protection level,Child protection,Child protection expires,"
    "Online safety provider,Online safety,Online safety expires"
)
ROW = (
    "{name} Example,{job},05/01/2026,{mail}@fernbank.example,enhanced,yes,06/01/2026,12/01/2026,{seen} Example,"
    "Fenmoor Council,Lead level,12/01/2026,12/01/2028,Fenmoor Council,13/01/2026,13/01/2028"
)
PEOPLE = (("Ana", "Nursery manager"), ("Bea", "Deputy manager"), ("Cleo", "Safeguarding lead"))
RIGHT = {
    asked.text: next(answer.text for answer in asked.answers if answer.right)
    for asked in pack(demo_policy.PACK).questions
}
#: the reading itself: nobody wants the policy signed unread, so its pages are told apart from those with a task
READING = re.compile(r"/policy/sign/part/\d+/$")


@dataclass
class Counted:
    """What everybody together had to press, and how many pages they met: those with a task, and those to read."""

    clicks: int = 0
    screens: list[str] = field(default_factory=list)
    read: int = 0

    def saw(self, frame: Frame) -> None:
        path = re.sub(r"^https?://[^/]+", "", frame.url)
        if frame.parent_frame is not None or frame.url.startswith("about:"):
            return
        if READING.search(path):
            self.read += 1
        else:
            self.screens.append(path)


@dataclass
class Person:
    """One of them at their own computer. Each press, and each page they come to, is counted."""

    page: Page
    counted: Counted

    def press(self, name: str | re.Pattern[str], role: str = "button") -> None:
        """Press what leads to another page."""
        self.counted.clicks += 1
        follow(self.page, self.page.get_by_role(role, name=name).first)  # type: ignore[arg-type]

    def link(self, name: str | re.Pattern[str]) -> None:
        self.press(name, "link")

    def tick(self, box: Locator) -> None:
        self.counted.clicks += 1
        box.check()

    def choose(self, field: Locator, value: str) -> None:
        self.counted.clicks += 1
        field.select_option(value)

    def fill(self, answers: dict[str, str]) -> None:
        """Type into fields, by their names."""
        for name, words in answers.items():
            self.page.locator(f"[name='{name}']").fill(words)

    def lock_the_door(self) -> None:
        """Set up the second step with an authenticator app, keep the codes, and come to Today."""
        secret = self.page.locator("main code").first.inner_text()
        self.page.locator("[name=code]").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
        self.press("Lock the door")
        self.link("I have kept them")

    def come_in(self, address: str) -> None:
        self.page.goto(address)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Choose this password")
        self.lock_the_door()

    def sign(self, name: str, *, begun: bool = False) -> None:
        """Read the policy to its end, answer its questions, show who they are, and sign."""
        if not begun:
            self.link(re.compile("^Read and sign$"))
        self.press("Open it and begin")
        while READING.search(self.page.url):
            self.press(re.compile("^I have read"))
        for asked in self.page.locator("main fieldset").all():
            question = asked.locator("legend").inner_text().split(". ", 1)[1]
            self.tick(asked.get_by_label(RIGHT[question], exact=True))
        self.press("Send my answers")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Go on")
        for one in QUESTIONS:
            self.tick(self.page.locator(f"[name={one.name}][value={one.wanted}]"))
        for box in self.page.locator("[name=ticked]").all():
            self.tick(box)
        self.page.get_by_label("Type your full name").fill(f"{name} Example")
        self.press("Sign the policy")
        assert "Signed. Your copy is here" in self.page.inner_text("main")


@pytest.fixture
def own(
    installation_environment: dict[str, str], practice: Practice, tmp_path: Path
) -> Iterator[tuple[Installation, Running]]:
    """A setting's own Stairgate, just started for the first time; Facebook is the practice network."""
    environment = installation_environment | {"STAIRGATE_PRACTICE_URL": practice.url}
    installation = Installation(tmp_path / "home", environment)
    with installation.started() as running:
        yield installation, running


@pytest.fixture
def first_visit(own: tuple[Installation, Running], chromium: Browser) -> Iterator[Stack]:
    yield from watched(Stack(own[1].url, chromium))


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
def three(first_visit: Stack, counted: Counted) -> list[Person]:
    """Ana, Bea and Cleo, each with a window."""
    found = []
    for _ in PEOPLE:
        page = first_visit.page()
        page.on("framenavigated", counted.saw)
        found.append(Person(page, counted))
    return found


def test_a_new_setting_may_publish(
    own: tuple[Installation, Running],
    first_visit: Stack,
    three: list[Person],
    practice: Practice,
    counted: Counted,
    photograph: Photograph,
    tmp_path: Path,
) -> None:
    ana, bea, cleo = three
    welcome(ana, first_visit.url, own[1].told())
    links = register(ana, tmp_path)
    assert violations(ana.page) == []
    add_safeguarding_policy(ana)
    adopt(ana, photograph)
    ana.sign("Ana", begun=True)
    for person, name in ((bea, "Bea"), (cleo, "Cleo")):
        person.come_in(links[name])
        person.sign(name)
    ask(ana)
    decide(cleo)
    connect(ana, practice)
    go_live(ana, photograph)
    sign_the_settings(ana, screenshot(tmp_path))
    set_the_rota(ana, photograph)
    send_a_draft(bea)
    assert violations(bea.page) == []
    told = f"{counted.clicks} clicks, {len(counted.screens)} screens, {counted.read} pages of the policy read"
    assert counted.read == 3 * len(parts_of(demo_policy.document().text)) == 15
    print(f"\nFrom the welcome wizard to a post that waits for its second yes: {told}.")
    assert len(counted.screens) < 75, "\n".join([told, *counted.screens])


def welcome(ana: Person, url: str, told: str) -> None:
    ana.page.goto(url)
    ana.page.get_by_label("Set-up code").fill(told.split("Set-up code: ")[1].split()[0])
    ana.page.get_by_label("Name of your setting").fill("Fernbank Nursery")
    ana.page.get_by_label("Office phone").fill("01632 960121")
    ana.page.get_by_label("Office email").fill("office@fernbank.example")
    ana.press("Continue")
    ana.page.get_by_label("First name").fill("Ana")
    ana.page.get_by_label("Full name").fill("Ana Example")
    ana.page.get_by_label("Work email").fill("ana@fernbank.example")
    ana.page.get_by_label("Password").fill(PASSWORD)
    ana.press("Continue")
    ana.lock_the_door()


def register(ana: Person, folder: Path) -> dict[str, str]:
    """Put all three on the register from a list, give two of them roles; return the links for them."""
    rows = [
        ROW.format(name=name, job=job, mail=name.lower(), seen="Cleo" if name == "Ana" else "Ana")
        for name, job in PEOPLE
    ]
    listing = folder / "staff.csv"
    listing.write_text("\n".join([HEAD, *rows]), "utf-8")
    ana.link("See the people")
    ana.link("Import a list")
    ana.counted.clicks += 1
    ana.page.locator("input[type=file]").set_input_files(listing)
    ana.press("Look at the rows")
    ana.press("Import 3 rows")
    links: dict[str, str] = {}
    for name, roles in (
        ("Bea", ["Page administrator"]),
        ("Cleo", ["Designated safeguarding lead", "Service manager"]),
    ):
        ana.link(re.compile(f"^let {name} sign in" if links else f"^Let them sign in.*{name}"))
        for role in roles:
            ana.tick(ana.page.get_by_label(role, exact=True))
        if name == "Cleo":
            ana.page.get_by_label("Safeguarding phone").fill("01632 960122")
        ana.press("Make the link")
        links[name] = ana.page.get_by_label("Press, then copy").input_value()
    return links


def add_safeguarding_policy(ana: Person) -> None:
    """Say where the nursery's own safeguarding policy is, which everybody confirms when they sign; and begin ours."""
    ana.link(re.compile("^Today$"))
    ana.link("Add it")
    page = ana.page
    ana.fill(
        {"title": "Keeping children safe", "version": "This year's", "place": "On the shelf by the door"}
    )
    adopted, again = (
        page.evaluate(f"new Date(Date.now() + {days} * 864e5).toISOString().slice(0, 10)")
        for days in (-30, 300)
    )
    ana.fill({"adopted_on": adopted, "review_by": again})
    ana.press("Put it there, and begin our policy")
    assert "is in the library." in page.inner_text("main")


def adopt(ana: Person, photograph: Photograph) -> None:
    """Make the template the setting's own, and adopt it."""
    photograph(ana.page, "first-facts")
    given = demo_policy.FACTS.values
    ana.fill({name: words for name, words in given.items() if name not in {"setting.name", "setting.office"}})
    for name in sorted(demo_policy.FACTS.confirmed):
        ana.tick(ana.page.locator(f"[name='fits.{name}']"))
    ana.press("Keep in the draft")  # everything is said, and no risk is rated: they are next
    photograph(ana.page, "first-risks")
    assert violations(ana.page) == []
    for risk in ana.page.locator("main select").all():
        ana.choose(risk, "low")
    ana.press("Keep in the draft")
    photograph(ana.page, "first-policy")
    ana.tick(ana.page.get_by_label("I accept, in my name"))
    ana.press("Adopt it")
    assert "Version 1 is in force." in ana.page.inner_text("main")


def ask(ana: Person) -> None:
    """Ask for a page: four steps, a last look, and off to the service manager."""
    page = ana.page
    ana.link(re.compile("^Today$"))
    ana.link("Ask for a page")
    ana.press("Ask to open a page")
    ana.choose(page.get_by_label("Where"), "facebook")
    ana.fill(
        {
            "name": "Fernbank Nursery",
            "team": "The office",
            "purpose": "To show families what a day with us is like.",
            "tags": "News and events for families\nShowing what we do",
            "achieve": "Fewer missed dates.",
            "aims": "Working in partnership with parents.",
        }
    )
    ana.press("Save and go on")
    ana.tick(page.get_by_label("Parents and carers"))
    ana.tick(page.get_by_label("words a child can read"))
    day = page.evaluate("new Date(Date.now() + 9e9).toISOString().slice(0, 10)")
    ana.fill({"evaluation": "We ask families each term.", "evaluate_on": day})
    ana.press("Save and go on")
    ana.counted.clicks += 3
    page.get_by_label("Whom to ask about this request").select_option(label="Ana, Nursery manager")
    page.locator("[name=admin1]").select_option(label="Ana, Nursery manager")
    page.locator("[name=admin2]").select_option(label="Bea, Deputy manager")
    phone = dict.fromkeys(("lead_phone", "admin1_phone", "admin2_phone"), "01632 960121")
    ana.fill(phone | {"lead_address1": "1 Fern Lane", "lead_address2": "Fenmoor"})
    ana.fill({"admin1_manager": "Dev, chair", "admin2_manager": "Ana"})
    for name in ("Ana,", "Bea,"):
        ana.tick(page.locator("#id_holders").get_by_label(name))
    ana.press("Save and go on")
    for risk in ("staff", "public", "name", "young"):
        ana.choose(page.locator(f"[name=risk_{risk}_level]"), "low")
        ana.choose(page.locator(f"[name=risk_{risk}_left]"), "low")
        ana.fill({f"risk_{risk}_control": "Somebody else reads each post.", f"risk_{risk}_owner": "Ana"})
    ana.fill({"wrong": "Cleo, safeguarding lead, at any time."})
    ana.tick(page.get_by_label("holidays included"))
    ana.tick(page.get_by_label("The setting owns the account"))
    ana.press("Save and go on")
    ana.press("Send to the service manager")
    assert "waits for the service manager" in page.inner_text("main")


def decide(cleo: Person) -> None:
    cleo.link(re.compile("^Today$"))
    cleo.link("Read and decide")
    cleo.tick(cleo.page.locator("[name=decision][value=yes]"))
    cleo.page.get_by_role("textbox", name="Why?", exact=True).fill("Two trained people, and a clear purpose.")
    cleo.page.get_by_label("Sign with your full name").fill("Cleo Example")
    cleo.press("Decide and sign")
    assert "Authorised and signed." in cleo.page.inner_text("main")


def connect(ana: Person, practice: Practice) -> None:
    ana.link(re.compile("^Today$"))
    assert "the gate is shut" not in ana.page.inner_text("main"), "one task is enough"
    ana.link("Connect it")
    given = practice.given
    ana.page.get_by_text("I have a token of the page already").click()
    ana.fill({"portfolio": "Fernbank, portfolio 100 200 300", "mailbox": "office@fernbank.example"})
    ana.fill({"page_id": given["page_id"], "token": given["page_token"], "app_id": given["app_id"]})
    ana.fill({"app_secret": given["app_secret"]})
    ana.press("Ask the network and connect")
    said = ana.page.inner_text("main")
    assert "is connected, and it works." in said and "0 of 5 confirmed" in said


def go_live(ana: Person, photograph: Photograph) -> None:
    """Go through what makes the page a safe place: five cards, each said by a tick of its own, confirmed together."""
    page = ana.page
    photograph(page, "going-live")
    assert violations(page) == []
    for said in ("I put them on the page", "I accept this plan", "it is there, and it works"):
        ana.tick(page.get_by_label(said))
    ana.tick(page.get_by_label("it is there for children to read"))
    page.get_by_label("Business portfolio").fill("Fernbank, portfolio 100 200 300")
    for name in ("Ana,", "Bea,"):
        assert page.get_by_label(name).is_checked(), "the request named them"
    ana.tick(page.get_by_label("I looked at each person’s access"))
    ana.tick(page.get_by_label("our setting owns it"))
    ana.press("Confirm what is ticked")
    assert "All confirmed" in page.inner_text("main")
    photograph(page, "gone-live")
    assert violations(page) == []


def sign_the_settings(ana: Person, picture: Path) -> None:
    """Look at what the network tells nobody, screen by screen, put our words on the page, and sign that all is strict."""
    page = ana.page
    ana.link("Go through the settings")
    look = page.get_by_role("link", name="Look, and write down what it says")
    for screen in range(look.count()):
        ana.counted.clicks += 1
        follow(page, look.nth(screen))
        for wanted in page.locator("main input[value=wanted]").all():
            ana.tick(wanted)
        ana.counted.clicks += 1
        page.locator("#picture").set_input_files(picture)
        ana.press("Write down what I saw")
    ana.press("Read them now")  # the worker would, in time
    ana.press(re.compile("^Put all .* back as agreed"))
    assert "All as agreed again: we read it back." in page.inner_text("body")
    ana.press("Sign the settings sheet")
    assert "Signed, with your name and the time." in page.inner_text("body")


def set_the_rota(ana: Person, photograph: Photograph) -> None:
    """Ana looks at the page each week, and Bea steps in."""
    page = ana.page
    ana.link("Weekly check")
    ana.link("Put it right on the rota")
    ana.choose(page.get_by_label("Does the check"), "Ana")
    ana.choose(page.get_by_label("Steps in when they are away"), "Bea")
    ana.press("Set the rota")
    assert "The rota is set." in page.inner_text("body")
    photograph(page, "rota")
    assert violations(page) == []


def send_a_draft(bea: Person) -> None:
    """Bea's draft can be sent: the page is open to her, and Ana is the second person."""
    bea.link("Write a post")
    page = bea.page
    page.locator("main textarea").first.fill("We planted beans today, and everybody got muddy hands.")
    bea.counted.clicks += 2  # this choice, and sending
    page.get_by_label("What is it for?").select_option("News and events for families")
    page.get_by_text("A second person: Ana").wait_for()
    assert "Page is open to you" in page.inner_text("main")
    page.get_by_role("button", name="Send for approval").click()
    page.get_by_text("Sent for approval.").wait_for()
