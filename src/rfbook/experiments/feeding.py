"""How images come to where the network is: all at once if there is room, else ahead of each step.

What is drawn for an epoch is drawn on the CPU, so that it is the same on every device, and comes there
once: no step waits for the host.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import torch
from torch import Tensor

from rfbook.experiments.images import Images

Draws = dict[str, Tensor]
"""What is random about a batch, by name; the first dimension is that of its images."""
Batch = tuple[Tensor, Tensor, Draws]
"""Pixels, labels, and what is drawn for them."""
ROOM = 0.5
"""Share of a device's free memory that all training images may take."""
AHEAD = 2
"""Batches that are gathered while the device computes."""

Item, Made = TypeVar("Item"), TypeVar("Made")


class Feed:
    """The training images of a run, batch by batch, on a device.

    resident: whether all lie there; else each batch is gathered here by a thread, and sent. By default
    they do if there is room (on the CPU they stay where they are, in memory or mapped).
    """

    def __init__(self, images: Images, device: torch.device, resident: bool | None = None) -> None:
        self.device, self.resident = device, _fits(images, device) if resident is None else resident
        there = Images(images.pixels.to(device), images.labels.to(device)) if self.resident else images
        self.images = there

    def __len__(self) -> int:
        return len(self.images)

    def __call__(self, steps: Sequence[Draws]) -> Iterator[Batch]:
        """A batch for each step, whose `places` say which images it takes; the rest goes with it."""
        on_device = _sent_together(steps, self.device)
        if self.resident:
            for draws in on_device:
                yield (*self._taken(draws["places"]), draws)
        else:
            gathered = ahead(self._gathered, steps, AHEAD)
            for (pixels, labels), draws in zip(gathered, on_device, strict=True):
                yield pixels, labels, draws

    def _taken(self, places: Tensor) -> tuple[Tensor, Tensor]:
        return self.images.pixels[places], self.images.labels[places]

    def _gathered(self, step: Draws) -> tuple[Tensor, Tensor]:
        pixels, labels = self._taken(step["places"])
        return sent(pixels, self.device), sent(labels, self.device)


def _fits(images: Images, device: torch.device) -> bool:
    if device.type == "cpu":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return images.pixels.nbytes < ROOM * free


def sent(tensor: Tensor, device: torch.device) -> Tensor:
    """A tensor of the host, on a device; to a GPU it is on its way when this returns."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor


def _sent_together(steps: Sequence[Draws], device: torch.device) -> list[Draws]:
    """The tensors of all steps on the device, sent as one of each name."""
    sizes = [len(step["places"]) for step in steps]
    parts = {
        name: sent(torch.cat([step[name] for step in steps]), device).split(sizes) for name in steps[0]
    }
    return [dict(zip(parts, tensors, strict=True)) for tensors in zip(*parts.values(), strict=True)]


def ahead(make: Callable[[Item], Made], items: Iterable[Item], count: int) -> Iterator[Made]:
    """`make` of each item, in order; those of the next `count` items are made by a thread meanwhile."""
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(1) as thread:
        for item in items:
            waiting.append(thread.submit(make, item))
            if len(waiting) > count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
