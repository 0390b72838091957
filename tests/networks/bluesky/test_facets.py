"""Links, hashtags and names, marked as Bluesky's own app marks them."""

from __future__ import annotations

import json
import subprocess

import pytest

from stairgate.networks.bluesky import records
from tests.networks.bluesky_fixture import NODE_PARTS, _node

pytestmark = pytest.mark.node

SCRIPT = """
const { detectFacets } = require('@atproto/api/dist/rich-text/detection')
const { UnicodeString } = require('@atproto/api')
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'))
console.log(JSON.stringify(texts.map((text) => detectFacets(new UnicodeString(text)) ?? [])))
"""
TEXTS = [
    "No marks here, at 9 o’clock. Room 4, £3.50, 50%.",
    "🌧️👩‍👧 Puddle day! https://willow.example/boots.",
    "Dŵr ŷd – #Glaw, #CymraegYnYCylch! (https://willow.example/cy?a=1&b=2#top)",
    "Zażółć gęślą jaźń #Kałuże https://willow.example/żabki, @willow-lane.test",
    "آج بارش کا دن ہے #بارش https://willow.example/ur @gran.willow.co.uk",
    "(@a.test) @b-c.test: @A.test\n@d.test #one #two\t#three",
    "#1 #12 #4a #a_b #a.b! # ##x a#b #",
    "#one” #two… #a#b #... #4. #2026! “#quoted” #“x” #3-4 #3-4x",
    "Mail office@willow.example, no name at all: @nobody",
    "http://willow.example?a=(b) (https://willow.example/c)",
    "👩‍👩‍👧‍👦🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f #Cymru 🇬🇧#no",
]


def test_the_same_words_are_marked_at_the_same_bytes() -> None:
    theirs = [sorted(map(_place, facets)) for facets in _as_the_app(TEXTS)]
    ours = [sorted(map(_place, records.facets(text, _everybody(text)))) for text in TEXTS]
    assert ours == theirs
    assert {kind for facets in ours for _, _, kind, _ in facets} == {"link", "tag", "mention"}


def _as_the_app(texts: list[str]) -> list[list[dict[str, object]]]:
    done = subprocess.run(
        [_node(), "-e", SCRIPT],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        cwd=NODE_PARTS,
    )
    found: list[list[dict[str, object]]] = json.loads(done.stdout)
    return found


def _everybody(text: str) -> dict[str, str]:
    """Return every name in a text with an account: the app's marks have the name there until it is looked up."""
    return {handle: handle for handle in records.handles(text)}


def _place(facet: dict[str, object]) -> tuple[int, int, str, str]:
    """Return where a mark is, its kind, and what it points at."""
    index, features = facet["index"], facet["features"]
    assert isinstance(index, dict) and isinstance(features, list)
    (feature,) = features
    kind = str(feature["$type"]).rpartition("#")[2]
    points_at = str(feature.get("uri") or feature.get("tag") or str(feature.get("did")).lower())
    return index["byteStart"], index["byteEnd"], kind, points_at
