"""Networks that others trained, which pages show beside the paper's, as they were published."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.experiments.architecture import CIFAR_RESNETS, LITES, MOBILENETS
from rfbook.pages.outcomes import Planned
from rfbook.pages.page import OF_RUNS, Page

DEPARTS = ("ResNets for CIFAR-10 that others trained (not in the paper)",)
LITE = ("EfficientNet-Lites on Imagenette (not in the paper)",)
ANOTHER_SIDE = "Lite1 and Lite2 not at the 240 and 260 pixels of their training"
MOBILE = ("MobileNets that others trained, on Imagenette (not in the paper)",)


def trained_by_others(
    page: Page, models: Sequence[str] = CIFAR_RESNETS, **images: object
) -> list[Planned]:
    """Runs of ResNets for CIFAR-10: what a reader of the page changes is not changed in them.

    At tier `smoke`, to which their files do not come, they have random weights. images: of `Data`.
    """
    return _asking(page).runs(
        models, recipe="pretrained-cifar10", departs=DEPARTS, normalisation="imagenet", **images
    )


def mobilenets(
    page: Page, side: int, models: Sequence[str] = MOBILENETS, **images: object
) -> list[Planned]:
    """Runs of Google's MobileNets on Imagenette, in the same way. side: a multiple of 32."""
    return _asking(page).runs(
        models, data="imagenette", side=side, recipe="pretrained", departs=MOBILE,
        normalisation="mobilenet", **images,
    )  # fmt: skip


def with_imagenet_weights(
    page: Page, models: Sequence[str] = LITES, departs: Sequence[str] = LITE, **images: object
) -> list[Planned]:
    """Runs of networks as they were published, on Imagenette at 224 pixels, each with its constants.

    At tier `smoke` the first stands for all, and figures say so.
    """
    if page.tier == "smoke" and len(models) > 1:
        models, departs = models[:1], [*departs, f"one network of {len(models)} (tier smoke)"]
    if set(LITES[1:]) & set(models):
        departs = [*departs, ANOTHER_SIDE]
    return [
        planned
        for name in models
        for planned in page.runs(
            [name], data="imagenette", side=224, recipe="pretrained", departs=departs,
            normalisation="efficientnet" if name in LITES else "own", **images,
        )
    ]  # fmt: skip


def _asking(page: Page) -> Page:
    fixed = {name: None for names in OF_RUNS.values() for name in names if name in page.values}
    return Page(page.name, page.values | fixed, page.store)
