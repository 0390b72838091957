"""Every page that lists or shows something, as a manager asks for it: for the budget test and for the bench."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from stairgate.channels.models import Dialog
from stairgate.monitoring.checking.rules import HEADINGS
from stairgate.monitoring.complaints.services import Told, record_complaint
from stairgate.monitoring.models import Complaint, PageCheck, Serious
from stairgate.monitoring.serious.services import note_support, stop
from stairgate.organisations.models import RoleHeld, User
from stairgate.organisations.rules import Role
from stairgate.policies.drafting import begin_draft
from stairgate.policies.models import Signature
from stairgate.publishing.states import EDITABLE, PostState
from tests.cast import PASSWORD
from tests.crowd import POSTS, Crowd

HOST = "localhost"


@dataclass(frozen=True, slots=True)
class Page:
    """One page at one address. ``typed`` is what a fragment is asked about: it is sent with POST."""

    name: str
    address: str
    said: str = ""  # tells apart pages of one name
    typed: Mapping[str, object] = field(default_factory=dict)
    signed_in: bool = True

    def __str__(self) -> str:
        return f"{self.name} {self.said}".strip()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page cost."""

    status: int
    queries: tuple[str, ...]
    body: bytes
    seconds: float


def _busy(made: Crowd) -> date:
    """Return a day on which something went out, whatever the time is now."""
    done = made.post(PostState.PUBLISHED).deliveries.filter(done_at__isnull=False).earliest("done_at")
    return timezone.localdate(done.done_at, ZoneInfo("Europe/London"))


def pages(made: Crowd) -> list[Page]:
    """Return every page for what was made."""
    return [
        *(Page(name, reverse(name)) for name in _PLAIN),
        *(Page(name, reverse(name), signed_in=False) for name in ("account_login", "account_inactive")),
        Page("help_now", reverse("help_now"), "signed out", signed_in=False),
        Page("monitoring:inbox", f"{reverse('monitoring:inbox')}?page=2", "page 2"),
        Page("monitoring:find", f"{reverse('monitoring:find')}?words=soup", "words"),
        Page("publishing:list", f"{reverse('publishing:list')}?state=published", "published"),
        *(
            Page(
                "publishing:calendar", f"{reverse('publishing:calendar')}?show={show}&on={_busy(made)}", show
            )
            for show in ("month", "week", "list", "day")
        ),
        *(
            Page(name, reverse(name, args=[made.message.pk]))
            for name in ("publishing:standing_edit", "publishing:standing_again")
        ),
        *_policy(made),
        *_library(made),
        *_urgent(made),
        *_posts(made),
        *_register(made),
        *_next_version(made),
        *_accounts(made),
        Page("reminding:lead", reverse("reminding:lead", args=[RoleHeld.objects.filter(role="dsl")[0].pk])),
        Page(
            "reading:copy", reverse("reading:copy", args=[Signature.objects.get(user__first_name="Priya").pk])
        ),
        Page("publishing:picture", reverse("publishing:picture", args=[made.pictures[0].pk])),
        Page("checking:receipt", reverse("checking:receipt", args=[_checked(made).pk])),
        Page("monitoring:item", reverse("monitoring:item", args=[made.items[0].pk]), "long story"),
        Page("monitoring:item", reverse("monitoring:item", args=[made.items[1].pk]), "decided"),
        *(
            Page(f"monitoring:{name}", reverse(f"monitoring:{name}", args=[made.items[0].pk]))
            for name in ("handle", "alike", "complaint_of")
        ),
        Page("monitoring:complaint", reverse("monitoring:complaint", args=[_complaint(made).pk])),
        Page("monitoring:serious", reverse("monitoring:serious", args=[_stopped(made).pk])),
    ]


_PLAIN = (
    "today",
    "menu",
    "help_now",
    "publishing:list",
    "publishing:approvals",
    "publishing:phone",
    "publishing:standing",
    "publishing:standing_new",
    "publishing:urgent",
    "publishing:urgent_new",
    "publishing:suggestions",
    "publishing:suggest",
    "publishing:new",
    "monitoring:inbox",
    "monitoring:decided",
    "monitoring:find",
    "checking:check",
    "checking:rota",
    "checking:again",
    "monitoring:serious_begin",
    "monitoring:later",
    "monitoring:complaints",
    "monitoring:complaint_new",
    "screening:index",
    "channels:list",
    "channels:app",
    "channels:found",
    "channels:promote",
    "people:list",
    "people:new",
    "people:declaration",
    "people:guides",
    "people:import",
    "assurance:live",
    "assurance:record",
    "assurance:risks",
    "policies:words",
    "policies:versions",
    "policies:next",
    "policies:review",
    "library:index",
    "library:new",
    "library:help",
    "reminding:mine",
    "reminding:mail",
    "reminding:rounds",
    "reminding:look_out",
    "reminding:activity",
    "reminding:exceptions",
    "reminding:exception_ask",
    "reminding:tell",
    "reminding:told",
    "reading:start",
    "reading:mine",
    "reading:who",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_deactivate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
)


