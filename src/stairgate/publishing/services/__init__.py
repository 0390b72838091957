"""The deeds on a post. Each takes its actor first, checks what they may do, and writes its ledger entry."""

from stairgate.publishing.services.afterwards import close_difference, read_now, take_down
from stairgate.publishing.services.common import NotReady, Refusal, StaleEdit
from stairgate.publishing.services.decisions import approve, ask_for_changes, look_again, send_again, withdraw
from stairgate.publishing.services.drafts import add_picture, answer_finding, draft_reply, save_draft, submit

__all__ = [
    "NotReady",
    "Refusal",
    "StaleEdit",
    "add_picture",
    "answer_finding",
    "approve",
    "ask_for_changes",
    "close_difference",
    "draft_reply",
    "look_again",
    "read_now",
    "save_draft",
    "send_again",
    "submit",
    "take_down",
    "withdraw",
]
