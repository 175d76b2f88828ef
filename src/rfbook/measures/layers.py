"""What can be measured on a run's network: name -> function(trained) -> (values, arrays).

Accuracies and saturations are shares (0..1). Everything is measured in evaluation mode, in float32,
without augmentation: saturation and the fitting of probes on training images, accuracies and
effective fields on test images.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rfbook.experiments.accuracy import share_right
from rfbook.experiments.images import Images
from rfbook.experiments.models import recorded_layers
from rfbook.measures.views import shown
from rfbook.metrics import receptive_field as fields
from rfbook.metrics.cost import multiply_adds
from rfbook.metrics.saturation import Covariance, dimensions, saturation, spectrum
from rfbook.metrics.taps import tap
from rfbook.records.weights import Trained

Measured = tuple[dict[str, Any], dict[str, np.ndarray]]
BATCH = 250
"""Images that one forward pass takes on a CPU (`views.AT_ONCE`)."""


def batches(trained: Trained, images: Images, label: str) -> Iterator[tuple[Tensor, Tensor | None]]:
    """All images in order, as the network takes them, with their classes (`views.shown`)."""
    return shown(trained, images, BATCH, label)


def accuracy(trained: Trained) -> Measured:
    """Share of test images whose largest logit is their class, and the training trace."""
    values = {
        "accuracy": share_right(trained.network, batches(trained, trained.data.test, "accuracy")),
        "test_images": len(trained.data.test),
        "training_loss": trained.trace.loss,
        "training_accuracy": trained.trace.accuracy,
    }
    return values, {}


def learning_curve(trained: Trained) -> Measured:
    """Share of right answers on test images after each epoch of a micro-object task (Dead Pixel, 5).

    steps: updates in an epoch. test_images: images with a square, two of each template.
    """
    run = trained.run
    templates = len(trained.data.train), len(trained.data.test)
    values = {
        "test_accuracy": trained.trace.watched,
        "training_loss": trained.trace.loss,
        "steps": -(-templates[0] // run.recipe.batch),
        "test_images": 2 * templates[1],
    }
    return values, {}


def layer_saturation(trained: Trained) -> Measured:
    """Saturation at delta 0.99 per recorded layer, and all eigenvalues for any other delta."""
    names = recorded_layers(trained.network)
    covariances = {name: Covariance() for name in names}
    with torch.inference_mode(), tap(trained.network, names, lambda n, o: covariances[n].update(o)):
        for inputs, _ in batches(trained, trained.data.train, "saturation"):
            trained.network(inputs)
    # Of matrices that small the CPU takes the eigenvalues as fast, and adds them in one order.
    spectra = {name: spectrum(covariances[name].matrix().cpu()) for name in names}
    values = {
        "layers": names,
        "saturation": [saturation(spectra[name]) for name in names],
        "directions": [dimensions(spectra[name], 0.99) for name in names],
        "directions_delve": [dimensions(spectra[name], 0.99, "delve") for name in names],
        "observations": [covariances[name].count for name in names],
    }
    return values, {name: eigenvalues.numpy() for name, eigenvalues in spectra.items()}


def receptive_field(trained: Trained) -> Measured:
    """Field and jump of the recorded layers in input pixels, and the border layer for the side."""
    known = fields.receptive_fields(trained.network)
    convolutions = fields.conv_fields(known)
    values = {
        "layers": [name for name, _ in convolutions],
        "field": [field for _, field in convolutions],
        "jump": [max(known[name].jump) for name, _ in convolutions],
        "border": fields.border_layer(convolutions, trained.run.data.side),
        "side": trained.run.data.side,
    }
    return values, {}


def cost(trained: Trained) -> Measured:
    """Parameters, and multiply-adds for one image of the run's side."""
    side = trained.run.data.side
    values = {
        "parameters": sum(parameter.numel() for parameter in trained.network.parameters()),
        "multiply_adds": multiply_adds(trained.network, side),
        "side": side,
    }
    return values, {}
