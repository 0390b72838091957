"""A crowd: posts in every state, comments with their stories, colleagues and accounts, as years leave them.

Written as rows, because the deeds themselves would take an hour; of the shapes those deeds leave behind.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache
from uuid import UUID, uuid4

from django.db import connection, transaction
from PIL import Image

from stairgate.channels.asking.services import begin
from stairgate.channels.models import (
    AccessCheck,
    AccessFinding,
    AccountRequest,
    Channel,
    Credential,
    Envelope,
    PlatformPerson,
    VaultLook,
)
from stairgate.channels.services import Credentials, note_health
from stairgate.channels.vault.selectors import last_number
from stairgate.channels.vault.services import Wanted, put_in
from stairgate.cli.demo_accounts import ask
from stairgate.ledger.services import record
from stairgate.monitoring.models import Action, Decision, Item, Sighting, Sweep
from stairgate.monitoring.rules import risk_of
from stairgate.networks.base import Health, Secret
from stairgate.organisations.models import Membership, Organisation, RoleHeld, User
from stairgate.organisations.rules import Role
from stairgate.organisations.selectors import screening_facts
from stairgate.people.importing.services import keep_list
from stairgate.people.models import Check, LeavingTask, Person, Reference, Spreadsheet, Training
from stairgate.policies.models import Signature
from stairgate.publishing.models import (
    Addressee,
    Answer,
    Approval,
    Attempt,
    Delivery,
    Difference,
    Look,
    Message,
    Picture,
    Post,
    ReadBack,
    Return,
    Revision,
    RevisionPicture,
    SecondLook,
    StandingMessage,
    TakeDown,
    UrgentSending,
)
from stairgate.publishing.recurrence import Every, Plan, Rule
from stairgate.publishing.screen import screen_words
from stairgate.publishing.services import add_picture, approve_urgent, begin_recurrence, keep_urgent
from stairgate.publishing.services.urgent import MOST_TEMPLATES
from stairgate.publishing.starters import urgent_starters
from stairgate.publishing.states import DeliveryState, PostState
from stairgate.screening import Author, Context, Direction, Screener, default_pack, to_json
from tests.accounts import open_account
from tests.cast import PURPOSE, Cast

POSTS = (
    "Puddle day! Everyone came back muddy and happy, and the soup was gone before we could take a photo of it.",
    "The December menu is up on the board by the door. Tell the office about any allergies, please.",
    "Acorns have been building a bridge for the three billy goats. It holds four goats so far, and one troll.",
    "We are looking for egg boxes, big and small, for our spring workshop. Leave them in the porch.",
    "Ottilie pulled up a very first carrot. We are off to Fenmoor Library on Thursday at 10, come and wave!",
    "What a b@stard of a wind! All the bunting is in the pond. Text Tom on 07700 900142 if you find our kite.",
)
COMMENTS = (
    "They slept so well after this!",
    "Do you have a place for a two-year-old in January? We are new to the village and have heard good things.",
    "What a lovely day, thank you all so much 😀",
    "My neighbour says you sh0uld be ashamed, you bunch of idiots",
    "Which day is the one in the red coat there? I could pick her up, tell me where and when",
    "Ring me about it on 07700 900456",
)
#: as long as Facebook takes; the whole first conversation is like that
LONGEST = (COMMENTS[1] * 100)[:8000]
STATES = tuple(PostState)
#: of so many posts, the newest, each state has its share and something is left to do; older ones are over
OPEN = 1000
OVER = (
    PostState.PUBLISHED,
    PostState.PUBLISHED,
    PostState.PUBLISHED,
    PostState.TAKEN_DOWN,
    PostState.WITHDRAWN,
)
#: people on the register at most: so many work in the largest settings
MOST_PEOPLE = 300
DELIVERED = {
    PostState.APPROVED: DeliveryState.WAITING,
    PostState.SENDING: DeliveryState.SENDING,
    PostState.PUBLISHED: DeliveryState.DONE,
    PostState.UNKNOWN: DeliveryState.UNKNOWN,
    PostState.HELD: DeliveryState.REFUSED,
    PostState.BY_HAND: DeliveryState.MANUAL,
    PostState.POSTED: DeliveryState.POSTED,
    PostState.LAPSED: DeliveryState.CANCELLED,
    PostState.TAKEN_DOWN: DeliveryState.TAKEN_DOWN,
}
APPROVED = frozenset(DELIVERED)
#: of so many posts the ledger has an entry: each is signed into a tree, which takes its time
MOST_WRITTEN = 2000


@dataclass(frozen=True, slots=True)
class Crowd:
    """What was made: the posts by state, their pictures, and the comments."""

    posts: list[Post]
    pictures: list[Picture]
    items: list[Item]
    message: StandingMessage
    person: Person
    newcomer: Person
    channel: Channel
    request: AccountRequest  # for an account, and sent
    asking: AccountRequest  # for another, and not yet
    list: Spreadsheet  # uploaded, and to be looked at
    urgent: Post  # sent from an urgent template, and still to be looked at a second time
    secret: Credential  # in the vault

    def post(self, state: PostState) -> Post:
        """Return the first post in a state."""
        return next(post for post in self.posts if post.state == state)


@transaction.atomic
def crowd(cast: Cast, now: datetime, *, posts: int, comments: int, story: int) -> Crowd:
    """Fill the setting and return what was made. ``story`` is how long the longest stories are.

    A story is the versions, answers, returns and approvals of a post, and the sightings of a comment; every
    post and comment has a story of 1, and the first of each state the whole of it.
    """
    channels = [*_accounts(cast, now, story), cast.channel]
    _colleagues(cast, now, story)
    people = min(posts, MOST_PEOPLE)
    newcomer = _register(cast, now, people, story)
    pictures = [_picture(cast, now) for _ in range(2)]
    made = _posts(cast, channels, pictures, now, posts, story)
    items = _comments(cast, channels, made, now, comments, story)
    _write_down(cast, made[:MOST_WRITTEN], items, now)
    message, urgent = _standing(cast, now, story), _urgent(cast, now, story)
    person = Person.objects.get(user=cast.tom)
    uploaded = _list(cast, now, people)
    asked = _asked(cast, now)
    secret = _vault(cast, now, story)
    _reach(cast, now, story)
    if connection.vendor == "postgresql":  # as it does for itself, once rows have been there for a minute
        connection.cursor().execute("ANALYZE")
    return Crowd(
        made, pictures, items, message, person, newcomer, cast.channel, *asked, uploaded, urgent, secret
    )


def _list(cast: Cast, now: datetime, rows: int) -> Spreadsheet:
    """Upload a list of so many people, each row with a long problem."""
    data = "Full name,Job title,First day\n" + "\n".join(
        f"Person {n},,31 Feb 26 {'x' * 99}" for n in range(rows)
    )
    return keep_list(
        actor=cast.priya, organisation=cast.organisation, name="a.csv", data=data.encode(), at=now
    )


def _accounts(cast: Cast, now: datetime, story: int) -> list[Channel]:
    """Open an account for each tenth of a story: nobody has more than a few."""
    made = []
    for _ in range(1 + story // 10):
        name = f"Bluesky {Channel.objects.count()}"
        nowhere = Credentials("http://127.0.0.1:9", "did:plc:example", Secret("not-a-token"))
        channel = open_account(cast.nursery, nowhere, now, network=Channel.Network.BLUESKY, name=name)
        for hours in range(story):
            note_health(channel=channel, health=Health(ok=True, checked_at=now - timedelta(hours=hours)))
        Sweep.objects.create(channel=channel, due_at=now, complete_at=now)
        made.append(channel)
    nowhere = Credentials("https://groups.willowlane.example/f", "families", Secret(""))
    name = f"Families {Channel.objects.count()}"
    group = open_account(cast.nursery, nowhere, now, network=Channel.Network.ASSISTED, name=name)
    note_health(channel=group, health=Health(ok=True, checked_at=now))
    return [*made, group]


def _vault(cast: Cast, now: datetime, story: int) -> Credential:
    """Put something into the vault that was looked at and printed over and over; return it."""
    wanted = Wanted(f"{uuid4().hex}@willowlane.example", Secret("seven purple kettles"))
    row = put_in(actor=cast.priya, channel=cast.channel, kind="mailbox", wanted=wanted, at=now)
    number = last_number(cast.organisation)
    about = {"organisation": cast.organisation, "channel": cast.channel, "kept_where": "The office safe"}
    seen = {"credential": row, "what": "secret", "reason": "The mailbox is locked"}
    for n in range(1, story + 1):
        Envelope.objects.create(
            **about, number=number + n, printed_at=now, printed_by=cast.priya, replaced_at=now
        )
        VaultLook.objects.create(**seen, user=cast.kofi, at=now, ends_at=now)
    return row


def _reach(cast: Cast, now: datetime, story: int) -> None:
    """Let strangers come and go on the access list of the page."""
    for n in range(story):
        stranger = {"channel": cast.channel, "external_id": uuid4().hex, "name": f"Sam Stranger {n}"}
        person = PlatformPerson.objects.create(**stranger, first_seen_at=now, last_seen_at=now)
        AccessCheck.objects.create(channel=cast.channel, at=now, seen=[person.name])
        done = {"closed_at": now, "closed_by": cast.kofi, "done": "Taken off the list"} if n % 2 else {}
        AccessFinding.objects.create(person=person, why="unknown", found_at=now, **done)


def _asked(cast: Cast, now: datetime) -> tuple[AccountRequest, AccountRequest]:
    """Send a request for an account, and begin another."""
    sent = ask(cast.nursery, now, network="bluesky", name=f"Page {uuid4().hex}")
    return sent, begin(actor=cast.priya, organisation=cast.organisation, at=now)


def _colleagues(cast: Cast, now: datetime, story: int) -> None:
    """Add page administrators who are fit: the register is read for each of them."""
    day = cast.organisation.day(now)
    for _ in range(story):
        user = User.objects.create(email=f"{uuid4().hex}@willowlane.example", first_name="Sam")
        member = Membership.objects.create(
            user=user, organisation=cast.organisation, job_title="Practitioner", started_on=day
        )
        for role in (Role.PAGE_ADMINISTRATOR, Role.DEPUTY_DSL):
            RoleHeld.objects.create(membership=member, role=role, starts_on=day)
        _on_register(cast, user, now)


def _on_register(cast: Cast, user: User, now: datetime) -> None:
    day = cast.organisation.day(now)
    person = Person.objects.create(
        organisation=cast.organisation,
        user=user,
        first_name=user.first_name,
        full_name="Sam Example",
        job_title="Practitioner",
        started_on=day,
    )
    Check.objects.create(
        person=person,
        level=Check.Level.ENHANCED,
        barred_list=True,
        issued_on=day,
        seen_on=day,
        seen_by="Priya",
        review_on=day + timedelta(days=700),
    )
    Training.objects.create(
        person=person,
        course=Training.Course.SAFEGUARDING,
        level="Lead level",
        completed_on=day,
        expires_on=day + timedelta(days=500),
    )
    Signature.objects.create(
        version=cast.policy,
        user=user,
        name_typed="Sam Example",
        text_digest=cast.policy.text_digest,
        signed_at=now,
    )


def _register(cast: Cast, now: datetime, count: int, story: int) -> Person:
    """Put people on the register who sign in and write, and give Tom a long story; return one who does not sign in."""
    day = cast.organisation.day(now)
    for _ in range(count):
        user = User.objects.create(email=f"{uuid4().hex}@willowlane.example", first_name="Robin")
        member = Membership.objects.create(
            user=user, organisation=cast.organisation, job_title="Practitioner", started_on=day
        )
        RoleHeld.objects.create(membership=member, role=Role.AUTHOR, starts_on=day)
        Person.objects.create(
            organisation=cast.organisation,
            user=user,
            first_name="Robin",
            full_name="Robin Example",
            job_title="Practitioner in the room with the longest name of them all",
            started_on=day,
        )
    tom = Person.objects.get(user=cast.tom)
    kinds = list(LeavingTask.Kind)
    LeavingTask.objects.bulk_create(
        [LeavingTask(person=tom, kind=kind, due_on=day, done_at=now, done_by=cast.priya) for kind in kinds],
        ignore_conflicts=True,
    )
    for _ in range(story):
        Check.objects.create(
            person=tom,
            level=Check.Level.BASIC,
            barred_list=False,
            issued_on=day,
            seen_on=day,
            seen_by="Priya",
            review_on=day,
            number_sealed=b"sealed",
        )
        Training.objects.create(
            person=tom, course=Training.Course.FIRST_AID, completed_on=day, expires_on=day
        )
        Reference.objects.create(person=tom, given_by="Fernbank Pre-school", received_on=day)
    return Person.objects.create(
        organisation=cast.organisation,
        first_name="Ruth",
        full_name="Ruth Example",
        job_title="Apprentice",
        work_email="ruth@willowlane.example",
        started_on=day,
    )


def _picture(cast: Cast, now: datetime) -> Picture:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), "seagreen").save(buffer, "JPEG")
    return add_picture(actor=cast.tom, organisation=cast.organisation, data=buffer.getvalue(), at=now)


def _posts(
    cast: Cast,
    channels: Sequence[Channel],
    pictures: Sequence[Picture],
    now: datetime,
    count: int,
    story: int,
) -> list[Post]:
    authors = (cast.tom, cast.kofi, cast.leah, cast.priya)
    rows = []
    before = Post.objects.filter(organisation=cast.organisation).count()
    for number in range(before, before + count):
        at = now - timedelta(minutes=11 * min(number, OPEN) + 100 * max(number - OPEN, 0))
        text = POSTS[number % len(POSTS)]
        rows.append(
            Post(
                organisation=cast.organisation,
                author=authors[number // len(STATES) % len(authors)],
                state=STATES[number % len(STATES)] if number < OPEN else OVER[number % len(OVER)],
                state_reason="Nobody could say whether it arrived." if number % 3 == 0 else "",
                title=text[:59],
                created_at=at,
                updated_at=at,
            )
        )
    Post.objects.bulk_create(rows, batch_size=500)
    revisions = _versions(cast, channels, rows, story)
    _photographs(revisions, pictures)
    _answers(cast, rows, story)
    _talk(cast, rows, revisions, now, story)
    _approvals(cast, rows, revisions, now, story)
    _deliveries(channels, rows, revisions, newest={post.pk for post in rows[: max(OPEN - before, 0)]})
    _hands(cast, now, story)
    return rows


def _talk(
    cast: Cast, posts: Sequence[Post], revisions: dict[UUID, list[Revision]], now: datetime, story: int
) -> None:
    """Let people talk about each post; every second message is for the manager, who has read the old ones."""
    said = [
        Message(
            post=post,
            revision=revisions[post.pk][0],
            author=cast.kofi,
            text=f"Could it be shorter? ({place})",
            at=now - timedelta(minutes=place),
        )
        for number, post in enumerate(posts)
        for place in range(_length(number, story))
    ]
    Message.objects.bulk_create(said, batch_size=500)
    Addressee.objects.bulk_create(
        Addressee(message=message, user=cast.priya, read_at=now if message.post.state in OVER else None)
        for message in said[::2]
    )


def _length(number: int, story: int) -> int:
    """Return the length of a post's story: the first of each state has all of it."""
    return story if number < len(STATES) else 1 + number % 3


