"""Build the icon sprite from Tabler's outlines and our own glyphs: tools/icons.py FOLDER_OF_OUTLINES.

One file, fetched once and kept by the browser; pages refer to it with <use>. Add a name here to use a new icon.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

SPRITE = Path(__file__).parent.parent / "src/stairgate/web/static/stairgate/icons.svg"

TABLER = """
home-2 edit checks calendar-week inbox clipboard-check shield-check users plug-connected lock heart-handshake
settings device-desktop sun moon logout arrow-left world thumb-up message-circle share-3 photo check
corner-up-left circle-check clock info-circle menu-2 x fingerprint eye-off eye pencil alert-octagon
circle-dashed message-reply ban trash shield-lock list chevron-left chevron-right refresh phone plus wand send
brand-facebook brand-bluesky brand-instagram brand-mastodon brand-x file-certificate download user-off key
calendar-event chevron-down search
""".split()  # noqa: SIM905 - a list of words reads best as words

OWN = {
    "gate": '<path d="M4 4v17M20 4v17M4 8h16M4 17h16M9.3 8v9M14.7 8v9"/><path d="M18 12.5h4"/>',
    "gate-open": '<path d="M4 4v17M20 4v17M4 8l7 3v9l-7-3M7.5 9.6v9"/>',
    "bar-broken": '<path d="M12 21v-6l-2 -1.5M12 3v6l2 1.5"/><path d="M5 4v17M19 4v17"/>',
    "bar-loose": '<path d="M9.5 21L14.5 4"/><path d="M5 4v17M19 4v17"/>',
    "going-out": '<path d="M5 5v14M9 5v14"/><path d="M11 12h9M17 8.5l3.5 3.5l-3.5 3.5"/>',
    "coming-in": '<path d="M19 5v14M15 5v14"/><path d="M3.5 12h9M9 8.5l3.5 3.5l-3.5 3.5"/>',
}


def outline(folder: Path, name: str) -> str:
    """Return the inner marks of one Tabler icon."""
    text = (folder / f"{name}.svg").read_text("utf-8")
    found = re.search(r"<svg[^>]*>(.*)</svg>", text, re.S)
    if found is None:
        raise SystemExit(f"{name}: not an SVG")
    inner = re.sub(r"<!--.*?-->", "", found.group(1), flags=re.S)
    return " ".join(re.sub(r'<path stroke="none"[^>]*/>', "", inner).split())


def main(folder: Path) -> None:
    drawn = {name: outline(folder, name) for name in TABLER} | OWN
    symbols = (f'<symbol id="{n}" viewBox="0 0 24 24">{drawn[n]}</symbol>' for n in sorted(drawn))
    SPRITE.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n", "utf-8"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
