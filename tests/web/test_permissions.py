"""The permission table: every address, for every member of the cast. A new address needs a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from stairgate.channels.access_list.services import note
from stairgate.channels.models import (
    AccessFinding,
    AccountRequest,
    Condition,
    Credential,
    Envelope,
    FoundPage,
    Pause,
    Renewal,
    WeakerSetting,
)
from stairgate.channels.pausing import pause_everything
from stairgate.channels.vault import services as vault
from stairgate.channels.vault.envelopes import print_envelope
from stairgate.cli.demo_accounts import ask
from stairgate.monitoring.complaints.services import Told as ToldComplaint
from stairgate.monitoring.complaints.services import record_complaint
from stairgate.monitoring.models import Complaint, Serious
from stairgate.monitoring.serious.services import stop
from stairgate.networks.base import AccessHolder, Secret
from stairgate.organisations.models import ScreeningWord, User
from stairgate.organisations.screening_words import Wanted, add_word
from stairgate.people.declaring.rules import QUESTIONS, Answer
from stairgate.people.declaring.services import declare
from stairgate.people.importing.services import keep_list
from stairgate.people.leaving import leave
from stairgate.people.models import Person, Spreadsheet
from stairgate.people.services import record_reference, register
from stairgate.policies.drafting import begin_draft
from stairgate.publishing.content import Content
from stairgate.publishing.models import StandingMessage, Suggestion, UrgentTemplate
from stairgate.publishing.services import keep_message, keep_urgent_starters, save_draft, submit, suggest
from tests.cast import PURPOSE, Cast, willow_lane

CAST = ("priya", "kofi", "tom", "gwen", "leah", "helen")
EVERYBODY = frozenset(CAST)
WRITE = frozenset({"priya", "kofi", "tom", "leah"})
APPROVE = frozenset({"priya", "kofi"})
DECIDE = frozenset({"priya", "kofi", "gwen"})
ACCOUNTS = frozenset({"priya", "kofi", "gwen", "helen"})
PEOPLE = frozenset({"priya", "gwen", "helen"})
MANAGER = frozenset({"priya"})
DRAFT_FORMS = {
    "facts": (),
    "numbers": (),
    "risk_new": (),
    "risks": (),
    "part": ("our-own",),
    "lines": ("staff",),
}
DRAFT_FORMS |= {"risk": ("risk-scams",), "changes": ()}
DRAFT_DEEDS = {"adopt": (), "drop": (), "risk_remove": ("risk-scams",), "risk_put_back": ("risk-scams",)}
PERSON_FORMS = ("change", "check", "training", "reference", "role", "line_manager", "leaving", "sign_in")
PERSON_DEEDS = (
    *("link", "show_birth_date", "show_number", "withdraw_check", "look_again"),
    *("verify_reference", "end_role"),
)
#: nobody has such a record here: 404
REMINDING_DEEDS = (
    "put_off",
    "talked",
    "told_of_lead",
    "spoken",
    "exception_allow",
    "exception_decline",
    "exception_end",
)
#: about an item of the inbox, of which there is none here: 404
ITEM_DEEDS = (
    *("ask_family", "ask_look", "agree"),
    *("take_on", "let_go", "note", "assign", "put_off", "decide_alike"),
)
SCREENING_DEEDS = ("try", "look", "add", "look_end", "end")

#: addresses that are read with GET: who may open them
READ: dict[str, frozenset[str]] = {
    "today": EVERYBODY,
    "menu": EVERYBODY,
    "publishing:list": EVERYBODY,
    "publishing:calendar": EVERYBODY,
    "publishing:phone": EVERYBODY,
    "screening:index": MANAGER | {"gwen"},
    "publishing:standing": WRITE,
    "publishing:standing_new": APPROVE,
    "publishing:standing_edit": APPROVE,
    "publishing:standing_again": APPROVE,
    "publishing:urgent": EVERYBODY,
    "publishing:urgent_template": EVERYBODY,
    "publishing:urgent_new": WRITE,
    "publishing:urgent_edit": WRITE,
    "publishing:urgent_send": WRITE,
    "publishing:suggestions": EVERYBODY,
    "publishing:suggest": EVERYBODY,
    "publishing:review": EVERYBODY,
    "publishing:approvals": APPROVE,
    "publishing:new": WRITE,
    "publishing:edit": WRITE,
    "monitoring:inbox": DECIDE,
    "monitoring:decided": DECIDE,
    "monitoring:find": DECIDE,
    "checking:check": ACCOUNTS,
    "checking:rota": ACCOUNTS,
    "checking:again": DECIDE,
    **dict.fromkeys((f"monitoring:{name}" for name in ("serious", "serious_begin", "later")), DECIDE),
    **dict.fromkeys((f"monitoring:{name}" for name in ("complaints", "complaint", "complaint_new")), DECIDE),
    "channels:list": ACCOUNTS,
    "channels:account": ACCOUNTS,
    "channels:request": ACCOUNTS,
    "channels:found": ACCOUNTS,
    "channels:connect": APPROVE,
    **dict.fromkeys(("channels:app", "channels:go", "channels:back"), APPROVE),
    **dict.fromkeys(("channels:access", "channels:vault", "channels:vault_entry"), ACCOUNTS),
    **dict.fromkeys(("channels:vault_new", "channels:vault_change"), APPROVE),
    "channels:opening": ACCOUNTS,
    "channels:settings": ACCOUNTS,
    "channels:settings_screen": ACCOUNTS,
    "channels:settings_picture": ACCOUNTS,
    "people:list": EVERYBODY,
    "people:person": PEOPLE | {"tom"},
    **dict.fromkeys((f"people:{name}" for name in PERSON_FORMS), MANAGER),
    "people:new": MANAGER,
    "people:declaration": EVERYBODY,
    "people:guides": EVERYBODY,
    "people:import": MANAGER,
    "people:import_template": MANAGER,
    "people:import_look": MANAGER,
    "assurance:live": EVERYBODY,
    "assurance:risks": EVERYBODY,
    "assurance:clause": EVERYBODY,
    "assurance:account": ACCOUNTS,
    "assurance:record": ACCOUNTS,
    **dict.fromkeys(("policies:words", "policies:versions", "policies:version"), EVERYBODY),
    **dict.fromkeys(("policies:differences", "policies:review"), EVERYBODY),
    "policies:next": MANAGER,
    **dict.fromkeys((f"policies:{name}" for name in DRAFT_FORMS), MANAGER),
    **dict.fromkeys(("library:index", "library:document", "library:help", "library:card"), EVERYBODY),
    **dict.fromkeys(("library:new", "library:again"), MANAGER | {"gwen"}),
    "reminding:activity": EVERYBODY,
    "reminding:mine": EVERYBODY,
    "reminding:mail": MANAGER,
    "reminding:rounds": PEOPLE,
    "reminding:look_out": PEOPLE,
    "reminding:lead": EVERYBODY,
    "reminding:exceptions": EVERYBODY,
    "reminding:exception_ask": EVERYBODY,
    "reminding:tell": EVERYBODY,
    "reminding:told": EVERYBODY,
    "reading:start": EVERYBODY,
    "reading:mine": EVERYBODY,
    "reading:who": PEOPLE,
    "policies:policy_pdf": EVERYBODY,
    "policies:code_pdf": EVERYBODY,
    "people:register_pdf": PEOPLE,
    "channels:promote": EVERYBODY,
    "channels:sheet_pdf": ACCOUNTS,
    "channels:request_pdf": ACCOUNTS,
    "channels:house_rules_pdf": ACCOUNTS,
}
#: of these, what leads on to another page
LEADS_ON = {"channels:go", "channels:back"}
#: deeds: GET is 405, nobody outside reaches them, and these may not do them (the service says so)
DEEDS: dict[str, frozenset[str]] = {
    "look": EVERYBODY,
    "publishing:standing_starters": APPROVE,
    "publishing:standing_use": WRITE,
    "publishing:standing_retire": APPROVE,
    "publishing:standing_stop": APPROVE,
    "publishing:urgent_starters": WRITE,
    "publishing:urgent_approve": APPROVE,
    "publishing:urgent_retire": APPROVE,
    "publishing:second_look": APPROVE,
    "publishing:suggest_check": EVERYBODY,
    "publishing:suggestion_begin": WRITE,
    "publishing:suggestion_decline": WRITE,
    "publishing:feed_make": EVERYBODY,
    "publishing:feed_drop": EVERYBODY,
    "publishing:check": WRITE,
    "publishing:check_saved": WRITE,
    "publishing:approve": APPROVE,
    "publishing:return": APPROVE,
    "publishing:say": APPROVE | {"tom"},
    "publishing:heard": EVERYBODY,
    "publishing:withdraw": APPROVE | {"tom"},
    "publishing:send_again": APPROVE,
    "publishing:look_again": APPROVE,
    "publishing:take_down": APPROVE,
    "publishing:change": WRITE,
    "publishing:read_now": APPROVE,
    "publishing:close_difference": APPROVE,
    "publishing:hand_begin": WRITE,
    "publishing:hand_answer": WRITE,
    "publishing:hand_gone": APPROVE,
    **dict.fromkeys((f"screening:{name}" for name in SCREENING_DEEDS), MANAGER | {"gwen"}),
    **dict.fromkeys((f"monitoring:serious_{name}" for name in ("start", "stop", "step")), DECIDE),
    "monitoring:complaint_close": DECIDE,
    "monitoring:clear_quiet": DECIDE,
    "checking:sign": DECIDE,
    "checking:answer": DECIDE,
    "checking:away": ACCOUNTS,
    **dict.fromkeys(("checking:back", "checking:look_again"), frozenset()),
    "monitoring:decide": DECIDE,
    "monitoring:reply": DECIDE,
    **dict.fromkeys((f"monitoring:{name}" for name in ITEM_DEEDS), DECIDE),
    **dict.fromkeys((f"channels:vault_{name}" for name in ("take_out", "begin")), APPROVE),
    "channels:vault_copied": frozenset(),
    **dict.fromkeys((f"channels:access_{name}" for name in ("read", "through", "who", "settle")), APPROVE),
    "channels:envelope_print": APPROVE,
    "channels:envelope_open": ACCOUNTS,
    "channels:pause": DECIDE,
    "channels:pause_everything": DECIDE,
    "channels:ask_to_open": APPROVE,
    "channels:confirm_opening": APPROVE,
    "channels:prove": ACCOUNTS,
    "channels:ask": ACCOUNTS,
    "channels:decide": frozenset({"helen"}),
    "channels:lead_sign": frozenset(),
    "channels:cosign": frozenset(),
    "channels:withdraw": frozenset({"priya", "helen"}),
    "channels:meet": frozenset({"helen"}),
    "channels:renew": frozenset({"helen"}),
    "channels:gone": frozenset({"helen"}),
    "channels:evaluate": APPROVE,
    "channels:confirm_ticked": APPROVE,
    "channels:leaver_done": MANAGER,
    "channels:take_back": APPROVE,
    "channels:read_settings": APPROVE,
    "channels:put_back": APPROVE,
    "channels:put_all_back": APPROVE,
    "channels:sign_settings": APPROVE,
    "channels:weaker": frozenset({"helen"}),
    "channels:weaker_over": frozenset({"helen"}),
    "assurance:download": MANAGER,
    "library:read": EVERYBODY,
    "library:told": frozenset(),
    "library:withdraw": MANAGER | {"gwen"},
    "library:check": MANAGER | {"gwen"},
    **dict.fromkeys((f"reminding:{name}" for name in REMINDING_DEEDS), frozenset()),
    "reading:open": EVERYBODY,
    **dict.fromkeys((f"people:{name}" for name in PERSON_DEEDS), MANAGER),
    **dict.fromkeys(("policies:begin", "policies:review_keep"), MANAGER),
    "policies:review_note": ACCOUNTS,
    **dict.fromkeys((f"policies:{name}" for name in DRAFT_DEEDS), MANAGER),
    "people:declaration_agree": EVERYBODY,
    "people:declaration_read": frozenset({"priya", "gwen", "tom"}),
    "people:declaration_plan": frozenset({"priya", "gwen", "tom"}),
    "people:declaration_helped": frozenset({"priya", "gwen", "tom"}),
    "people:import_take": MANAGER,
    "people:import_forget": MANAGER,
}
#: nobody has to be signed in
OPEN = {
    "publishing:feed",
    "publishing:fetch",
    "help_now",
    "alive",
    "account_login",
    "account_inactive",
    "sign_in_as",
    "hook",
    "account_logout",
}
#: exist only at their moment: the wizard before the setting is founded, a second step half-way in
AT_THEIR_MOMENT = {
    "welcome",
    "welcome_you",
    "invited",
    "account_signup",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
#: a record nobody has in this test: 404 for everybody
ABSENT = {
    *(
        "reading:part",
        "reading:part_read",
        "reading:questions",
        "reading:name",
        "reading:copy",
        "reading:certificate",
    ),
    "monitoring:enter",  # a place that is read by itself: tests/monitoring/entering
    *("publishing:picture", "monitoring:item", "checking:receipt", "checking:receipt_pdf"),
    *("publishing:picture", "monitoring:item", "monitoring:handle", "monitoring:alike"),
    "monitoring:complaint_of",
    # a look is one person's own: tests/channels/test_vault.py
    *("channels:vault_look", "channels:vault_next"),
    "channels:ask_step",  # a draft is its writer's own: tests/channels/test_asking_pages.py
    *("publishing:hand", "publishing:hand_proof", "publishing:hand_still"),
    "channels:pick",  # a walk is its person's own: tests/channels/test_dialog.py
}


#: addresses of the register: all are about Tom, but for a sign-in, which he has
DECLARED = ("declaration_read", "declaration_plan", "declaration_helped")
OF_A_PERSON = {f"people:{name}" for name in ("person", *PERSON_FORMS, *PERSON_DEEDS, *DECLARED)}
#: addresses of the draft of the next version, and of a part of it
OF_A_DRAFT = {f"policies:{name}": args for name, args in (DRAFT_FORMS | DRAFT_DEEDS).items()}
#: addresses of one account, and of one request for another
OF_AN_ACCOUNT = {
    "assurance:account",
    *(f"channels:{name}" for name in ("account", "connect", "evaluate", "pause", "prove", "sheet_pdf")),
    *("channels:go", "channels:opening", "channels:confirm_ticked", "channels:house_rules_pdf"),
    *("channels:vault", "channels:envelope_print"),
    *(f"channels:access{deed}" for deed in ("", "_read", "_through", "_who")),
    *("channels:settings", "channels:read_settings", "channels:sign_settings", "channels:put_all_back"),
}
#: addresses of one setting of an account, or of one screen of them
OF_A_SETTING = {
    "channels:settings_screen": "comments",
    "channels:put_back": "tagging",
    "channels:weaker": "tagging",
}
#: addresses of one thing in the vault
OF_A_SECRET = {f"channels:vault_{name}" for name in ("entry", "change", "take_out", "begin")}
OF_A_REQUEST = {
    f"channels:{name}" for name in ("request", "request_pdf", "decide", "lead_sign", "cosign", "withdraw")
}
#: addresses of one document of the library
OF_A_DOCUMENT = {f"library:{name}" for name in ("document", "again", "read", "withdraw")}
#: addresses of one word that a setting added to what screening looks for
OF_A_WORD = {"screening:look_end", "screening:end"}
#: addresses of one uploaded list of people
OF_A_LIST = {f"people:import_{name}" for name in ("look", "take", "forget")}
#: addresses of one standing message
OF_A_MESSAGE = {f"publishing:standing_{name}" for name in ("edit", "again", "use", "retire")}
#: addresses of one urgent template
OF_A_TEMPLATE = {f"publishing:urgent_{name}" for name in ("template", "edit", "send", "approve", "retire")}


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            found.add(f"{space}{pattern.name}")
    return found


@pytest.fixture
def cast(db: None, settings: object) -> Cast:
    settings.DEMO = True  # type: ignore[attr-defined]
    return willow_lane(timezone.now())


@pytest.fixture
def post(cast: Cast) -> UUID:
    content = Content(text="Soup day", channel_ids=(cast.channel.pk,), purpose=PURPOSE)
    revision = save_draft(
        actor=cast.tom,
        organisation=cast.organisation,
        post=None,
        content=content,
        seen=None,
        at=timezone.now(),
    )
    submit(actor=cast.tom, post=revision.post, at=timezone.now())
    words = {"title": "Menu", "text": "It is on the board."}
    place = cast.organisation
    keep_message(actor=cast.kofi, organisation=place, message=None, at=timezone.now(), **words)
    keep_urgent_starters(actor=cast.tom, organisation=place, at=timezone.now())
    suggest(actor=cast.helen, organisation=place, text="Egg boxes, please", about="", at=timezone.now())
    return revision.post_id


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _held(cast: Cast) -> Pause:
    return pause_everything(
        actor=cast.gwen, organisation=cast.organisation, reason="A worrying comment", at=timezone.now()
    )


def _sent(cast: Cast) -> AccountRequest:
    """Return Priya's request for an account, sent once."""
    found = AccountRequest.objects.first()
    return found or ask(cast.nursery, timezone.now(), network="bluesky", name="Willow Lane")


