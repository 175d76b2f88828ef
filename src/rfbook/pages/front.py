"""The front page: every verdict of the book in one table, and how many came out how."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.ledger.claims import Claim
from rfbook.ledger.outside import SOURCES
from rfbook.ledger.verdicts import Verdict
from rfbook.pages.census import links
from rfbook.pages.claim_tables import BEYOND
from rfbook.pages.tables import WORDS, Table


def count(verdicts: Sequence[Verdict]) -> Table:
    """How many claims came out how, negative and untested ones beside the others.

    A claim on numbers that others printed or measured is counted apart: it was checked, not reproduced.
    """
    groups: dict[str, list[str]] = {}
    for one in verdicts:
        groups.setdefault(_kind(one.claim), []).append(one.word)
    rows = [
        [name, str(len(words)), *(str(words.count(word)) for word in WORDS)]
        for name, words in sorted(groups.items())
    ]
    columns = ["claims of", "claims", *(f"{sign} {word}" for word, sign in WORDS.items())]
    return Table("Claims by verdict", columns, rows)


def _kind(claim: Claim) -> str:
    if claim.paper == BEYOND:
        return "not in the papers"
    outside = claim.quantity and set(claim.measured.measures) & SOURCES.keys()
    return "both papers, on numbers of others" if outside else "both papers"


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
    columns = ["claim", "what it says", "where", "verdict", "page"]
    return Table("Verdicts at a glance", columns, rows)
