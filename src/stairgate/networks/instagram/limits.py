"""What Instagram takes and what it refuses, said before anything is sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from stairgate.networks.base import Outgoing, Picture

LONGEST_CAPTION = 2_200
MOST_HASHTAGS = 30
MOST_NAMES = 20
MOST_PICTURES = 10
MOST_BYTES = 8 * 1024 * 1024
#: width by height: upright to wide
TALLEST, WIDEST = 4 / 5, 1.91

_HASHTAG = re.compile(r"(?<!\w)#\w*[^\W\d_]\w*")
_NAME = re.compile(r"(?<![\w@])@[A-Za-z0-9_.]+")


def problems(outgoing: Outgoing) -> Sequence[str]:
    """Return what Instagram would refuse, as sentences for the author."""
    return [*_about_words(outgoing), *_about_pictures(outgoing)]


def _about_words(outgoing: Outgoing) -> Iterator[str]:
    text = outgoing.text
    if len(text) > LONGEST_CAPTION:
        yield f"too long for Instagram, which takes {LONGEST_CAPTION:,} letters"
    if len(_HASHTAG.findall(text)) > MOST_HASHTAGS:
        yield f"Instagram takes {MOST_HASHTAGS} hashtags at most"
    if len(_NAME.findall(text)) > MOST_NAMES:
        yield f"Instagram takes {MOST_NAMES} names with an @ at most"


def _about_pictures(outgoing: Outgoing) -> Iterator[str]:
    pictures = outgoing.pictures
    if outgoing.reply_to:
        if pictures:
            yield "a reply on Instagram takes no photo"
        return
    if not pictures:
        yield "a post on Instagram needs a photo"
    if len(pictures) > MOST_PICTURES:
        yield f"Instagram takes {MOST_PICTURES} photos at most"
    for number, picture in enumerate(pictures, 1):
        name = "the photo" if len(pictures) == 1 else f"photo {number}"
        yield from (f"{name} is {problem}" for problem in _about_picture(picture))


def _about_picture(picture: Picture) -> Iterator[str]:
    """Yield what is wrong with one picture. One dot of rounding counts for nothing."""
    width, height = picture.width, picture.height
    if (width + 1) / height < TALLEST:
        yield "too tall for Instagram: cut it to 4:5 or wider"
    if width / (height + 1) > WIDEST:
        yield "too wide for Instagram: cut it to 1.91:1 or narrower"
    if picture.media_type != "image/jpeg":
        yield "not a JPEG, and Instagram takes nothing else"
    if len(picture.data) > MOST_BYTES:
        yield "larger than the 8 MB that Instagram takes"
