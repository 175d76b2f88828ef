"""What becomes of a sentence that several claims stand behind, and which no training can change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rfbook.claims.claim import Claim
from rfbook.claims.evidence import on_numbers_of_others
from rfbook.claims.verdicts import Word

SUPPORT: dict[Word, float] = {"reproduced": 1.0, "partly": 0.5, "not reproduced": 0.0}
"""How much a decided claim supports a sentence."""

MOST = 2 / 3
"""The share of support from which on a sentence is reproduced; up to what is left of 1 it fails."""


def by_construction(claim: Claim) -> bool:
    """Whether arithmetic or an identity decides a claim: no training can change it.

    What others print or publish is another matter.
    """
    if claim.quantity is None or on_numbers_of_others(claim):
        return False
    return claim.identity or claim.measured.exact


def weighed(words: Sequence[Word]) -> Word:
    """The word of a sentence from those of its claims, each with the same weight.

    Claims that were not tested do not count. Where more than half of the others are open, so is the
    sentence. Else the decided ones weigh: reproduced from two thirds of their support on, not reproduced
    up to one third, partly in between; a partly reproduced claim supports it by half.
    """
    tested = [word for word in words if word != "not tested"]
    decided = sum(word in SUPPORT for word in tested)
    if not tested:
        return "not tested"
    if 2 * decided < len(tested):
        return "open"
    share = support(words)
    if share >= MOST:
        return "reproduced"
    return "not reproduced" if share <= 1 - MOST else "partly"


def support(words: Iterable[Word]) -> float:
    """The share of the decided claims that hold, one in part by half; 0 where none is decided."""
    decided = [SUPPORT[word] for word in words if word in SUPPORT]
    return sum(decided) / len(decided) if decided else 0.0
