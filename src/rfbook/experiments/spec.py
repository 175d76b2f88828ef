"""A run in the papers' own terms: which network, on which data, by which recipe, from which seed.

Everything that changes a number is in a `Run`; nothing else is. A description is hashed without the
fields that hold their default (`canonical`), so that a new option with a neutral default keeps every
existing key. A default must therefore never change: `tests/experiments/test_spec.py` pins them all.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rfbook.experiments.catalogue import CATALOGUE, IMAGENET_MEAN

VGGS = ("vgg11", "vgg13", "vgg16", "vgg19")
RESNETS = (
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152",
    "resnext50_32x4d", "resnext101_32x8d", "wide_resnet50_2", "wide_resnet101_2",
)  # fmt: skip
NETWORKS = VGGS + RESNETS
DATASETS = ("cifar10", "mnist", "caltech101", "digits", "photos")

Positive = Annotated[int, Field(ge=1)]


class Spec(BaseModel):
    """A frozen, validated description; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def canonical(self) -> dict[str, Any]:
        """The description without defaults: what the key is made of."""
        return self.model_dump(mode="json", exclude_defaults=True)


class Model(Spec):
    """A network: a torchvision architecture and what was changed in it.

    width: factor on every channel count (1 is the papers'). stem: "cifar" is a 3x3 stride-1
    convolution without max pooling (Size Matters, 3.5). skips: one switch per stage, off means no
    addition and no 1x1 shortcut (3.4, E.3). dilation: of every 3x3 convolution, with padding that
    keeps the size, or the authors' growing maps. kernel_padding: odd strided kernels made even
    (Dead Pixel, 4): the convolutions only, or the max pool too. padded_weights: what a padded kernel
    holds at the start: the odd kernel and zeros, fresh values by the network's own rule, or fresh
    values by PyTorch's default rule, as the authors' code has them.
    """

    name: Literal[NETWORKS]  # type: ignore[valid-type]
    width: Annotated[float, Field(gt=0, le=4)] = 1.0
    stem: Literal["imagenet", "cifar"] = "imagenet"
    skips: tuple[bool, bool, bool, bool] = (True, True, True, True)
    dilation: Annotated[int, Field(ge=1, le=8)] = 1
    dilation_padding: Literal["same", "authors"] = "same"
    kernel_padding: Literal["none", "convs", "all"] = "none"
    padded_weights: Literal["zero", "fresh", "authors"] = "zero"

    @property
    def label(self) -> str:
        """The name in figures, tables and claims: the architecture and what was changed in it."""
        parts = {
            "cifar": self.stem == "cifar",
            "noskip": not any(self.skips),
            "skips" + "".join(str(i + 1) for i, on in enumerate(self.skips) if on): (
                any(self.skips) and not all(self.skips)
            ),
            f"d{self.dilation}": self.dilation > 1,
            f"padded-{self.kernel_padding}": self.kernel_padding != "none",
            self.padded_weights: self.padded_weights != "zero",
            "growing": self.dilation_padding != "same",
        }
        return "-".join([self.name, *(part for part, used in parts.items() if used)])

    @model_validator(mode="after")
    def _only_what_the_family_has(self) -> Model:
        residual = {
            "stem": self.stem != "imagenet",
            "skips": not all(self.skips),
            "kernel_padding": self.kernel_padding != "none",
        }
        sequential = {"dilation": self.dilation != 1}
        foreign = sequential if self.name in RESNETS else residual
        wrong = [field for field, used in foreign.items() if used]
        if wrong:
            raise ValueError(f"{self.name} has no {', '.join(wrong)}: leave it at its default")
        return self

    @model_validator(mode="after")
    def _nothing_without_effect(self) -> Model:
        if self.kernel_padding == "none" and self.padded_weights != "zero":
            raise ValueError("padded_weights needs kernel_padding 'convs' or 'all'")
        if self.dilation == 1 and self.dilation_padding != "same":
            raise ValueError("dilation_padding needs a dilation above 1")
        if self.stem == "cifar" and self.kernel_padding == "all":
            raise ValueError("a CIFAR stem has no max pool to pad: use kernel_padding 'convs'")
        return self


