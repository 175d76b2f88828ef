"""How long the runs of a page take: as their records say, and estimated for other parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.spec import Run
from rfbook.measures.obtain import merged
from rfbook.pages.outcomes import Outcome
from rfbook.pages.page import Page
from rfbook.pages.plan import asks
from rfbook.records.record import Record


def taken(outcomes: Iterable[Outcome]) -> float:
    """Minutes that training every network once and taking every measure took, by the records."""
    every = [list(outcome.records.values()) for outcome in outcomes]
    training = sum(_training(records[0]) for records in every if records)
    return training + sum(_measuring(record) for records in every for record in records)


def expected(page: Page, values: Mapping[str, object]) -> float | None:
    """Minutes that the page takes with other values of its parameters, on the machines of its records.

    Each run that has no record is taken to cost what the page's most similar one did, in proportion to
    images, epochs, and the squares of side and width. None where the page has no records to tell by.
    """
    runs = merged(asks(page.name, values))
    missing = {run: [name for name in names if page.store.find(run, name) is None]
               for run, names in runs.items()}  # fmt: skip
    known = [outcome for outcome in page.outcomes if outcome.records]
    if not known:
        return None
    return sum(_estimated(run, names, known) for run, names in missing.items() if names)


def in_words(minutes: float) -> str:
    """Minutes as one says them: "under a minute", "about 35 minutes", "about 3 hours"."""
    if minutes < 1:
        return "under a minute"
    if minutes < 100:
        whole = round(minutes) if minutes < 10 else 5 * round(minutes / 5)
        return "about a minute" if whole == 1 else f"about {whole} minutes"
    return f"about {minutes / 60:.0f} hours"


def _estimated(run: Run, measures: Sequence[str], known: Sequence[Outcome]) -> float:
    """From the page's own run that has most of its description in common."""
    like = max(known, key=lambda outcome: _alike(run, outcome.run))
    records = list(like.records.values())
    size, images = _size(run) / _size(like.run), _images(run) / _images(like.run)
    shares = [_measuring(record) for record in records if record.measure in measures]
    epochs = run.recipe.epochs / max(1, like.run.recipe.epochs)
    return (sum(shares) + _training(records[0]) * epochs) * size * images


def _alike(run: Run, other: Run) -> tuple[bool, ...]:
    model, data = run.model, run.data
    return (
        model.name == other.model.name, model.label == other.model.label, data.name == other.data.name,
        data.side == other.data.side, model.width == other.model.width,
        run.recipe.epochs == other.recipe.epochs,
    )  # fmt: skip


def _size(run: Run) -> float:
    return float((run.data.side * run.model.width) ** 2)


def _images(run: Run) -> int:
    return run.data.images or CATALOGUE[run.data.name].train


def _training(record: Record) -> float:
    return float(record.provenance["training"]["minutes"])


def _measuring(record: Record) -> float:
    return float(record.provenance["measuring"]["minutes"])
