"""Urgent templates: written, approved ahead by others, and sent by one person when there is no time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from stairgate.channels.models import Channel
from stairgate.channels.selectors import ChannelNow, accounts_now
from stairgate.channels.services import network_for
from stairgate.clauses import control
from stairgate.networks.base import Outgoing
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.policies.models import PolicyVersion
from stairgate.publishing.content import Content, digest, first_words
from stairgate.publishing.models import (
    Post,
    Revision,
    SecondLook,
    UrgentApproval,
    UrgentSending,
    UrgentTemplate,
    UrgentVersion,
)
from stairgate.publishing.rules import APPROVER_CONFIRMS, NO_PURPOSE, still_open, why_may_not_approve
from stairgate.publishing.screen import screen_words
from stairgate.publishing.selectors.urgent import (
    Ground,
    TemplateNow,
    open_findings,
    template_now,
    with_versions,
)
from stairgate.publishing.services.common import Refusal, require_fit, require_own, write_down
from stairgate.publishing.services.decisions import release
from stairgate.publishing.services.drafts import write_revision
from stairgate.publishing.slots import BadValue, Wording, filled, problems_of, to_json
from stairgate.publishing.starters import urgent_starters
from stairgate.publishing.states import PostState

#: more than anybody could choose from in a hurry
MOST_TEMPLATES = 20


@transaction.atomic
def keep_urgent(
    *,
    actor: User,
    organisation: Organisation,
    template: UrgentTemplate | None,
    wording: Wording,
    at: datetime,
) -> UrgentVersion:
    """Keep the words of a template; return its newest version, the same one when nothing changed.

    Any change voids every approval: it has to be approved again, by others. Raises `NotAllowed`, `Refusal`.
    """
    require_fit(actor, organisation, Duty.WRITE, at)
    problems = problems_of(wording)
    if wording.purpose in {"", NO_PURPOSE}:
        problems += ("Say what it is for.",)
    if problems:
        raise Refusal(" ".join(problems))
    row = locked_template(template) if template else _new_template(organisation, at)
    require_own(organisation, row)
    last = row.versions.first()
    if last is not None and last.digest == wording.digest:
        return last
    _void(row, "Its words were changed after this approval.", at)
    version = UrgentVersion.objects.create(
        template=row,
        number=(last.number if last else 0) + 1,
        kind=wording.kind,
        title=wording.title,
        text=wording.text,
        purpose=wording.purpose,
        slots=to_json(wording.slots),
        digest=wording.digest,
        created_by=actor,
        created_at=at,
    )
    payload = {"version": version.number, "digest": version.digest, "title": wording.title}
    write_down(actor, row, "publishing.urgent_kept", payload, at)
    return version


def _new_template(organisation: Organisation, at: datetime) -> UrgentTemplate:
    listed = UrgentTemplate.objects.filter(organisation=organisation, retired_at__isnull=True).count()
    if listed >= MOST_TEMPLATES:
        raise Refusal(f"{MOST_TEMPLATES} templates are the most. Take one off the list first.")
    return UrgentTemplate.objects.create(organisation=organisation, made_at=at)


def locked_template(template: UrgentTemplate) -> UrgentTemplate:
    """Lock a template, so that deeds on it follow one another. Raises `Refusal` when it is off the list."""
    rows = UrgentTemplate.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.get(pk=template.pk)
    if row.retired_at is not None:
        raise Refusal("This template was taken off the list.")
    return row


def _void(template: UrgentTemplate, reason: str, at: datetime) -> None:
    live = UrgentApproval.objects.filter(version__template=template, voided_at__isnull=True)
    live.update(voided_at=at, void_reason=reason)


@transaction.atomic
def keep_urgent_starters(*, actor: User, organisation: Organisation, at: datetime) -> int:
    """Put the four templates every setting may need on an empty list; return how many.

    They are for what the first account was authorised for. Raises `NotAllowed`, `Refusal`.
    """
    require_fit(actor, organisation, Duty.WRITE, at)
    if UrgentTemplate.objects.filter(organisation=organisation, retired_at__isnull=True).exists():
        raise Refusal("There are templates on the list already.")
    live = Channel.objects.filter(organisation=organisation, status=Channel.Status.LIVE)
    account = live.order_by("name").first()
    if account is None:
        raise Refusal("No page is connected yet, so nothing says what these would be for.")
    wordings = urgent_starters(account.purposes[0])
    for wording in wordings:
        keep_urgent(actor=actor, organisation=organisation, template=None, wording=wording, at=at)
    return len(wordings)


@control("C78", "Whoever approves a template ahead reads its words and all that its gaps can say")
@transaction.atomic
def approve_urgent(
    *, actor: User, template: UrgentTemplate, digest: str, confirmed: bool, at: datetime
) -> UrgentApproval:
    """Approve ahead exactly the version with this digest; return the approval, the same one the second time.

    ``confirmed``: they read it all, and each of `APPROVER_CONFIRMS` is so. Raises `NotAllowed` (role, register, own
    words) and `Refusal` (not confirmed, changed meanwhile, or screening points at it).
    """
    row = locked_template(template)
    policy = require_fit(actor, row.organisation, Duty.APPROVE, at)
    now = _now(row, policy, at)
    if why_may_not_approve(approver=actor.id, name="You", writers=now.facts.writers, barriers=()):
        raise NotAllowed("You wrote this, so somebody else decides.")
    if not confirmed:
        raise Refusal("Read all that it can say first, and tick that each line above the tick is so.")
    version = now.version
    if version.digest != digest or now.facts.digest_now != digest:
        raise Refusal("This changed while you were reading. Please read it again.")
    problems = problems_of(version.wording)
    problems += tuple(f"{found.title}." for found in open_findings(version, row.organisation, at))
    if problems:
        raise Refusal(f"{problems[0]} Somebody has to change the words first.")
    _void_what_lapsed(now, policy, at)
    approval, new = UrgentApproval.objects.get_or_create(
        version=version,
        approver=actor,
        voided_at=None,
        defaults={
            "digest": version.digest,
            "policy": policy,
            "approved_at": at,
            "expires_at": at + timedelta(days=policy.parameters.urgent_approval_days),
            "confirmed": "\n".join(APPROVER_CONFIRMS),
        },
    )
    if new:
        payload = {"version": version.number, "digest": version.digest}
        write_down(actor, row, "publishing.urgent_approved", payload, at)
    return approval


def _void_what_lapsed(now: TemplateNow, policy: PolicyVersion, at: datetime) -> None:
    """What lapsed by age or by a new policy makes room for a new yes of the same person."""
    for approval in now.yes:
        if approval.policy_id != policy.pk or at > approval.expires_at:
            approval.voided_at, approval.void_reason = at, "It lapsed, and was asked for afresh."
            approval.save(update_fields=["voided_at", "void_reason"])


def _now(template: UrgentTemplate, policy: PolicyVersion, at: datetime) -> TemplateNow:
    ground = Ground.of(template.organisation, policy, at)
    return template_now(with_versions(UrgentTemplate.objects.all()).get(pk=template.pk), ground, at)


@transaction.atomic
def retire_urgent(*, actor: User, template: UrgentTemplate, at: datetime) -> None:
    """Take a template off the list; what was sent from it stays. Twice is once. Raises `NotAllowed`."""
    require_fit(actor, template.organisation, Duty.LOOK_AFTER, at)
    row = UrgentTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if row.retired_at is not None:
        return
    row.retired_at = at
    row.save(update_fields=["retired_at"])
    _void(row, "The template was taken off the list.", at)
    write_down(actor, row, "publishing.urgent_retired", {}, at)


def words_for(
    version: UrgentVersion, values: Mapping[str, str], organisation: Organisation, at: datetime
) -> str:
    """Return what the public would read. Raises `Refusal` when a gap is not filled with what it takes."""
    try:
        return filled(version.wording, values, organisation.day(at))
    except BadValue as bad:
        raise Refusal(str(bad)) from None


@control(
    "C78",
    "One fit person can send only what was approved ahead, and a second look at it is due the next working day",
)
@transaction.atomic
def send_urgent(
    *,
    actor: User,
    template: UrgentTemplate,
    digest: str,
    values: Mapping[str, str],
    channel_ids: Sequence[UUID],
    press: UUID,
    at: datetime,
) -> Post:
    """Send what the version with this digest says with these values, at once; return the post.

    ``press`` is one press of the button: the same one again returns the same post, and sends nothing. The gate
    asks everything again as it sends. Raises `NotAllowed`, and `Refusal` with what stands in the way.
    """
    row = locked_template(template)
    policy = require_fit(actor, row.organisation, Duty.WRITE, at)
    pressed = UrgentSending.objects.filter(press=press).select_related("revision__post", "version").first()
    if pressed is not None:
        return _sent_already(pressed, actor, row)
    now = _now(row, policy, at)
    if now.version.digest != digest:
        raise Refusal("This template was changed while you were reading. Please read it again.")
    if now.barriers:
        raise Refusal(" ".join(barrier.says for barrier in now.barriers))
    text = words_for(now.version, values, row.organisation, at)
    accounts = _accounts(row.organisation, now.version.purpose, channel_ids, at)
    problems = problems_with(text, row.organisation, accounts)
    if problems:
        raise Refusal(problems[0])
    revision = _write(actor, row.organisation, now.version, text, channel_ids, at)
    sending = UrgentSending.objects.create(
        revision=revision, version=now.version, values=dict(values), press=press, sent_at=at
    )
    sending.approvals.set(now.yes)
    look = SecondLook.objects.create(
        organisation=row.organisation, sending=sending, due_at=row.organisation.end_of_working_day(at, 1)
    )
    payload = {
        "template": str(row.pk),
        "version": now.version.number,
        "template_digest": now.version.digest,
        "values": dict(values),
        "digest": revision.digest,
        "approved_by": sorted(str(approval.approver_id) for approval in now.yes),
        "second_look_due": look.due_at.isoformat(),
    }
    write_down(actor, revision.post, "publishing.urgent_sent", payload, at)
    release(revision.post, revision, at, at)
    return revision.post


def _sent_already(pressed: UrgentSending, actor: User, template: UrgentTemplate) -> Post:
    """Return what this very press sent. Raises `Refusal` when it was another's, or of another template."""
    post = pressed.revision.post
    if post.author_id != actor.pk or pressed.version.template_id != template.pk:
        raise Refusal("This form was used already. Open the template again, and send from there.")
    return post