def _lasting(name: str, cast: Cast) -> UUID:
    """Return what the deeds on a condition, an evaluation and a found page are about."""
    now = timezone.now()
    if name == "channels:meet":
        made = Condition.objects.create(channel=cast.channel, words="A rota", due_on=now.date(), made_at=now)
        return made.pk
    if name == "channels:renew":
        same = {
            "channel": cast.channel,
            "evaluation": "It went well",
            "asked_by": cast.priya,
            "asked_at": now,
        }
        return (cast.channel.renewals.filter(decided_at=None).first() or Renewal.objects.create(**same)).pk
    page = FoundPage.objects.create(
        organisation=cast.organisation,
        network="bluesky",
        name=f"Page {uuid4()}",
        found_by=cast.priya,
        found_at=now,
        regularise_by=now.date(),
    )
    return page.pk


def _stopped(cast: Cast) -> Serious:
    """Return what somebody stopped at because it looks illegal."""
    place, now = cast.organisation, timezone.now()
    return Serious.objects.first() or stop(actor=cast.gwen, organisation=place, item=None, at=now)


def _complaint(cast: Cast) -> Complaint:
    """Return a complaint that somebody told in person."""
    day = timezone.localdate()
    found = Complaint.objects.first() or record_complaint(
        actor=cast.gwen,
        organisation=cast.organisation,
        item=None,
        version="",
        about_child="no",
        told=ToldComplaint("Nobody rings back", "A parent", "in_person", day),
        dealt_by=cast.gwen.pk,
        at=timezone.now(),
    )
    assert found is not None
    return found


