"""A training epoch of our loop beside the usual pipeline, at 32 pixels, batch 64, one thread.

Usual is what the papers' own code does: images held one by one, torchvision's RandomCrop,
RandomHorizontalFlip, ToTensor and Normalize on each, a DataLoader, contiguous memory. Ours: uint8
tensors, one gather a batch, `channels_last`, deterministic kernels. The data are CIFAR-10 where
RFBOOK_DATA is set, else noise of its size. Target: images per CPU-second over the usual pipeline's.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.data import Images, load
from rfbook.experiments.models import build
from rfbook.experiments.spec import Data, Model, Run
from rfbook.experiments.train import Training, accelerator_for, deterministic

TARGET = 1.6
"""How many times the usual pipeline's images per CPU-second, at least."""

SOURCE = CATALOGUE["cifar10"]
Epoch = Callable[[], float]
"""Trains once over the images; returns the mean loss."""


def measure(quick: bool = False) -> list[dict]:
    """Images per CPU-second of both, in turn, best of the repeats."""
    count, repeats = (192, 1) if quick else (2048, 4)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        images, real = _images(count, quick)
        return [_row(name, images, real, repeats) for name in ("resnet18", "vgg16")]
    finally:
        torch.set_num_threads(threads)


def _images(count: int, quick: bool) -> tuple[Images, str]:
    if os.environ.get("RFBOOK_DATA") and not quick:
        return load("cifar10").train.first(count), "CIFAR-10"
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(256, (count, 32, 32, 3), generator=generator, dtype=torch.uint8)
    return Images(pixels, torch.arange(count) % SOURCE.classes), "noise"


def _row(name: str, images: Images, real: str, repeats: int) -> dict:
    run = Run(model=Model(name=name, width=1 / 4), data=Data(name="cifar10", side=32))
    epochs = {"ours": _ours(run, images), "peer": _usual(run, images)}
    seconds, losses = dict.fromkeys(epochs, math.inf), {}
    for _ in range(repeats + 1):  # the first pass warms up
        for who, epoch in epochs.items():
            start = time.process_time()
            loss = epoch()
            seconds[who] = min(seconds[who], time.process_time() - start)
            losses.setdefault(who, loss)
    finite = all(map(math.isfinite, losses.values()))
    return {
        "metric": f"training, {name} at width 1/4",
        "quantity": "images per CPU-second",
        "ours": len(images) / seconds["ours"],
        "peer": len(images) / seconds["peer"],
        "ratio": seconds["peer"] / seconds["ours"],
        "target": TARGET,
        "equal": f"{len(images)} images each, first losses {losses['ours']:.2f} and "
        f"{losses['peer']:.2f}{'' if finite else ': NOT FINITE'}",
        "note": f"peer: torchvision transforms and DataLoader, num_workers=0; {real}; 1 thread",
    }


def _ours(run: Run, images: Images) -> Epoch:
    training = Training(run, images, SOURCE.classes, accelerator_for("cpu"))

    def epoch() -> float:
        with deterministic():
            training.epoch(0)
        return training.trace.loss[-1]

    return epoch


class _Pictures(Dataset):
    """As torchvision.datasets.CIFAR10: an array, from which each image is made when asked for."""

    def __init__(self, images: Images) -> None:
        self.pixels, self.labels = images.pixels.numpy(), images.labels.tolist()
        crop, flip = transforms.RandomCrop(32, 4), transforms.RandomHorizontalFlip()
        normalise = transforms.Normalize(SOURCE.mean, SOURCE.sd)
        self.transform = transforms.Compose([crop, flip, transforms.ToTensor(), normalise])

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.pixels[index])), self.labels[index]


def _usual(run: Run, images: Images) -> Epoch:
    network = build(run.model, SOURCE.classes).to(memory_format=torch.contiguous_format).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    loader = DataLoader(_Pictures(images), run.recipe.batch, shuffle=True, num_workers=0)

    def epoch() -> float:
        total = 0.0
        for inputs, labels in loader:
            loss = F.cross_entropy(network(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
        return total / len(images)

    return epoch