def _accounts(
    organisation: Organisation, purpose: str, channel_ids: Sequence[UUID], at: datetime
) -> list[ChannelNow]:
    """Return the chosen accounts. Raises `Refusal` unless each is ours, open, and was authorised for this."""
    known = {account.channel.pk: account for account in accounts_now(organisation, at)}
    if not channel_ids:
        raise Refusal("Choose where it goes.")
    for pk in channel_ids:
        account = known.get(pk)
        if account is None:
            raise Refusal("One of the pages you chose is not one of ours any more. Choose again.")
        if account.restrictions:
            raise Refusal(account.restrictions[0].says)
        if purpose not in account.channel.purposes:
            raise Refusal(f"{account.channel.name} was not authorised for what this is for.")
    return [known[pk] for pk in channel_ids]


def problems_with(text: str, organisation: Organisation, accounts: Sequence[ChannelNow]) -> tuple[str, ...]:
    """Return why these words cannot go to these accounts: what screening says, and what the networks take."""
    found = screen_words(text, organisation, alts=(), is_reply=False)
    said = [
        f"{finding.title}: this needs somebody else to look first."
        for finding in still_open(found, frozenset())
    ]
    for account in accounts:
        said += network_for(account.channel).validate(Outgoing(text=text))
    return tuple(said)


def _write(
    actor: User,
    organisation: Organisation,
    version: UrgentVersion,
    text: str,
    channel_ids: Sequence[UUID],
    at: datetime,
) -> Revision:
    """Write the post with its one version. It begins as approved: that was done ahead."""
    post = Post.objects.create(
        organisation=organisation,
        author=actor,
        state=PostState.APPROVED,
        title=first_words(text, most=60),
        created_at=at,
        updated_at=at,
    )
    content = Content(text=text, channel_ids=tuple(channel_ids), purpose=version.purpose)
    sealed = digest(
        text=text,
        pictures=(),
        channel_ids=content.channel_ids,
        purpose=content.purpose,
        send_at=None,
        reply_to="",
    )
    screening = screen_words(text, organisation, alts=(), is_reply=False)
    return write_revision(actor, post, content, sealed, screening, 1, at)
