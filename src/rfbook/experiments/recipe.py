"""How the weights of a network are made."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from rfbook.experiments.description import Edition, Positive, Spec

PUBLISHED = ("imagenet", "cifar10")
"""Starts from weights that others trained on these data."""


class Recipe(Spec):
    """How weights are made (Size Matters, 2.6). epochs = 0 is the network as it starts.

    start "imagenet": from published weights (`pretrained`) instead of random ones. Without training
    that is the published network with its own 1000 classes; training gives it a new readout.
    start "cifar10": the published network with the ten classes of CIFAR-10, and not trained further.
    start "imagenette": from the weights of `Run.source`, which is trained first, on `start_edition` of
    Imagenette where it is not the published one.

    schedule "thirds": the learning rate falls tenfold after one and after two thirds of the epochs;
    "cosine": it follows half a cosine over the epochs (Dead Pixel, 3).
    augmentation "standard": random crop with padding and, where mirroring keeps the class, a flip;
    "rotated": a random part of the image enlarged, rotated, and the flip (Dead Pixel, 3).
    precision "bf16": the network computes in bfloat16 while it is trained; weights and every measure
    stay in single precision.
    """

    epochs: Annotated[int, Field(ge=0, le=1000, strict=True)] = 30
    batch: Positive = 64
    optimizer: Literal["sgd", "adam"] = "sgd"
    learning_rate: Annotated[float, Field(gt=0, strict=True)] = 0.1
    momentum: Annotated[float, Field(ge=0, lt=1, strict=True)] = 0.9
    weight_decay: Annotated[float, Field(ge=0, strict=True)] = 5e-4
    schedule: Literal["thirds", "cosine", "constant"] = "thirds"
    augmentation: Literal["standard", "rotated", "none"] = "standard"
    precision: Literal["fp32", "bf16"] = "fp32"
    start: Literal["random", "imagenet", "imagenette", "cifar10"] = "random"
    start_edition: Edition | None = None

    @property
    def label(self) -> str:
        """A short name for people: epochs, and what departs from `sgd30` most visibly."""
        named = {
            "optimizer": self.optimizer,
            "batch": f"b{self.batch}",
            "learning_rate": f"lr{self.learning_rate:g}",
            "augmentation": {"none": "plain"}.get(self.augmentation, self.augmentation),
            "precision": self.precision,
            "start": self.start,
            "start_edition": self.start_edition and self.start_edition.label,
        }
        departs = [part for field, part in named.items() if field in self.canonical()]
        return "-".join([f"e{self.epochs}", *departs])

    @model_validator(mode="after")
    def _nothing_without_effect(self) -> Recipe:
        if self.optimizer == "adam" and "momentum" in self.canonical():
            raise ValueError("momentum belongs to sgd: leave it at its default with adam")
        if self.start_edition is not None and self.start != "imagenette":
            raise ValueError("start_edition belongs to start='imagenette': leave it out")
        if self.epochs == 0 and set(self.canonical()) - {"start"} != {"epochs"}:
            raise ValueError("epochs=0 trains nothing: leave the rest of the recipe at its default")
        if self.epochs == 0 and self.start == "imagenette":
            raise ValueError("epochs=0: what starts from Imagenette's weights needs a readout; train it")
        if self.epochs and self.start == "cifar10":
            raise ValueError("start='cifar10': weights of CIFAR-10 are measured as published; epochs=0")
        return self


CALTECH = Recipe(epochs=200, learning_rate=0.01, schedule="cosine", augmentation="rotated")
"""How Dead Pixel trains on Caltech-101 (its section 3), from any start."""

RECIPES: dict[str, Recipe] = {
    "sgd30": Recipe(),
    "sgd60": Recipe(epochs=60),
    "adam30": Recipe(optimizer="adam", learning_rate=1e-3, weight_decay=0.0, schedule="constant"),
    "untrained": Recipe(epochs=0),
    "pretrained": Recipe(epochs=0, start="imagenet"),
    "pretrained-cifar10": Recipe(epochs=0, start="cifar10"),
    "finetune200": CALTECH.model_copy(update={"start": "imagenet"}),
    "scratch50": CALTECH.model_copy(update={"epochs": 50}),
}
