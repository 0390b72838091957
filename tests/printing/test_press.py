"""The printer: words stay words, every page can be read aloud, and what goes wrong is said plainly."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import datetime

import pypdfium2
import pytest
from PIL.Image import Image

from stairgate.printing import paper, press
from stairgate.printing.paper import Element, Paper, from_markdown, plain
from stairgate.printing.press import PrinterTrouble, print_paper

NOW = datetime(2026, 11, 30, 17, 22)
#: each means something in Typst, in Markdown, in JSON or in HTML
HOSTILE = '#panic("x") $x^2$ *b* _u_ `raw` @ref <lab> [x] // c /* d */ = H \\u{41} "q" \'s\' {{ y }} </script> #{sys}'
NAME = "Willow *Lane* #Nursery"


def made(*elements: Element, title: str = "Paper", wide: bool = False) -> Paper:
    return Paper(title, NAME, "About", "Foot", NOW, elements, wide)


def read(pdf: bytes) -> str:
    """Return what a PDF says, on one line."""
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


def test_hostile_words_stay_words_wherever_they_stand() -> None:
    everywhere = made(
        paper.heading(2, HOSTILE),
        paper.words(HOSTILE, bold=True),
        paper.small(HOSTILE),
        paper.bullets([HOSTILE]),
        paper.facts([("Name", HOSTILE)]),
        paper.table(["One"], [[HOSTILE]], widths=[1]),
        title=HOSTILE,
    )
    printed = print_paper(everywhere)
    assert printed.standards == ("PDF/A-2a", "PDF/UA-1")
    said = read(printed.pdf).replace(" ", "")
    assert said.count(HOSTILE.replace(" ", "")) == 7 and NAME.replace(" ", "") in said
    with pypdfium2.PdfDocument(printed.pdf) as document:
        assert document.get_metadata_value("Title") == HOSTILE
        assert document.is_tagged()


def test_a_page_has_ink_on_it_and_white_round_it() -> None:
    [picture] = pictures(print_paper(made(paper.words("A word. " * 200))).pdf)
    width, height = picture.size
    assert 0.7 < width / height < 0.72
    assert has_ink_and_white_round_it(picture)


def has_ink_and_white_round_it(picture: Image) -> bool:
    """Return whether a page is written on, and nothing runs over its edge."""
    width, height = picture.size
    dark = picture.convert("L").point(lambda dot: 255 if dot < 128 else 0).getbbox()
    if dark is None:
        return False
    left, top, right, bottom = dark
    return left > width * 0.08 and right < width * 0.92 and top > height * 0.04 and bottom < height * 0.97


def pictures(pdf: bytes) -> list[Image]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=1).to_pil() for page in document]


def test_letters_that_no_font_has_do_not_stop_the_paper() -> None:
    printed = print_paper(made(paper.words("Łukasz, Владимир, Ελένη, 王小明, عربي, 😀, \U0010ffff\ue000")))
    assert "Łukasz, Владимир, Ελένη" in read(printed.pdf)


def test_what_turns_words_round_or_cannot_be_shown_is_left_out() -> None:
    assert plain("Le\u202eah\x00 \x07Ex\ud800ample\nTwo\u2066") == "Leah Example\nTwo"


def test_markdown_is_only_its_words() -> None:
    text = "One **two** *three* [four](https://bad.example) ![five](x.png)\nsix\\\nseven\n\n> eight\n\n3. nine\n   - ten"
    said = read(print_paper(made(*from_markdown(text))).pdf)
    assert (
        said.endswith("One two three four six seven eight 3. nine • ten Foot Page 1 of 1")
        and "bad.example" not in said
    )


def _too_slow(*_: object, **__: object) -> None:
    raise subprocess.TimeoutExpired("typst", press.SECONDS)


def _not_there(*_: object, **__: object) -> None:
    raise FileNotFoundError(2, "No such file or directory")


def _answers(out: bytes) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    return lambda *_, **__: subprocess.CompletedProcess([], 0, out, b"")


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (_too_slow, "longer than 30 seconds"),
        (_not_there, "could not be started"),
        (_answers(b""), "without a word"),
        (_answers(b'{"problem": "Typst is not installed"}\n'), "Typst is not installed"),
    ],
)
def test_a_printer_that_fails_says_so(
    run: Callable[..., object], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(PrinterTrouble, match=says) as raised:
        print_paper(made())
    assert "Use Print in your browser instead" in str(raised.value)
