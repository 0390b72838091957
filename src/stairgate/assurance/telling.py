"""Entries of the ledger, told in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from stairgate.ledger.models import Entry
from stairgate.organisations.models import Organisation

WORDS = {
    "organisations.founded": "The setting was set up",
    "organisations.joined": "Somebody was given a place and roles",
    "organisations.left": "Somebody’s place ended",
    "organisations.groups_named": "Rooms and groups were named",
    "organisations.child_names_added": "Names were added to the list screening knows",
    "organisations.role_given": "Somebody was given a role",
    "organisations.role_ended": "Somebody’s role was ended",
    "organisations.invited": "Somebody was given a link to sign in for the first time",
    "organisations.invitation_used": "Somebody chose their password with their link",
    "people.line_manager": "Somebody was given a line manager",
    "people.changed": "What the register says of somebody was changed",
    "people.check_looked_at": "The update service was looked at: a check holds on",
    "people.number_shown": "A manager looked at the number of a certificate",
    "people.birth_date_shown": "A manager looked at a date of birth",
    "people.reference_recorded": "A reference was recorded",
    "people.reference_verified": "A reference was found to be real",
    "people.leaving": "Somebody’s last day was recorded",
    "people.leaving_done": "Something a leaver left to do was done",
    "people.registered": "Somebody was put on the register",
    "people.check_recorded": "A check was recorded",
    "people.check_withdrawn": "A check was withdrawn",
    "people.training_recorded": "Training was recorded",
    "policies.adopted": "A policy version was adopted",
    "policies.draft_begun": "Somebody began the next version of the policy",
    "policies.draft_changed": "The draft of the next version was changed",
    "policies.draft_dropped": "The draft of the next version was put away",
    "policies.risk_accepted": "A manager accepted the risk that is left",
    "policies.review_asked": "Something happened that asks for a look at the policy",
    "policies.reviewed": "Somebody looked at the whole policy and kept it as it is",
    "policies.opened": "Somebody opened the policy to read it",
    "policies.read": "Somebody read the policy to its end",
    "policies.understood": "Somebody answered every question on the policy rightly",
    "policies.signed": "Somebody signed the policy",
    "policies.document_recorded": "A version of a document was put in the library",
    "policies.document_withdrawn": "A document was taken out of the library, with a reason",
    "policies.document_read": "Somebody read a document of the library",
    "policies.contact_checked": "Somebody looked at an entry of the list of help",
    "people.declared": "Somebody made their yearly declaration",
    "people.declaration_read": "Somebody who may looked at what a colleague declared",
    "people.declaration_helped": "Somebody who had asked for help with their declaration has had it",
    "people.plan_written": "A plan for a connection with a family was written",
    "people.plan_agreed": "Somebody agreed to the plan for their connection with a family",
    "people.imported": "People were taken over from a list",
    "channels.authorised": "An account was authorised",
    "channels.request_sent": "Somebody asked for an account",
    "channels.request_withdrawn": "A request for an account was taken back",
    "channels.request_lead_signed": "The safeguarding lead signed a request for an account",
    "channels.request_decided": "The service manager decided about a request for an account",
    "channels.request_cosigned": "A yes to an account was signed by a second person",
    "channels.condition_met": "A condition of an account was found to be met",
    "channels.evaluated": "What came of an account was written down",
    "channels.renewed": "An authorisation was renewed",
    "channels.not_renewed": "An authorisation was not renewed",
    "channels.page_found": "A page in our name was found that nobody authorised",
    "channels.page_gone": "A page that nobody authorised is gone, or not ours",
    "channels.connected": "An account was connected",
    "channels.opening_confirmed": "Somebody confirmed something of a page that has to be so before anything goes out",
    "channels.opening_taken_back": "Something that was confirmed of a page was taken back",
    "channels.healthy": "A connection was proved to work",
    "channels.unhealthy": "A connection stopped working",
    "channels.seen": "Somebody looked, and said that the group is there and ours",
    "channels.shut": "The gate of an account was shut",
    "channels.reopened": "The gate of an account was opened again",
    "channels.paused": "Publishing was paused",
    "channels.opening_asked": "Somebody asked to end a pause; another person has to confirm",
    "channels.opened": "A pause was ended, by two people",
    "publishing.saved": "A version of a post was saved",
    "publishing.picture_added": "A photo was taken in, and everything hidden in it left out",
    "publishing.finding_kept": "Words that screening pointed at were kept, with a reason",
    "publishing.submitted": "A post was sent for approval",
    "publishing.approved": "A post was approved",
    "publishing.lapsed": "An approval lapsed before its time",
    "publishing.approval_lapsed": "The first of two approvals no longer counts",
    "publishing.said": "Somebody wrote a message about a post",
    "publishing.heard": "Somebody read what was said about a post",
    "publishing.returned": "A post was returned with a note",
    "publishing.withdrawn": "A post was withdrawn",
    "publishing.gate_opened": "The gate opened for one attempt",
    "publishing.gate_shut": "The gate stayed shut",
    "publishing.done": "It reached the page",
    "publishing.refused": "The network refused it",
    "publishing.unknown": "Nobody could say whether it reached the page",
    "publishing.manual": "A person has to put it on the page by hand",
    "publishing.posted": "Somebody says it was posted by hand; a second person has to look",
    "publishing.looked": "Somebody looked on the page themselves, and said what is there",
    "publishing.late_answer": "The network answered after it was settled; compare the page",
    "publishing.not_there": "Two looks proved it is not on the page",
    "publishing.waiting": "It waits to try again",
    "publishing.look_asked": "Somebody asked for another look on the page",
    "publishing.sent_again": "Somebody let it try again",
    "publishing.take_down_asked": "Somebody asked for a published post to be taken down",
    "publishing.taken_down": "It was taken down; we looked, and it is gone",
    "publishing.take_down_failed": "It could not be taken down; a person has to do it on the page",
    "publishing.differs": "What is on the page is not what was approved",
    "publishing.difference_closed": "A difference on the page was closed, with what was done",
    "publishing.read_back_asked": "Somebody asked for the page to be compared again",
    "publishing.change_begun": "A change of what is on the page was begun",
    "publishing.suggested": "Somebody suggested a post",
    "publishing.suggestion_used": "A post was begun from a suggestion",
    "publishing.suggestion_declined": "A suggestion is not for this time, with a reason",
    "publishing.reply_started": "A reply was started",
    "publishing.standing_kept": "The words of a standing message were kept",
    "publishing.standing_retired": "A standing message was taken off the list",
    "publishing.standing_used": "A draft was started from a standing message",
    "publishing.recurrence_begun": "A post was set to come again and again, each time for approval",
    "publishing.recurrence_stopped": "A recurring post was stopped",
    "publishing.recurred": "A recurring post made its draft, which needs approval",
    "publishing.urgent_kept": "The words of an urgent template were kept",
    "publishing.urgent_approved": "An urgent template was approved ahead",
    "publishing.urgent_retired": "An urgent template was taken off the list",
    "publishing.urgent_sent": "Somebody sent an urgent post from a template approved ahead",
    "publishing.urgent_looked": "Somebody else took the second look at an urgent post",
    "publishing.urgent_missed": "Nobody took the second look at an urgent post in time",
    "publishing.feed_made": "Somebody made a calendar address for their phone",
    "publishing.feed_dropped": "Somebody switched the calendar address of their phone off",
    "assurance.self_checked": "Somebody did their yearly self-check",
    "assurance.talked": "Somebody was spoken with after their self-check",
    "assurance.looked_out": "Somebody looked for new training and guidance",
    "assurance.activity_noted": "What children or parents had about safe technology was noted",
    "assurance.lead_read": "Somebody read who the safeguarding lead is",
    "assurance.lead_told": "Somebody was told in person who the safeguarding lead is",
    "assurance.exception_asked": "Somebody asked for an exception",
    "assurance.exception_allowed": "Somebody said yes to an exception",
    "assurance.exception_declined": "Somebody said no to an exception, with a reason",
    "assurance.exception_ended": "An exception was ended before its last day",
    "assurance.told": "Somebody asked to speak to somebody",
    "assurance.snoozed": "Somebody put a reminder off, with a reason",
    "assurance.changed": "What clauses of the policy are worth has changed",
    "assurance.handed_out": "The whole record was handed out",
    "monitoring.collected": "A comment came in and was kept",
    "monitoring.changed": "A comment was changed by its writer; both versions are kept",
    "monitoring.hidden_there": "A comment was hidden on the page by somebody",
    "monitoring.shown_again": "A hidden comment was to be seen again",
    "monitoring.back": "A comment that was gone came back",
    "monitoring.gone": "A comment went away; our copy is kept",
    "monitoring.hide_asked": "Stairgate asked the page to hide a comment",
    "monitoring.decided": "Somebody decided about a comment",
    "monitoring.opened_again": "A comment waits in the inbox again: its reply was taken back",
    "monitoring.acted": "The page did what was decided",
    "monitoring.act_failed": "The page did not do what was decided",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words: when, what, who."""

    number: int
    at: datetime
    what: str
    who: str


def tell(organisation: Organisation, entries: Iterable[Entry]) -> list[Line]:
    """Return entries in words. One query for the names."""
    names = {
        str(user): name for user, name in organisation.memberships.values_list("user_id", "user__first_name")
    }
    return [
        Line(entry.index, entry.at, WORDS.get(entry.kind, entry.kind), names.get(entry.actor, "Stairgate"))
        for entry in entries
    ]
