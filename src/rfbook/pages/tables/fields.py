"""Tables of effective fields: the Gaussians fitted to them (Dead Pixel, 3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rfbook.claims.amounts import Amount, number
from rfbook.claims.quantities.fields import linearity_errors
from rfbook.experiments.architecture import titled
from rfbook.metrics.gaussian import GaussianFit
from rfbook.pages.outcomes import Outcome, by_network
from rfbook.pages.page import Page
from rfbook.pages.tables.table import Table

FITTED = {
    "sigma_x": "sigma x, px",
    "sigma_y": "sigma y, px",
    "centre_x": "centre x, px",
    "centre_y": "centre y, px",
    "r_squared": "R²",
}
"""A number of a fit -> its heading."""


def fits(page: Page, outcomes: Sequence[Outcome]) -> Table:
    """One row a network, target and model: its Gaussian, of the first seed."""
    rows = []
    for network, (outcome, *_) in by_network(outcomes).items():
        record = outcome.records["effective_field"]
        for target, fitted in record.values["targets"].items():
            for model in ("gaussian", "gaussian_with_offset"):
                fit, shape = fitted[model], record.arrays[target].shape
                beyond = bool(fit) and not GaussianFit(**fit).inside(shape)
                words = model.replace("_", " ") + ", beyond the image: no peak" * beyond
                cells = [number(fit[name]) if fit else "no fit" for name in FITTED]
                rows.append([f"{titled(network)}, {target}", words, *cells])
    caption = f"Gaussian fits, n = 1 ({page.only(outcomes).badge()})"
    return Table(caption, ["map", "model", *FITTED.values()], rows, folded=True)


def padded(page: Page) -> Table:
    """One row a network: field and parameters before and after kernel padding (not in the paper)."""
    rows = []
    for network, (outcome, *_) in by_network(page.outcomes).items():
        values = outcome.records["kernel_padding"].values
        fields, count = values["fields"], values["parameters"]
        grown = [f"{fields['plain'][s]:g} → {fields['all'][s]:g}" for s in ("layer3", "layer4")]
        millions = f"{count['plain'] / 1e6:.2f} → {count['all'] / 1e6:.2f}"
        rows.append([titled(network), *grown, millions])
    columns = ["network", "field of layer3, px", "field of layer4, px", "parameters, millions"]
    return Table("Before and after padding", columns, rows, folded=True)


def steps(page: Page) -> Table:
    """One row a network and size of a perturbation: how far its change is from linear, over seeds."""
    rows = []
    for network, seeds in by_network(page.outcomes).items():
        errors = [linearity_errors(seed.records) for seed in seeds]
        images = str(len(seeds[0].records["pixel_response"].arrays["steps"]))
        for step in errors[0]:
            mean = Amount(np.mean([error[step] for error in errors]), "%", 0)
            rows.append([titled(network), f"{step:g}", str(mean), images, str(len(seeds))])
    columns = ["network", "epsilon", "distance from linear, % of the mean change", "images", "n"]
    caption = f"Change of the output against 3 epsilon times the image's own gradient ({page.badge()})"
    return Table(caption, columns, rows, folded=True)