class Data(Spec):
    """The images a network sees.

    side: input side in pixels, after resizing. images: how many training images, the first in the
    data set's own fixed order; None is all of them. test_images: the same for the test images.
    normalisation: the data set's own constants, or ImageNet's for all (the text of Size Matters, 2.6).
    """

    name: Literal[DATASETS]  # type: ignore[valid-type]
    side: Annotated[int, Field(ge=8, le=1024)]
    images: Positive | None = None
    test_images: Positive | None = None
    normalisation: Literal["own", "imagenet"] = "own"

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Data:
        source = CATALOGUE[self.name]
        for given, held in ((self.images, source.train), (self.test_images, source.test)):
            if given is not None and given >= held:
                raise ValueError(f"{self.name} holds {held} images, not {given}: leave it out for all")
        if self.normalisation == "imagenet" and source.mean == IMAGENET_MEAN:
            raise ValueError(f"{self.name} has ImageNet's constants already: use 'own'")
        return self


class Recipe(Spec):
    """How weights are made (Size Matters, 2.6). epochs = 0 is the network at initialisation.

    schedule "thirds": the learning rate falls tenfold after one and after two thirds of the epochs.
    augmentation "standard": random crop with padding and, where mirroring keeps the class, a flip.
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

    @model_validator(mode="after")
    def _nothing_without_effect(self) -> Recipe:
        if self.optimizer == "adam" and "momentum" in self.canonical():
            raise ValueError("momentum belongs to sgd: leave it at its default with adam")
        if self.epochs == 0 and set(self.canonical()) != {"epochs"}:
            raise ValueError("epochs=0 trains nothing: leave the rest of the recipe at its default")
        return self


RECIPES: dict[str, Recipe] = {
    "sgd30": Recipe(),
    "sgd60": Recipe(epochs=60),
    "adam30": Recipe(optimizer="adam", learning_rate=1e-3, weight_decay=0.0, schedule="constant"),
    "untrained": Recipe(epochs=0),
}


class Run(Spec):
    """One network, trained once. The seed decides initialisation, order and augmentation."""

    model: Model
    data: Data
    recipe: Recipe = Recipe()
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0

    @model_validator(mode="after")
    def _can_be_trained(self) -> Run:
        batch, images = self.recipe.batch, self.data.images or CATALOGUE[self.data.name].train
        if self.recipe.epochs and (images % batch or batch) == 1:
            raise ValueError(
                f"images={images}, batch={batch}: the last batch would hold one image, and batch norm "
                "needs two. Change either by one."
            )
        if self.model.name in VGGS and self.data.side < 32 and self.model.dilation == 1:
            raise ValueError(f"side={self.data.side}: VGG halves the map five times; use 32 or more")
        if self.model.kernel_padding != "none":
            require_even_maps(self.data.side, 8 if self.model.stem == "cifar" else 32)
        return self

    def weights(self) -> Run:
        """The run without what only a measurement reads: runs with equal weights are equal here."""
        return self.model_copy(update={"data": self.data.model_copy(update={"test_images": None})})

    def slug(self) -> str:
        """A short name for people, such as `vgg16-w0.25-cifar10-32px-e30-s0`; not an identity."""
        parts = [self.model.label, f"w{self.model.width:g}", self.data.name, f"{self.data.side}px"]
        return "-".join([*parts, f"e{self.recipe.epochs}", f"s{self.seed}"])


def require_even_maps(side: int, multiple: int = 32) -> None:
    """Kernel padding keeps map sizes only where every strided operation sees an even map.

    multiple: the product of strides. Raises ValueError for a side that it does not divide.
    """
    if side % multiple:
        nearest = max(1, round(side / multiple)) * multiple
        raise ValueError(
            f"side={side}: kernel padding keeps the output size only for even maps, so the side must "
            f"be a multiple of {multiple} (the paper uses 224). Nearest: {nearest}."
        )
