"""What Holm's correction of all tests together leaves of the verdicts, in numbers and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rfbook.backmatter.claims import UNTESTED
from rfbook.claims.holm import after_holm, all_tests
from rfbook.claims.verdicts import Verdict, Word
from rfbook.pages.tables.standard import WORDS, Table

TESTED = {word: sign for word, sign in WORDS.items() if word != UNTESTED}
DECIDED = ("reproduced", "partly", "not reproduced")


@dataclass(frozen=True)
class Corrected:
    """tests: how many there are. words: of each claim with a test its word alone and after all."""

    tests: int
    words: Sequence[tuple[Word, Word]]

    def decided(self, *words: Word) -> int:
        """How many of the claims have one of these words, each tested alone; without words, any."""
        return sum(alone in (words or DECIDED) for alone, _ in self.words)

    def kept(self, *words: Word) -> int:
        """How many of these have the same word when all tests are taken together."""
        return sum(alone in (words or DECIDED) and alone == after for alone, after in self.words)

    @property
    def turned(self) -> int:
        """How many claims that hold, at least in part, fail when all tests are taken together."""
        return sum(alone != "not reproduced" == after for alone, after in self.words)

    @property
    def table(self) -> Table:
        """One row a word that claims have alone: how many of them have which one after correction."""
        rows = [
            [f"{sign} {alone}", str(self.decided(alone)),
             *(str(self.words.count((alone, after)) or "") for after in TESTED)]
            for alone, sign in TESTED.items()
        ]  # fmt: skip
        heads = ("each test alone", "claims", *(f"{sign} {word}" for word, sign in TESTED.items()))
        return Table("Verdicts by tests of intervals, after Holm's correction of all", heads, rows)


def corrected(verdicts: Iterable[Verdict]) -> Corrected:
    """The verdicts that rest on intervals, with and without the correction."""
    every = list(verdicts)
    after = after_holm(every)
    words = [(verdict.word, after[verdict.claim.id]) for verdict in every if verdict.claim.id in after]
    return Corrected(len(all_tests(every)), words)
