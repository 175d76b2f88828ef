"""Probe classifiers on a run's network: one per layer, and one per position of each map."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rfbook.experiments.batches import View, in_order
from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.data import Images
from rfbook.experiments.models import recorded_layers
from rfbook.experiments.progress import track
from rfbook.ledger.weights import Trained
from rfbook.metrics.position_probes import position_probes
from rfbook.metrics.probes import accuracy, fit_probe, pool_features
from rfbook.metrics.taps import tap

Measured = tuple[dict[str, Any], dict[str, np.ndarray]]
Reduce = Callable[[Tensor], Tensor]
BATCH = 250
MEMORY = 4 * 2**30
"""Bytes of features kept at once; what does not fit waits for another pass over the images."""

POSITION_IMAGES = 20_000
"""Training images of the probes at positions: each has few features, one per channel."""


def probes(trained: Trained) -> Measured:
    """Test accuracy of a probe on every recorded layer, maps averaged to at most 4x4."""
    return _layers(trained, "probes", pool_features)


def probes_global(trained: Trained) -> Measured:
    """The same on global averages, one feature per channel (appendix B)."""
    return _layers(trained, "probes_global", lambda maps: pool_features(maps, 1))


def _layers(trained: Trained, measure: str, reduce: Reduce) -> Measured:
    found = {}
    names, data = recorded_layers(trained.network), trained.data
    labels, test_labels = (part.labels.to(trained.device) for part in (data.train, data.test))
    for group in _groups(trained, names, reduce, len(data.train)):
        train = outputs(trained, group, reduce, data.train)
        test = outputs(trained, group, reduce, data.test)
        for name in group:
            probe = fit_probe(train.pop(name), labels, CATALOGUE[trained.run.data.name].classes)
            found[name] = probe, accuracy(probe, test.pop(name), test_labels)
    values = {
        "layers": names,
        measure: [found[name][1] for name in names],
        "loss": [found[name][0].loss for name in names],
        "iterations": [found[name][0].iterations for name in names],
        "converged": [found[name][0].converged for name in names],
        "training_images": len(data.train),
    }
    return values, {}


def positions(trained: Trained) -> Measured:
    """Test accuracy of a probe at every position of every convolution: one grid a layer."""
    train, test = trained.data.train, trained.data.test
    few = train.first(min(POSITION_IMAGES, len(train)))
    names = recorded_layers(trained.network)[:-1]
    labels, test_labels = (part.labels.to(trained.device) for part in (few, test))
    classes = CATALOGUE[trained.run.data.name].classes
    grids, converged = {}, []
    for name in names:
        maps = [outputs(trained, [name], _same, part)[name] for part in (few, test)]
        grid, done = position_probes(maps[0], labels, maps[1], test_labels, classes)
        grids[name] = grid.cpu().numpy().astype(np.float32)
        converged.append(done)
    return {"layers": names, "converged": converged, "training_images": len(few)}, grids


def _same(maps: Tensor) -> Tensor:
    return maps


@torch.inference_mode()
def outputs(
    trained: Trained, names: Sequence[str], reduce: Reduce, images: Images
) -> dict[str, Tensor]:
    """What the reduced outputs of the named layers are for all images, in order, float32."""
    kept: dict[str, Tensor] = {}
    start = 0

    def keep(name: str, maps: Tensor) -> None:
        reduced = reduce(maps)
        if name not in kept:
            kept[name] = reduced.new_empty((len(images), *reduced.shape[1:]))
        kept[name][start : start + len(reduced)] = reduced

    with tap(trained.network, names, keep):
        for inputs, _ in _shown(trained, images, names):
            trained.network(inputs)
            start += len(inputs)
    return kept


def _shown(
    trained: Trained, images: Images, names: Sequence[str]
) -> Iterator[tuple[Tensor, Tensor]]:
    made = in_order(images, View(trained.run.data), BATCH, trained.device)
    label = f"{trained.run.slug()} probes {names[0]}"
    return track(made, label, total=-(-len(images) // BATCH))


def _groups(
    trained: Trained, names: Sequence[str], reduce: Reduce, images: int
) -> Iterator[list[str]]:
    """The layers in runs whose features fit into `MEMORY` together."""
    sizes = outputs(trained, names, reduce, trained.data.test.first(2))
    group: list[str] = []
    taken = 0
    for name in names:
        need = 4 * images * sizes[name].shape[1]
        if group and taken + need > MEMORY:
            yield group
            group, taken = [], 0
        group.append(name)
        taken += need
    yield group
