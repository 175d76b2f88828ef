"""Schemas of effective fields (`measures.fields`) and of changed images (`measures.perturbations`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, field_validator

from rfbook.experiments.architecture import FIELD_STAGES
from rfbook.experiments.spec import Run
from rfbook.records.schemas.schema import Array, Arrays, Restated, Values, tested
from rfbook.records.schemas.strict import LARGE, Amount, Count, Natural, Number, Share, Strict

Strength = Literal["strong", "weak"]
Period = Literal["2", "4", "8"]
Both = Annotated[list[Amount], Field(min_length=2, max_length=2)]
Pixel = Annotated[list[Natural], Field(min_length=2, max_length=2)]
Step = Annotated[float, Field(gt=0, le=1)]
STEP_IMAGES, PERIOD = 100, 8
"""As in `perturbation_measures`, which needs torch."""


class Fit(Strict):
    """A Gaussian (`metrics.gaussian`)."""

    sigma_x: Amount
    sigma_y: Amount
    centre_x: Number
    centre_y: Number
    r_squared: Annotated[float, Field(ge=-LARGE, le=1)]
    offset: Number


class Described(Strict):
    """Every number of one effective field that others publish too."""

    gaussian: Fit | None
    gaussian_with_offset: Fit | None
    relative: Both
    residues: Annotated[dict[Period, list[list[Amount]]], Field(min_length=3)]

    @field_validator("residues")
    @classmethod
    def _square(cls, residues: dict[str, list[list[float]]]) -> dict[str, list[list[float]]]:
        for period, rows in residues.items():
            if {len(rows), *map(len, rows)} != {int(period)}:
                raise ValueError(f"period {period} has {period} x {period} classes of pixels")
        return residues


class Target(Described):
    """Every number of one effective field."""

    imbalance: Both
    split_half: Both
    fourier: Annotated[dict[Period, Amount], Field(min_length=3)]


class EffectiveField(Values):
    """`fields.effective_fields`"""

    images: Count
    targets: dict[Literal["layer1", "layer2", "layer3", "layer4", "output"], Target]

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """The images, and the targets that the network has."""
        stages = FIELD_STAGES.get(run.model.name, ())
        return {
            "images": (self.images, tested(run)),
            "targets": (sorted(self.targets), sorted({"output", *stages})),
        }

    def arrays(self, run: Run) -> Arrays:
        """R_xy of every target."""
        return {name: Array("float32", (run.data.side,) * 2, 0) for name in self.targets}


class FieldRecipe(Fit, Values):
    """`fields.field_recipe`"""

    images: Count
    batch_difference: Amount
    order_correlation: Annotated[float, Field(ge=-1, le=1)]
    order_mass: Amount
    unit_center: Number

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """The images."""
        return {"images": (self.images, tested(run))}

    def arrays(self, run: Run) -> Arrays:
        """R_xy of layer4, with the ReLU before and after the mean."""
        return {name: Array("float32", (run.data.side,) * 2, 0) for name in ("right", "wrong")}


class SingleGradients(Values):
    """`fields.single_gradients`"""

    images: Count
    half: Share
    half_of_noise: Share
    correlation: Annotated[float, Field(ge=-1, le=1)]

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """The images."""
        return {"images": (self.images, tested(run))}

    def arrays(self, run: Run) -> Arrays:
        """The positive part of the first image's gradient."""
        return {"first": Array("float32", (run.data.side,) * 2, 0)}


class Halved(Values):
    """Values of the perturbed half of the test images."""

    images: Count

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """Every other image, from the first on."""
        return {"images": (self.images, -(-tested(run) // 2))}


class PixelResponse(Halved):
    """`perturbations.pixel_responses`"""

    field_images: Count
    epsilon: Step
    steps: Annotated[list[Step], Field(min_length=1)]
    pixels: Annotated[list[Pixel], Field(min_length=1)]
    response: list[Amount]
    gradient: list[Amount]
    field: list[Amount]

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """Both halves of the images, pixels inside them, and a number a pixel."""
        sides = [place for pixel in self.pixels for place in pixel if place >= run.data.side]
        counts = {f"numbers of {name}": len(getattr(self, name)) for name in self._per_pixel}
        return super().follows(run) | {
            "field_images": (self.field_images, tested(run) // 2),
            "pixels outside the image": (sides, []),
            **{name: (count, len(self.pixels)) for name, count in counts.items()},
        }

    _per_pixel = ("response", "gradient", "field")

    def arrays(self, run: Run) -> Arrays:
        """What each image adds."""
        images, others, pixels = self.images, self.field_images, len(self.pixels)
        few, folded = min(STEP_IMAGES, images), (PERIOD, PERIOD)
        return {
            "changes": Array("float32", (images, pixels)),
            "gradients": Array("float32", (images, pixels)),
            "others": Array("float32", (others, pixels)),
            "steps": Array("float32", (few, len(self.steps))),
            "slopes": Array("float32", (few,)),
            "absolute": Array("float32", (images, *folded), 0),
            "positive": Array("float32", (others, *folded), 0),
        }

    def restated(self, arrays: Mapping[str, np.ndarray]) -> Restated:
        """Means over the images."""
        return {
            "response": (self.response, np.abs(arrays["changes"]).mean(0)),
            "gradient": (self.gradient, np.abs(arrays["gradients"]).mean(0)),
            "field": (self.field, arrays["others"].clip(min=0).mean(0)),
        }


class Saliency(Values):
    """`perturbations.saliency_patterns`"""

    images: Count
    period: Count

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """The images, and the period by which maps are folded."""
        return {"images": (self.images, tested(run)), "period": (self.period, PERIOD)}

    def arrays(self, run: Run) -> Arrays:
        """Both maps of every image, folded."""
        shape = (self.images, self.period, self.period)
        return {name: Array("float32", shape, 0) for name in ("field", "saliency")}


class Translation(Halved):
    """`perturbations.translation`"""

    shifts: Annotated[list[Count], Field(min_length=1)]
    change: Annotated[list[list[Amount]], Field(min_length=2, max_length=2)]
    flipped: Annotated[list[list[Share]], Field(min_length=2, max_length=2)]

    def arrays(self, run: Run) -> Arrays:
        """The same of every image, for both directions."""
        shape = (2, self.images, len(self.shifts))
        return {"change": Array("float32", shape, 0), "flipped": Array("bool", shape)}

    def restated(self, arrays: Mapping[str, np.ndarray]) -> Restated:
        """Means over the images."""
        return {name: (getattr(self, name), arrays[name].mean(1)) for name in ("change", "flipped")}


class OnePixelAttack(Halved):
    """`perturbations.one_pixel_attacks`"""

    tries: Count
    changed: Annotated[dict[Strength, Share], Field(min_length=2)]
    fall: Annotated[dict[Strength, Number], Field(min_length=2)]
    p: Share

    def arrays(self, run: Run) -> Arrays:
        """The same of every image."""
        return {
            f"{strength}_{name}": Array(dtype, (self.images,))
            for strength in self.changed
            for name, dtype in (("changed", "bool"), ("fall", "float32"))
        }

    def restated(self, arrays: Mapping[str, np.ndarray]) -> Restated:
        """Means over the images."""
        return {
            f"{name}.{strength}": (mean, arrays[f"{strength}_{name}"].mean())
            for name in ("changed", "fall")
            for strength, mean in getattr(self, name).items()
        }
