"""One training loop: resumable, deterministic, on whatever device there is.

The order of images and every augmentation come from a generator seeded by (run seed, epoch), so a
checkpoint needs no random state, and a run that was interrupted continues bit for bit.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor, nn

from rfbook.experiments.batches import View, shuffled
from rfbook.experiments.digest import digest
from rfbook.experiments.errors import TrainingError
from rfbook.experiments.feeding import Draws, Feed
from rfbook.experiments.images import Images
from rfbook.experiments.optimisation import learning_rate, optimizer_for
from rfbook.experiments.pretrained import started
from rfbook.experiments.progress import log, track
from rfbook.experiments.spec import Run

Tensors = dict[str, Tensor]

KEPT_EVERY = {"cpu": 1, "cuda": 5}
"""After how many epochs the state is kept: a GPU makes one in seconds, and waits while it is copied."""


@dataclass
class Trace:
    """What happened per epoch: mean training loss, training accuracy (share), seconds.

    watched: what was noted of the network after each epoch, if anything. sessions: the provenance of
    each process that worked on the run, as its keeper notes it.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    watched: list[float] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)


class Keeper(Protocol):
    """Where a training keeps its state between epochs."""

    def load(self) -> tuple[Tensors, Trace] | None:
        """The last state kept, or None."""

    def save(self, state: Tensors, trace: Trace) -> None:
        """Keeps the state after an epoch in place of the one before."""


