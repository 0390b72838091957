"""The child of `press`: reads a paper as JSON from standard input, writes one line of JSON and a PDF.

Runs alone (``python -I``) and imports nothing of Stairgate. It fetches nothing: our papers import no package.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_MEMORY = 2 * 1024 * 1024 * 1024
_CPU_SECONDS = 25
_WHOLE = ["a-2a", "ua-1"]
#: how it is tried, in order: may the machine's own fonts help out, and which standards are kept
_TRIES: tuple[tuple[bool, Any], ...] = ((False, _WHOLE), (True, _WHOLE), (True, []))


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    head, pdf = _printed(sys.stdin.buffer.read().decode())
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + pdf)


def _printed(paper: str) -> tuple[dict[str, object], bytes]:
    try:
        import typst
    except ImportError:
        return {"problem": "Typst is not installed"}, b""
    trouble = ""
    for machine_fonts, standards in _TRIES:
        try:
            pdf = typst.compile(
                str(_HERE / "paper.typ"),
                root=str(_HERE),
                font_paths=[str(_HERE / "fonts")],
                ignore_system_fonts=not machine_fonts,
                format="pdf",
                sys_inputs={"paper": paper},
                pdf_standards=standards,
            )
        except typst.TypstError as error:
            trouble = error.message
            continue
        assert isinstance(pdf, bytes)
        return {"standards": ["PDF/A-2a", "PDF/UA-1"] if standards else []}, pdf
    return {"problem": trouble[:200]}, b""


if __name__ == "__main__":
    main()
