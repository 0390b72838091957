"""Tags for what every screen shares: icons, status words, people, the fence, the latch, times, differences.

All of it is plain HTML and SVG without inline styles, so pages run under a strict content security policy.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from stairgate.screening import Finding

register = template.Library()

#: kind: (icon, word). The word is always shown: colour is never alone.
STATUS = {
    "ok": ("circle-check", "Met"),
    "risk": ("bar-loose", "At risk"),
    "bad": ("bar-broken", "Broken"),
    "wait": ("clock", "Waiting"),
    "held": ("gate", "Held at the gate"),
    "lock": ("lock", "Restricted"),
    "harm": ("alert-octagon", "May put a child at risk"),
    "idle": ("pencil", "Draft"),
    "out": ("world", "Published"),
    "hide": ("eye-off", "Hidden"),
    "back": ("corner-up-left", "Returned"),
    "off": ("ban", "Not applicable"),
    "paper": ("circle-dashed", "Still on paper"),
}

#: the welcome wizard, from the first visit to a locked door
STEPS = ("Your setting", "You", "Lock the door")


@register.inclusion_tag("parts/stepper.html")
def stepper(step: int) -> dict[str, object]:
    """Return how far somebody is in the welcome wizard, counted from 0."""
    return {"step": step, "steps": STEPS}


@register.simple_tag
def icon(name: str, cls: str = "") -> SafeString:
    """Return one icon from the sprite; decorative, so hidden from assistive technology."""
    source = static("stairgate/icons.svg")
    return format_html(
        '<svg class="sg-i {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        cls,
        source,
        name,
    )


@register.simple_tag
def status(kind: str, text: str = "", cls: str = "") -> SafeString:
    """Return a status: shape, then word, then colour."""
    drawing, word = STATUS[kind]
    return format_html(
        '<span class="sg-status sg-status--{} {}">{}{}</span>', kind, cls, icon(drawing), text or word
    )


@register.simple_tag
def who(name: str, role: str = "") -> SafeString:
    """Return an initial, a first name and a role. Never a surname."""
    below = format_html('<span class="sg-who__role">{}</span>', role) if role else ""
    return format_html(
        '<span class="sg-who"><span class="sg-who__i" aria-hidden="true">{}</span>'
        '<span><span class="sg-who__n">{}</span>{}</span></span>',
        name[:1],
        name,
        below,
    )


@register.filter
def tel(number: str) -> str:
    """Return a telephone number as the address of a link."""
    return f"tel:{number.replace(' ', '')}"


@register.simple_tag
def phone(number: str) -> SafeString:
    """Return a telephone number that can be rung by pressing it, never broken over two lines."""
    return format_html('<a class="sg-nowrap" href="{}">{}</a>', tel(number), number)


@register.simple_tag
def fence(states: Iterable[str], label: str, cls: str = "", height: int = 64) -> SafeString:
    """Return the fence: one bar for each clause. o = met, r = loose, b = snapped, n = not yet, x = not
    applicable, | = post; a space leaves a gap.
    """
    base = height - 2
    bars: list[str] = []
    x = 8
    for state in states:
        bars.append(_bar(state, x, base))
        x += 11 if state == "|" else 9
    width = x + 4
    frame = (
        f'<rect class="f-rail" x="3" y="15" width="{width - 6}" height="3"/>'
        f'<rect class="f-rail" x="3" y="{base - 11}" width="{width - 6}" height="3"/>'
        f'<rect class="f-post" x="0" y="2" width="6" height="{base - 2}" rx="2"/>'
        f'<rect class="f-post" x="{width - 6}" y="2" width="6" height="{base - 2}" rx="2"/>'
    )
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308 - numbers of our own, and an escaped label
        f'<svg class="sg-fence {escape(cls)}" viewBox="0 0 {width} {height}" preserveAspectRatio="none" {said}>'
        f"{frame}{''.join(bars)}</svg>"
    )


_SMALL = {"o": "f-ok", "r": "f-risk", "b": "f-bad", "n": "f-rail", "x": "f-rail"}


@register.simple_tag
def small_fence(states: str, label: str) -> SafeString:
    """Return a fence for one line of a list: bars of one kind are one path, because a page has many of them."""
    height, width = 26, len(states) * 6 + 8
    paths = "".join(
        f'<path class="{cls}" d="{"".join(_small_bar(state, at * 6 + 5) for at, s in enumerate(states) if s == state)}"/>'
        for state, cls in _SMALL.items()
        if state in states
    )
    return mark_safe(  # noqa: S308 - numbers of our own, and an escaped label
        f'<svg class="sg-fence sg-fence--mini" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(label)}"><path class="f-rail" d="M0 6h{width}v2h-{width}zm0 12h{width}v2h-{width}z"/>'
        f'<path class="f-post" d="M0 1h3v24h-3zM{width - 3} 1h3v24h-3z"/>{paths}</svg>'
    )


def _small_bar(state: str, x: int) -> str:
    if state == "o":
        return f"M{x} 3h3v22h-3z"
    if state == "r":
        return f"M{x + 3} 3h3l-3 22h-3z"
    if state in "nx":
        return f"M{x} 20h3v5h-3z"
    return f"M{x} 25v-9l2 -2l1 3v8zM{x} 3h3v5l-1 3l-2 -3z"


def _bar(state: str, x: int, base: int) -> str:
    tall = f'x="{x}" y="8" width="4" height="{base - 8}" rx="2"'
    if state == "|":
        return f'<rect class="f-post" x="{x}" y="2" width="6" height="{base - 2}" rx="2"/>'
    if state == "o":
        return f'<rect class="f-ok" {tall}/>'
    if state == " ":
        return ""
    if state == "x":
        return f'<rect class="f-rail" x="{x + 1}" y="{base - 16}" width="2" height="16"/>'
    if state == "n":
        return f'<rect class="f-none" {tall}/>'
    if state == "r":
        return f'<rect class="f-risk" {tall} transform="rotate(9 {x + 2} {base})"/>'
    middle = round((base + 2) / 2)
    return (
        f'<path class="f-bad" d="M{x} {base}V{middle + 9}l2 -4l2 5V{base}z"/>'
        f'<path class="f-bad" transform="rotate(-16 {x + 2} 8)" '
        f'd="M{x} 10q2 -3 4 0V{middle - 5}l-2 4l-2 -5z"/>'
    )


@register.simple_tag
def latch(done: int, total: int, label: str = "") -> SafeString:
    """Return a small gate that fills bar by bar."""
    width = 14 + total * 9
    bars = "".join(
        f'<rect class="{"l-on" if i < done else "l-off"}" x="{9 + i * 9}" y="5" width="5" height="20" rx="2.5"/>'
        for i in range(total)
    )
    said = escape(label or f"{done} of {total} done")
    return mark_safe(  # noqa: S308 - numbers of our own, and an escaped label
        f'<svg class="sg-latch" viewBox="0 0 {width} 28" width="{width}" height="28" role="img" aria-label="{said}">'
        f'<rect class="l-post" x="3" y="8" width="{width - 6}" height="2"/>'
        f'<rect class="l-post" x="3" y="19" width="{width - 6}" height="2"/>'
        f'<rect class="l-post" x="0" y="1" width="4" height="26" rx="2"/>'
        f'<rect class="l-post" x="{width - 4}" y="1" width="4" height="26" rx="2"/>{bars}</svg>'
    )


@register.filter
def clock(moment: datetime | None) -> str:
    """Return a moment as people say it: "17:45" today, "Tue 24 Nov, 17:45", with the year when not this one."""
    if not moment:
        return ""
    local, today = timezone.localtime(moment), timezone.localdate()
    time = f"{local:%H:%M}"
    if local.date() == today:
        return time
    return f"{_day(local)}, {time}" if local.year == today.year else f"{_day(local)} {local.year}, {time}"


@register.filter
def whole(moment: datetime | None) -> str:
    """Return a moment with its day, always: "Tue 24 Nov, 17:45"."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    year = "" if local.year == timezone.localdate().year else f" {local.year}"
    return f"{_day(local)}{year}, {local:%H:%M}"


