"""The three budgets, and how each scales a run that is described in the papers' terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.spec import Data, Run

Tier = Literal["smoke", "thin", "paper"]
TIERS: tuple[str, ...] = get_args(Tier)

SHIPPED = {"cifar10": "digits", "mnist": "digits", "caltech101": "photos"}
"""What stands in for a data set in `smoke`: images that scikit-learn ships."""


@dataclass(frozen=True)
class Scale:
    """What a tier changes. None leaves a field as the paper has it."""

    width: float = 1.0
    epochs: int | None = None
    images: int | None = None
    side: int | None = None
    shipped_data: bool = False


SCALES: dict[str, Scale] = {
    "smoke": Scale(width=1 / 8, epochs=2, images=512, side=64, shipped_data=True),
    "thin": Scale(width=1 / 4),
    "paper": Scale(),
}


def _least(value: int | None, limit: int | None) -> int | None:
    given = [number for number in (value, limit) if number is not None]
    return min(given) if given else None


def scale(run: Run, tier: Tier) -> Run:
    """The run as this tier makes it.

    An untrained network costs nothing to train, so `thin` leaves it at full width.
    Raises KeyError for a tier that does not exist (pages refuse it before).
    """
    by = SCALES[tier]
    untrained = run.recipe.epochs == 0
    width = run.model.width * (by.width if tier == "smoke" or not untrained else 1)
    return run.model_copy(
        update={
            "model": run.model.model_copy(update={"width": width}),
            "data": _scale_data(run.data, by),
            "recipe": run.recipe.model_copy(
                update={"epochs": _least(run.recipe.epochs, by.epochs)}
            ),
        }
    )


def _scale_data(data: Data, by: Scale) -> Data:
    name = SHIPPED.get(data.name, data.name) if by.shipped_data else data.name
    source = CATALOGUE[name]
    fewer = by.images is not None
    return data.model_copy(
        update={
            "name": name,
            "side": _least(data.side, by.side),
            "images": min(data.images or by.images, by.images, source.train) if fewer else data.images,
            "test_images": min(by.images // 2, source.test) if fewer else data.test_images,
        }
    )


def changed(ours: Run, paper: Run) -> dict[str, tuple[object, object]]:
    """What differs from the paper's run: field -> (ours, the paper's); empty when nothing does."""
    mine, theirs = ours.model_dump(), paper.model_dump()
    return {
        field: (mine[part][field], theirs[part][field])
        for part in ("model", "data", "recipe")
        for field in mine[part]
        if mine[part][field] != theirs[part][field]
    }
