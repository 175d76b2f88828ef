"""Tables of how often intervals held that were tried on published records."""

from __future__ import annotations

from rfbook.pages.tables.table import Table
from rfbook.pages.trials import Trial


def by_name(trial: Trial, of: str, caption: str) -> Table:
    """One row a measure or quantity: how many intervals were tried, and how many hold.

    of: the heading of the first column.
    """
    rows = [
        [name.replace("_", " "), str(len(answers)), str(sum(answers))]
        for name, answers in sorted(trial.answers.items())
    ]
    return Table(caption, (of, "intervals", "hold"), rows, folded=True)
