"""What was measured on networks of one design and several depths that others trained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rfbook.claims.amounts import quoted
from rfbook.claims.quantities.growth import STAGES
from rfbook.claims.quantities.registry import quantity_named
from rfbook.claims.verdicts import estimate
from rfbook.experiments.published import FILES
from rfbook.pages.estimates import Estimates
from rfbook.pages.outcomes import Outcome, by_network
from rfbook.pages.page import Page
from rfbook.pages.tables.table import Table
from rfbook.records.schemas.schema import tested
from rfbook.statistics.undefined import Undefined

SIZES = {f"{stage}_sigma": f"effective size of {stage}, px" for stage in STAGES} | {
    "layer3_r_squared": "R² of layer3", "output_sigma": "of the output, px",
}  # fmt: skip


def growth(fields: Sequence[Outcome]) -> Estimates:
    """The b of size ~ depth^b in every stage, under its name, with its interval over the networks.

    A stage is left out where one of its fields has no Gaussian.
    """
    arms = tuple(outcome.records for outcome in fields)
    estimates = []
    for stage in STAGES:
        try:
            estimates.append(
                estimate(quantity_named(f"{stage}_depth_exponent", len(arms)), stage, [arms])
            )
        except Undefined:
            continue
    return Estimates(estimates)


def measured(page: Page, fields: Sequence[Outcome], whole: Sequence[Outcome]) -> Table:
    """One row a network. fields: with effective fields. whole: accuracy, theoretical field.

    Beside the accuracy stands the one that who trained the network prints.
    """
    sizes = page.each(*SIZES, outcomes=fields)
    accuracy, field = page.each("accuracy", "last_field", outcomes=whole)
    rows = [
        [accuracy[name].name, str(accuracy[name].value),
         quoted(*printed(outcomes)) if outcomes[0].run.published else "", str(field[name].value),
         *widths_of(name, sizes)]
        for name, outcomes in by_network(whole).items()
    ]  # fmt: skip
    columns = ["network", "right, %", "as its author prints, %", "theoretical field, px",
               *SIZES.values()]  # fmt: skip
    shown, seen = (tested(outcomes[0].run) for outcomes in (whole, fields))
    caption = (
        "Measured here on ResNets for CIFAR-10 that others trained: accuracies on "
        f"{shown} test images, fields over {seen} (no seeds: no intervals)"
    )
    return Table(caption, columns, rows)


def widths_of(network: str, sizes: Iterable[Estimates]) -> list[str]:
    """Its value of each size, as it is written; a field without a Gaussian has none."""
    return [str(size[network].value) if network in size else "no peak" for size in sizes]


def printed(outcomes: Sequence[Outcome]) -> list[float]:
    """Accuracy that the author of the weights prints, of all test images, percent; one an outcome."""
    return [100 - FILES[one.run.model.name].error for one in outcomes]
