"""Numbers in sentences: computed here, shown by `{glue:text}` in the text, never typed."""

from __future__ import annotations

from collections.abc import Sequence

from myst_nb import glue

from rfbook.ledger.verdicts import Verdict
from rfbook.pages.outcomes import Outcome, by_network


def say(**texts: str) -> None:
    """Makes each text available to the page's sentences under its name."""
    for name, text in texts.items():
        glue(name, text, display=False)


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def tally(verdicts: Sequence[Verdict]) -> str:
    """How many claims came out how: "2 reproduced, 1 partly"."""
    words = [verdict.word for verdict in verdicts]
    return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))


def seeds(outcomes: Sequence[Outcome]) -> str:
    """How many seeds stand behind a mean: "3 seeds", "one seed", "2 to 3 seeds".

    Published networks have none: "one published network".
    """
    if all(one.run.published for one in outcomes):
        return "one published network"
    counts = [len(group) for group in by_network(outcomes).values()]
    low, high = min(counts), max(counts)
    if low == high:
        return f"{low} seeds" if low > 1 else "one seed"
    return f"{low} to {high} seeds"
