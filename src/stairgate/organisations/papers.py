"""A paper as an answer to a browser: a PDF, or a page that says plainly why there is none."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stairgate.printing.paper import Paper
from stairgate.printing.press import PrinterTrouble, print_paper


def seal_words(digest: str) -> str:
    """Return a digest in groups of eight, to be read and compared by people."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def paper_answer(request: HttpRequest, paper: Paper, name: str) -> HttpResponse:
    """Print a paper and send it as ``name``.pdf, never to be kept by anything on the way."""
    try:
        printed = print_paper(paper)
    except PrinterTrouble as why:
        return render(request, "web/no_paper.html", {"why": str(why), "title": paper.title}, status=503)
    answer = HttpResponse(printed.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
