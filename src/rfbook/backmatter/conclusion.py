"""The conclusion of a paper: each sentence, the claims behind it, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import fill

from matplotlib import pyplot

from rfbook.backmatter.census import Asked, by_page
from rfbook.backmatter.claims import UNTESTED
from rfbook.claims.evidence import on_numbers_of_others
from rfbook.claims.verdicts import Verdict, Word
from rfbook.claims.weighing import SUPPORT, by_construction, support, weighed
from rfbook.experiments.files import read_yaml
from rfbook.pages import sources
from rfbook.pages.addresses import claim_address
from rfbook.pages.figures import style
from rfbook.pages.tables.standard import WORDS, Table
from rfbook.pages.tables.table import Cell

HATCHES = dict(zip(WORDS, ("", "//", "xx", "", ".."), strict=True))
GROUNDS = dict(
    zip(WORDS, (style.COLOURS[0], style.COLOURS[5], style.COLOURS[1], "#DDDDDD", "white"), strict=True)
)


@dataclass(frozen=True)
class Sentence:
    """A sentence in our words. beyond: what in it no claim stands for, empty where all is claimed."""

    says: str
    verdicts: tuple[Verdict, ...]
    beyond: str = ""

    @property
    def word(self) -> Word:
        """What becomes of the sentence, weighed by its claims."""
        return weighed(self.words)

    @property
    def words(self) -> list[Word]:
        """Those of its claims."""
        return [verdict.word for verdict in self.verdicts]

    @property
    def checked(self) -> bool:
        """Whether its word rests on numbers of others alone: nothing was measured here for it."""
        tested = [verdict.claim for verdict in self.verdicts if verdict.word != UNTESTED]
        return bool(tested) and all(map(on_numbers_of_others, tested))

    @property
    def told(self) -> str:
        """Its word, with what it rests on where that is no measurement of ours.

        A claim that no training can change counts like any other; where the word hangs on such claims,
        the one without them stands beside it.
        """
        free = [verdict.word for verdict in self.verdicts if not by_construction(verdict.claim)]
        without = f"{weighed(free)} without what is true or false by construction"
        notes = ["on numbers of others"] * self.checked + [without] * (weighed(free) != self.word)
        return f"{self.word} ({'; '.join(notes)})" if notes else self.word

    @property
    def decided(self) -> int:
        """How many of its claims are decided: they hold, hold in part, or fail."""
        return sum(word in SUPPORT for word in self.words)

    @property
    def support(self) -> float:
        """The share of its decided claims that hold, 0 where none is decided (`weighing.support`)."""
        return support(self.words)

    def count(self, word: str) -> int:
        """How many of its claims came out so."""
        return self.words.count(word)


def sentences(judged: Iterable[Verdict], paper: str) -> list[Sentence]:
    """The sentences of a paper's conclusion, with the verdicts behind them.

    paper: "size_matters" (its section 4) or "dead_pixel" (6), as in `claims/tables`. Raises LookupError
    for a claim that has no verdict.
    """
    verdicts = {verdict.claim.id: verdict for verdict in judged}
    path = sources.repository() / f"claims/tables/conclusion_{paper}.yml"
    rows = read_yaml(path)
    unknown = [name for row in rows for name in row.get("claims", []) if name not in verdicts]
    if unknown:
        raise LookupError(f"{path}: there is no claim {', '.join(unknown)}")
    return [
        Sentence(
            row["says"], tuple(verdicts[name] for name in row.get("claims", [])), row.get("beyond", "")
        )
        for row in rows
    ]


def summary(stated: Sequence[Sentence]) -> Table:
    """One row a sentence: how many of its claims came out how, and what no claim stands for."""
    rows = [
        [sentence.says, *(str(sentence.count(word) or "") for word in WORDS),
         f"{100 * sentence.support:.0f} %" if sentence.decided else "",
         f"{WORDS[sentence.word]} {sentence.told}", sentence.beyond]
        for sentence in stated
    ]  # fmt: skip
    columns = ("what it says", *WORDS.values(), "support", "sentence", "beyond")
    legend = ", ".join(f"{sign} {word}" for word, sign in WORDS.items())
    return Table(
        f"The sentences of the conclusion, and how many of their claims are {legend}", columns, rows
    )


def details(stated: Sequence[Sentence]) -> Table:
    """One row a sentence: its claims, each behind the sign of its verdict, with a link to its line."""
    rows: list[list[Cell]] = [
        [sentence.says, [_claim(verdict) for verdict in sentence.verdicts]]
        for sentence in stated if sentence.verdicts
    ]  # fmt: skip
    return Table("The claims behind the sentences", ("sentence", "claims"), rows, folded=True)


def pages(stated: Sequence[Sentence], asked: Iterable[Asked]) -> Table:
    """One row a page behind the conclusion: its tier, and how many of its records are there."""
    needed = {verdict.claim.page for sentence in stated for verdict in sentence.verdicts}
    rows = [
        [_link(page), part[0].tier, f"{sum(a.record is not None for a in part)} of {len(part)}"]
        for page, part in by_page(asked).items()
        if page in needed
    ]
    columns = ("page", "tier", "records")
    return Table("The pages behind the conclusion", columns, rows, folded=True)


def _claim(verdict: Verdict) -> tuple[str, str]:
    """Sign and id, and its line in the list of all claims, which says what it is about."""
    claim = verdict.claim
    return f"{WORDS[verdict.word]} {claim.id}", claim_address(claim.id, claim.page)


def _link(page: str) -> Cell:
    """From a page of `notebooks/` to another; a page that is no part of the book has no address."""
    there = page in sources.pages(sources.repository())
    return (page, f"../../{sources.document(page)}.html") if there else page


def verdict_bars(stated: Sequence[Sentence], alt: str, caption: str, name: str) -> None:
    """Stacked bars of the claims behind each sentence, by verdict. No tier: each page has its own."""
    style.use()
    counts = {
        fill(sentence.says, 44): {word: sentence.count(word) for word in WORDS} for sentence in stated
    }
    figure, axis = pyplot.subplots(figsize=(8.2, 0.6 * len(counts) + 1.6))
    places, start = range(len(counts)), [0] * len(counts)
    for word in WORDS:
        widths = [count[word] for count in counts.values()]
        axis.barh(
            places, widths, left=start, label=word, color=GROUNDS[word], hatch=HATCHES[word],
            edgecolor=style.GREY,
        )  # fmt: skip
        start = [before + width for before, width in zip(start, widths, strict=True)]
    axis.set_yticks(places, list(counts), fontsize="small")
    axis.invert_yaxis()
    axis.set(xlabel="claims", xlim=(0, 1.02 * max(1, *start)))
    figure.legend(loc="outside upper center", ncols=len(WORDS), fontsize="small")
    style.show(figure, None, alt, caption, name)
