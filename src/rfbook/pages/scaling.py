"""What runs have that the paper's have not, in words: for every figure and table that shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rfbook.experiments.catalogue import CATALOGUE, TITLES
from rfbook.experiments.spec import Run
from rfbook.experiments.tiers import changed
from rfbook.pages.outcomes import Outcome
from rfbook.records.stages import FITTED

CALLED = {
    "test_images": "test images",
    "images": "training images",
    "learning_rate": "learning rate",
    "weight_decay": "weight decay",
}
"""What a reader calls a field of a run's description."""


EDITIONS = {"edition", "start_edition"}
"""Fields that `another_edition` says in words."""

BRIEF = 60
"""Characters up to which what differs stands on a figure in full."""


def brief(outcomes: Sequence[Outcome]) -> str:
    """`differences`, or if they are long only what they are differences of; another edition in full."""
    whole = differences(outcomes)
    if len(whole) <= BRIEF:
        return whole or "as in the paper"
    changes = {name for outcome in outcomes for name in changed(outcome.run, outcome.paper)} - EDITIONS
    names = sorted(CALLED.get(name, name) for name in changes)
    others = any(outcome.departs or [*_made(outcome)] for outcome in outcomes)
    editions = dict.fromkeys(
        f"{words}; " for outcome in outcomes for words in another_edition(outcome.run)
    )
    listed = ", ".join([*names, *["other points"] * others])
    return f"{''.join(editions)}not as in the paper: {listed} (see details)"


def differences(outcomes: Sequence[Outcome]) -> str:
    """What is not as in the paper: departures, what the data and measures are, every changed field."""
    departures = dict.fromkeys(words for outcome in outcomes for words in outcome.departs)
    made = dict.fromkeys(words for outcome in outcomes for words in _made(outcome))
    fields = {
        f"{CALLED.get(name, name)} {_said(ours)} (paper {_said(theirs)})"
        for outcome in outcomes
        for name, (ours, theirs) in changed(outcome.run, outcome.paper).items()
        if name not in EDITIONS
    }
    return ", ".join([*departures, *made, *sorted(fields)])


def _made(outcome: Outcome) -> Iterator[str]:
    """What follows from a run and its records, so that no page has to say it."""
    data = outcome.run.data
    source = CATALOGUE[data.name]
    if source.copy and data.side > source.side:
        yield f"{data.name} enlarged from {source.side} pixels"
    if source.part:
        yield f"{data.name} with {source.train} training and {source.test} test images"
    if "position_probes" in outcome.records:
        learnt = outcome.records["position_probes"].values["training_images"]
        if learnt < (data.images or source.train):
            yield f"position probes on {learnt} training images (paper all)"
    yield from another_edition(outcome.run)
    for layer in _stopped(outcome):
        yield f"the probe of {layer} in {outcome.label}, seed {outcome.run.seed}, not converged"


def another_edition(run: Run) -> Iterator[str]:
    """That a run does not stand on the images of the published records, in words."""
    editions = {run.data.name: run.data.edition, run.recipe.start: run.recipe.start_edition}
    for name, edition in editions.items():
        if edition is not None:
            yield f"another edition of {TITLES[name]} than the published records'"


def _stopped(outcome: Outcome) -> list[str]:
    """Layers whose probe was stopped before it converged."""
    layers = []
    fitted = [name for name in FITTED if name in outcome.records]
    for measure in fitted:
        values = outcome.records[measure].values
        done = values.get("converged", [True] * len(values["layers"]))
        layers += [layer for layer, ended in zip(values["layers"], done, strict=True) if not ended]
    return layers


def _said(value: object) -> str:
    return "all" if value is None else str(value)