def _versions(
    cast: Cast, channels: Sequence[Channel], posts: Sequence[Post], story: int
) -> dict[UUID, list[Revision]]:
    made: dict[UUID, list[Revision]] = {}
    for number, post in enumerate(posts):
        text = POSTS[number % len(POSTS)]
        made[post.pk] = [
            Revision(
                post=post,
                number=place + 1,
                text=f"{text} ({place + 1})",
                channel_ids=sorted(str(channel.pk) for channel in channels),
                purpose=PURPOSE,
                send_at=post.created_at + timedelta(days=2) if number % 2 else None,
                digest=_digest(f"{text} {place}"),
                screening=_screened(text, cast.organisation),
                created_by=post.author,
                created_at=post.created_at,
            )
            for place in range(_length(number, story))
        ]
    Revision.objects.bulk_create([row for rows in made.values() for row in rows], batch_size=500)
    return made


@cache
def _screened(text: str, organisation: Organisation) -> dict[str, object]:
    return to_json(screen_words(text, organisation, alts=["A photo"], is_reply=False))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _photographs(revisions: dict[UUID, list[Revision]], pictures: Sequence[Picture]) -> None:
    RevisionPicture.objects.bulk_create(
        [
            RevisionPicture(
                revision=rows[-1],
                picture=picture,
                position=place,
                alt="A muddy pair of wellingtons beside the door",
                shows=RevisionPicture.Shows.NOBODY,
            )
            for rows in revisions.values()
            for place, picture in enumerate(pictures)
        ],
        batch_size=500,
    )


