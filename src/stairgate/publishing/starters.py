"""Messages a new setting may start its list with. They are taken over as they are and changed at will."""

from __future__ import annotations

STARTERS: tuple[tuple[str, str], ...] = (
    (
        "Term dates",
        "Our dates for next term: first day …, last day …, half-term from … to … inclusive. "
        "Please put them in your diary. The office can help with any question.",
    ),
    (
        "Online-safety week",
        "This week is all about staying safe online. Talk at home about what you both like to watch and play, and who "
        "to tell when something does not feel right. If you are worried, speak to us: we are here to help.",
    ),
    (
        "We are closed",
        "We are closed on … and open again on … at the usual time. If you have a question, please ring the office.",
    ),
)
