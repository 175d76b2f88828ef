"""What a measure needs of a run, checked before anything is computed."""

from __future__ import annotations

from difflib import get_close_matches

from rfbook.experiments.architecture import EFFICIENTNETS, LITES, RESNETS, Model
from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.spec import Run, require_even_maps
from rfbook.records import stages

FOR_RESNETS = ("kernel_padding", "field_recipe")
"""Measures that speak of a ResNet's stages."""
PROBED = ("probes", "probes_global", "position_probes")
"""Measures for which a probe learns the classes."""

IN_HALVES = ("saliency", "translation", "one_pixel_attack")
"""Measures that compare images of one half with the effective field of the other."""


def require(run: Run, measure: str) -> None:
    """Raises ValueError, with what to do, if the measure cannot be taken on this run."""
    _require_known(measure)
    _require_network(run.model, measure)
    _require_task(run, measure)
    if measure in IN_HALVES:
        _require_halves(run, measure)
    if measure in PROBED:
        _require_classes(run)
    if measure == "kernel_padding":
        require_even_maps(run.data.side)
        _require_plain(run.model)


def _require_known(measure: str) -> None:
    if measure not in stages.MEASURES:
        near = get_close_matches(measure, stages.MEASURES, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ValueError(f"there is no measure {measure!r}: {hint}Known: {', '.join(stages.MEASURES)}")


def _require_network(model: Model, measure: str) -> None:
    if measure in FOR_RESNETS and model.name not in RESNETS:
        raise ValueError(
            f"{model.name}: {measure.replace('_', ' ')} is measured on the stages of a ResNet; "
            f"use one of {', '.join(RESNETS)}"
        )
    if measure == "receptive_field" and model.name in EFFICIENTNETS:
        raise ValueError(
            f"{model.name}: squeeze-excitation lets a unit see the whole image, so its receptive "
            "fields are infinite; leave the network out of this measure"
        )
    if measure == "receptive_field" and model.name in LITES:
        raise ValueError(
            f"{model.name}: its padding depends on the size of the map, so its layers are not known "
            "without an image; leave the network out of this measure"
        )


def _require_task(run: Run, measure: str) -> None:
    if measure == "accuracy" and run.published and not CATALOGUE[run.data.name].imagenet:
        raise ValueError(
            f"{run.data.name}: its classes are not ImageNet's, which the published {run.model.name} "
            "tells apart; use imagenette, or train a new readout (epochs above 0)"
        )
    if measure == "learning_curve" and run.data.task == "class":
        raise ValueError(
            f"{run.data.name}: the learning curve is kept of micro-object tasks only; the record of the "
            "accuracy holds the training accuracy of each epoch"
        )
    if measure in PROBED and run.data.task != "class":
        raise ValueError(
            f"{run.data.name}: a probe learns one class an image, and a {run.data.task} task shows each "
            "image twice; take the accuracy or the learning curve"
        )


def _require_halves(run: Run, measure: str) -> None:
    images = run.data.test_images
    if images is not None and images < 4:
        raise ValueError(
            f"{run.data.name}: {measure.replace('_', ' ')} compares two halves of the test images, and "
            f"each needs two: test_images={images} is too few, use 4 or more"
        )


def _require_classes(run: Run) -> None:
    classes, images = CATALOGUE[run.data.name].classes, run.data.images
    if images is not None and images < classes:
        raise ValueError(
            f"{run.data.name}: a probe learns all of its {classes} classes, and {images} training "
            "images cannot show each; use many more"
        )


def _require_plain(model: Model) -> None:
    """Kernel padding is compared with a network that has it nowhere, pools and strides as published."""
    plain = {"stem": "imagenet", "kernel_padding": "none", "downsampling": "strided"}
    wrong = [f"{name}={getattr(model, name)!r}" for name in plain if getattr(model, name) != plain[name]]
    if wrong:
        raise ValueError(
            f"{model.label}: kernel padding is measured on a network without it, with its first pool "
            f"and its strides; leave out {', '.join(wrong)}"
        )
