"""Tags of what is live: what a clause is worth and what stands behind it, and how far we have read an account."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from stairgate.assurance.marks import Worth
from stairgate.channels.models import Channel
from stairgate.monitoring.selectors import heard_of
from stairgate.web.templatetags.ui import day, status, whole

register = template.Library()

_KINDS = {
    Worth.MET: "ok",
    Worth.RISK: "risk",
    Worth.BROKEN: "bad",
    Worth.OFF: "off",
    Worth.NOT_YET: "paper",
}


@register.simple_tag
def worth(value: Worth, partly: bool = False) -> SafeString:
    """Return what a clause is worth as a status: shape, word and colour."""
    return status(_KINDS[value], "Met in part" if partly and value == Worth.MET else value.words)


@register.simple_tag
def worth_word(value: str) -> str:
    return Worth(value).words


@register.simple_tag
def heard_from(channel: Channel) -> dict[str, object] | None:
    """Return when an account was last read and last rang, and what is newest there; None for one we do not read."""
    reading, newest = heard_of(channel, timezone.now())
    if reading is None:
        return None
    return {
        "agreed_at": reading.agreed_at,
        "rang_at": reading.rang_at,
        "complete_at": reading.complete_at,
        "blind": reading.blind,
        "written_at": newest,
    }


@register.filter
def moment(at: datetime | date) -> str:
    """Return a moment with its time, or a day."""
    return whole(at) if isinstance(at, datetime) else day(at)


@register.filter
def lower_first(words: str) -> str:
    return words[:1].lower() + words[1:]


@register.filter
def no_prefix(where: str) -> str:
    """Return where a control lives, without the name of the product before it."""
    return where.removeprefix("stairgate.")


@register.filter
def test_words(test: str) -> str:
    """Return the name of a test as the sentence that it is."""
    return test.rpartition("::")[2].removeprefix("test_").replace("_", " ")