def _policy(made: Crowd) -> list[Page]:
    """The live policy: what is to mend, one account, and a clause that many facts speak of."""
    return [
        Page("assurance:live", f"{reverse('assurance:live')}?show=mend", "to mend"),
        Page("assurance:account", reverse("assurance:account", args=[made.channel.pk])),
        *(Page("assurance:clause", reverse("assurance:clause", args=[c]), c) for c in ("C18", "C44", "C78")),
    ]


def _library(made: Crowd) -> list[Page]:
    """A document of the library with its story, and the form for its next version."""
    there = made.channel.organisation.library.get(kind="safeguarding").pk
    return [
        Page(f"library:{name}", reverse(f"library:{name}", args=[there])) for name in ("document", "again")
    ]


def _register(made: Crowd) -> list[Page]:
    """The register, one of its lists, its forms about a person, and that person with all they ever had."""
    about = made.person.pk
    forms = ("person", "change", "check", "training", "reference", "role", "line_manager", "leaving")
    return [
        *(Page(f"people:{name}", reverse(f"people:{name}", args=[about])) for name in forms),
        Page("people:sign_in", reverse("people:sign_in", args=[made.newcomer.pk])),
        Page("people:list", f"{reverse('people:list')}?show=soon", "soon"),
        Page("people:import_look", reverse("people:import_look", args=[made.list.pk])),
    ]


def _next_version(made: Crowd) -> list[Page]:
    """The versions of the policy, and the draft of the next one with its forms."""
    organisation = made.channel.organisation
    manager = RoleHeld.objects.filter(role=Role.MANAGER, membership__organisation=organisation).earliest("pk")
    begin_draft(actor=manager.membership.user, organisation=organisation, at=timezone.now())
    newest = organisation.policy_versions.latest("number")
    plain = ("changes", "facts", "numbers", "risk_new", "risks")
    parts = {"part": "children-first", "lines": "staff", "risk": "risk-scams"}
    return [
        *(Page(f"policies:{name}", reverse(f"policies:{name}")) for name in plain),
        *(Page(f"policies:{name}", reverse(f"policies:{name}", args=[part])) for name, part in parts.items()),
        *(
            Page(f"policies:{name}", reverse(f"policies:{name}", args=[newest.number]))
            for name in ("version", "differences")
        ),
    ]


def _accounts(made: Crowd) -> list[Page]:
    """The page of the account with the longest story, its connection, and a request in each of its pages."""
    account = [
        Page(f"channels:{name}", reverse(f"channels:{name}", args=[made.channel.pk]))
        for name in ("access", "account", "connect", "opening", "settings", "vault")
    ]
    account += [
        Page("channels:vault_new", reverse("channels:vault_new", args=[made.channel.pk, "account"])),
        *(
            Page(f"channels:vault_{name}", reverse(f"channels:vault_{name}", args=[made.secret.pk]))
            for name in ("entry", "change")
        ),
    ]
    screen = reverse("channels:settings_screen", args=[made.channel.pk, "comments"])
    account.append(Page("channels:settings_screen", screen))
    request = Page("channels:request", reverse("channels:request", args=[made.request.pk]))
    steps = ("what", "readers", "people", "safe", "send")
    return [
        *account,
        Page("channels:pick", reverse("channels:pick", args=[_walk(made).pk])),
        request,
        *(
            Page("channels:ask_step", reverse("channels:ask_step", args=[made.asking.pk, one]), one)
            for one in steps
        ),
    ]


def _checked(made: Crowd) -> PageCheck:
    """Return a check that is signed, with what was drawn of it."""
    now, by = timezone.now(), made.channel.requested_by
    check, new = PageCheck.objects.get_or_create(
        organisation=made.channel.organisation,
        signed_by=by,
        defaults={
            "since": now,
            "begun_at": now,
            "begun_by": by,
            "signed_at": now,
            "receipt": {"accounts": [{"name": made.channel.name, "by_hand": "", "moved": []}]},
            "digest": "0" * 64,
            "entry": 1,
        },
    )
    if new:
        for heading in HEADINGS:
            check.answers.create(heading=heading.id, answer="none", by=by, at=now)
        for item in made.items[:5]:
            check.sample.create(item=item, due_at=now)
    return check


