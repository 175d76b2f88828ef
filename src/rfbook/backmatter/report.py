"""What the report for who reads nothing else is made of: findings, figures of pages, what was run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import nbformat
from IPython.display import display

from rfbook.backmatter.census import Asked
from rfbook.backmatter.claims import UNTESTED
from rfbook.backmatter.findings import Finding
from rfbook.claims.verdicts import Verdict
from rfbook.experiments.architecture import NETWORKS, titled
from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.files import looked_at
from rfbook.experiments.recipe import Recipe
from rfbook.pages import sources
from rfbook.pages.executed import executed
from rfbook.pages.prose import listed
from rfbook.pages.tables.standard import Table

NAMED = re.compile(r"^:name: fig-", re.MULTILINE)
SHOWN_HERE = ":name: fig-report-"
"""A figure that is shown a second time has a second name."""


def figure(page: str, tier: str) -> None:
    """Shows the first figure of a page again, as it was when the page was executed at this tier.

    Raises LookupError if the page was not executed or shows no figure.
    """
    path = executed(page, tier, sources.repository())
    looked_at.add(str(path))
    if not path.exists():
        raise LookupError(f"{page} was not executed at {tier}: the report is the last of `make book`")
    for cell in nbformat.read(path, nbformat.NO_CONVERT).cells:
        for output in cell.get("outputs", []):
            text = "".join(output.get("data", {}).get("text/markdown", ""))
            if NAMED.search(text):
                forms = output.data | {"text/markdown": NAMED.sub(SHOWN_HERE, text, count=1)}
                display(dict(forms), raw=True)
                return
    raise LookupError(f"{path} shows no figure")


def measured(finding: Finding) -> str:
    """Its numbers with their intervals: "3.4 points (2.8 to 4.0) in VGG11 and …"; none is said too."""
    parts = [f"{estimate.sure} in {estimate.name}" for estimate in finding.all]
    if not parts:
        return f"nothing: {finding.verdict.why}"
    return f"{str(finding.verdict.claim.quantity).replace('_', ' ')} {listed(parts)}"


def networks(asked: Iterable[Asked]) -> str:
    """The networks that were run, as the papers write them."""
    run = {ask.run.model.name for ask in asked if ask.record}
    return listed([titled(name) for name in NETWORKS if name in run])


def data(asked: Iterable[Asked]) -> Table:
    """One row a data set that was used: its images, and how many runs see it."""
    runs = dict.fromkeys(ask.run for ask in asked if ask.record)
    counts = Counter(run.data.name for run in runs)
    rows = [
        [name, str(CATALOGUE[name].train), str(CATALOGUE[name].test), str(CATALOGUE[name].classes),
         f"{CATALOGUE[name].side}", str(count)]
        for name, count in counts.most_common()
    ]  # fmt: skip
    columns = ("data set", "training images", "test images", "classes", "stored side", "runs")
    return Table("Data sets, whole; many pages use a part, and state it", columns, rows)


def recipes(asked: Iterable[Asked]) -> Table:
    """One row a recipe by which networks were trained: its hyperparameters, and how many runs."""
    runs = dict.fromkeys(ask.run for ask in asked if ask.record)
    trained = Counter(run.recipe for run in runs if run.recipe.epochs)
    rows = [[*_recipe(recipe), str(count)] for recipe, count in trained.most_common()]
    columns = (
        "optimiser", "rate", "schedule", "batch", "weight decay", "epochs", "augmentation", "precision",
        "start", "runs",
    )  # fmt: skip
    return Table("Hyperparameters", columns, rows)


def _recipe(recipe: Recipe) -> list[str]:
    return [
        recipe.optimizer, f"{recipe.learning_rate:g}", recipe.schedule, str(recipe.batch),
        f"{recipe.weight_decay:g}", str(recipe.epochs), recipe.augmentation, recipe.precision,
        recipe.start,
    ]  # fmt: skip


def untested(verdicts: Sequence[Verdict]) -> Table:
    """One row a reason for which claims were not tested, the most frequent first."""
    reasons = Counter(verdict.why for verdict in verdicts if verdict.word == UNTESTED)
    rows = [[why, str(count)] for why, count in reasons.most_common()]
    return Table("Not tested", ("reason", "claims"), rows or [["none", "0"]])
