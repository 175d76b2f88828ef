"""The front page: every verdict of the book in one table, and how many came out how."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.ledger.verdicts import Verdict
from rfbook.pages import sources
from rfbook.pages.execution import tier_of
from rfbook.pages.plan import declared, replay
from rfbook.pages.tables import WORDS, Table


def all_verdicts(tier: str) -> list[Verdict]:
    """The verdicts of every page that measures something, at its tier, from its records."""
    names = [name for name in sources.pages(sources.repository()) if "tier" in declared(name)]
    measuring = [name for name in names if not name.startswith("book/")]
    pages = [replay(name, {"tier": tier_of(name, tier)}) for name in measuring]
    return [verdict for page in pages for verdict in page.verdicts()]


def count(verdicts: Sequence[Verdict]) -> Table:
    """How many claims came out how, negative and untested ones beside the others."""
    words = [verdict.word for verdict in verdicts]
    row = [str(len(words)), *(str(words.count(word)) for word in WORDS)]
    columns = ["claims", *(f"{sign} {word}" for word, sign in WORDS.items())]
    return Table("Claims of both papers by verdict", columns, [row])


def glance(verdicts: Sequence[Verdict]) -> Table:
    """One row a claim: what it says, where, and the verdict."""
    rows = [
        [
            verdict.claim.id,
            verdict.claim.says,
            f"{verdict.claim.paper} {verdict.claim.where}",
            f"{WORDS[verdict.word]} {verdict.word}",
            (verdict.claim.page, f"../{sources.document(verdict.claim.page)}.html"),
        ]
        for verdict in verdicts
    ]
    columns = ["claim", "what the paper says", "where", "verdict", "page"]
    return Table("Verdicts at a glance", columns, rows)
