"""What Today shows: what needs this person, most serious first, in a bounded number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from stairgate.assurance.gathering import known_now
from stairgate.assurance.live import Glance, glance, live_policy
from stairgate.channels.asking.selectors import committee_of, waiting_on_accounts
from stairgate.channels.pausing import MAY_PAUSE
from stairgate.channels.selectors import ChannelNow, accounts_now
from stairgate.monitoring.models import Item
from stairgate.monitoring.selectors import inbox, reading_of, with_reading
from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Duty, Role
from stairgate.policies.library.selectors import safeguarding_until
from stairgate.policies.models import PolicyVersion
from stairgate.policies.parameters import Parameters
from stairgate.policies.reading.selectors import unsigned
from stairgate.policies.selectors import holds, in_force, standing
from stairgate.publishing.models import Delivery, Post, Suggestion
from stairgate.publishing.selectors.by_hand import hand_work, with_hand_work
from stairgate.publishing.selectors.lists import (
    TROUBLE,
    UNFINISHED,
    gone_astray,
    in_trouble,
    spoken_to,
    unfinished,
    waiting_for,
    wanting_a_look,
    went_out_since,
    with_astray,
    with_look,
    with_message,
)
from stairgate.publishing.selectors.suggestions import open_suggestions, own_suggestions
from stairgate.publishing.selectors.urgent import not_approved_ahead
from stairgate.publishing.urgent import why_may_not_look
from stairgate.web import today_tasks as task_of
from stairgate.web.account_tasks import (
    Waiting,
    account_tasks,
    settings_to_see,
    to_confirm,
    to_connect,
    to_mend,
    who_gets_in,
)
from stairgate.web.context import count_of
from stairgate.web.declaration_tasks import declaration_tasks
from stairgate.web.library_tasks import library_tasks
from stairgate.web.policy_tasks import policy_tasks
from stairgate.web.register_tasks import register_tasks, to_sign
from stairgate.web.tasks import Task

_EACH = 5
_LOOKED_UP = {"administrators": [Role.PAGE_ADMINISTRATOR], "leads": [Role.DSL, Role.DEPUTY_DSL]}
#: on whose Today a second look that was missed stands until somebody takes it
IN_CHARGE = frozenset({Role.MANAGER, Role.SERVICE_MANAGER, Role.PAGE_ADMINISTRATOR, Role.DSL})


@dataclass(frozen=True, slots=True)
class Today:
    now: datetime
    greeting: str
    tasks: tuple[Task, ...]
    live: Glance
    looked_at: datetime | None  # when the worker last looked through the clauses
    went_out: tuple[Delivery, ...]
    came_in: int
    own_suggestions: tuple[Suggestion, ...]  # of somebody who does not write themselves
    leads: tuple[Membership, ...]
    may_pause: bool  # and everything is not paused already
    may_write: bool

    @property
    def minutes(self) -> int:
        return sum(task.minutes for task in self.tasks)


def today_page(me: Membership, now: datetime) -> Today:
    """Return the page for one person."""
    organisation = me.organisation
    duties = me.duties_on(organisation.day(now))
    version = in_force(organisation)
    known = standing(organisation, _LOOKED_UP, on=organisation.day(now))
    administrators = [member for member, fit in known["administrators"] if fit]
    accounts = accounts_now(
        organisation, now, version=version, administrators=administrators, among=with_reading()
    )
    midnight = organisation.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    leads = tuple(member for member, _ in known["leads"])
    pauses = list(dict.fromkeys(pause for account in accounts for pause in account.pauses))
    tasks: list[Task] = []
    if Duty.DECIDE in duties:
        tasks += [task_of.comment(item) for item in inbox(organisation, me=me.user, now=now, limit=_EACH)]
        read = (reading_of(account.channel, now) for account in accounts)
        tasks += [task_of.blind(reading) for reading in read if reading and reading.blind]
    astray, looks, by_hand, trouble, waiting, own, said = _posts(me, duties, now)
    tasks += [task_of.astray(post) for post in astray]
    tasks += [task_of.second_look(post, me, now, mine) for post, mine in looks if post.look_due <= now]
    tasks += [task_of.by_hand(post, now) for post in by_hand]
    tasks += [task_of.trouble(post) for post in trouble if post not in by_hand]
    if Duty.SEE_ACCOUNTS in duties:
        tasks += task_of.not_set_up(
            has_policy=version is not None,
            has_page=bool(accounts),
            has_lead=bool(leads),
            manages=Duty.MANAGE in duties,
        )
        tasks += [task_of.paused(pause, me) for pause in pauses]
        tasks += [task for account in accounts for task in _shut(account, duties)]
        parameters = version.parameters if version else Parameters()
        tasks += [task for one in accounts for task in settings_to_see(one, parameters, now)]
    tasks += [task_of.second_look(post, me, now, mine) for post, mine in looks if post.look_due > now]
    must_sign, came_in, suggested, not_ahead, looked_at, worths, lasts, *asked = _counted(
        me, version, midnight, now
    )
    if must_sign:
        tasks.append(to_sign(version))
    tasks += register_tasks(me, duties, now)[:_EACH]
    tasks += policy_tasks(version, duties, now)
    tasks += library_tasks(me, lasts, now)
    on_accounts = Waiting(*asked)
    tasks += account_tasks(me, on_accounts, [account.channel for account in accounts], organisation.day(now))
    tasks += [task_of.message(post) for post in said]
    tasks += [task_of.approval(post) for post in waiting]
    if not_ahead and holds(me, Duty.APPROVE, on=organisation.day(now)):
        tasks.append(task_of.unapproved_ahead(not_ahead))
    if Duty.WRITE in duties and suggested:
        tasks.append(task_of.suggested(suggested))
    tasks += declaration_tasks(me, now, signing=bool(must_sign))
    tasks += [task_of.own(post) for post in own]
    needed = version.parameters.page_administrators if version and accounts else 0
    if Duty.MANAGE in duties and len(administrators) == needed > 0:
        tasks.append(task_of.one_more([member.first_name for member in administrators]))
    return Today(
        now=now,
        greeting=_greeting(organisation.local(now).hour),
        tasks=tuple(tasks),
        live=_live(organisation, version, worths, now),
        looked_at=looked_at,
        went_out=tuple(went_out_since(organisation, midnight)[:_EACH]),
        came_in=came_in,
        own_suggestions=() if Duty.WRITE in duties else tuple(own_suggestions(me)[:_EACH]),
        leads=leads,
        may_pause=bool(duties & MAY_PAUSE) and all(pause.channel_id for pause in pauses),
        may_write=Duty.WRITE in duties,
    )


def _shut(account: ChannelNow, duties: frozenset[Duty]) -> list[Task]:
    """Return why an account is shut, besides a pause; who manages is led straight to what opens a new one."""
    new = Duty.MANAGE in duties and not hasattr(account.channel, "connection")
    first = [to_connect(account.channel)] if new else []
    others = [r for r in account.others if not r.to_confirm and not (new and r.clause == "C04")]
    sheet = [to_confirm(account)] if account.to_confirm else []
    shut = [task_of.shut(account.channel.name, r.says) for r in others]
    return [*first, *sheet, *shut, *to_mend(account), *who_gets_in(account)]


def _live(
    organisation: Organisation, version: PolicyVersion | None, worths: dict[str, str] | None, now: datetime
) -> Glance:
    """Return what the clauses are worth, as the worker saw it a moment ago; before it ever looked we look ourselves."""
    if version is None:
        return glance({})
    if worths is not None:
        return glance(worths)
    return live_policy(known_now(organisation, now, version=version), names=False).glance


def _counted(me: Membership, policy: PolicyVersion | None, since: datetime, now: datetime) -> tuple[Any, ...]:
    """Return whether this person has to sign, how many comments came in since a moment, how many suggestions nobody
    has answered, how many urgent templates wait for this person's yes, what the worker saw of the clauses, and when; until
    when our safeguarding policy counts; and then what waits about accounts (`Waiting`). One query.
    """
    came = Item.objects.filter(organisation=me.organisation_id, first_seen_at__gte=since)
    ahead = not_approved_ahead(me, policy, now)
    own = unsigned(me, policy, on=me.organisation.day(now))
    counts = (count_of(rows) for rows in (own, came, open_suggestions(me.organisation), ahead))
    on_accounts = waiting_on_accounts(me)
    asked: list[Any] = [
        *map(count_of, on_accounts),
        *(Subquery(rows.order_by("sent_at").values("pk")[:1]) for rows in on_accounts[:3]),
        Exists(committee_of(me.user, me.organisation)),
    ]
    found: tuple[Any, ...] = (
        Organisation.objects.filter(pk=me.organisation_id)
        .values_list(*counts, "watch__at", "watch__worths", safeguarding_until(me.organisation), *asked)
        .get()
    )
    return found


def _greeting(hour: int) -> str:
    if hour < 12:
        return "Good morning"
    return "Good afternoon" if hour < 17 else "Good evening"


def _posts(me: Membership, duties: frozenset[Duty], now: datetime) -> tuple[list[Any], ...]:
    """Return the first few posts that are not as approved on a page, those that want a second look, those to be done
    or looked for by hand, those in trouble, those waiting for this person, their own unfinished, and those with a
    message for them. One query.
    """
    approves = holds(me, Duty.APPROVE, on=me.organisation.day(now))
    in_charge = bool(IN_CHARGE & me.roles_on(me.organisation.day(now)))
    writes = Duty.WRITE in duties
    looks_after = approves or Duty.MANAGE in duties
    kinds: list[QuerySet[Post]] = []
    if looks_after:
        kinds.append(gone_astray(me.organisation))
    if approves or in_charge:
        kinds.append(wanting_a_look(me, now, may_look=approves))
    if approves:
        kinds += [in_trouble(me.organisation), waiting_for(me, now)]
    if writes:
        kinds += [unfinished(me), Post.objects.filter(pk__in=hand_work(me).values("post"))]
    kinds.append(spoken_to(me))
    # one set of keys: any of several conditions, and PostgreSQL would go through every post of the setting
    first = (Post.objects.filter(pk__in=kind.values("pk")[:_EACH]).order_by().values("pk") for kind in kinds)
    waits = Exists(waiting_for(me, now).filter(pk=OuterRef("pk")))
    posts = Post.objects.filter(pk__in=next(first).union(*first)).select_related("author")
    found = with_message(posts, me).annotate(waits=waits)
    rows: list[Any] = list(with_hand_work(with_look(with_astray(found)), me).order_by("-updated_at"))
    wanted = [(post, approves and _may_look(post, me)) for post in rows if post.look_due]
    looks = [(post, mine) for post, mine in wanted if mine or (in_charge and post.look_due <= now)]
    looks.sort(key=lambda look: look[0].look_due)
    astray = [post for post in rows if looks_after and (task_of.differs(post) or task_of.stuck(post))]
    own = [p for p in rows if writes and p.author_id == me.user_id and p.state in UNFINISHED]
    by_hand = [post for post in reversed(rows) if writes and post.hand]
    trouble = [post for post in rows if approves and post.state in TROUBLE and post not in own]
    waiting = [post for post in reversed(rows) if post.waits]
    said = [post for post in rows if post.said]
    kinds_found: tuple[list[Any], ...] = (astray, looks, by_hand, trouble, waiting, own, said)
    return tuple(kind[:_EACH] for kind in kinds_found)


def _may_look(post: Any, me: Membership) -> bool:
    return not why_may_not_look(looker=me.user_id, sender=post.author_id, writer=post.look_writer)
