"""What the sentences of the front page are made of: a verdict with its numbers, sign and page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rfbook.backmatter.claims import UNTESTED
from rfbook.claims.amounts import between
from rfbook.claims.verdicts import Verdict
from rfbook.experiments.architecture import titled
from rfbook.pages import sources
from rfbook.pages.addresses import claim_address
from rfbook.pages.estimates import Estimates
from rfbook.pages.prose import listed
from rfbook.pages.tables.standard import WORDS

FRONT = "book/index"

UNDECIDED = {"open": "is open: the records do not decide it", UNTESTED: "was not tested here"}


@dataclass(frozen=True)
class Finding:
    """A verdict, as a sentence of the front page speaks of it."""

    verdict: Verdict

    @property
    def word(self) -> str:
        """The verdict's word, by which a sentence chooses what it says."""
        return self.verdict.word

    @property
    def sign(self) -> str:
        """The sign and the word, with a link to the claim."""
        address = claim_address(self.verdict.claim.id, FRONT)
        return f'<a class="rf-word" href="{address}">{WORDS[self.word]} {self.verdict.told}</a>'

    @property
    def page(self) -> str:
        """The page behind it, by its title; one that is no part of the book by its name."""
        page = self.verdict.claim.page
        there = page in sources.pages(sources.repository())
        return f"{{doc}}`../{sources.document(page)}`" if there else page

    @property
    def all(self) -> Estimates:
        """What was measured, network by network."""
        return Estimates(self.verdict.estimates)

    @property
    def numbers(self) -> str:
        """The range over networks; of a single one its mean and interval."""
        (one, *more) = self.verdict.estimates
        return str(self.all) if more else one.sure

    @property
    def seeds(self) -> str:
        """How many seeds stand behind it: "one seed", "3 to 6 seeds"."""
        counts = [estimate.n for estimate in self.verdict.estimates]
        return "one seed" if max(counts) == 1 else f"{between(min(counts), max(counts))} seeds"

    @property
    def undecided(self) -> str:
        """What a sentence says of a claim that the records do not decide."""
        return UNDECIDED[self.word]

    @property
    def printed(self) -> dict[str, float]:
        """The paper's own numbers, by network."""
        return self.verdict.claim.printed

    @property
    def supporting(self) -> str:
        """The networks for which it holds, "VGG11 and VGG13", whatever was changed in them."""
        networks = [
            estimate.network for estimate in self.verdict.estimates if estimate.holds(self.verdict.claim)
        ]
        return listed([titled(network.partition("-")[0]) for network in networks])


def found(verdicts: Iterable[Verdict]) -> dict[str, Finding]:
    """Claim -> its finding."""
    return {verdict.claim.id: Finding(verdict) for verdict in verdicts}