def _secret(cast: Cast) -> Credential:
    """Return the password of the page's mailbox, in the vault once."""
    found = Credential.objects.filter(removed_at=None).first()
    wanted = vault.Wanted("office@willowlane.example", Secret("seven purple kettles"))
    return found or vault.put_in(
        actor=cast.priya, channel=cast.channel, kind="mailbox", wanted=wanted, at=timezone.now()
    )


def _stranger(cast: Cast) -> AccessFinding:
    """Return what was found of somebody on the page's access list whom nobody knows."""
    holders = [AccessHolder("7", "Sam Stranger")]
    note(channel=cast.channel, holders=holders, by=None, at=timezone.now())
    return AccessFinding.objects.get()


def _envelope(cast: Cast) -> Envelope:
    """Return the sealed envelope of the page, printed once."""
    _secret(cast)
    if not Envelope.objects.exists():
        at = timezone.now()
        print_envelope(actor=cast.priya, channel=cast.channel, kept_where="The office safe", at=at)
    return Envelope.objects.get()


def _weaker(cast: Cast) -> WeakerSetting:
    """Return leave for a setting to be weaker."""
    row, _ = WeakerSetting.objects.get_or_create(
        channel=cast.channel,
        line="tagging",
        ended_at=None,
        defaults={
            "found": "On",
            "reason": "For the summer fair",
            "until": timezone.localdate() + timedelta(days=9),
            "given_by": cast.helen,
            "given_at": timezone.now(),
        },
    )
    return row


