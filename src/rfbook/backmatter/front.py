"""The front page in words: how many claims were decided, and how, apart by what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rfbook.backmatter.claims import BEYOND, PAPERS, UNTESTED
from rfbook.claims.claim import Claim
from rfbook.claims.evidence import on_numbers_of_others
from rfbook.claims.verdicts import Verdict
from rfbook.pages import sources
from rfbook.pages.prose import listed
from rfbook.pages.sources import matter
from rfbook.pages.tables.standard import WORDS

KINDS = ("measured", "arithmetic", "numbers of others", "not in the papers")
"""What a claim rests on.

arithmetic: on the architecture alone, so that no training can change it. numbers of others: what a paper
prints, or arrays that others published; such a claim is checked, not reproduced.
"""

HOLDS = {"reproduced": "holds", "partly": "holds in part", "not reproduced": "fails"}
"""What is said of the book's own questions in place of a verdict's word: "reproduced" is for papers."""

HOLD = {"holds": "hold", "holds in part": "hold in part", "fails": "fail"}
"""The same of several."""

OPEN = ("open", UNTESTED)


def kind(claim: Claim) -> str:
    """One of `KINDS`."""
    if own(claim):
        return "not in the papers"
    if on_numbers_of_others(claim):
        return "numbers of others"
    return "arithmetic" if claim.quantity and claim.measured.exact else "measured"


def own(claim: Claim) -> bool:
    """Whether it is a question of the book, which no sentence of a paper asks."""
    return claim.paper == BEYOND or claim.ours


def said(verdict: Verdict) -> str:
    """The verdict in words; of the book's own questions "holds" or "fails"."""
    return HOLDS.get(verdict.word, verdict.word) if own(verdict.claim) else verdict.word


@dataclass(frozen=True)
class Tally:
    """Claims of one kind, as a sentence speaks of them."""

    verdicts: Sequence[Verdict]

    @property
    def total(self) -> int:
        """How many claims."""
        return len(self.verdicts)

    @property
    def decided(self) -> int:
        """How many of them the records decide."""
        return sum(one.word not in OPEN for one in self.verdicts)

    @property
    def outcomes(self) -> str:
        """How the decided ones came out: "49 reproduced, 6 partly and 10 not reproduced"."""
        return self._counted([word for word in WORDS if word not in OPEN]) or "none decided"

    @property
    def rest(self) -> str:
        """How many are not decided, and why: "47 open and 31 not tested"; empty if all are."""
        return self._counted(OPEN)

    def _counted(self, words: Sequence[str]) -> str:
        counts = {word: [one for one in self.verdicts if one.word == word] for word in words}
        return listed([f"{len(held)} {self._said(held)}" for held in counts.values() if held])

    def _said(self, held: Sequence[Verdict]) -> str:
        word = said(held[0])
        return HOLD.get(word, word) if len(held) > 1 else word


@dataclass(frozen=True)
class Paper:
    """The claims of one paper, apart by what they rest on."""

    name: str
    measured: Tally
    arithmetic: Tally
    others: Tally


def papers(verdicts: Sequence[Verdict]) -> list[Paper]:
    """Both papers, without the book's own questions."""
    return [
        Paper(title, *(Tally(_of(verdicts, paper, name)) for name in KINDS[:3]))
        for paper, title in PAPERS.items() if paper != BEYOND
    ]  # fmt: skip


def _of(verdicts: Sequence[Verdict], paper: str, name: str) -> list[Verdict]:
    return [one for one in verdicts if one.claim.paper == paper and kind(one.claim) == name]


def own_questions(verdicts: Sequence[Verdict]) -> Tally:
    """What the book asks beyond both papers."""
    return Tally([one for one in verdicts if own(one.claim)])


def minutes_to_read() -> dict[str, int]:
    """Page of `notebooks/` -> the minutes that its front matter states."""
    root = sources.repository()
    held = {page: matter(sources.find(page, root)).get("rfbook", {}) for page in sources.pages(root)}
    return {page: one["minutes_to_read"] for page, one in held.items() if "minutes_to_read" in one}
