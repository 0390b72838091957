"""What the publishing tests share: the cast, and a network whose answers a test decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from stairgate.channels import services as channel_services
from stairgate.ledger.services import LedgerError
from stairgate.networks.base import (
    Absent,
    Account,
    Capability,
    Done,
    Health,
    LivePost,
    Outcome,
    Outgoing,
    Passage,
    Reconciled,
    Refused,
    Staged,
    Unknown,
)
from stairgate.organisations.models import User
from stairgate.publishing import delivery, gate, reading_back, services, taking_down
from stairgate.publishing.content import Content, PictureUse
from stairgate.publishing.models import Delivery, Post, Revision
from tests.cast import PURPOSE, Cast, willow_lane


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


@dataclass
class Scripted:
    """Stands where a network client stands; says what the test tells it to, and keeps what it was sent."""

    name: str = "facebook"
    label: str = "Facebook"
    capabilities: frozenset[Capability] = frozenset(Capability)
    answers: list[Outcome] = field(default_factory=list)
    staging: list[Staged | Refused | Unknown] = field(default_factory=list)
    looks: list[Reconciled] = field(default_factory=list)
    published: list[Outgoing] = field(default_factory=list)
    #: what is on the page now, by its number; an exception is what reading it or deleting it raises
    page: dict[str, LivePost | Exception] = field(default_factory=dict)
    deleting: list[Exception | None] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def health(self, account: Account) -> Health:
        return Health(ok=True, checked_at=timezone.now())

    def validate(self, outgoing: Outgoing) -> Sequence[str]:
        return ()

    def stage(self, passage: Passage) -> Staged | Refused | Unknown:
        return self.staging.pop(0) if self.staging else Staged()

    def publish(self, passage: Passage, staged: Staged) -> Outcome:
        self.published.append(passage.spend())
        answer = self.answers.pop(0) if self.answers else Done("1_1", "http://page.example/1")
        if isinstance(answer, BaseException):
            raise answer
        edited = self.published[-1].edits
        if edited and isinstance(answer, Done):
            self.rewrite(edited, self.published[-1].text)
        return answer

    def rewrite(self, external_id: str, text: str) -> None:
        """Give what is on the page other words."""
        there = self.page[external_id]
        assert isinstance(there, LivePost)
        self.page[external_id] = replace(there, text=text)

    def reconcile(self, account: Account, outgoing: Outgoing, *, since: datetime, key: str) -> Reconciled:
        return self.looks.pop(0) if self.looks else Absent(0)

    def read_post(self, account: Account, external_id: str) -> LivePost | None:
        found = self.page.get(external_id)
        if isinstance(found, Exception):
            raise found
        return found

    def delete(self, account: Account, external_id: str) -> None:
        self.deleted.append(external_id)
        trouble = self.deleting.pop(0) if self.deleting else None
        if trouble is not None:
            raise trouble
        self.page.pop(external_id, None)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    scripted = Scripted()
    for module in (delivery, channel_services, reading_back, taking_down):
        monkeypatch.setattr(module, "network_for", lambda channel: scripted)
    yield scripted


@dataclass
class Desk:
    """Short words for what the tests do over and over."""

    cast: Cast
    now: datetime

    def content(
        self,
        text: str = "Puddle day! Everyone came back muddy and happy.",
        *,
        purpose: str = PURPOSE,
        send_at: datetime | None = None,
        pictures: tuple[PictureUse, ...] = (),
    ) -> Content:
        return Content(
            text=text,
            channel_ids=(self.cast.channel.id,),
            purpose=purpose,
            send_at=send_at,
            pictures=pictures,
        )

    def save(
        self,
        text: str = "Puddle day! Everyone came back muddy and happy.",
        *,
        by: User | None = None,
        **more: object,
    ) -> Revision:
        post = more.pop("post", None)
        seen = more.pop("seen", None)
        return services.save_draft(
            actor=by or self.cast.tom,
            organisation=self.cast.organisation,
            post=post,  # type: ignore[arg-type]
            content=self.content(text, **more),  # type: ignore[arg-type]
            seen=seen,  # type: ignore[arg-type]
            at=self.now,
        )

    def submitted(self, **more: object) -> Revision:
        revision = self.save(**more)  # type: ignore[arg-type]
        services.submit(actor=self.cast.tom, post=revision.post, at=self.now)
        return revision

    def approved(self, **more: object) -> Post:
        revision = self.submitted(**more)
        services.approve(
            actor=self.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=self.now
        )
        return Post.objects.get(pk=revision.post_id)

    def sweep(self, after: float = 0) -> None:
        delivery.sweep(self.now + timedelta(seconds=after), "test")

    def delivery(self, post: Post) -> Delivery:
        return Delivery.objects.filter(post=post).latest("created_at")


@pytest.fixture
def desk(cast: Cast, now: datetime) -> Desk:
    return Desk(cast, now)


def fill_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the gate cannot write anything down."""

    def refuse(**entry: object) -> None:
        raise LedgerError("unwritable")

    monkeypatch.setattr(gate, "record", refuse)
