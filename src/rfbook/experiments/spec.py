"""A run in the papers' own terms: which network, on which data, by which recipe, from which seed.

Everything that changes a number is in a `Run`; nothing else is (`description` says how it is hashed).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from rfbook.experiments.architecture import (
    MOBILENETS,
    NETWORKS,
    RESNETS,
    VGGS,
    Model,
    require_published,
)
from rfbook.experiments.catalogue import CATALOGUE, IMAGENET_MEAN, Source
from rfbook.experiments.description import Edition, Positive, Spec
from rfbook.experiments.recipe import PUBLISHED, RECIPES, Recipe

__all__ = [
    "DATASETS", "NETWORKS", "RECIPES", "RESNETS", "VGGS",
    "Data", "Model", "Recipe", "Run", "Spec", "require_even_maps",
]  # fmt: skip

DATASETS = tuple(CATALOGUE)


class Data(Spec):
    """The images a network sees.

    side: input side in pixels, after resizing. images: how many training images, the first in the
    data set's own fixed order; None is all of them. test_images: the same for the test images.
    normalisation: the data set's own constants, ImageNet's for all (the text of Size Matters, 2.6), or
    the mean 127 and deviation 128 of 255 with which EfficientNet-Lite was trained, or the mean 128 and
    deviation 128 that the files of MobileNets name.
    placement: "canvas" leaves the image at its stored size, at a random place of a black square
    (Size Matters, 3.3). detail: the side to which the image is shrunk before it is enlarged to `side`
    (3.1, set C). task: "micro-object" shows every image twice, with a small square of one or the other
    colour on it, and asks which (Dead Pixel, 5); "micro-object-authors" has the colours of their code.
    edition: what is used in place of the edition that the published records were made from (`editions`).
    """

    name: Literal[DATASETS]  # type: ignore[valid-type]
    side: Annotated[int, Field(ge=8, le=1024, strict=True)]
    images: Positive | None = None
    test_images: Positive | None = None
    normalisation: Literal["own", "imagenet", "efficientnet", "mobilenet"] = "own"
    placement: Literal["resized", "canvas"] = "resized"
    detail: Positive | None = None
    task: Literal["class", "micro-object", "micro-object-authors"] = "class"
    edition: Edition | None = None

    @property
    def held(self) -> Source | Edition:
        """What the images are drawn from, with their numbers: the published edition or another."""
        return self.edition or CATALOGUE[self.name]

    @property
    def classes(self) -> int:
        """How many answers there are."""
        return self.held.classes if self.task == "class" else 2

    @property
    def label(self) -> str:
        """A short name for people: the set, the side, and what was done to its images."""
        parts = {
            "canvas": self.placement == "canvas",
            f"detail{self.detail}": self.detail is not None,
            f"n{self.images}": self.images is not None,
            self.task: self.task != "class",
            self.edition.label if self.edition else "": self.edition is not None,
        }
        return "-".join([self.name, f"{self.side}px", *(part for part, used in parts.items() if used)])

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Data:
        source = CATALOGUE[self.name]
        for given, total in ((self.images, self.held.train), (self.test_images, self.held.test)):
            if given is not None and given >= total:
                raise ValueError(f"{self.name} holds {total} images, not {given}: leave it out for all")
        if self.normalisation == "imagenet" and source.mean == IMAGENET_MEAN:
            raise ValueError(f"{self.name} has ImageNet's constants already: use 'own'")
        return self

    @model_validator(mode="after")
    def _room_for_the_image(self) -> Data:
        stored = CATALOGUE[self.name].side
        if self.placement == "canvas" and self.side < stored:
            raise ValueError(
                f"side={self.side}: a canvas holds the image at its stored size, and {self.name} is "
                f"stored at {stored} pixels: use {stored} or more (the paper uses 160)"
            )
        if self.detail is not None and self.placement == "canvas":
            raise ValueError("a canvas shows the image as it is stored: leave detail out")
        if self.detail is not None and self.detail >= min(self.side, stored):
            raise ValueError(
                f"detail={self.detail}: the image is shrunk to it, then enlarged to side={self.side}; "
                f"{self.name} is stored at {stored} pixels: use less than {min(self.side, stored)}"
            )
        return self


class Run(Spec):
    """One network, trained once. The seed decides initialisation, order and augmentation."""

    model: Model
    data: Data
    recipe: Recipe = Recipe()
    seed: Annotated[int, Field(ge=0, lt=2**31, strict=True)] = 0

    @model_validator(mode="after")
    def _can_be_trained(self) -> Run:
        batch, images = self.recipe.batch, self.data.images or self.data.held.train
        if self.recipe.epochs and (images % batch or batch) == 1:
            raise ValueError(
                f"images={images}, batch={batch}: the last batch would hold one image, and batch norm "
                "needs two. Change either by one."
            )
        shrinks = self.model.dilation == 1 or self.model.dilation_padding == "same"
        if self.model.name in VGGS and self.data.side < 32 and shrinks:
            raise ValueError(f"side={self.data.side}: VGG halves the map five times; use 32 or more")
        if self.model.kernel_padding != "none":
            require_even_maps(self.data.side, 8 if self.model.stem == "cifar" else 32)
        if self.model.name in MOBILENETS and self.data.side % 32:
            raise ValueError(
                f"side={self.data.side}: {self.model.name} halves the map five times and pads even maps "
                "only: use a multiple of 32"
            )
        return self

    @model_validator(mode="after")
    def _a_canvas_is_augmentation(self) -> Run:
        if self.data.placement == "canvas" and self.recipe.augmentation != "standard":
            raise ValueError(
                "a canvas gives every training image a new place each epoch, which is augmentation: "
                "leave augmentation at 'standard'"
            )
        return self

    @model_validator(mode="after")
    def _warping_shows_the_stored_image(self) -> Run:
        if self.data.detail is not None and self.recipe.augmentation == "rotated":
            raise ValueError(
                "rotated augmentation cuts from the image as it is stored, so detail would be lost in "
                "the test only: leave detail out, or use augmentation='standard'"
            )
        return self

    @model_validator(mode="after")
    def _published_weights_fit(self) -> Run:
        if self.recipe.start in PUBLISHED:
            require_published(self.model, self.recipe.start)
        if self.recipe.start == "imagenette" and (
            self.model.name not in RESNETS or self.model.padded_weights != "zero"
        ):
            raise ValueError(
                f"{self.model.label}: only a ResNet starts from Imagenette's weights here, and a padded "
                "kernel then holds them and zeros: use one, or start='random'"
            )
        return self

    @property
    def source(self) -> Run | None:
        """The run whose weights this one starts from, the same for every seed; None for other starts.

        It is the network without padded kernels, trained on Imagenette as in Size Matters, 2.6.
        """
        if self.recipe.start != "imagenette":
            return None
        return Run(
            model=self.model.model_copy(update={"kernel_padding": "none"}),
            data=Data(name="imagenette", side=self.data.side, edition=self.recipe.start_edition),
            recipe=Recipe(precision=self.recipe.precision),
        )

    @property
    def published(self) -> bool:
        """Whether this is a published network as it is, with its own classes: no seed matters."""
        return self.recipe.start in PUBLISHED and self.recipe.epochs == 0

    @property
    def known_classes(self) -> tuple[int, ...]:
        """The number that the network has for each class of the data; empty where it has others."""
        own = tuple(range(self.data.classes))
        if not self.published:
            return own
        if self.recipe.start == "imagenet":
            return CATALOGUE[self.data.name].imagenet
        return own if self.recipe.start == self.data.name else ()

    def weights(self) -> Run:
        """The run without what only a measurement reads: runs with equal weights are equal here.

        A micro-object task is tested while it is learnt, so its test images stay.
        """
        if self.data.task != "class":
            return self
        return self.model_copy(update={"data": self.data.model_copy(update={"test_images": None})})

    def slug(self) -> str:
        """A short name for people, such as `vgg16-w0.25-cifar10-32px-e30-s0`; not an identity."""
        parts = self.model.label, f"w{self.model.width:g}", self.data.label, self.recipe.label
        return "-".join([*parts, f"s{self.seed}"])


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
