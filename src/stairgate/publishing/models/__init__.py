"""What publishing stores. No workflow lives here: `services`, `gate` and `delivery` move states, by `states`."""

from stairgate.publishing.models.approvals import Addressee, Approval, Message, Return
from stairgate.publishing.models.calendar import CalendarFeed, Occurrence, Recurrence, StandingMessage
from stairgate.publishing.models.deliveries import Attempt, Delivery, Difference, Look, ReadBack, TakeDown
from stairgate.publishing.models.posts import Answer, Picture, Post, Revision, RevisionPicture
from stairgate.publishing.models.suggestions import Suggestion
from stairgate.publishing.models.urgent import (
    SecondLook,
    UrgentApproval,
    UrgentSending,
    UrgentTemplate,
    UrgentVersion,
)

__all__ = [
    "Addressee",
    "Answer",
    "Approval",
    "Attempt",
    "CalendarFeed",
    "Delivery",
    "Difference",
    "Look",
    "Message",
    "Occurrence",
    "Picture",
    "Post",
    "ReadBack",
    "Recurrence",
    "Return",
    "Revision",
    "RevisionPicture",
    "SecondLook",
    "StandingMessage",
    "Suggestion",
    "TakeDown",
    "UrgentApproval",
    "UrgentSending",
    "UrgentTemplate",
    "UrgentVersion",
]
