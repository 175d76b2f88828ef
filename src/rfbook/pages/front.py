"""The front page: every verdict of the book in one table, and how many came out how."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.ledger.verdicts import Verdict
from rfbook.pages.census import links
from rfbook.pages.tables import WORDS, Table


def count(verdicts: Sequence[Verdict]) -> Table:
    """How many claims came out how, negative and untested ones beside the others."""
    words = [verdict.word for verdict in verdicts]
    row = [str(len(words)), *(str(words.count(word)) for word in WORDS)]
    columns = ["claims", *(f"{sign} {word}" for word, sign in WORDS.items())]
    return Table("Claims of both papers by verdict", columns, [row])


def glance(verdicts: Sequence[Verdict]) -> Table:
    """One row a claim: what it says, where, and the verdict; a page that is planned has no link."""
    there = links()
    rows = [
        [
            verdict.claim.id,
            verdict.claim.says,
            f"{verdict.claim.paper} {verdict.claim.where}",
            f"{WORDS[verdict.word]} {verdict.word}",
            there.get(verdict.claim.page, verdict.claim.page),
        ]
        for verdict in verdicts
    ]
    columns = ["claim", "what the paper says", "where", "verdict", "page"]
    return Table("Verdicts at a glance", columns, rows)
