"""Dead Pixel, Table 1, as pictures: sizes of fields against accuracy, depth and fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rfbook.claims.printed_tables import Sizes
from rfbook.pages.estimates import Estimates
from rfbook.pages.figures.scatter import Points, Scatter, points_of, scatter
from rfbook.pages.page import Page
from rfbook.pages.tables import outside

SIZE = "size of the effective field, pixels"
THEIRS = "OpenERF's arrays (others' weights and images), fitted here"
HERE = "measured here"


def accuracy_by_size(
    page: Page, table: Sizes, theory: Estimates, sigma: Estimates, alt: str, caption: str, name: str
) -> None:
    """The printed accuracy against the theoretical field and the effective size.

    theory, sigma: of the networks computed or measured here, which may be none.
    """
    accuracy = table.column("accuracy")
    panels = [
        Scatter((label, "top-1 accuracy, % (printed)"), _points(table.column(column), accuracy),
                {made: _points(estimates.means, accuracy)})
        for label, column, made, estimates in (
            ("theoretical receptive field, pixels", "field", "computed here", theory),
            (SIZE, "sigma", HERE, sigma),
        )
    ]  # fmt: skip
    scatter(page, panels, alt, caption, name)


def finetuned(
    page: Page, table: Sizes, sigma: Estimates, accuracy: Estimates, alt: str, caption: str, name: str
) -> None:
    """Accuracy against the theoretical field and the effective size: above as printed, below as here.

    table: the printed one. sigma, accuracy: of the networks measured here; of fewer than two nothing is
    drawn below, since one point goes with nothing. The theoretical field is that of the architecture,
    at any width.
    """
    theory, widths, printed = (table.column(column) for column in ("field", "sigma", "accuracy"))
    across = {"theoretical receptive field, pixels": (theory, theory), SIZE: (widths, sigma.means)}
    above = [
        Scatter((label, "test accuracy, % (Table 2)"), _points(values, printed))
        for label, (values, _) in across.items()
    ]
    below = [
        Scatter((label, "test accuracy, % (here)"), others={HERE: _points(values, accuracy.means)})
        for label, (_, values) in across.items()
        if len(_points(values, accuracy.means)) > 1
    ]
    scatter(page, [*above, *below], alt, caption, name)


def size_by_depth(
    page: Page, table: Sizes, fits: Mapping[str, dict[str, Any]], sigma: Estimates, r_squared: Estimates,
    alt: str, caption: str, name: str,
) -> None:  # fmt: skip
    """The effective size against depth, and the R² of its Gaussian against it.

    fits: of published arrays, by network. sigma, r_squared: as measured here, which may be of none.
    """
    depth, widths = table.column("depth"), outside.sizes(fits).means
    explained = outside.explained(fits).means
    panels = [
        Scatter(("depth, layers", SIZE), _points(depth, table.column("sigma")),
                {THEIRS: _points(depth, widths), HERE: _points(depth, sigma.means)}),
        Scatter((SIZE, "R² of the Gaussian"), _points(table.column("sigma"), table.column("r_squared")),
                {THEIRS: _points(widths, explained), HERE: _points(sigma.means, r_squared.means)}),
    ]  # fmt: skip
    scatter(page, panels, alt, caption, name)


def _points(across: Mapping[str, float], up: Mapping[str, float]) -> Points:
    return {_short(network): point for network, point in points_of(across, up).items()}


def _short(network: str) -> str:
    """R18, X50, W101."""
    letters = network.replace("wide_resnet", "W").replace("resnext", "X").replace("resnet", "R")
    return letters.partition("_")[0]
