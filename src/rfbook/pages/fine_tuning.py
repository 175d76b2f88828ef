"""Networks fine-tuned on Caltech-101 as in Dead Pixel, 3: the same trainings on every page."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.experiments.architecture import LITES, TITLES
from rfbook.experiments.spec import Model
from rfbook.pages.outcomes import Planned
from rfbook.pages.page import Page

DEPARTS = (
    "centre squares (paper the middle 224 of 256 pixels)",
    "no validation images (paper 15 %)",
    "last epoch (paper the best in validation)",
)
THIN = {"recipe": {"epochs": 10}, "data": {"side": 128, "images": 4000}}
"""What tier `thin` reduces for networks that it pretrains on Imagenette."""
FROM_IMAGENET = {"recipe": {"epochs": 5, "precision": "fp32"}, "data": {"side": 128}}
"""And for those that start from ImageNet's weights: whole networks, which learn in few epochs."""


def fine_tuned(
    page: Page, models: Sequence[str], arm: str = "", padded: bool = True
) -> list[Planned]:
    """Runs of each network and, if padded, of its copy with padded kernels.

    models: ResNets, and EfficientNet-Lites, which have no max pool to pad. arm: as in `Page.runs`.
    """
    planned = []
    for name in models:
        lite = name in LITES
        copy = Model(name=name, kernel_padding="convs" if lite else "all")
        departs = [*DEPARTS, f"{TITLES[name]} (paper ResNets)"] if lite else DEPARTS
        planned += page.runs(
            [name, copy] if padded else [name], data="caltech101", side=224, recipe="finetune200",
            arm=arm, departs=departs, thin=FROM_IMAGENET if lite else THIN,
            normalisation="efficientnet" if lite else "own",
        )  # fmt: skip
    return planned
