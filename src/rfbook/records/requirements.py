"""What measures need of a run. Each function raises ValueError, with what to do, where it is not so."""

from __future__ import annotations

from rfbook.experiments.architecture import EFFICIENTNETS, LITES, RESNETS
from rfbook.experiments.spec import Run, require_even_maps

OTHERS = {
    "imagenet": ("ImageNet's", "imagenette, or train a new readout (epochs above 0)"),
    "cifar10": ("CIFAR-10's", "cifar10"),
}
"""Start of a published network -> whose classes it knows, and which data have them."""


def resnet(run: Run, measure: str) -> None:
    """A network with the stages of a ResNet."""
    if run.model.name not in RESNETS:
        raise ValueError(
            f"{run.model.name}: {measure.replace('_', ' ')} is measured on the stages of a ResNet; "
            f"use one of {', '.join(RESNETS)}"
        )


def finite_fields(run: Run, measure: str) -> None:
    """A network whose receptive fields follow from its layers alone."""
    if run.model.name in EFFICIENTNETS:
        raise ValueError(
            f"{run.model.name}: squeeze-excitation lets a unit see the whole image, so its receptive "
            "fields are infinite; leave the network out of this measure"
        )
    if run.model.name in LITES:
        raise ValueError(
            f"{run.model.name}: its padding depends on the size of the map, so its layers are not known "
            "without an image; leave the network out of this measure"
        )


def known_classes(run: Run, measure: str) -> None:
    """Images of classes that the network tells apart."""
    if not run.known_classes:
        learnt, instead = OTHERS[run.recipe.start]
        raise ValueError(
            f"{run.data.name}: its classes are not {learnt}, which the published {run.model.name} "
            f"tells apart; use {instead}"
        )


def micro_object(run: Run, measure: str) -> None:
    """A task that is tested while it is learnt."""
    if run.data.task == "class":
        raise ValueError(
            f"{run.data.name}: the learning curve is kept of micro-object tasks only; the record of the "
            "accuracy holds the training accuracy of each epoch"
        )


def one_class_an_image(run: Run, measure: str) -> None:
    """A task in which an image has one class."""
    if run.data.task != "class":
        raise ValueError(
            f"{run.data.name}: a probe learns one class an image, and a {run.data.task} task shows each "
            "image twice; take the accuracy or the learning curve"
        )


def images_of_every_class(run: Run, measure: str) -> None:
    """As many training images as there are classes; `weights.require_every_class` looks at them."""
    classes, images = run.data.held.classes, run.data.images
    if images is not None and images < classes:
        raise ValueError(
            f"{run.data.name}: a probe learns all of its {classes} classes, and {images} training "
            "images cannot show each; use many more"
        )


def two_halves(run: Run, measure: str) -> None:
    """Test images for two halves: what is found on some of them is compared with others."""
    images = run.data.test_images
    if images is not None and images < 4:
        raise ValueError(
            f"{run.data.name}: {measure.replace('_', ' ')} compares test images with others, two and "
            f"two: test_images={images} is too few, use 4 or more"
        )


def even_maps(run: Run, measure: str) -> None:
    """A side that every stride divides."""
    require_even_maps(run.data.side)


def padded_kernels(run: Run, measure: str) -> None:
    """A network with padded kernels."""
    if run.model.kernel_padding == "none":
        raise ValueError(
            f"{run.model.label}: no kernel of it is padded; use kernel_padding='all' or 'convs'"
        )


def plain_network(run: Run, measure: str) -> None:
    """Kernel padding is compared with a network that has it nowhere, pools and strides as published."""
    plain = {"stem": "imagenet", "kernel_padding": "none", "downsampling": "strided"}
    model = run.model
    wrong = [f"{name}={getattr(model, name)!r}" for name in plain if getattr(model, name) != plain[name]]
    if wrong:
        raise ValueError(
            f"{model.label}: kernel padding is measured on a network without it, with its first pool "
            f"and its strides; leave out {', '.join(wrong)}"
        )