def accelerator_for(device: str) -> Accelerator:
    """The accelerator for "auto", "cpu" or "cuda": auto is a CUDA device if there is one, else the CPU.

    Other devices are not used: Apple's has no float64, which saturation and probes need. Convolutions
    in float32 are computed in it, not in the shorter TF32, which is cuDNN's default (of products
    PyTorch's own is float32). Raises TrainingError if CUDA is asked for and there is none, and in one
    of several processes that share a training.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise TrainingError("device=cuda: no CUDA device is visible here; use device=auto or cpu")
    _require_alone()
    # cuBLAS is deterministic only with a fixed workspace, and reads this when it is first used.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.allow_tf32 = False
    cpu = device == "cpu" or not torch.cuda.is_available()
    made = Accelerator(cpu=cpu, mixed_precision="no", gradient_accumulation_steps=1)
    if device not in ("auto", made.device.type):
        raise TrainingError(f"device={device}: this process already computes on {made.device.type}")
    return made


def _require_alone() -> None:
    """Raises TrainingError in one of several processes that were started to share a training."""
    count = os.environ.get("WORLD_SIZE", "1")
    if count != "1":
        raise TrainingError(
            f"WORLD_SIZE={count}: several processes for one training, as accelerate launch and torchrun "
            "start them, are not used here; several devices take several runs. Start a process for "
            f"each device: CUDA_VISIBLE_DEVICES=0 python -m rfbook work --shard 1/{count}, and so on"
        )


@contextmanager
def deterministic() -> Iterator[None]:
    """Only deterministic kernels inside; the setting before is restored after."""
    before = torch.are_deterministic_algorithms_enabled()
    filled = torch.utils.deterministic.fill_uninitialized_memory
    torch.use_deterministic_algorithms(True)
    # Filling fresh memory guards against reading it too early, which nothing here does, and takes time.
    torch.utils.deterministic.fill_uninitialized_memory = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
        torch.utils.deterministic.fill_uninitialized_memory = filled


def train(
    run: Run, images: Images, classes: int, keeper: Keeper, device: str = "auto",
    start: Tensors | None = None, watch: Callable[[nn.Module], float] | None = None,
) -> tuple[nn.Module, Trace]:  # fmt: skip
    """The trained network in evaluation mode, on its device, and its trace.

    Continues from what the keeper holds. start: weights of the run's source, where it has one. watch:
    what is noted of the network after each epoch. Raises TrainingError when the loss is not finite.
    """
    training = Training(run, images, classes, accelerator_for(device), start)
    kept = keeper.load()
    if kept is not None:
        training.restore(*kept)
        log.info("%s: %d of %d epochs are there", run.slug(), len(kept[1].loss), run.recipe.epochs)
    epochs = run.recipe.epochs
    with deterministic():
        for epoch in range(len(training.trace.loss), epochs):
            training.epoch(epoch)
            if watch is not None:
                training.trace.watched.append(watch(training.network.eval()))
            if (epoch + 1) % KEPT_EVERY[training.accelerator.device.type] == 0 or epoch + 1 == epochs:
                keeper.save(training.state(), training.trace)
    return training.network.eval(), training.trace


def epoch_seed(seed: int, epoch: int) -> int:
    """The seed of an epoch's order, augmentation and dropout; unrelated to the initialisation's."""
    return int(digest({"epoch": epoch, "seed": seed}, length=8), 16)


class Training:
    """One run in the making: network, optimizer and trace. Several devices take several runs."""

    def __init__(
        self, run: Run, images: Images, classes: int, accelerator: Accelerator,
        start: Tensors | None = None,
    ) -> None:  # fmt: skip
        device = accelerator.device
        network = started(run, classes, start).to(device)
        self.run, self.accelerator = run, accelerator
        self.view = View(run.data, run.recipe.augmentation, device)
        self.feed = Feed(images, device)
        self.network, self.optimizer = accelerator.prepare(network, optimizer_for(network, run.recipe))
        self.trace = Trace()

    def epoch(self, number: int) -> None:
        """One pass over the images, in an order and with augmentation drawn for this epoch."""
        recipe, shown = self.run.recipe, len(self.feed) * self.view.copies
        seed = epoch_seed(self.run.seed, number)
        device = self.accelerator.device
        steps = self._drawn(torch.Generator().manual_seed(seed))
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(recipe, number)
        self.network.train()
        started, sums = time.perf_counter(), torch.zeros(2, dtype=torch.float64, device=device)
        label = f"{self.run.slug()} epoch {number + 1}/{recipe.epochs}"
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            torch.manual_seed(seed)
            for pixels, labels, draws in track(self.feed(steps), label, len(steps)):
                sums += self._step(pixels, labels, draws)
        loss, accuracy = (sums / shown).tolist()
        if not math.isfinite(loss):
            raise TrainingError(f"{label}: the loss is {loss}; a smaller learning rate may converge")
        self.trace.loss.append(loss)
        self.trace.accuracy.append(accuracy)
        self.trace.seconds.append(time.perf_counter() - started)

    def _drawn(self, generator: torch.Generator) -> list[Draws]:
        """Which images each step of an epoch takes, and what is drawn for them."""
        order = shuffled(len(self.feed), self.run.recipe.batch, generator)
        return [{"places": part} | self.view.draws(len(part), generator) for part in order]

    def _step(self, pixels: Tensor, labels: Tensor, draws: Draws) -> Tensor:
        """One update; returns (summed loss, right answers) of the batch.

        All tensors are on the device, and nothing here waits for it.
        """
        inputs = self.view.augmented(pixels, draws)
        labels = self.view.answers(labels)
        half = self.run.recipe.precision == "bf16"
        with torch.autocast(self.accelerator.device.type, torch.bfloat16, enabled=half):
            logits = self.network(inputs)
        loss = F.cross_entropy(logits.float(), labels)
        self.optimizer.zero_grad()
        self.accelerator.backward(loss)
        self.optimizer.step()
        right = (logits.argmax(1) == labels).sum()
        return torch.stack([loss.detach() * len(labels), right.float()])

    def state(self) -> Tensors:
        """Weights, buffers and optimizer state as one flat dictionary of contiguous tensors."""
        tensors = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        for index, slots in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{index}.{slot}": value for slot, value in slots.items()}
        return {name: value.detach().cpu().clone().contiguous() for name, value in tensors.items()}

    def restore(self, state: Tensors, trace: Trace) -> None:
        """Continues from `state`, in the memory layout of an uninterrupted run."""
        self.trace = trace
        self.network.load_state_dict(network_state(state))
        slots: dict[int, Tensors] = {}
        for name, value in state.items():
            kind, _, rest = name.partition(".")
            if kind == "optimizer":
                index, slot = rest.split(".")
                form = torch.channels_last if value.dim() == 4 else torch.contiguous_format
                slots.setdefault(int(index), {})[slot] = value.contiguous(memory_format=form)
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": slots, "param_groups": groups})


def network_state(state: Tensors) -> Tensors:
    """The part of a kept state that is the network's own."""
    prefix = "network."
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
