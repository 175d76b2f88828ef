"""Weights and checkpoints: a cache beside the records, one safetensors file a run.

A finished run and an interrupted one differ only in how many epochs their trace holds. Two processes
never train the same run: the second waits for the first and finds it done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from rfbook.experiments.accuracy import share_right
from rfbook.experiments.batches import View, in_order
from rfbook.experiments.cache import in_words, replacing, require_readable
from rfbook.experiments.data import Images, Splits, cache_directory, load
from rfbook.experiments.errors import DataError, TrainingError
from rfbook.experiments.locks import Lock
from rfbook.experiments.pretrained import origin, readout_classes, started
from rfbook.experiments.spec import Run
from rfbook.experiments.train import Tensors, Trace, accelerator_for, train
from rfbook.records.provenance import commit, here
from rfbook.records.store import folder

WATCH_BATCH = 250
"""Images that are tested at once after an epoch."""


class Checkpoints:
    """Keeps the state of one run under its key (a `train.Keeper`).

    pixels: the fingerprint of the set it is trained on, where the images are at hand. device: where it
    is trained, for the trace alone; what is kept is on the CPU.
    """

    def __init__(self, run: Run, pixels: str = "", device: torch.device | str = "cpu") -> None:
        self.run, self.pixels, self.device, self.noted = run, pixels, device, False
        self.path = cache_directory() / "weights" / f"{folder(run)}.safetensors"

    def load(self) -> tuple[Tensors, Trace] | None:
        """The state after the last whole epoch, or None.

        Raises TrainingError if the file is damaged, not what was saved, or trained on other pixels
        under the same name (a set without a fingerprint in the catalogue): delete it to train again.
        Also if it is not ours to read.
        """
        with in_words(self.path, TrainingError):
            try:
                return self._read()
            except FileNotFoundError:
                return None
            except (SafetensorError, TypeError, KeyError, ValueError) as error:
                raise TrainingError(f"{self.path}: {error}. Delete it to train again.") from error

    def _read(self) -> tuple[Tensors, Trace]:
        require_readable(self.path)
        with safe_open(self.path, framework="pt") as file:
            noted, stated = (file.metadata()[name] for name in ("trace", "sha256"))
            state = {name: file.get_tensor(name) for name in file.keys()}
        if (computed := _checksum(state, noted)) != stated:
            raise ValueError(f"its contents have the SHA-256 {computed}, saved was {stated}")
        trace = Trace(**json.loads(noted))
        self._same_pixels(trace)
        return state, trace

    def _same_pixels(self, trace: Trace) -> None:
        for session in trace.sessions:
            known = session.get("pixels")
            if known and self.pixels and known != self.pixels:
                raise ValueError(
                    f"it was trained on a {self.run.data.name} of fingerprint {known[:16]}, "
                    f"here is one of {self.pixels[:16]}"
                )

    def save(self, state: Tensors, trace: Trace) -> None:
        """Replaces the file at once, so that a kill leaves the old or the new one.

        After the last epoch only the network is kept. Raises TrainingError if the cache is full or not
        ours to write to; what it held before is then still there.
        """
        if not self.noted:
            began = {"first_epoch": len(trace.loss), "pixels": self.pixels}
            trace.sessions.append(began | here(self.device))
            self.noted = True
        if len(trace.loss) >= self.run.recipe.epochs:
            state = {name: value for name, value in state.items() if name.startswith("network.")}
        noted = json.dumps(asdict(trace))
        with replacing(self.path, TrainingError) as partial:
            save_file(state, partial, metadata={"trace": noted, "sha256": _checksum(state, noted)})


def _checksum(state: Tensors, noted: str) -> str:
    """SHA-256 of the trace as it is noted and of every tensor, in the order of their names."""
    total = hashlib.sha256(noted.encode())
    for name in sorted(state):
        total.update(f"{name} {tuple(state[name].shape)}".encode())
        total.update(state[name].numpy().tobytes())
    return total.hexdigest()


@dataclass
class Trained:
    """A run made real: the network in evaluation mode, and how it came to be."""

    run: Run
    network: nn.Module
    trace: Trace

    @cached_property
    def data(self) -> Splits:
        """The run's images, loaded when a measure first asks for them."""
        return images_of(self.run)

    @property
    def pixels(self) -> str:
        """The fingerprint of the set at hand; empty as long as no measure asked for images."""
        return self.data.pixels if "data" in vars(self) else ""

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return next(self.network.parameters()).device

    def provenance(self) -> dict[str, Any]:
        """How the weights were made: minutes of training, each process that took part, the start.

        start: the folder of the run that they come from, or whose published weights they are.
        """
        made = {"minutes": sum(self.trace.seconds) / 60, "sessions": self.trace.sessions}
        start = folder(self.run.source) if self.run.source else origin(self.run)
        return made | {"start": start} if start else made


def trained(run: Run, device: str = "auto") -> Trained:
    """The run's weights, from the cache or trained now; waits while another process trains them."""
    commit()  # Noted before the work: one made meanwhile is not of the code that runs.
    if run.recipe.epochs == 0:
        network = started(run, readout_classes(run))
        return Trained(run, network.to(accelerator_for(device).device).eval(), Trace())
    path = Checkpoints(run).path
    with _alone(path):
        begun = path.exists()
        start = None if begun or run.source is None else _weights(run.source, device)
        images = images_of(run)
        kept = Checkpoints(run, images.pixels, accelerator_for(device).device)
        network, trace = train(
            run, images.train, readout_classes(run), kept, device, start, _watch(run, images.test)
        )
    return Trained(run, network, trace)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Waits until no other process trains the run of this file, and keeps others waiting meanwhile.

    Raises TrainingError if the cache is not ours to write to.
    """
    lock = Lock(path.with_suffix(".lock"))
    with in_words(path, TrainingError):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def require_every_class(run: Run) -> None:
    """Raises DataError if the run's training images do not show every class, as a probe needs."""
    if run.data.images is None:
        return
    classes, shown = readout_classes(run), len(images_of(run).train.labels.unique())
    if shown < classes:
        raise DataError(
            f"{run.data.name}: the first {run.data.images} training images show {shown} of its "
            f"{classes} classes, and a probe learns all of them: use more images"
        )


def _weights(run: Run, device: str) -> Tensors:
    return {name: tensor.cpu() for name, tensor in trained(run, device).network.state_dict().items()}


def _watch(run: Run, test: Images) -> Callable[[nn.Module], float] | None:
    """The share of right answers after each epoch, for the task that asks how soon it is learnt."""
    if run.data.task == "class":
        return None
    def watch(network: nn.Module) -> float:
        view = View(run.data, device=next(network.parameters()).device)
        return share_right(network, in_order(test, view, WATCH_BATCH))

    return watch


def images_of(run: Run) -> Splits:
    """The training and test images that the run names. Raises DataError if they are not to be had."""
    splits = load(run.data.name, run.data.edition)
    train, test = splits.train.first(run.data.images), splits.test.first(run.data.test_images)
    return Splits(train, test, splits.pixels)