def _of_a_person(name: str, cast: Cast) -> object:
    """Return what an address of the register is about."""
    tom = Person.objects.select_related("organisation").get(user=cast.tom)
    now, today = timezone.now(), timezone.localdate()
    if name in {"people:show_number", "people:withdraw_check", "people:look_again"}:
        return tom.checks.get().pk
    if name in {"people:declaration_plan", "people:declaration_helped"}:
        fine = {question.name: question.wanted for question in QUESTIONS}
        answers = fine | {"families": Answer.YES, "private": Answer.HELP}
        return declare(actor=cast.tom, organisation=cast.organisation, answers=answers, at=now).pk
    if name == "people:verify_reference":
        reference = record_reference(
            actor=cast.priya,
            person=tom,
            given_by="Fernbank",
            received_on=today,
            verified_on=None,
            at=now,
        )
        return reference.pk
    if name == "channels:leaver_done":
        leave(actor=cast.priya, person=tom, last_day=today + timedelta(days=9), at=now)
        return tom.leaving_tasks.filter(kind="access").get().pk
    if name == "people:end_role":
        return cast.member(cast.tom).roles.get().pk
    if name == "people:sign_in":
        return _newcomer(cast).pk
    return tom.pk


def _list(cast: Cast) -> Spreadsheet:
    data = b"Full name,Job title,First day\nAnn Example,Cook,1/9/2026"
    return keep_list(
        actor=cast.priya, organisation=cast.organisation, name="a.csv", data=data, at=timezone.now()
    )