@register.filter
def day(moment: datetime | date | None) -> str:
    """Return a day: "Tue 24 Nov", "Today", "Tomorrow, Wed 25 Nov"; with the year when it is not this one."""
    if not moment:
        return ""
    on = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    today = timezone.localdate()
    words = f"{on:%a} {on.day} {on:%b}"
    if on == today + timedelta(days=1):
        return f"Tomorrow, {words}"
    return words if on.year == today.year else f"{words} {on.year}"


@register.filter
def before(moment: datetime) -> datetime:
    """Return the last moment before another: of a midnight, on the day that it ends."""
    return moment - timedelta(microseconds=1)


@register.filter
def gaps(text: str) -> SafeString:
    """Return the words of a template with its gaps marked: "{opens_at}" as "[opens at]"."""
    parts = re.split(r"\{([a-z_]+)\}", text)
    return format_html_join(
        "",
        "{}{}",
        (
            (words, format_html("<b>[{}]</b>", name.replace("_", " ")) if name else "")
            for words, name in itertools.zip_longest(parts[::2], parts[1::2], fillvalue="")
        ),
    )


def _day(local: datetime) -> str:
    return f"{local:%a} {local.day} {local:%b}"


@register.filter
def ago(moment: datetime | None) -> str:
    """Return how long ago a moment was, roughly: "just now", "4 min ago", "3 hours ago", "2 days ago"."""
    if not moment:
        return "never"
    seconds = (timezone.now() - moment).total_seconds()
    if seconds < 60:
        return "just now"
    for size, word in ((86400, "day"), (3600, "hour")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return f"{int(seconds // 60)} min ago"


@register.simple_tag
def things(count: int, one: str, many: str) -> str:
    """Return a count with its word: "1 thing", "3 things"."""
    return f"{count} {one if count == 1 else many}"


@register.simple_tag
def marked(text: str, findings: Sequence[Finding]) -> SafeString:
    """Return a text with numbered marks on what screening found, for painting behind the editor."""
    parts: list[SafeString] = []
    at = 0
    for number, finding in sorted(enumerate(findings, 1), key=lambda pair: pair[1].start):
        if finding.start < at or finding.end <= finding.start:
            continue
        parts.append(format_html("{}", text[at : finding.start]))
        parts.append(
            format_html(
                '<mark class="sg-hit" data-n="{}">{}</mark>', number, text[finding.start : finding.end]
            )
        )
        at = finding.end
    parts.append(format_html("{}", text[at:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped above


_LONG = 500


@register.simple_tag
def words_diff(old: str, new: str) -> SafeString:
    """Return what changed between two texts, word by word; said in words to those who cannot see it."""
    before, after = re.findall(r"\s+|[^\s]+", old), re.findall(r"\s+|[^\s]+", new)
    rows: list[SafeString] = []
    # of long texts the commonest words are no anchors: to try each pair of them would take minutes
    is_long = max(len(before), len(after)) > _LONG
    for tag, a, b, c, d in difflib.SequenceMatcher(a=before, b=after, autojunk=is_long).get_opcodes():
        if tag == "equal":
            rows.append(format_html("{}", "".join(before[a:b])))
            continue
        if b > a:
            gone = "".join(before[a:b])
            rows.append(format_html('<del><span class="visually-hidden">Removed: </span>{}</del> ', gone))
        if d > c:
            come = "".join(after[c:d])
            rows.append(format_html('<ins><span class="visually-hidden">Added: </span>{}</ins> ', come))
    return format_html_join("", "{}", ((row,) for row in rows))
