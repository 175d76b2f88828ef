"""The three budgets, and how each scales a run that is described in the papers' terms."""

from __future__ import annotations

from collections.abc import Mapping
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
    test_images: int | None = None
    side: int | None = None
    shipped_data: bool = False


SCALES: dict[str, Scale] = {
    "smoke": Scale(width=1 / 8, epochs=2, images=512, test_images=256, side=64, shipped_data=True),
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
    scaled = {
        "model": {"width": width},
        "data": _scale_data(run.data, by),
        "recipe": {"epochs": _least(run.recipe.epochs, by.epochs)},
    }
    return with_changes(run, scaled)


def with_changes(run: Run, changes: Mapping[str, Mapping[str, object]]) -> Run:
    """The run with some fields of its parts replaced, validated again: part -> field -> value."""
    whole = run.model_dump()
    return Run.model_validate(whole | {p: whole[p] | dict(f) for p, f in changes.items()})


def _scale_data(data: Data, by: Scale) -> dict[str, object]:
    name = SHIPPED.get(data.name, data.name) if by.shipped_data else data.name
    source = CATALOGUE[name]
    return {
        "name": name,
        "side": _least(data.side, by.side),
        "images": _below(_least(data.images, by.images), source.train),
        "test_images": _below(_least(data.test_images, by.test_images), source.test),
    }


def _below(count: int | None, held: int) -> int | None:
    """The count where it is less than all; all is said by None."""
    return count if count is not None and count < held else None


def changed(ours: Run, paper: Run) -> dict[str, tuple[object, object]]:
    """What differs from the paper's run: field -> (ours, the paper's); empty when nothing does."""
    mine, theirs = ours.model_dump(), paper.model_dump()
    return {
        field: (mine[part][field], theirs[part][field])
        for part in ("model", "data", "recipe")
        for field in mine[part]
        if mine[part][field] != theirs[part][field]
    }