def _word(cast: Cast) -> ScreeningWord:
    """Return a word that the setting looks for."""
    found = ScreeningWord.objects.first()
    wanted = Wanted.of("look", "Bramblewick", "The other nursery")
    return found or add_word(
        actor=cast.gwen, organisation=cast.organisation, wanted=wanted, at=timezone.now()
    )


def _newcomer(cast: Cast) -> Person:
    """Return somebody of the register who does not sign in yet."""
    return register(
        actor=cast.priya,
        organisation=cast.organisation,
        user=None,
        first_name="Ruth",
        full_name="Ruth Example",
        job_title="Apprentice",
        started_on=timezone.localdate(),
        work_email="ruth@willowlane.example",
        at=timezone.now(),
    )


def address(name: str, post: UUID, cast: Cast) -> str:
    if name in OF_A_DRAFT:
        begin_draft(actor=cast.priya, organisation=cast.organisation, at=timezone.now())
        return reverse(name, args=OF_A_DRAFT[name])
    if name in {"policies:version", "policies:differences"}:
        return reverse(name, args=[cast.policy.number])
    if name in {"channels:ask_to_open", "channels:confirm_opening"}:
        return reverse(name, args=[_held(cast).pk])
    if name in OF_A_REQUEST:
        return reverse(name, args=[_sent(cast).pk])
    if name == "channels:take_back":
        return reverse(name, args=[cast.channel.confirmations.get(item="plan").pk])
    if name == "channels:leaver_done":
        return reverse(name, args=[_of_a_person(name, cast)])
    if name in OF_A_SETTING:
        return reverse(name, args=[cast.channel.pk, OF_A_SETTING[name]])
    if name == "channels:settings_picture":
        return reverse(name, args=[cast.channel.settings_pictures.get().pk])
    if name == "channels:weaker_over":
        return reverse(name, args=[_weaker(cast).pk])
    if name in {"channels:meet", "channels:renew", "channels:gone"}:
        return reverse(name, args=[_lasting(name, cast)])
    if name == "channels:ask_step":
        return reverse(name, args=[uuid4(), "what"])
    if name == "assurance:clause":
        return reverse(name, args=["C18"])
    if name == "checking:answer":
        return reverse(name, args=["pages"])
    if name in {"monitoring:complaint", "monitoring:complaint_close"}:
        return reverse(name, args=[_complaint(cast).pk])
    if name == "monitoring:serious":
        return reverse(name, args=[_stopped(cast).pk])
    if name == "monitoring:serious_step":
        return reverse(name, args=[_stopped(cast).pk, "support"])
    if name == "channels:vault_new":
        return reverse(name, args=[cast.channel.pk, "account"])
    if name == "channels:access_settle":
        return reverse(name, args=[_stranger(cast).pk])
    if name in OF_A_SECRET:
        return reverse(name, args=[_secret(cast).pk])
    if name == "channels:envelope_open":
        return reverse(name, args=[_envelope(cast).pk])
    if name in OF_AN_ACCOUNT:
        return reverse(name, args=[cast.channel.pk])
    if name.startswith("publishing:suggestion_"):
        return reverse(name, args=[Suggestion.objects.get().pk])
    if name in {
        "publishing:send_again",
        "publishing:look_again",
        "publishing:read_now",
        "publishing:close_difference",
        "publishing:hand_begin",
        "publishing:hand_answer",
        "publishing:hand_gone",
        "monitoring:decide",
        "monitoring:reply",
        "checking:back",
        "checking:look_again",
        "monitoring:serious_stop",
        *(f"monitoring:{name}" for name in ITEM_DEEDS),
        "publishing:standing_stop",
        *(f"reminding:{name}" for name in REMINDING_DEEDS if name != "told_of_lead"),
        "channels:vault_copied",
        *ABSENT,
    }:
        return reverse(name, args=[uuid4()])
    if name in {"reminding:lead", "reminding:told_of_lead"}:
        lead = cast.member(cast.gwen).roles.get(role="dsl").pk
        return reverse(name, args=[lead, *([uuid4()] if name == "reminding:told_of_lead" else [])])
    if name in OF_A_DOCUMENT:
        return reverse(name, args=[cast.organisation.library.get().pk])
    if name == "library:told":
        return reverse(name, args=[cast.organisation.library.get().pk, uuid4()])
    if name == "library:check":
        return reverse(name, args=["childline"])
    if name in OF_A_WORD:
        return reverse(name, args=[_word(cast).pk])
    if name in OF_A_LIST:
        return reverse(name, args=[_list(cast).pk])
    if name in OF_A_PERSON:
        return reverse(name, args=[_of_a_person(name, cast)])
    if name in OF_A_TEMPLATE:
        return reverse(name, args=[UrgentTemplate.objects.latest("made_at").pk])
    if name in OF_A_MESSAGE:
        return reverse(name, args=[StandingMessage.objects.get().pk])
    try:
        return reverse(name)
    except Exception:
        return reverse(name, args=[post])


