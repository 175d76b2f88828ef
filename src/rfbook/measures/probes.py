"""Probe classifiers on a run's network: one per layer, and one per position of each map."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rfbook.experiments.data import Images
from rfbook.experiments.models import recorded_layers
from rfbook.measures.views import shown
from rfbook.metrics.position_probes import fit_position_probes
from rfbook.metrics.probes import Probe, Standardiser, accuracy, fit_probe, pool_features
from rfbook.metrics.taps import tap
from rfbook.records.weights import Trained

Measured = tuple[dict[str, Any], dict[str, np.ndarray]]
Reduce = Callable[[Tensor], Tensor]
BATCH = 250
MEMORY = 4 * 2**30
"""Bytes of features kept at once on a CPU; what does not fit waits for another pass over the images."""
SHARE = 0.25
"""Of the free memory of a GPU that features take: a solver needs as much again, and more."""

POSITION_IMAGES = 20_000
"""Training images of the probes at positions: each has few features, one per channel."""


def probes(trained: Trained) -> Measured:
    """Test accuracy of a probe on every recorded layer, maps averaged to at most 4x4."""
    return _layers(trained, "probes", lambda o: pool_features(o) if o.ndim == 4 else o)


def probes_8x8(trained: Trained) -> Measured:
    """The same on maps averaged to at most 8x8: up to four times as many places (appendix B)."""
    return _layers(trained, "probes_8x8", lambda o: pool_features(o, 8) if o.ndim == 4 else o)


def probes_global(trained: Trained) -> Measured:
    """The same on global averages, one feature per channel (appendix B)."""
    return _layers(trained, "probes_global", lambda o: o.mean((2, 3)) if o.ndim == 4 else o)


def _layers(trained: Trained, measure: str, reduce: Reduce) -> Measured:
    names, data = recorded_layers(trained.network), trained.data
    fitted: list[tuple[Probe, float]] = []
    for group in _groups(trained, names, reduce, len(data.train)):
        train = outputs(trained, group, reduce, data.train)
        test = outputs(trained, group, reduce, data.test)
        fitted += [_fit(trained, train.pop(name), test.pop(name)) for name in group]
    values = {
        "layers": names,
        measure: [share for _, share in fitted],
        "loss": [probe.loss / len(data.train) for probe, _ in fitted],
        "iterations": [probe.iterations for probe, _ in fitted],
        "converged": [probe.converged for probe, _ in fitted],
        "training_images": len(data.train),
    }
    return values, {}


def _fit(trained: Trained, train: Tensor, test: Tensor) -> tuple[Probe, float]:
    """A probe on features that are standardised in place, and its test accuracy."""
    labels = [part.labels.to(trained.device) for part in (trained.data.train, trained.data.test)]
    standardiser = Standardiser.of(train)
    probe = fit_probe(standardiser.apply_(train), labels[0])
    return probe, accuracy(probe, standardiser.apply_(test), labels[1])


def positions(trained: Trained) -> Measured:
    """Test accuracy of a probe at every position of every convolution: one grid a layer."""
    train, test = trained.data.train, trained.data.test
    few = train.first(min(POSITION_IMAGES, len(train)))
    names = recorded_layers(trained.network)[:-1]
    labels, test_labels = (part.labels.to(trained.device) for part in (few, test))
    grids, converged = {}, []
    for name in names:
        maps = [outputs(trained, [name], _same, part)[name] for part in (few, test)]
        probes = fit_position_probes(maps[0], labels, maps[1], test_labels)
        grids[name] = probes.accuracy.cpu().numpy().astype(np.float32)
        converged.append(bool(probes.converged.all()))
    return {"layers": names, "converged": converged, "training_images": len(few)}, grids


def _memory(device: torch.device) -> float:
    return MEMORY if device.type == "cpu" else SHARE * torch.cuda.mem_get_info(device)[0]


def _same(maps: Tensor) -> Tensor:
    return maps


@torch.no_grad()
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
        for inputs, _ in shown(trained, images, BATCH, f"probes {names[0]}"):
            trained.network(inputs)
            start += len(inputs)
    return kept


def _groups(
    trained: Trained, names: Sequence[str], reduce: Reduce, images: int
) -> Iterator[list[str]]:
    """The layers in runs whose features fit into the memory together."""
    memory = _memory(trained.device)
    sizes = outputs(trained, names, reduce, trained.data.test.first(2))
    group: list[str] = []
    taken = 0
    for name in names:
        need = 4 * images * sizes[name].shape[1]
        if group and taken + need > memory:
            yield group
            group, taken = [], 0
        group.append(name)
        taken += need
    yield group
