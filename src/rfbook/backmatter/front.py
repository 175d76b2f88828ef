"""The front page in words: how many claims were decided, and how, apart by what they rest on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rfbook.backmatter.claims import BEYOND, PAPERS, UNTESTED
from rfbook.claims.claim import Claim
from rfbook.claims.evidence import on_numbers_of_others
from rfbook.claims.verdicts import OWN, Verdict
from rfbook.claims.weighing import by_construction
from rfbook.pages import sources
from rfbook.pages.prose import listed
from rfbook.pages.sources import matter
from rfbook.pages.tables.standard import WORDS

KINDS = ("measured", "by construction", "numbers of others", "not in the papers")
"""What a claim rests on.

by construction: on arithmetic or an identity, so that no training can change it. numbers of others: what
a paper prints, or arrays that others published; such a claim is checked, not reproduced.
"""

HOLD = {"reproduced": "hold", "partly": "hold in part", "not reproduced": "fail"}
"""What is said of several of the book's own questions."""

OPEN = ("open", UNTESTED)


def kind(claim: Claim) -> str:
    """One of `KINDS`."""
    if claim.own:
        return "not in the papers"
    if on_numbers_of_others(claim):
        return "numbers of others"
    return "by construction" if by_construction(claim) else "measured"


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
        return sum(verdict.word not in OPEN for verdict in self.verdicts)

    @property
    def outcomes(self) -> str:
        """How the decided ones came out: "49 reproduced, 6 partly and 10 not reproduced"."""
        return self._counted([word for word in WORDS if word not in OPEN]) or "none decided"

    @property
    def rest(self) -> str:
        """How many are not decided, and why: "47 open and 31 not tested"; empty if all are."""
        return self._counted(OPEN)

    @property
    def counts(self) -> str:
        """All of them: "1 reproduced and 2 open"."""
        return self._counted(list(WORDS))

    def _counted(self, words: Sequence[str]) -> str:
        counts = {word: [verdict for verdict in self.verdicts if verdict.word == word] for word in words}
        return listed([f"{len(group)} {self._said(group)}" for group in counts.values() if group])

    def _said(self, verdicts: Sequence[Verdict]) -> str:
        word = verdicts[0].word
        if not verdicts[0].claim.own:
            return word
        return (HOLD if len(verdicts) > 1 else OWN).get(word, word)


@dataclass(frozen=True)
class Paper:
    """The claims of one paper, apart by what they rest on. borrowed: measured, but by one run alone."""

    name: str
    measured: Tally
    constructed: Tally
    others: Tally
    borrowed: Tally


def papers(verdicts: Sequence[Verdict]) -> list[Paper]:
    """Both papers, without the book's own questions."""
    alone = [verdict for verdict in verdicts if verdict.borrowed]
    others = [verdict for verdict in verdicts if not verdict.borrowed]
    return [
        Paper(title, *(_of(others, paper, name) for name in KINDS[:3]), _of(alone, paper, KINDS[0]))
        for paper, title in PAPERS.items() if paper != BEYOND
    ]  # fmt: skip


def _of(verdicts: Sequence[Verdict], paper: str, name: str) -> Tally:
    return Tally(
        [verdict for verdict in verdicts if verdict.claim.paper == paper and kind(verdict.claim) == name]
    )


def own_questions(verdicts: Sequence[Verdict]) -> Tally:
    """What the book asks beyond both papers."""
    return Tally([verdict for verdict in verdicts if verdict.claim.own])


def usual_seeds(verdicts: Iterable[Verdict]) -> int:
    """How many seeds most estimates are from that have an interval over seeds; 0 where none has."""
    estimates = [estimate for verdict in verdicts for estimate in verdict.estimates]
    counts = Counter(estimate.n for estimate in estimates if estimate.deviation is not None)
    return counts.most_common(1)[0][0] if counts else 0


def minutes_to_read() -> dict[str, int]:
    """Page of `notebooks/` -> the minutes that its front matter states."""
    root = sources.repository()
    matters = {page: matter(sources.find(page, root)).get("rfbook", {}) for page in sources.pages(root)}
    return {
        page: summary["minutes_to_read"]
        for page, summary in matters.items()
        if "minutes_to_read" in summary
    }
