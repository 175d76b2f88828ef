"""The front page: how many claims came out how, of what kind and on which page."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.backmatter.census import links
from rfbook.backmatter.claims import BEYOND
from rfbook.claims.claim import Claim
from rfbook.claims.evidence import on_numbers_of_others
from rfbook.claims.verdicts import Verdict
from rfbook.pages.tables.standard import WORDS, Table


def count(verdicts: Sequence[Verdict]) -> Table:
    """How many claims came out how, negative and untested ones beside the others.

    A claim on numbers that others printed or measured is counted apart: it was checked, not reproduced.
    """
    groups: dict[str, list[str]] = {}
    for one in verdicts:
        groups.setdefault(KINDS[kind(one.claim)], []).append(one.word)
    rows = [
        [name, str(len(words)), *(str(words.count(word)) for word in WORDS)]
        for name, words in sorted(groups.items())
    ]
    return Table("Claims by verdict", ["claims of", "claims", *_heads()], rows)


KINDS = {
    "measured": "both papers",
    "numbers of others": "both papers, on numbers of others",
    "not in the papers": "not in the papers",
}
"""What a claim rests on, and how the front page calls such claims."""


def kind(claim: Claim) -> str:
    """One of `KINDS`."""
    if claim.paper == BEYOND or claim.ours:
        return "not in the papers"
    return "numbers of others" if on_numbers_of_others(claim) else "measured"


def glance(verdicts: Sequence[Verdict]) -> Table:
    """One row a page: how many of its claims came out how; a page that is planned has no link."""
    words: dict[str, list[str]] = {}
    for verdict in verdicts:
        words.setdefault(verdict.claim.page, []).append(verdict.word)
    there = links()
    pages = [*(page for page in there if page in words), *(page for page in words if page not in there)]
    rows = [
        [there.get(page, page), *(str(words[page].count(word) or "") for word in WORDS)]
        for page in pages
    ]
    return Table("Verdicts by page", ["page", *_heads()], rows)


def _heads() -> list[str]:
    return [f"{sign} {word}" for word, sign in WORDS.items()]
