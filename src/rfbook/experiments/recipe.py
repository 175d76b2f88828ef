"""How the weights of a network are made."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from rfbook.experiments.description import Positive, Spec


class Recipe(Spec):
    """How weights are made (Size Matters, 2.6). epochs = 0 is the network as it starts.

    start "imagenet": from published weights (`pretrained`) instead of random ones. Without training
    that is the published network with its own 1000 classes; training gives it a new readout.

    schedule "thirds": the learning rate falls tenfold after one and after two thirds of the epochs.
    augmentation "standard": random crop with padding and, where mirroring keeps the class, a flip.
    precision "bf16": the network computes in bfloat16 while it is trained; weights and every measure
    stay in single precision.
    """

    epochs: Annotated[int, Field(ge=0, le=1000)] = 30
    batch: Positive = 64
    optimizer: Literal["sgd", "adam"] = "sgd"
    learning_rate: Annotated[float, Field(gt=0)] = 0.1
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.9
    weight_decay: Annotated[float, Field(ge=0)] = 5e-4
    schedule: Literal["thirds", "constant"] = "thirds"
    augmentation: Literal["standard", "none"] = "standard"
    precision: Literal["fp32", "bf16"] = "fp32"
    start: Literal["random", "imagenet"] = "random"

    @property
    def label(self) -> str:
        """A short name for people: epochs, and what departs from `sgd30` most visibly."""
        named = {
            "optimizer": self.optimizer,
            "batch": f"b{self.batch}",
            "learning_rate": f"lr{self.learning_rate:g}",
            "augmentation": "plain",
            "precision": self.precision,
            "start": self.start,
        }
        departs = [said for field, said in named.items() if field in self.canonical()]
        return "-".join([f"e{self.epochs}", *departs])

    @model_validator(mode="after")
    def _nothing_without_effect(self) -> Recipe:
        if self.optimizer == "adam" and "momentum" in self.canonical():
            raise ValueError("momentum belongs to sgd: leave it at its default with adam")
        if self.epochs == 0 and set(self.canonical()) - {"start"} != {"epochs"}:
            raise ValueError("epochs=0 trains nothing: leave the rest of the recipe at its default")
        return self


RECIPES: dict[str, Recipe] = {
    "sgd30": Recipe(),
    "sgd60": Recipe(epochs=60),
    "adam30": Recipe(optimizer="adam", learning_rate=1e-3, weight_decay=0.0, schedule="constant"),
    "untrained": Recipe(epochs=0),
    "pretrained": Recipe(epochs=0, start="imagenet"),
}
