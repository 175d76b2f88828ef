"""What both papers measure at the end of each stage of a ResNet, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.claims.amounts import Amount
from rfbook.claims.verdicts import Estimate
from rfbook.experiments.architecture import titled
from rfbook.pages import prose
from rfbook.pages.estimates import Estimates
from rfbook.pages.outcomes import Outcome, by_network, curves_of
from rfbook.pages.page import Page
from rfbook.pages.tables.standard import Table

STAGES = ("layer1", "layer2", "layer3", "layer4")
COLUMNS = (
    "stage", "last convolution", "theoretical field, px", "times the side", "saturation", "probe",
    "half of R on",
)  # fmt: skip


def last(seeds: Sequence[Outcome], stage: str) -> int:
    """Index of the last convolution of a stage."""
    layers = seeds[0].records["receptive_field"].values["layers"]
    return max(index for index, name in enumerate(layers) if name.startswith(stage))


def reach(outcomes: Sequence[Outcome], stage: str) -> Estimates:
    """Theoretical field of the last convolution of a stage, in sides of the image."""
    return Estimates(
        Estimate(name, _field(seeds, stage) / _side(seeds), 1, None, True, unit="times the side")
        for name, seeds in by_network(outcomes).items()
    )


def stages(page: Page, outcomes: Sequence[Outcome], shares: dict[str, Estimates]) -> Table:
    """One row a network and stage, means over seeds.

    shares: stage -> the share of the image that holds half of R_xy, for the stages where it is measured.
    """
    rows = [
        _row(network, seeds, stage, shares)
        for network, seeds in by_network(outcomes).items()
        for stage in STAGES
    ]
    caption = f"Both papers' quantities, {prose.mean_of(outcomes)} ({page.badge()})"
    return Table(caption, COLUMNS, rows, folded=True)


def _row(network: str, seeds: Sequence[Outcome], stage: str, shares: dict[str, Estimates]) -> list[str]:
    index = last(seeds, stage)
    curves = [100 * curves_of(seeds, measure).mean(0) for measure in ("saturation", "probes")]
    half = f"{shares[stage][network].value} %" if stage in shares else "not measured"
    return [
        f"{titled(network)} {stage}", f"conv{index + 1}", str(_field(seeds, stage)),
        str(Amount(_field(seeds, stage) / _side(seeds), decimals=1)),
        *(Amount(curve[index], "%", 1).full for curve in curves), half,
    ]  # fmt: skip


def _field(seeds: Sequence[Outcome], stage: str) -> int:
    return seeds[0].records["receptive_field"].values["field"][last(seeds, stage)]


def _side(seeds: Sequence[Outcome]) -> int:
    return seeds[0].records["receptive_field"].values["side"]
