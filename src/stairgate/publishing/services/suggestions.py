"""Suggestions: anybody who works here says what the page could say; somebody who may write begins a post, or says why not."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from stairgate.clauses import control
from stairgate.organisations.access import actor_in
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.publishing.content import Content
from stairgate.publishing.models import Post, Suggestion
from stairgate.publishing.rules import must_change
from stairgate.publishing.screen import screen_words
from stairgate.publishing.services.common import Refusal, require_fit, write_down
from stairgate.publishing.services.drafts import save_draft

LONGEST_SUGGESTION = 4_000
_SHORTEST_REASON = 3


@control(
    "C48", "Whoever has no role on the account can say what it should say, and can neither write nor approve"
)
@control("C79", "Contact details have to be taken out of a suggestion before it is kept")
@transaction.atomic
def suggest(*, actor: User, organisation: Organisation, text: str, about: str, at: datetime) -> Suggestion:
    """Keep what a colleague would like the page to say; return it. It can't go out by itself.

    Raises `NotAllowed`, and `Refusal` when there are no words, too many, or such as may not be kept.
    """
    actor_in(actor, organisation.id)
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise Refusal("Write what you would like the page to say.")
    if len(words) > LONGEST_SUGGESTION:
        raise Refusal(
            f"That is too long: {len(words)} letters, and {LONGEST_SUGGESTION} fit. Make it shorter."
        )
    found = screen_words("\n\n".join((words, about)), organisation, alts=(), is_reply=False)
    if any(must_change(finding) for finding in found.findings):
        raise Refusal("Something in it has to be taken out first. It is marked below.")
    row = Suggestion.objects.create(
        organisation=organisation, by=actor, text=words, about=about.strip()[:160], at=at
    )
    payload = {"words": hashlib.sha256(words.encode()).hexdigest(), "about": row.about}
    write_down(actor, row, "publishing.suggested", payload, at)
    return row


@control(
    "C48", "A suggestion becomes a post only by somebody who may write, and whoever made it never approves it"
)
@transaction.atomic
def begin_from(*, actor: User, suggestion: Suggestion, start: Content, at: datetime) -> Post:
    """Begin a draft with the words of a suggestion, in the actor's name, for the accounts of ``start``; return it.

    Raises `NotAllowed`, and `Refusal` when it was answered already.
    """
    require_fit(actor, suggestion.organisation, Duty.WRITE, at)
    row = _open(suggestion)
    content = Content(row.text, start.channel_ids, start.purpose)
    revision = save_draft(
        actor=actor, organisation=row.organisation, post=None, content=content, seen=None, at=at
    )
    row.post, row.answered_by, row.answered_at = revision.post, actor, at
    row.save(update_fields=["post", "answered_by", "answered_at"])
    write_down(actor, row, "publishing.suggestion_used", {"post": str(revision.post_id)}, at)
    return revision.post


@transaction.atomic
def decline(*, actor: User, suggestion: Suggestion, reason: str, at: datetime) -> None:
    """Say "not this time", with a reason that the colleague will read. Raises `NotAllowed`, `Refusal`."""
    require_fit(actor, suggestion.organisation, Duty.WRITE, at)
    row = _open(suggestion)
    words = reason.strip()[:300]
    if len(words) < _SHORTEST_REASON:
        raise Refusal("Say in a few kind words why not: whoever suggested it will read them.")
    row.answered_by, row.answered_at, row.why_not = actor, at, words
    row.save(update_fields=["answered_by", "answered_at", "why_not"])
    write_down(actor, row, "publishing.suggestion_declined", {"reason": words}, at)


def _open(suggestion: Suggestion) -> Suggestion:
    """Lock a suggestion that nobody has answered. Raises `Refusal`."""
    rows = Suggestion.objects.select_for_update(of=("self",)).select_related("organisation", "answered_by")
    row = rows.get(pk=suggestion.pk)
    if row.answered_by is not None:
        raise Refusal(f"{row.answered_by.first_name} has answered this already.")
    return row
