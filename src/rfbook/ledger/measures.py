"""What can be measured on a trained network: name -> function(trained) -> (values, arrays).

Accuracies and saturations are shares (0..1). Everything is measured in evaluation mode, in float32,
without augmentation; training images for saturation and probe features, test images for accuracies.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from rfbook.experiments.batches import View, in_order
from rfbook.ledger.provenance import here
from rfbook.ledger.record import Record
from rfbook.ledger.weights import Trained

Measured = tuple[dict[str, Any], dict[str, np.ndarray]]
BATCH = 250
"""Images a pass takes at once; in evaluation mode it changes no result beyond rounding."""


def accuracy(trained: Trained) -> Measured:
    """Share of test images whose largest logit is their class; and the training trace."""
    right = 0
    with torch.inference_mode():
        for inputs, labels in _test_batches(trained):
            right += int((trained.network(inputs).argmax(1) == labels).sum())
    trace = trained.trace
    values = {
        "accuracy": right / len(trained.data.test),
        "test_images": len(trained.data.test),
        "training_loss": trace.loss,
        "training_accuracy": trace.accuracy,
    }
    return values, {}


def _test_batches(trained: Trained):
    return in_order(trained.data.test, View(trained.run.data), BATCH, trained.device)


MEASURES: dict[str, Callable[[Trained], Measured]] = {"accuracy": accuracy}


def measure(trained: Trained, name: str) -> Record:
    """The record of one measure on one trained network, with its provenance."""
    started = time.perf_counter()
    values, arrays = MEASURES[name](trained)
    provenance = {
        "training": trained.provenance(),
        "measuring": {"minutes": (time.perf_counter() - started) / 60} | here(),
    }
    return Record.made(trained.run, name, values, arrays, provenance)
