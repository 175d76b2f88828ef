"""Networks that others trained, which pages show beside the paper's: four ResNets for CIFAR-10."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.experiments.architecture import CIFAR_RESNETS
from rfbook.pages.outcomes import Planned
from rfbook.pages.page import OF_RUNS, Page

DEPARTS = ("ResNets for CIFAR-10 that others trained (not in the paper)",)


def trained_by_others(
    page: Page, models: Sequence[str] = CIFAR_RESNETS, **images: object
) -> list[Planned]:
    """Their runs, as they were published: what a reader of the page changes is not changed in them.

    At tier `smoke`, to which their files do not come, they have random weights. images: of `Data`.
    """
    fixed = {name: None for names in OF_RUNS.values() for name in names if name in page.values}
    asking = Page(page.name, page.values | fixed, page.store)
    return asking.runs(
        models, recipe="pretrained-cifar10", departs=DEPARTS, normalisation="imagenet", **images
    )
