"""Schemas of what is measured of a run and of its layers: `measures.layers`, `probes` and `padding`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from rfbook.experiments.spec import Run
from rfbook.records.schemas.schema import Array, Arrays, Restated, Values, shown, tested
from rfbook.records.schemas.strict import Amount, Count, Name, Natural, Share, Strict

Pixels = Annotated[float, Field(gt=0, le=1e9)]
Padded = Literal["plain", "convs", "all"]
POSITION_IMAGES = 20_000
"""As in `measures.probes`, which needs torch."""


class Accuracy(Values):
    """`layers.accuracy`"""

    accuracy: Share
    test_images: Count
    training_loss: list[Amount]
    training_accuracy: list[Share]

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """As many images as the run has, and a number an epoch."""
        epochs = run.recipe.epochs
        return {
            "test_images": (self.test_images, tested(run)),
            "numbers of training_loss": (len(self.training_loss), epochs),
            "numbers of training_accuracy": (len(self.training_accuracy), epochs),
        }


class LearningCurve(Values):
    """`layers.learning_curve`"""

    test_accuracy: list[Share]
    training_loss: list[Amount]
    steps: Count
    test_images: Count

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """A number an epoch, and two images of each template."""
        return {
            "numbers of test_accuracy": (len(self.test_accuracy), run.recipe.epochs),
            "numbers of training_loss": (len(self.training_loss), run.recipe.epochs),
            "steps": (self.steps, -(-shown(run) // run.recipe.batch)),
            "test_images": (self.test_images, 2 * tested(run)),
        }


class Cost(Values):
    """`layers.cost`"""

    parameters: Count
    multiply_adds: Count
    side: Count

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """The side of the images."""
        return {"side": (self.side, run.data.side)}


class PerLayer(Values):
    """Values of layers: every list has one entry a layer."""

    layers: Annotated[list[Name], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_a_layer(self) -> PerLayer:
        if len(set(self.layers)) < len(self.layers):
            raise ValueError("layers: a layer is there twice")
        for name, values in self:
            if isinstance(values, list) and len(values) != len(self.layers):
                raise ValueError(f"{name}: {len(values)} entries for {len(self.layers)} layers")
        return self


class Saturation(PerLayer):
    """`layers.layer_saturation`"""

    saturation: list[Share]
    directions: list[Natural]
    directions_delve: list[Natural]
    observations: list[Count]

    @model_validator(mode="after")
    def _dead_in_both(self) -> Saturation:
        for share, count in zip(self.saturation, self.directions, strict=True):
            if (share == 0) != (count == 0):
                raise ValueError(f"saturation: a layer has {share} with {count} directions")
        return self

    def arrays(self, run: Run) -> Arrays:
        """The spectrum of each layer: one eigenvalue a channel."""
        shares = zip(self.layers, self.saturation, self.directions, strict=True)
        return {
            layer: Array("float64", (round(count / share) if share else None,), 0)
            for layer, share, count in shares
        }

    def restated(self, arrays: Mapping[str, np.ndarray]) -> Restated:
        """How many directions explain 0.99 of the variance of each layer."""
        return {"directions": (self.directions, [_directions(arrays[name]) for name in self.layers])}


def _directions(spectrum: np.ndarray) -> int:
    """`metrics.saturation.dimensions` without torch, which reading a record does not need."""
    explained = spectrum.cumsum()
    return int((explained < (0.99 - 1e-12) * explained[-1]).sum()) + 1 if explained[-1] else 0


class ReceptiveField(PerLayer):
    """`layers.receptive_field`"""

    field: list[Pixels]
    jump: list[Pixels]
    border: Name | None
    side: Count

    @model_validator(mode="after")
    def _border_is_a_layer(self) -> ReceptiveField:
        if self.border is not None and self.border not in self.layers:
            raise ValueError(f"border: {self.border} is none of the layers")
        return self

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """The side of the images."""
        return {"side": (self.side, run.data.side)}


class Fitted(PerLayer):
    """What all kinds of probes on layers say beside their accuracies."""

    loss: list[Amount]
    iterations: list[Natural]
    converged: list[bool]
    training_images: Count

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """The images that a probe learns from."""
        return {"training_images": (self.training_images, shown(run))}


class Probes(Fitted):
    """`probes.probes`"""

    probes: list[Share]


class Probes8x8(Fitted):
    """`probes.probes_8x8`"""

    probes_8x8: list[Share]


class ProbesGlobal(Fitted):
    """`probes.probes_global`"""

    probes_global: list[Share]


class PositionProbes(PerLayer):
    """`probes.positions`"""

    converged: list[bool]
    training_images: Count

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """The images that a probe learns from."""
        return {"training_images": (self.training_images, min(POSITION_IMAGES, shown(run)))}

    def arrays(self, run: Run) -> Arrays:
        """One grid of accuracies a layer."""
        return {layer: Array("float32", (None, None), 0, 1) for layer in self.layers}


class Stages(Strict):
    """A length at both stages that `padding` compares."""

    layer3: Pixels
    layer4: Pixels


class Arms(Strict):
    """How far the padded networks are from the plain one."""

    convs: Amount
    all: Amount


class AddedWeights(PerLayer):
    """`padding.added_weights`"""

    share: list[Amount]


class KernelPadding(Values):
    """`padding.kernel_padding`"""

    operations: Annotated[list[Name], Field(min_length=1)]
    parameters: Annotated[dict[Padded, Count], Field(min_length=3)]
    fields: Annotated[dict[Padded, Stages], Field(min_length=3)]
    sizes: Annotated[dict[Padded, Stages], Field(min_length=3)]
    difference: Arms