def test_every_address_has_a_row() -> None:
    security = {name for name in names(get_resolver().url_patterns) if name.startswith("mfa_")}
    known = {*READ, *DEEDS, *OPEN, *AT_THEIR_MOMENT, *ABSENT, *security, "account_reauthenticate"}
    assert names(get_resolver().url_patterns) - known == set()


def of_room(names: Iterable[str], room: str) -> list[str]:
    return sorted(name for name in names if name.partition(":")[0] == room)


ROOMS = sorted({name.partition(":")[0] for name in READ.keys() | DEEDS.keys()} - {"look"})


@contextmanager
def undone() -> Iterator[None]:
    """What is done in the block is taken back: the next address meets the same setting, which is made once."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("room", ROOMS)
def test_who_may_open_a_page(room: str, cast: Cast, post: UUID) -> None:
    clients = {person: signed_in(getattr(cast, person)) for person in CAST}
    wrong = []
    for name in of_room(READ, room):
        with undone():
            for person, client in clients.items():
                wanted = 403 if person not in READ[name] else 302 if name in LEADS_ON else 200
                status = client.get(address(name, post, cast)).status_code
                if status != wanted:
                    wrong.append((name, person, status, wanted))
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_nobody_gets_in_without_signing_in(room: str, cast: Cast, post: UUID) -> None:
    wrong = []
    for name in of_room(READ.keys() | DEEDS.keys(), room):
        with undone():
            where = address(name, post, cast)
            for answer in (Client().get(where), Client().post(where)):
                door = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
                if not door and answer.status_code != 405:
                    wrong.append((name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_who_may_do_a_deed(room: str, cast: Cast, post: UUID) -> None:
    clients = {person: signed_in(getattr(cast, person)) for person in CAST}
    wrong = []
    for name in of_room(DEEDS.keys() - {"look"}, room):
        with undone():
            where = address(name, post, cast)
            for person, client in clients.items():
                if client.get(where).status_code != 405:
                    wrong.append((name, person, "answers to looking"))
                status = client.post(where, {"reason": "because"}).status_code
                asked_first = {"publishing:approve": 422, "publishing:urgent_approve": 422}.get(name)
                if person not in DEEDS[name] and status not in {403, 404, asked_first}:
                    wrong.append((name, person, str(status)))
    assert wrong == []


@pytest.mark.parametrize(
    "name",
    [
        *("publishing:review", "publishing:edit", "publishing:approve", "publishing:second_look"),
        *("policies:version", "policies:differences"),
        *("monitoring:serious", "monitoring:serious_step"),
        *("monitoring:complaint", "monitoring:complaint_close"),
        "channels:access_settle",
        *("channels:vault_new", "channels:envelope_open", *sorted(OF_A_SECRET)),
        *sorted(OF_A_WORD | OF_A_DOCUMENT | OF_A_TEMPLATE | OF_A_PERSON | OF_AN_ACCOUNT | OF_A_REQUEST),
        *("channels:meet", "channels:renew", "channels:gone"),
        *("channels:take_back", "channels:leaver_done", "channels:weaker_over", "channels:settings_picture"),
        *sorted(OF_A_SETTING),
    ],
)
def test_another_settings_record_does_not_exist(name: str, cast: Cast, post: UUID) -> None:
    stranger = signed_in(cast.outsider)
    where = address(name, post, cast)
    answer = stranger.get(where) if name in READ else stranger.post(where, {"reason": "because", "read": "1"})
    assert answer.status_code == 404


def test_an_author_never_approves_by_hand_made_request(cast: Cast, post: UUID) -> None:
    for person in (cast.tom, cast.leah, cast.gwen, cast.helen):
        signed_in(person).post(reverse("publishing:approve", args=[post]), {"read": "1", "digest": "x"})
    page = signed_in(cast.priya).get(reverse("publishing:review", args=[post]))
    assert b"Your decision" in page.content


def test_demo_sign_in_is_only_for_the_demo(cast: Cast, settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    who = cast.member(cast.priya).pk
    assert Client().post(reverse("sign_in_as"), {"who": str(who)}).status_code == 404
    assert b"Priya" not in Client().get(reverse("account_login")).content


def test_without_the_demo_a_second_step_comes_first(cast: Cast, settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    answer = signed_in(cast.priya).get("/")
    assert answer.status_code == 302 and answer["Location"] == reverse("mfa_activate_totp")


def test_pages_carry_a_strict_policy_and_no_inline_script(cast: Cast) -> None:
    answer = signed_in(cast.priya).get("/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'self'" in policy
    assert b"<script>" not in answer.content and b" style=" not in answer.content


def test_an_address_that_is_a_button_says_so(cast: Cast) -> None:
    answer = signed_in(cast.priya).get(reverse("look"))
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "belongs to a button on another page" in answer.content.decode()
