"""Networks fine-tuned on Caltech-101 as in Dead Pixel, 3: the same trainings on every page."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.experiments.architecture import LITES, TITLES
from rfbook.experiments.spec import Model
from rfbook.pages.outcomes import Planned
from rfbook.pages.page import Page
from rfbook.pages.parameters import resnets

DEPARTS = (
    "centre squares (paper the middle 224 of 256 pixels)",
    "no validation images (paper 15 %)",
    "last epoch (paper the best in validation)",
)
THIN = {
    "recipe": {"epochs": 20, "learning_rate": 0.05, "precision": "fp32"},
    "data": {"side": 128},
}
"""What tier `thin` changes for networks that it pretrains on Imagenette.

With a higher rate than the paper's 0.01 so few epochs are enough for four fifths of the training images,
below which no claim is judged (`claims.regime`).
"""
SLOWER = {**THIN, "recipe": THIN["recipe"] | {"epochs": 40}}
"""And for ResNet50, which has twice as many in Size Matters, too, "due to slow convergence" (2.6)."""
FROM_IMAGENET = {"recipe": {"epochs": 5, "precision": "fp32"}, "data": {"side": 128}}
"""And for those that start from ImageNet's weights: whole networks, which learn in few epochs."""
CHANGES = dict.fromkeys(LITES, FROM_IMAGENET) | {"resnet50": SLOWER}
"""What tier `thin` changes, by network, where it is not `THIN`."""


def with_copies(models: Sequence[str]) -> list[tuple[str, str]]:
    """The labels of each network and of its copy with padded kernels.

    models: ResNets, and EfficientNet-Lites, which have no max pool to pad. Raises ParameterError for
    others.
    """
    return [(name, _copy(name).label) for name in resnets(models, also=LITES)]


def fine_tuned(
    page: Page, models: Sequence[str], arm: str = "", padded: bool = True
) -> list[Planned]:
    """Runs of each network and, if padded, of its copy with padded kernels. arm: as in `Page.runs`."""
    planned = []
    for name in models:
        lite = name in LITES
        departs = [*DEPARTS, f"{TITLES[name]} (paper ResNets)"] if lite else DEPARTS
        planned += page.runs(
            [name, _copy(name)] if padded else [name], data="caltech101", side=224, recipe="finetune200",
            arm=arm, departs=departs, thin=CHANGES.get(name, THIN),
            normalisation="efficientnet" if lite else "own",
        )  # fmt: skip
    return planned


def _copy(name: str) -> Model:
    return Model(name=name, kernel_padding="convs" if name in LITES else "all")