def _stopped(made: Crowd) -> Serious:
    """What somebody stopped at because it looks illegal, with a long story."""
    place, now = made.channel.organisation, timezone.now()
    manager = User.objects.get(first_name="Priya", memberships__organisation=place)
    case = Serious.objects.filter(organisation=place).first()
    case = case or stop(actor=manager, organisation=place, item=None, at=now)
    for _ in range(len(made.items) // 10):
        note_support(actor=manager, case=case, words="Somebody speaks with them", at=now)
    return case


def _complaint(made: Crowd) -> Complaint:
    """One of many complaints."""
    place, now = made.channel.organisation, timezone.now()
    manager = User.objects.get(first_name="Priya", memberships__organisation=place)
    told = Told("Nobody rings back", "A parent", "in_person", place.day(now))
    rows = [
        record_complaint(
            actor=manager,
            organisation=place,
            item=None,
            version="",
            about_child="no",
            told=told,
            dealt_by=manager.pk,
            at=now,
        )
        for _ in range(len(made.items) // 30)
    ]
    assert rows[0] is not None
    return rows[0]


def _walk(made: Crowd) -> Dialog:
    """A manager's walk through Facebook's dialog, with a page to pick."""
    now, place = timezone.now(), made.channel.organisation
    manager = User.objects.get(first_name="Priya", memberships__organisation=place)
    found = Dialog.objects.filter(begun_by=manager).first()
    return found or Dialog.objects.create(
        channel=made.channel,
        begun_by=manager,
        begun_at=now,
        answered_at=now,
        state="0",
        person=b"sealed",
        offers=[["100000000000001", "Willow Lane Nursery", ""]],
    )


def _urgent(made: Crowd) -> list[Page]:
    sending = made.urgent.revisions.get().urgent
    template = sending.version.template_id
    today = timezone.localdate(timezone=ZoneInfo("Europe/London"))
    typed: dict[str, object] = {"go": "see", "channels": [str(made.channel.pk)]}
    typed |= {"slot-day": today, "slot-opens_on": today, "slot-opens_at": "08:00"}
    typed["slot-reason"] = sending.version.wording.slots[1].choices[0]
    names = ("urgent_template", "urgent_edit", "urgent_send")
    return [
        *(Page(f"publishing:{name}", reverse(f"publishing:{name}", args=[template])) for name in names),
        Page(
            "publishing:urgent_send", reverse("publishing:urgent_send", args=[template]), "filled in", typed
        ),
        Page("publishing:review", reverse("publishing:review", args=[made.urgent.pk]), "urgent"),
    ]


def _posts(made: Crowd) -> list[Page]:
    found = []
    for state in PostState:
        post = made.post(state)
        found.append(Page("publishing:review", reverse("publishing:review", args=[post.pk]), state.value))
        if state in EDITABLE:
            found.append(Page("publishing:edit", reverse("publishing:edit", args=[post.pk]), state.value))
    draft = made.post(PostState.DRAFT)
    typed = {
        "text": POSTS[-1],
        "channels": [str(pk) for pk in draft.revisions.latest("number").channel_ids],
        "picture": [str(picture.pk) for picture in made.pictures],
    }
    saved = reverse("publishing:check_saved", args=[draft.pk])
    return [
        *found,
        *_by_hand(made),
        Page("publishing:check", reverse("publishing:check"), typed=typed),
        Page("publishing:check_saved", saved, typed=typed),
    ]


def _by_hand(made: Crowd) -> list[Page]:
    """Return the pages of what is done by hand, in each state it can be in; a manager has begun one of them."""
    found = []
    for state in (PostState.BY_HAND, PostState.SENDING, PostState.UNKNOWN, PostState.POSTED):
        there = made.post(state).deliveries.get(channel__network="assisted").pk
        found.append(Page("publishing:hand", reverse("publishing:hand", args=[there]), state.value))
        if state == PostState.SENDING:
            found.append(Page("publishing:hand_proof", reverse("publishing:hand_proof", args=[there])))
    return found


def second_steps(user: User) -> None:
    """Give somebody an authenticator and recovery codes: a real setting asks for a second step."""
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    assert Authenticator.objects.filter(user=user).count() == 2


def signed_in(user: User) -> Client:
    """Return a browser in which somebody signed in a moment ago."""
    client = Client(headers={"host": HOST})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def see(page: Page, client: Client) -> Seen:
    """Ask for a page as a browser does, and return what that cost: session and sign-in counted too."""
    who = client if page.signed_in else Client(headers={"host": HOST})
    with CaptureQueriesContext(connection) as asked:
        began = time.perf_counter()
        answer = who.post(page.address, page.typed) if page.typed else who.get(page.address)
        body = answer.getvalue()
        seconds = time.perf_counter() - began
    return Seen(answer.status_code, tuple(q["sql"] for q in asked.captured_queries), body, seconds)
