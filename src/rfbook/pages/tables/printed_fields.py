"""The receptive fields that papers print, beside those of the networks' own layers."""

from __future__ import annotations

from collections.abc import Mapping

from rfbook.claims.amounts import quoted
from rfbook.experiments.architecture import titled
from rfbook.pages.outcomes import by_network
from rfbook.pages.page import Page
from rfbook.pages.tables.table import Table


def printed_fields(page: Page, papers: Mapping[str, Mapping[str, float]]) -> Table:
    """One row a network: each paper's field of the last convolution, and ours with what goes with it.

    papers: what a paper is called -> network -> the field that it prints, in pixels.
    """
    rows = [
        [
            titled(network),
            *(quoted(printed[network]) if network in printed else "" for printed in papers.values()),
            *_ours(seeds[0].records["receptive_field"].values),
        ]
        for network, seeds in by_network(page.outcomes).items()
    ]
    sides = sorted({outcome.run.data.side for outcome in page.outcomes})
    border = f"border layer at {', '.join(map(str, sides))} pixels"
    caption = f"Receptive field of the last convolution in pixels, exact ({page.badge()})"
    columns = ["network", *papers, "ours", "jump", "convolutions", border]
    return Table(caption, columns, rows, folded=True)


def _ours(ours: Mapping[str, list]) -> list[str]:
    border = f"conv{ours['layers'].index(ours['border']) + 1}" if ours["border"] else "none"
    return [str(ours["field"][-1]), str(ours["jump"][-1]), str(len(ours["field"])), border]