def _answers(cast: Cast, posts: Sequence[Post], story: int) -> None:
    Answer.objects.bulk_create(
        Answer(
            post=post,
            finding_key=f"C79:{number}:{place}",
            words="the kite",
            reason="It is ours, and everybody knows it.",
            answered_by=post.author,
            answered_at=post.created_at,
        )
        for number, post in enumerate(posts)
        for place in range(_length(number, story))
    )


def _approvals(
    cast: Cast,
    posts: Sequence[Post],
    revisions: dict[UUID, list[Revision]],
    now: datetime,
    story: int,
) -> None:
    """Each version but the newest was returned once; each but the newest approval was voided."""
    approvals, returns = [], []
    for post in posts:
        for revision in revisions[post.pk][:-1]:
            returns.append(
                Return(post=post, revision=revision, returned_by=cast.priya, note="Say when.", at=now)
            )
            approvals.append(_approval(cast, revision, now, voided=True))
        if post.state in APPROVED:
            newest = revisions[post.pk][-1]
            approvals.append(_approval(cast, newest, now, voided=post.state == PostState.LAPSED))
    Return.objects.bulk_create(returns, batch_size=500)
    Approval.objects.bulk_create(approvals, batch_size=500)


def _approval(cast: Cast, revision: Revision, now: datetime, *, voided: bool) -> Approval:
    return Approval(
        post=revision.post,
        revision=revision,
        digest=revision.digest,
        approver=cast.priya,
        policy=cast.policy,
        approved_at=now,
        confirmed="All of this is so.",
        expires_at=now + timedelta(hours=48),
        voided_at=now if voided else None,
        void_reason="It changed after this approval." if voided else "",
    )


