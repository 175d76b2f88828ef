"""What moving an image and painting one of its pixels do (Dead Pixel, 5), in words and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rfbook.claims.amounts import Amount, between, number
from rfbook.experiments.architecture import titled
from rfbook.pages.outcomes import Outcome, by_network
from rfbook.pages.page import Page
from rfbook.pages.prose import listed
from rfbook.pages.tables.table import Table
from rfbook.statistics.paired import discordant, wilson_interval

KINDS = ("strong", "weak")
"""Which pixels an attack keeps to."""

FEW = 8
"""Shifts by so many pixels, from one on, are close enough to each other for a pattern to show."""


@dataclass(frozen=True)
class Attack:
    """Of one network: shares of images whose class changed, percent; McNemar's p; tries an image."""

    name: str
    strong: Amount
    weak: Amount
    images: int
    p: Amount
    tries: int

    def __str__(self) -> str:
        return (
            f"{self.strong.full} of {self.images} images at strong pixels and {self.weak.full} at weak "
            f"ones (McNemar's p = {self.p}) in {self.name}"
        )


def attack(outcome: Outcome) -> Attack:
    """Of a network's first run."""
    values = outcome.records["one_pixel_attack"].values
    shares = [Amount(100 * values["changed"][kind], "%", 1) for kind in KINDS]
    p = Amount(values["p"], decimals=2)
    return Attack(titled(outcome.label), *shares, values["images"], p, values["tries"])


def dips(outcomes: Sequence[Outcome]) -> str:
    """The shifts that change the logits less than both neighbours do, of each network, in words."""
    lines = []
    for network, seeds in by_network(outcomes).items():
        change = np.mean(
            [outcome.records["translation"].values["change"] for outcome in seeds], axis=(0, 1)
        )
        near = change[:FEW]
        lower = [str(n + 1) for n in range(1, len(near) - 1) if near[n] < min(near[n - 1], near[n + 1])]
        lines.append(f"{listed(lower) or 'none'} in {titled(network)}")
    return listed(lines)


def shifts(page: Page, outcomes: Sequence[Outcome]) -> Table:
    """One row a network and shift, of its first seed."""
    rows = []
    for network, (outcome, *_) in by_network(outcomes).items():
        values = outcome.records["translation"].values
        for place, shift in enumerate(values["shifts"]):
            changes = [number(direction[place]) for direction in values["change"]]
            classes = [f"{100 * direction[place]:.1f}" for direction in values["flipped"]]
            rows.append([titled(network), str(shift), *changes, *classes, str(values["images"])])
    columns = ["network", "shift, px", "change down", "right", "other class down, %", "right, %",
               "images"]  # fmt: skip
    return Table(f"Translation, n = 1 ({page.only(outcomes).badge()})", columns, rows, folded=True)


def attacks(page: Page, outcomes: Sequence[Outcome]) -> Table:
    """One row a network and kind of pixel, with Wilson's interval over the images."""
    rows = []
    for outcome in outcomes:
        record = outcome.records["one_pixel_attack"]
        changed = [record.arrays[f"{kind}_changed"] for kind in KINDS]
        for kind, images, only in zip(KINDS, changed, discordant(*changed), strict=True):
            ends = (100 * end for end in wilson_interval(int(images.sum()), len(images)))
            rows.append([
                titled(outcome.label), f"{kind} pixels", f"{int(images.sum())} of {len(images)}",
                between(*ends, decimals=1), str(only), number(record.values["fall"][kind]),
            ])  # fmt: skip
    columns = ["network", "pixels", "class changed", "95 % interval, %", "only there",
               "mean fall of the margin"]  # fmt: skip
    caption = f"One-pixel attacks, n = 1 ({page.only(outcomes).badge()})"
    return Table(caption, columns, rows, folded=True)
