"""The deeds on a post. Each takes its actor first, checks what they may do, and writes its ledger entry."""

from stairgate.publishing.services.afterwards import close_difference, read_now, take_down
from stairgate.publishing.services.changes import begin_change
from stairgate.publishing.services.common import NotReady, Refusal, StaleEdit
from stairgate.publishing.services.decisions import approve, ask_for_changes, look_again, send_again, withdraw
from stairgate.publishing.services.drafts import (
    add_picture,
    answer_finding,
    draft_reply,
    hold_to_signpost,
    save_draft,
    submit,
)
from stairgate.publishing.services.feeds import drop_feed, make_feed, reader_of
from stairgate.publishing.services.second_look import look_second
from stairgate.publishing.services.standing import (
    begin_recurrence,
    keep_message,
    keep_starters,
    make_due_draft,
    retire_message,
    stop_recurrence,
    use_message,
)
from stairgate.publishing.services.suggestions import begin_from, decline, suggest
from stairgate.publishing.services.talk import mark_read, say
from stairgate.publishing.services.urgent import (
    approve_urgent,
    keep_urgent,
    keep_urgent_starters,
    retire_urgent,
    send_urgent,
)

__all__ = [
    "NotReady",
    "Refusal",
    "StaleEdit",
    "add_picture",
    "answer_finding",
    "approve",
    "approve_urgent",
    "ask_for_changes",
    "begin_change",
    "begin_from",
    "begin_recurrence",
    "close_difference",
    "decline",
    "draft_reply",
    "drop_feed",
    "hold_to_signpost",
    "keep_message",
    "keep_starters",
    "keep_urgent",
    "keep_urgent_starters",
    "look_again",
    "look_second",
    "make_due_draft",
    "make_feed",
    "mark_read",
    "read_now",
    "reader_of",
    "retire_message",
    "retire_urgent",
    "save_draft",
    "say",
    "send_again",
    "send_urgent",
    "stop_recurrence",
    "submit",
    "suggest",
    "take_down",
    "use_message",
    "withdraw",
]