def _deliveries(
    channels: Sequence[Channel],
    posts: Sequence[Post],
    revisions: dict[UUID, list[Revision]],
    *,
    newest: set[UUID],
) -> None:
    rows = []
    for post in posts:
        state = DELIVERED.get(PostState(post.state))
        if state is None:
            continue
        for channel in channels:
            done = state == DeliveryState.DONE
            rows.append(
                Delivery(
                    organisation_id=post.organisation_id,
                    post=post,
                    revision=revisions[post.pk][-1],
                    channel=channel,
                    state=state,
                    send_at=post.updated_at,
                    due_at=post.updated_at,
                    external_id=uuid4().hex if done else "",
                    permalink=f"http://page.example/{post.pk}" if done else "",
                    done_at=post.updated_at if done else None,
                    created_at=post.created_at,
                )
            )
    Delivery.objects.bulk_create(rows, batch_size=500)
    _afterwards(rows, newest)


def _afterwards(rows: Sequence[Delivery], newest: set[UUID]) -> None:
    """Of the newest, every fifth page shows something else than was approved, and could not be taken down."""
    done = [row for row in rows if row.state == DeliveryState.DONE]
    ReadBack.objects.bulk_create(ReadBack(delivery=row, due_at=row.done_at) for row in done)
    astray = [row for row in done if row.post_id in newest][::5]
    for row in astray:
        seen = {"found_at": row.due_at, "seen_at": row.due_at}
        Difference.objects.create(
            organisation_id=row.organisation_id,
            delivery=row,
            kind=Difference.Kind.CHANGED,
            text=POSTS[-1],
            approved_text=row.revision.text,
            approved_pictures=2,
            **seen,
        )
    TakeDown.objects.bulk_create(
        TakeDown(
            delivery=row,
            state=TakeDown.State.NEEDS_PERSON,
            why="A name slipped in",
            problem="We may not.",
            asked_by=row.revision.created_by,
            asked_at=row.due_at,
            due_at=row.due_at,
        )
        for row in astray
    )


