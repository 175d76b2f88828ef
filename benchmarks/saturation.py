"""What saturation adds to an evaluation pass, beside delve 0.1.50.

CIFAR-ResNet18 (3x3 stem, no pooling), 64 images of 32x32, `channels_last`, one thread; measured are
the 17 convolutions of the main path and the classifier. RFBOOK_PEERS names the folder that holds
the peer: pip install --target FOLDER --no-deps delve==0.1.50
"""

import copy
import importlib
import importlib.util
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from unittest import mock

import torch
from threadpoolctl import threadpool_limits
from torch import Tensor, nn
from torchvision.models import resnet18

from rfbook.metrics.saturation import Covariance, nearest_4x4
from rfbook.metrics.taps import tap

TARGETS = {"full maps": 1.20, "nearest 4x4 maps": 1.05}
"""CPU time of a measured pass over that of a plain pass, at most."""


def measure(quick: bool = False) -> list[dict]:
    """CPU seconds of plain and measured passes, in turn, best of the repeats."""
    torch.manual_seed(0)
    model = _cifar_resnet18()
    images = torch.randn(64, 3, 32, 32).to(memory_format=torch.channels_last)
    covariances = {kind: {name: Covariance() for name in _layers(model)} for kind in TARGETS}
    peers = {kind: _peer(model, kind) for kind in TARGETS}
    passes = {"plain": lambda: model(images)}
    for kind in TARGETS:
        passes[kind] = lambda kind=kind: _measured(model, images, kind, covariances[kind])
        if peers[kind]:
            passes["delve, " + kind] = lambda kind=kind: peers[kind].model(images)
    seconds = _best(passes, repeats=3 if quick else 12)
    return [_row(kind, seconds, covariances[kind], peers[kind]) for kind in TARGETS]


def _measured(model: nn.Module, images: Tensor, kind: str, covariances: dict) -> None:
    def update(name: str, maps: Tensor) -> None:
        covariances[name].update(maps if kind == "full maps" else nearest_4x4(maps))

    with tap(model, list(covariances), update):
        model(images)


def _best(passes: dict[str, Callable], repeats: int) -> dict[str, float]:
    seconds = dict.fromkeys(passes, float("inf"))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode(), threadpool_limits(1, user_api="blas"):
            for _ in range(repeats + 1):
                for name, function in passes.items():
                    start = time.process_time()
                    function()
                    seconds[name] = min(seconds[name], time.process_time() - start)
    finally:
        torch.set_num_threads(threads)
    return seconds


def _row(kind: str, seconds: dict[str, float], covariances: dict, peer: "_Delve | None") -> dict:
    plain, ours = seconds["plain"], seconds[kind]
    row = {"metric": f"saturation, {kind}", "quantity": "CPU seconds of a pass, over a plain one"}
    row |= {"ours": ours, "ratio": ours / plain, "target": TARGETS[kind]}
    if peer is None:
        note = "delve is not installed: see the head of benchmarks/saturation.py"
        return row | {"peer": None, "equal": None, "note": f"plain {plain:.3f} s; {note}"}
    theirs = seconds["delve, " + kind]
    return row | {
        "peer": theirs,
        "equal": peer.largest_difference(covariances),
        "note": f"plain {plain:.3f} s; delve {theirs / plain:.2f}x; equal: covariances, relative",
    }


class _Delve:
    """A copy of the model with delve's hooks, which cannot be taken off again."""

    def __init__(self, model: nn.Module, kind: str) -> None:
        self.model = copy.deepcopy(model)
        names = {name.replace(".", "-") for name in _layers(model)}
        cut = {} if kind == "full maps" else {"interpolation_strategy": "nearest"}
        delve = importlib.import_module("delve")
        logging.getLogger("delve.logger").setLevel(logging.WARNING)
        with tempfile.TemporaryDirectory() as unused:
            self.tracker = delve.SaturationTracker(
                unused,
                "csv",
                self.model,
                layer_filter=lambda layers: {k: v for k, v in layers.items() if k in names},
                device="cpu",
                interpolation_downsampling=4,
                **cut,
            )

    def largest_difference(self, covariances: dict[str, Covariance]) -> float:
        """Largest difference of a covariance, relative to that layer's largest entry."""
        theirs = self.tracker.logs["eval-covariance-matrix"]
        pairs = [(c.matrix(), theirs[n.replace(".", "-")].fix()) for n, c in covariances.items()]
        return max(((ours - peer).abs().max() / peer.abs().max()).item() for ours, peer in pairs)


def _peer(model: nn.Module, kind: str) -> _Delve | None:
    with mock.patch.object(sys, "path", [*sys.path, os.environ.get("RFBOOK_PEERS", "")]):
        return _Delve(model, kind) if importlib.util.find_spec("delve") else None


def _cifar_resnet18() -> nn.Module:
    model = resnet18(num_classes=10)
    model.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    model.maxpool = nn.Identity()
    return model.eval().to(memory_format=torch.channels_last)


def _layers(model: nn.Module) -> list[str]:
    recorded = (nn.Conv2d, nn.Linear)
    modules = model.named_modules()
    return [name for name, m in modules if isinstance(m, recorded) and "downsample" not in name]
