"""What is mutated, by which tests it must be noticed, and which few changes nobody could notice, and why."""

from __future__ import annotations

TESTS = (
    "tests/publishing/test_rules.py",
    "tests/publishing/test_states.py",
    "tests/publishing/test_urgent_rules.py",
    "tests/publishing/test_urgent_gate.py",
    "tests/publishing/test_gate.py",
    "tests/publishing/test_gate_conditions.py",
    "tests/publishing/test_trouble.py",
    "tests/publishing/test_changing.py",
    "tests/publishing/test_by_hand.py",
    "tests/publishing/test_gate_by_hand.py",
    "tests/publishing/test_lapsing.py",
    "tests/publishing/test_paused.py",
    "tests/publishing/test_approval.py",
    "tests/publishing/test_gate_facts.py",
    "tests/publishing/test_fetching.py",
)

#: pure, so that the suite can afford them on every run: these modules by these tests alone
QUICK_TESTS = TESTS[:3]
QUICK = ("stairgate.publishing.rules", "stairgate.publishing.states", "stairgate.publishing.urgent")

#: by module; an empty set is every function of it
TARGETS: dict[str, frozenset[str]] = {
    "stairgate.publishing.rules": frozenset(
        {
            "why_may_not_approve",
            "gate_barriers",
            "lapse_barriers",
            "_barriers_of_the_post",
            "_purpose_barriers",
            "valid_approvals",
            "standing",
            "goes_urgently",
            "_passing_barriers",
            "_approval_barriers",
            "_content_barriers",
            "_time_barriers",
            "_late",
            "must_change",
            "still_open",
        }
    ),
    "stairgate.publishing.gate": frozenset(),
    "stairgate.publishing.gate_facts": frozenset(),
    "stairgate.publishing.urgent": frozenset(),
    "stairgate.publishing.selectors.urgent": frozenset(
        {"_facts_of", "_said", "_digest_of", "sending_of", "sending_behind", "urgent_facts", "_filled"}
    ),
    "stairgate.publishing.changing": frozenset(),
    "stairgate.publishing.selectors.changes": frozenset(
        {"carrier", "change_facts", "targets_of", "gone_stale"}
    ),
    "stairgate.networks.base": frozenset({"Passage.__init__", "Passage.spend", "claim_mint"}),
    "stairgate.publishing.states": frozenset({"check_post_move", "check_delivery_move"}),
}

#: each fact the gate re-reads, and what it would be for a gate that took it on trust
FACTS: dict[str, dict[str, str]] = {
    "GateFacts": {
        "post_is_approved": "True",
        "revision_is_current": "True",
        "digest_now": "revision.digest",
        "digest_of_revision": "digest_now",
        "writers": "frozenset()",
        "writer_why_not": "()",
        "approvals": "()",
        "urgent": "() if sending else None",
        "approvers_needed": "0",
        "policy": "None",
        "send_at": "now",
        "window": "timedelta(days=999)",
        "is_exactly": "True",
        "purpose": "delivery.channel.purposes[0]",
        "purposes": "(revision.purpose,)",
        "quiet": "QuietHours.of(Parameters(quiet_from_hour=0, quiet_until_hour=0), organisation.timezone)",
        "restrictions": "()",
        "unanswered": "()",
        "pictures_unanswered": "0",
        "children_shown": "0",
        "children_allowed": "True",
        "ledger_newest_at": "None",
    },
    "ChangeFacts": {
        "is_its_own": "True",
        "is_there": "True",
        "is_leaving": "False",
        "differs": "False",
        "can_edit": "True",
        "same_pictures": "True",
        "has_number": "True",
    },
    "ApprovalFact": {
        "approver": "UUID(int=0)",
        "digest": "revision.digest",
        "policy": "version.id if version else None",
        "expires_at": "now",
        "voided": "False",
        "why_not": "()",
        "confirmed": "'so'",
        "purpose_reason": "'because'",
    },
    "TemplateFacts": {
        "is_current": "True",
        "digest": "_digest_of(version)",
        "digest_now": "version.digest",
        "purpose": "'News'",
        "writers": "frozenset()",
        "approvals": "()",
        "approvers_needed": "0",
        "policy": "None",
    },
    "UrgentFacts": {
        "template": "None",
        "is_own": "True",
        "by_sender": "True",
        "words": "_filled(sending, organisation)",
        "words_filled": "revision.text",
        "purpose": "version.purpose",
        "pictures": "0",
        "is_reply": "False",
        "taken_down": "False",
        "unanswered": "0",
        "good_until": "now",
    },
}

#: (function, change): why no test can tell it from the original
SAME: dict[tuple[str, str], str] = {
    (
        "_open",
        "never: delivery is None",
    ): "what is not due any more is then a surprise, and that shuts nothing either",
    ("_open", "never: outgoing is None"): "what cannot be read has the digest “missing”, which is a barrier",
    ("facts_of", "always: delivery.state in READY"): "the row was locked in that state",
    ("facts_of", "always: newest is not None"): "a delivery points at a version, so there is a newest",
    (
        "_begin",
        "left out: check_delivery_move(delivery.state, DeliveryState.SENDING)",
    ): "the row was locked as waiting, and that move is in the table",
    (
        "_begin",
        "always: delivery.changes is not None",
    ): "a reading is always of a delivery, so none is of none",
    (
        "targets_of",
        "always: post.changes_id",
    ): "a delivery is always of a post, so what is no change finds none",
}