def _hands(cast: Cast, now: datetime, story: int) -> None:
    """The manager has begun what is going out by hand; somebody else looked, again and again."""
    going = Delivery.objects.filter(channel__network=Channel.Network.ASSISTED)
    going.filter(state=DeliveryState.SENDING).update(lease_until=now + timedelta(hours=1))
    attempts = [
        Attempt(delivery=row, number=1, opened_at=now, worker="", by=cast.priya)
        for row in going.filter(state=DeliveryState.SENDING, attempts__isnull=True)
    ]
    Attempt.objects.bulk_create(attempts)
    Look.objects.bulk_create(
        Look(delivery=attempt.delivery, attempt=attempt, by=cast.kofi, at=now, saw=Look.Saw.NOT_THERE)
        for attempt in attempts
        for _ in range(story)
    )


def _standing(cast: Cast, now: datetime, story: int) -> StandingMessage:
    """Put messages on the list, the longest words they may have, each of them recurring; return the last."""
    for number in range(story):
        message = StandingMessage.objects.create(
            organisation=cast.organisation,
            title=f"Menu {number}",
            text="soup " * 4000,
            changed_by=cast.kofi,
            changed_at=now,
        )
        begin_recurrence(
            actor=cast.kofi,
            message=message,
            plan=Plan(Rule(Every.WEEK, cast.organisation.day(now)), time(9), 3, (), ""),
            at=now,
        )
    return message


