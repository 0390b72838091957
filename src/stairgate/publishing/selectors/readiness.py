"""How ready a draft is: what was found in it, and which bars of the gate are still shut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stairgate.channels.selectors import ChannelNow, accounts_now
from stairgate.channels.services import network_for
from stairgate.networks.base import Outgoing
from stairgate.networks.base import Picture as SentPicture
from stairgate.networks.prices import costs_of
from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Duty, Role
from stairgate.policies.parameters import Parameters
from stairgate.policies.quiet import QuietHours
from stairgate.policies.selectors import fit_for, in_force, roles_for, standing
from stairgate.publishing.content import Content, PictureUse
from stairgate.publishing.gate_facts import written_by
from stairgate.publishing.models import Picture, Post, Revision, RevisionPicture
from stairgate.publishing.rules import Bar, DraftFacts, bars, still_open
from stairgate.publishing.screen import screen_revision, screen_words
from stairgate.publishing.selectors.changes import Changing, changing
from stairgate.screening import Finding, Screening


def newest_revision(post: Post) -> Revision | None:
    """Return the newest version with its pictures, or None."""
    return post.revisions.prefetch_related("pictures__picture").order_by("-number").first()


def findings_of(post: Post) -> tuple[Finding, ...]:
    """Return what screening finds in the newest version, with today's rules."""
    revision = newest_revision(post)
    if revision is None:
        return ()
    return screen_revision(revision, post).findings


def fit_approvers(
    organisation: Organisation, parameters: Parameters, *, writers: frozenset[UUID], now: datetime
) -> list[Membership]:
    """Return who could approve today: role, register, and did not write it. By first name. One query."""
    fit = fit_for(organisation, Duty.APPROVE, parameters=parameters, on=organisation.day(now))
    return [member for member in fit if member.user_id not in writers]


@dataclass(frozen=True, slots=True)
class Readiness:
    """A draft at the gate: what was found in it, and which bars are still shut."""

    screening: Screening
    open_findings: tuple[Finding, ...]
    answered: frozenset[str]
    bars: tuple[Bar, ...]
    accounts: tuple[ChannelNow, ...]
    purposes: tuple[str, ...]
    costs: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        return all(bar.done for bar in self.bars)


def bars_of(post: Post, revision: Revision, now: datetime) -> tuple[Bar, ...]:
    """Return the bars of the gate for a stored version."""
    return readiness_of(post, revision, now).bars


def readiness_of(post: Post, revision: Revision, now: datetime) -> Readiness:
    """Return how ready a stored version is."""
    uses = revision.pictures.all()
    writers, answered = written_by(post)
    return readiness(
        organisation=post.organisation,
        content=content_of(revision),
        writers=writers,
        answered=answered,
        pictures=[PictureUse(use.picture_id, use.alt, use.shows) for use in uses],
        is_reply=post.kind == Post.Kind.REPLY,
        only_signpost=post.only_signpost,
        change=changing(post, content_of(revision)),
        now=now,
    )


def content_of(revision: Revision) -> Content:
    """Return a stored version as the content an author would hand in (pictures left out)."""
    return Content(
        text=revision.text,
        channel_ids=tuple(UUID(value) for value in revision.channel_ids),
        purpose=revision.purpose,
        send_at=revision.send_at,
    )


def readiness(
    *,
    organisation: Organisation,
    content: Content,
    writers: frozenset[UUID],
    answered: frozenset[str],
    pictures: Sequence[PictureUse],
    now: datetime,
    is_reply: bool = False,
    only_signpost: bool = False,
    change: Changing | None = None,
) -> Readiness:
    """Return how ready some content is, stored or just typed.

    ``change``: what these words are to change; None for what is no change.
    """
    version = in_force(organisation)
    parameters = version.parameters if version else Parameters()
    groups = {"looks_after": [Role.PAGE_ADMINISTRATOR], "approves": roles_for(Duty.APPROVE, parameters)}
    known = standing(organisation, groups, on=organisation.day(now))
    administrators = [member for member, fit in known["looks_after"] if fit]
    accounts = tuple(accounts_now(organisation, now, version=version, administrators=administrators))
    chosen = [account for account in accounts if account.channel.id in content.channel_ids]
    alts = [use.alt for use in pictures]
    screening = screen_words(content.text, organisation, alts=alts, is_reply=is_reply)
    open_findings = still_open(screening, answered)
    purposes = _purposes_of_all(chosen)
    shows = [use.shows for use in pictures]
    facts = DraftFacts(
        change=change.problems if change else None,
        has_words=bool(content.text.strip()),
        accounts=tuple(account.channel.name for account in chosen),
        account_problems=tuple(r.says for account in chosen for r in account.restrictions),
        network_problems=_network_problems(
            chosen, content, _as_sent(organisation, pictures), is_reply=is_reply
        ),
        is_exactly=not only_signpost or (content.text == parameters.signpost_text and not pictures),
        purpose=content.purpose,
        purposes=purposes,
        open_findings=len(open_findings),
        pictures=len(pictures),
        pictures_without_alt=sum(1 for alt in alts if not alt.strip()),
        pictures_unanswered=sum(1 for who in shows if not who),
        children_shown=shows.count(RevisionPicture.Shows.CHILDREN),
        children_allowed=parameters.identifiable_children,
        send_at=content.send_at,
        approvers=tuple(
            member.first_name for member, fit in known["approves"] if fit and member.user_id not in writers
        ),
        approvers_needed=parameters.approvers,
        quiet=QuietHours.of(parameters, organisation.timezone),
    )
    costs = costs_of([(one.channel.name, one.channel.network) for one in chosen], content.text)
    return Readiness(screening, open_findings, answered, bars(facts, now), accounts, purposes, costs)


def _purposes_of_all(chosen: Sequence[ChannelNow]) -> tuple[str, ...]:
    """Return what a post may be for on every chosen account, as the first of them says it."""
    first = chosen[0].channel.serves if chosen else ()
    return tuple(p for p in first if all(p in account.channel.serves for account in chosen))


def _network_problems(
    chosen: Iterable[ChannelNow], content: Content, pictures: Iterable[SentPicture], *, is_reply: bool
) -> tuple[str, ...]:
    outgoing = Outgoing(text=content.text, pictures=tuple(pictures), reply_to="comment" if is_reply else None)
    problems = (p for account in chosen for p in network_for(account.channel).validate(outgoing))
    return tuple(dict.fromkeys(problems)) if content.text.strip() else ()


def _as_sent(organisation: Organisation, pictures: Sequence[PictureUse]) -> Iterator[SentPicture]:
    """Yield pictures as a network judges them, without their bytes. One query where there are any."""
    own = Picture.objects.filter(organisation=organisation)
    rows = own.in_bulk([use.picture_id for use in pictures]) if pictures else {}
    for use in pictures:
        if row := rows.get(use.picture_id):
            yield SentPicture(b"", row.media_type, use.alt, row.width, row.height)
