"""A machine of rules (Hypothesis) that does random deeds as the whole cast.

It drives the real services, the real gate and the real delivery over real rows; only the answers of the pages
are drawn by chance (`random_pages`). What it knows of all that by itself is in `random_books`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from django.db.models import Case, When
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from stairgate.channels.pausing import ask_to_open, confirm_opening, open_pauses, pause
from stairgate.channels.services import note_health
from stairgate.ledger.selectors import newest_at
from stairgate.networks.base import Health, Staged
from stairgate.people.models import Check, Training
from stairgate.policies.services import adopt
from stairgate.publishing import delivery, gate, lapsing, services, taking_down
from stairgate.publishing.content import Content
from stairgate.publishing.models import Delivery, Post, Revision, TakeDown
from stairgate.publishing.slots import Slot, SlotKind, Wording
from stairgate.publishing.states import DeliveryState, PostState
from tests.cast import PURPOSE
from tests.publishing.random_books import Books
from tests.publishing.random_pages import WAYS
from tests.signing import signed

WORDING = Wording(
    "other",
    "Bell",
    "The bell is broken, please knock ({times})",
    PURPOSE,
    (Slot("times", SlotKind.NUMBER),),
)
TEXTS = ("Puddle day!", "Soup day.", "We painted poppies.", "Text Tom on 07700 900142.")
PEOPLE = ("tom", "priya", "kofi", "gwen", "leah", "outsider")
ON_THE_REGISTER = ("priya", "kofi", "tom")
ALL_DONE = ("done", "done")
_someone, _anyone = st.sampled_from(ON_THE_REGISTER), st.sampled_from(PEOPLE)
MEANWHILE = ("check", "training", "pause", "trouble", "policy", "days", "night", "clock", "rows")
_two_ways = st.tuples(st.sampled_from(WAYS), st.sampled_from(WAYS))


class Deeds(Books):
    """One deed after another."""

    # ── Writing and deciding ──

    @rule(name=_anyone, text=st.sampled_from(TEXTS), fresh=st.booleans(), pages=st.sampled_from((1, 2)))
    def write(self, name: str, text: str, fresh: bool, pages: int) -> None:
        post, user = None if fresh else self.post(), self.who(name)
        # The number in the words says which post they are of.
        number = self.numbers[post.pk] if post else len(self.numbers)
        chosen = tuple(page.id for page in self.pages[:pages])
        with self.deed("write"):
            revision = services.save_draft(
                actor=user,
                organisation=self.cast.organisation,
                post=post,
                content=Content(text=f"{text} ({number})", channel_ids=chosen, purpose=PURPOSE),
                seen=None,
                at=self.now,
            )
            assert user.id not in self.unfit
            self.numbers[revision.post_id] = number
            if revision.created_by_id == user.id:
                self.written.setdefault(revision.post_id, set()).add(user.id)

    @precondition(lambda self: self.post() is not None)
    @rule(name=_anyone)
    def submit(self, name: str) -> None:
        with self.deed("send for approval"):
            revision = services.submit(actor=self.who(name), post=self.the_post(), at=self.now)
            assert "07700" not in revision.text

    @precondition(lambda self: self.post() is not None)
    @rule(name=_anyone)
    def approve(self, name: str) -> None:
        post, user = self.the_post(), self.who(name)
        revision = post.revisions.latest("number")
        with self.deed("approve"):
            services.approve(actor=user, post=post, digest=revision.digest, confirmed=True, at=self.now)
            assert user.id not in self.written[post.pk] and user.id not in self.unfit
            self.said_yes.setdefault(post.pk, {}).setdefault(revision.text, {})[user.id] = self.now

    def write_and_approve(self, *, author: str = "tom", text: str = TEXTS[0], pages: int = 2) -> None:
        self.write(name=author, text=text, fresh=True, pages=pages)
        if self.post() is not None:
            self.submit(name=author)
            self.approve(name="kofi")
            self.approve(name="priya")

    def put_everything_right(self) -> None:
        for name in ON_THE_REGISTER:
            self.mend(name=name)
        self.open_the_last_page()
        self.wait_for_the_morning()

    @initialize(pages=st.sampled_from((1, 2)))
    def begin_with_a_post(self, pages: int) -> None:
        """Every run gets something out: one that got nothing out would prove nothing."""
        self.write_and_approve(pages=pages)
        self.sweep(ways=ALL_DONE, blind=False, wait=0)

    @rule(
        text=st.sampled_from(TEXTS),
        author=st.sampled_from(("tom", "priya")),
        ways=_two_ways,
        killed=st.booleans(),
    )
    def the_usual_way(self, text: str, author: str, ways: tuple[str, ...], killed: bool) -> None:
        """Chance alone seldom gets a post through the gate; the machine needs some that do."""
        self.write_and_approve(author=author, text=text)
        if killed:
            self.kill_a_worker(way=ways[0])
        self.sweep(ways=ways, blind=False, wait=0)

    @rule(text=st.sampled_from(TEXTS[:3]), pages=st.sampled_from((1, 2)))
    def straight_to_the_page(self, text: str, pages: int) -> None:
        """Nothing is in its way: everything that was wrong is put right first."""
        self.put_everything_right()
        asked = len(self.network.asked)
        self.write_and_approve(text=text, pages=pages)
        self.sweep(ways=ALL_DONE, blind=False, wait=0)
        assert len(self.network.asked) > asked, "nothing was in its way, and yet it did not go out"

    @rule(
        what=st.sampled_from(MEANWHILE), who=st.sampled_from(("tom", "kofi")), wait=st.sampled_from((0, 61))
    )
    def something_happens_before_it_goes_out(self, what: str, who: str, wait: int) -> None:
        """The gate itself has to see it: when it was approved, nothing was in its way."""
        self.put_everything_right()
        self.write_and_approve()
        deeds: dict[str, Callable[[], None]] = {
            "check": lambda: self.lose_the_check(name=who),
            "training": lambda: self.lose_the_training(name=who),
            "pause": self.shut_the_last_page,
            "trouble": self.trouble_with_the_last_page,
            "policy": lambda: self.adopt_anew(approvers=1, at_night=True),
            "days": lambda: self.jump_the_clock(hours=80),
            "night": lambda: self.jump_the_clock(hours=15),
            "clock": self.sweep_with_a_clock_that_runs_behind,
            "rows": self.change_the_words_behind_its_back,
        }
        deeds[what]()
        self.sweep(ways=ALL_DONE, blind=False, wait=wait)

    def change_the_words_behind_its_back(self) -> None:
        """Somebody at the database, or a bug: other words in the version that was approved."""
        with self.deed("words changed in the database"):
            newest = self.the_post().revisions.latest("number")
            Revision.objects.filter(pk=newest.pk).update(text=f"Other {newest.text}")

    @rule(name=_anyone, typed=st.sampled_from(("", "1000", "Tom")), ways=_two_ways, anew=st.booleans())
    def send_an_urgent_one(self, name: str, typed: str, ways: tuple[str, ...], anew: bool) -> None:
        """One person sends it: what was approved ahead, with a number and nothing else in its gap."""
        if anew or self.template is None:
            self.approve_ahead()
        if self.template is None:
            return
        user, number = self.who(name), len(self.numbers)
        with self.deed("send an urgent one"):
            post = services.send_urgent(
                actor=user,
                template=self.template,
                digest=WORDING.digest,
                values={"times": typed or str(number)},
                channel_ids=[page.id for page in self.pages],
                press=uuid4(),
                at=self.now,
            )
            assert not typed and user.id not in self.unfit
            assert len(self.ahead - self.unfit) >= self.parameters.approvers
            self.numbers[post.pk], self.written[post.pk] = number, {user.id}
        self.sweep(ways=ways, blind=False, wait=0)

    def approve_ahead(self) -> None:
        """Tom wrote the template; Kofi and Priya say yes to it. Nothing is in their way."""
        self.put_everything_right()
        if self.template is None:
            with self.deed("write a template"):
                version = services.keep_urgent(
                    actor=self.cast.tom,
                    organisation=self.cast.organisation,
                    template=None,
                    wording=WORDING,
                    at=self.now,
                )
                self.template = version.template
        for user in (self.cast.kofi, self.cast.priya) if self.template else ():
            with self.deed("approve ahead"):
                services.approve_urgent(
                    actor=user,
                    template=self.template,
                    digest=WORDING.digest,
                    confirmed=True,
                    at=self.now,
                )
                self.ahead.add(user.id)

    @rule(text=st.sampled_from(TEXTS), author=_anyone, ways=_two_ways, killed=st.booleans())
    def change_what_is_on_the_page(self, text: str, author: str, ways: tuple[str, ...], killed: bool) -> None:
        """Other words for a post that is out: through the whole gate, in the place of the old ones."""
        published = Post.objects.filter(state=PostState.PUBLISHED).exclude(kind=Post.Kind.CHANGE)
        post = published.order_by("-created_at").first()
        if post is None or not self.begin_a_change(author, post):
            return
        on_it = post.deliveries.filter(state=DeliveryState.DONE).count()
        self.write(name=author, text=text, fresh=False, pages=on_it)
        self.submit(name=author)
        self.approve(name="kofi")
        self.approve(name="priya")
        if killed:
            self.kill_a_worker(way=ways[0])
        self.sweep(ways=ways, blind=False, wait=0)

    def begin_a_change(self, author: str, post: Post) -> bool:
        """Return whether it was begun. Whoever wrote any of it before wrote a part of the change."""
        with self.deed("begin a change"):
            change = services.begin_change(actor=self.who(author), post=post, at=self.now)
            before = post.its_changes.exclude(pk=change.pk).values_list("pk", flat=True)
            wrote = [self.written.get(pk, set()) for pk in (post.pk, *before)]
            self.numbers[change.pk] = self.numbers[post.pk]
            self.written[change.pk] = set().union(*wrote)
            return True
        return False

    @precondition(lambda self: self.post() is not None)
    @rule(name=_anyone, deed=st.sampled_from(("ask for changes", "withdraw", "send again", "look again")))
    def decide(self, name: str, deed: str) -> None:
        post, user = self.the_post(), self.who(name)
        rows = Delivery.objects.exclude(state=DeliveryState.CANCELLED)
        helped = Case(When(state__in=[DeliveryState.REFUSED, DeliveryState.NOT_THERE], then=0), default=1)
        row = rows.filter(post=post).order_by(helped).first()
        with self.deed(deed):
            if deed == "ask for changes":
                services.ask_for_changes(actor=user, post=post, note="Kinder, please", at=self.now)
            elif deed == "withdraw":
                services.withdraw(actor=user, post=post, reason="Not today", at=self.now)
            elif row is None:
                raise services.Refusal
            elif deed == "send again":
                services.send_again(actor=user, delivery=row, at=self.now)
            else:
                services.look_again(actor=user, delivery=row, at=self.now)

    @precondition(lambda self: self.post() is not None)
    @rule(name=_anyone)
    def take_down(self, name: str) -> None:
        """Everything that is on a page may be taken down; the network agrees, and it is gone."""
        with self.deed("take down"):
            services.take_down(
                actor=self.who(name), post=self.the_post(), reason="A name slipped in", at=self.now
            )
        TakeDown.objects.filter(state__in=["waiting", "unknown"]).update(due_at=self.now)
        taking_down.sweep(self.now, "machine")

    # ── What people lose and gain, and what shuts an account ──

    @rule(name=_someone)
    def lose_the_check(self, name: str) -> None:
        with self.deed("lose the check"):
            today = self.cast.organisation.day(self.now)
            Check.objects.filter(person__user=self.who(name)).update(withdrawn_on=today)
            self.unchecked.add(self.who(name).id)

    @rule(name=_someone)
    def lose_the_training(self, name: str) -> None:
        with self.deed("lose the training"):
            yesterday = self.cast.organisation.day(self.now) - timedelta(days=1)
            Training.objects.filter(person__user=self.who(name)).update(expires_on=yesterday)
            self.untrained.add(self.who(name).id)

    @rule(name=_someone)
    def mend(self, name: str) -> None:
        with self.deed("check and training renewed"):
            far = self.cast.organisation.day(self.now) + timedelta(days=400)
            Check.objects.filter(person__user=self.who(name)).update(withdrawn_on=None)
            Training.objects.filter(person__user=self.who(name)).update(expires_on=far)
            self.unchecked.discard(self.who(name).id)
            self.untrained.discard(self.who(name).id)

    @rule()
    def shut_the_last_page(self) -> None:
        with self.deed("pause a page"):
            pause(actor=self.cast.gwen, channel=self.last_page, reason="Why not", at=self.now)
            self.shut = True

    @rule()
    def trouble_with_the_last_page(self) -> None:
        with self.deed("the connection fails"):
            sick = Health(ok=False, checked_at=self.now, problems=("It does not answer.",))
            note_health(channel=self.last_page, health=sick)
            self.ailing = True

    @rule()
    def open_the_last_page(self) -> None:
        with self.deed("open what is paused"):
            for held in open_pauses(self.cast.organisation):
                ask_to_open(actor=self.cast.priya, pause=held, reason="Why not", at=self.now)
                confirm_opening(actor=self.cast.kofi, pause=held, at=self.now)
                self.shut = False
        self.prove_the_pages()

    @rule(approvers=st.sampled_from((1, 2)), at_night=st.booleans())
    def adopt_anew(self, approvers: int, at_night: bool) -> None:
        """Everybody who had signed signs again; approvals given under the old version no longer count."""
        until = 0 if at_night else 7
        self.parameters = replace(
            self.parameters, approvers=approvers, quiet_from_hour=0, quiet_until_hour=until
        )
        with self.deed("adopt the policy anew"):
            version = adopt(
                actor=self.cast.priya,
                organisation=self.cast.organisation,
                title="Policy",
                text="Words",
                parameters=self.parameters,
                at=self.now,
            )
            for name in ("priya", "kofi", "tom", "gwen"):
                signed(self.who(name), version, self.now)
            self.said_yes.clear()
            self.ahead.clear()

    # ── Time, and the worker ──

    @rule(hours=st.sampled_from((1, 11, 25, 80)))
    def jump_the_clock(self, hours: int) -> None:
        """Windows close, approvals live too long, and the connections have to be proved anew."""
        with self.deed("hours pass"):
            self.now += timedelta(hours=hours)
        self.prove_the_pages()

    @rule()
    def wait_for_the_morning(self) -> None:
        with self.deed("quiet hours end"):
            self.now = self.quiet.next_open(self.now)
        self.prove_the_pages()

    def prove_the_pages(self) -> None:
        for page in self.pages:
            note_health(channel=page, health=Health(ok=True, checked_at=self.now))
        self.ailing = False

    @rule()
    def notice_what_lapsed(self) -> None:
        with self.deed("lapses are noticed"):
            lapsing.sweep(self.now, "test")

    @rule()
    def sweep_with_a_clock_that_runs_behind(self) -> None:
        """Somebody set the clock back by an hour: the ledger knows better, so nothing goes out."""
        behind, newest = self.now - timedelta(hours=1), newest_at(self.cast.organisation.id)
        if newest is None or behind >= newest - timedelta(minutes=5):
            return
        with self.deed("the clock runs behind"):
            Delivery.objects.filter(state=DeliveryState.WAITING).update(due_at=behind)
            self.network.prepare(ALL_DONE, blind=False)
            delivery.sweep(behind, "behind")
            assert len(self.network.asked) == self.checked, "something went out by a clock that runs behind"

    @rule(way=st.sampled_from((*WAYS, "")))
    def kill_a_worker(self, way: str) -> None:
        """It opens the gate, perhaps speaks to the network, and is never heard of again."""
        due = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=self.now)
        row = due.select_related("channel__connection", "revision").order_by("created_at").first()
        if row is None:
            return
        with self.deed("a worker is killed"):
            opened = gate.open_gate(delivery_id=row.pk, worker="dead", now=self.now)
            if isinstance(opened, gate.Opened) and way:
                self.network.prepare((way,), blind=False)
                self.network.publish(opened.passage, Staged())
                self.check([row])

    @rule(ways=_two_ways, blind=st.booleans(), wait=st.sampled_from((0, 61, 130, 700)))
    def sweep(self, ways: tuple[str, ...], blind: bool, wait: int) -> None:
        self.now += timedelta(seconds=wait)
        unknown = set(Delivery.objects.filter(state=DeliveryState.UNKNOWN).values_list("pk", flat=True))
        waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
        before = list(waiting.select_related("channel__connection", "revision"))
        with self.deed("the worker sweeps"):
            self.network.prepare(ways, blind=blind)
            delivery.sweep(self.now, "machine")
            self.check(before)
        for row in Delivery.objects.filter(pk__in=unknown):
            assert row.state in {DeliveryState.UNKNOWN, DeliveryState.DONE, DeliveryState.NOT_THERE}
