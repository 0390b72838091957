"""The deeds on a post. Each takes its actor first, checks what they may do, and writes its ledger entry."""

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
from stairgate.publishing.services.talk import mark_read, say

__all__ = [
    "NotReady",
    "Refusal",
    "StaleEdit",
    "add_picture",
    "answer_finding",
    "approve",
    "ask_for_changes",
    "draft_reply",
    "hold_to_signpost",
    "look_again",
    "mark_read",
    "save_draft",
    "say",
    "send_again",
    "submit",
    "withdraw",
]
