"""What the machine of random deeds knows by itself, and what must be true after each deed.

Its account of who wrote and who approved what is much simpler than the gate's, and each thing that goes out is
compared with it. Its clock is the clock of everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from stairgate.channels.models import Channel
from stairgate.channels.pausing import CannotOpen
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.policies.quiet import QuietHours
from stairgate.publishing import services
from stairgate.publishing.models import Delivery, Post, UrgentTemplate
from stairgate.publishing.states import EDITABLE, DeliveryState, PostState
from tests.cast import Cast
from tests.publishing.random_pages import Page, twice
from tests.publishing.tally import Tally

#: all that can be sent from the urgent template
URGENT = re.compile(r"The bell is broken, please knock \([0-9]{1,3}\)")
REFUSALS = (services.Refusal, NotAllowed, CannotOpen)


class Books(RuleBasedStateMachine):
    """A setting, its people and its pages, and this machine's own account of what they did."""

    #: given by the test: the cast and its accounts as they are at the start of each run, and what stands for pages
    start: tuple[Cast, list[Channel], datetime]
    network: Page
    tally: Tally
    #: whose clock is the clock of everything now
    running: Books

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.cast, self.pages, self.now = deepcopy(self.start)
        self.network.begin()
        self.parameters = self.cast.policy.parameters
        self.numbers: dict[UUID, int] = {}
        self.written: dict[UUID, set[UUID]] = {}
        self.said_yes: dict[UUID, dict[str, dict[UUID, datetime]]] = {}
        #: the one urgent template, and who said yes to it ahead under the policy in force
        self.template: UrgentTemplate | None = None
        self.ahead: set[UUID] = set()
        self.never_fit = {self.cast.leah.id, self.cast.outsider.id, self.cast.helen.id}
        self.unchecked: set[UUID] = set()
        self.untrained: set[UUID] = set()
        self.shut = False
        self.ailing = False
        self.checked = self.deeds = 0
        #: everything that went out by a passage this machine found valid
        self.passed: set[tuple[str, str]] = set()
        Books.running = self

    def teardown(self) -> None:
        if self.deeds:  # Hypothesis makes one machine that it never runs
            self.tally.runs += 1
            self.tally.requests += len(self.network.asked)
            self.tally.there += len(self.network.there())
            self.tally.fates.update(Delivery.objects.values_list("state", flat=True))
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @contextmanager
    def deed(self, kind: str) -> Iterator[None]:
        """Count what is done, or refused. A second passes before each deed."""
        self.now += timedelta(seconds=1)
        self.deeds += 1
        try:
            yield
        except REFUSALS:
            self.tally.refused[kind] += 1
        else:
            self.tally.done[kind] += 1

    @property
    def unfit(self) -> set[UUID]:
        return self.never_fit | self.unchecked | self.untrained

    @property
    def quiet(self) -> QuietHours:
        return QuietHours.of(self.parameters, self.cast.organisation.timezone)

    @property
    def last_page(self) -> Channel:
        """The one that is paused, and that is in trouble at times."""
        return self.pages[-1]

    def who(self, name: str) -> User:
        user: User = getattr(self.cast, name)
        return user

    def post(self) -> Post | None:
        return Post.objects.order_by("-created_at").first()

    def the_post(self) -> Post:
        post = self.post()
        assert post is not None
        return post

    # ── What must be true ──

    def check(self, before: list[Delivery]) -> None:
        """Compare what a page was asked to publish since the last time with what this machine knows."""
        for account, text in self.network.asked[self.checked :]:
            rows = [
                row
                for row in before
                if (row.channel.connection.account_id, row.revision.text) == (account, text)
            ]
            assert rows, "something went out that nobody had released"
            assert any(self.has_a_valid_passage(row) for row in rows), "something went out without approval"
            self.passed.add((account, text))
        self.checked = len(self.network.asked)

    def has_a_valid_passage(self, row: Delivery) -> bool:
        """Whether enough people who are fit, and wrote none of it, said yes to these words within three days,
        it is no night, nothing shuts its account, and a number that a child could be reached at is not in it.

        Or they said yes ahead, to a template in which only a number is free: that goes out at night too.
        """
        yes = self.said_yes.get(row.post_id, {}).get(row.revision.text, {})
        fresh = {who for who, at in yes.items() if self.now - at <= timedelta(hours=72, minutes=1)}
        is_open = row.channel != self.last_page or not (self.shut or self.ailing)
        needed = self.parameters.approvers
        by_others = len(fresh - self.written[row.post_id] - self.unfit) >= needed
        ahead = bool(URGENT.fullmatch(row.revision.text)) and len(self.ahead - self.unfit) >= needed
        return (
            ((by_others and not self.quiet.include(self.now)) or ahead)
            and row.revision.created_by_id not in self.unfit
            and is_open
            and "07700" not in row.revision.text
        )

    @invariant()
    def everything_on_the_pages_had_a_valid_passage_and_is_there_once(self) -> None:
        there = self.network.there()
        assert set(there) <= self.passed
        assert not twice(there)
        gone = Post.objects.filter(state=PostState.TAKEN_DOWN).values_list("pk", flat=True)
        endings = tuple(f"({self.numbers[pk]})" for pk in gone)
        assert not [text for _, text in there if text.endswith(endings)], "taken down, and still there"

    @invariant()
    def nothing_is_done_twice(self) -> None:
        for row in Delivery.objects.exclude(state=DeliveryState.CANCELLED):
            assert row.attempts.filter(outcome="done").count() <= 1

    @invariant()
    def nobody_edits_what_may_be_on_a_page(self) -> None:
        under_way = Delivery.objects.filter(state__in=[DeliveryState.SENDING, DeliveryState.UNKNOWN])
        assert not Post.objects.filter(deliveries__in=under_way, state__in=EDITABLE).exists()

    @invariant()
    def what_is_taken_down_is_on_no_page(self) -> None:
        gone = Post.objects.filter(state=PostState.TAKEN_DOWN)
        ended = [DeliveryState.TAKEN_DOWN, DeliveryState.CANCELLED]
        assert not Delivery.objects.filter(post__in=gone).exclude(state__in=ended).exists()

    @invariant()
    def nothing_approved_waits_for_nothing(self) -> None:
        waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
        assert not Post.objects.filter(state=PostState.APPROVED).exclude(deliveries__in=waiting).exists()