def _urgent(cast: Cast, now: datetime, story: int) -> Post:
    """Put templates on the list, each approved ahead and sent from; every second look is late. Return the last post."""
    (words, *_) = urgent_starters(PURPOSE)
    for number in range(min(story, MOST_TEMPLATES // 2)):  # it may be called twice
        title = f"{words.title} {number}"
        wording = replace(words, title=title)
        version = keep_urgent(
            actor=cast.tom, organisation=cast.organisation, template=None, wording=wording, at=now
        )
        approval = approve_urgent(
            actor=cast.priya, template=version.template, digest=version.digest, confirmed=True, at=now
        )
        post = Post.objects.create(
            organisation=cast.organisation,
            author=cast.kofi,
            state=PostState.PUBLISHED,
            title=title,
            created_at=now,
            updated_at=now,
        )
        revision = Revision.objects.create(
            post=post, number=1, text=words.text, purpose=PURPOSE, created_by=cast.kofi, created_at=now
        )
        sending = UrgentSending.objects.create(revision=revision, version=version, press=uuid4(), sent_at=now)
        sending.approvals.set([approval])
        SecondLook.objects.create(organisation=cast.organisation, sending=sending, due_at=now)
    return post


def _comments(
    cast: Cast, channels: Sequence[Channel], posts: Sequence[Post], now: datetime, count: int, story: int
) -> list[Item]:
    """Half of them wait, half are decided; the first stand in one long conversation."""
    under = [post for post in posts if post.state == PostState.PUBLISHED]
    found = _screened_comments(cast.organisation)
    rows = []
    for number in range(count):
        text = LONGEST if number < 60 else COMMENTS[number % len(COMMENTS)]
        stored, risk = found[text]
        at = now - timedelta(minutes=7 * number)
        post = under[number // 60 % len(under)]
        rows.append(
            Item(
                organisation=cast.organisation,
                channel=channels[number // 60 % len(channels)],
                external_id=uuid4().hex,
                kind="comment",
                post=post,
                thread_id=str(post.pk),
                author_id=uuid4().hex,
                author_name=f"Neighbour {number}",
                text=text,
                permalink=f"http://page.example/{number}",
                written_at=at,
                first_seen_at=at,
                risk=risk,
                screening=stored,
                state=Item.State.DECIDED if number % 2 else Item.State.OPEN,
                is_hidden=risk == 4,
            )
        )
    Item.objects.bulk_create(rows, batch_size=500)
    _stories(cast, rows, now, story)
    return rows


def _screened_comments(organisation: Organisation) -> dict[str, tuple[dict[str, object], int]]:
    screener = Screener(default_pack(), screening_facts(organisation))
    context = Context(has_picture=False, author=Author.STRANGER)
    found = {
        text: screener.screen(text, direction=Direction.INBOUND_COMMENT, context=context)
        for text in (LONGEST, *COMMENTS)
    }
    return {text: (to_json(s), risk_of(s.findings, has_picture=False)) for text, s in found.items()}


def _stories(cast: Cast, items: Sequence[Item], now: datetime, story: int) -> None:
    Sighting.objects.bulk_create(
        [
            Sighting(item=item, at=item.first_seen_at + timedelta(seconds=place), text=f"{item.text} {place}")
            for number, item in enumerate(items)
            for place in range(1 if number else story)
        ],
        batch_size=500,
    )
    decisions = [
        Decision(item=item, kind=Decision.Kind.HIDE, reason="Unkind.", by=cast.priya, at=now)
        for number, item in enumerate(items)
        if number == 0 or item.state == Item.State.DECIDED
    ]
    Decision.objects.bulk_create(decisions, batch_size=500)
    Action.objects.bulk_create(
        Action(
            item=decision.item,
            kind=Action.Kind.HIDE,
            state=Action.State.NEEDS_PERSON if decision.item == items[0] else Action.State.DONE,
            decision=decision,
            due_at=now,
            created_at=now,
        )
        for decision in decisions
    )
    Post.objects.create(
        organisation=cast.organisation,
        kind=Post.Kind.REPLY,
        author=cast.kofi,
        title="Thank you!",
        reply_to=items[0].external_id,
        reply_item=items[0].pk,
        created_at=now,
        updated_at=now,
    )


def _write_down(cast: Cast, posts: Sequence[Post], items: Sequence[Item], now: datetime) -> None:
    kinds = [("publishing.saved", str(post.author_id), str(post.pk)) for post in posts]
    kinds += [("monitoring.collected", "public", str(item.pk)) for item in items]
    for kind, actor, subject in kinds:
        record(
            organisation_id=cast.organisation.pk, kind=kind, actor=actor, subject=subject, payload={}, at=now
        )
