"""Receptive fields by arithmetic against rfa-toolbox 1.7.0, which traces a forward pass.

RFBOOK_PEERS names the folder that holds the peer:
pip install --target FOLDER --no-deps --ignore-requires-python rfa-toolbox==1.7.0 graphviz attrs
"""

from __future__ import annotations

import collections
import collections.abc
import importlib
import importlib.util
import os
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from unittest import mock

import torch
from torch import nn
from torchvision import models

from rfbook.metrics.receptive_field import receptive_fields

TARGET = 100
"""How many times faster than the peer, at least."""


def measure(quick: bool = False) -> list[dict]:
    """CPU seconds for all fields of ResNet-101, one thread, both in turn, best of the repeats."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with peer() as theirs:
            return [_row("resnet101", theirs, repeats=2 if quick else 4)]
    finally:
        torch.set_num_threads(threads)


def _row(name: str, peer: Callable[[nn.Module], int] | None, repeats: int) -> dict:
    model = getattr(models, name)().eval()
    row = {"metric": f"receptive fields, {name}", "quantity": "CPU seconds", "target": TARGET}
    if peer is None:
        ours, field = min(_timed(_largest, model) for _ in range(repeats))
        note = "rfa-toolbox is not installed: see the head of benchmarks/receptive_field.py"
        return row | {"ours": ours, "peer": None, "ratio": None, "equal": None, "note": note}
    pairs = [(_timed(_largest, model), _timed(peer, model)) for _ in range(repeats)]
    (ours, field), (theirs, peer_field) = (min(runs) for runs in zip(*pairs, strict=True))
    return row | {
        "ours": ours,
        "peer": theirs,
        "ratio": theirs / ours,
        "equal": f"largest field {field} and {peer_field} pixels",
        "note": "rfa-toolbox 1.7.0 with its default input of 399 pixels",
    }


def _timed(function: Callable[[nn.Module], int], model: nn.Module) -> tuple[float, int]:
    start = time.process_time()
    field = function(model)
    return time.process_time() - start, field


def _largest(model: nn.Module) -> int:
    return max(int(layer.size) for layer in receptive_fields(model).values() if not layer.note)


@contextmanager
def peer():
    """Yield the peer's function from model to its largest finite field, or None without a peer."""
    with mock.patch.object(sys, "path", [*sys.path, os.environ.get("RFBOOK_PEERS", "")]):
        if importlib.util.find_spec("rfa_toolbox") is None:
            yield None
            return
        # The peer imports a name that Python 3.10 removed, and hides the error.
        with mock.patch.object(collections, "Sequence", collections.abc.Sequence, create=True):
            toolbox = importlib.import_module("rfa_toolbox")
            ranges = importlib.import_module("rfa_toolbox.utils.graph_utils")

            def largest(model: nn.Module) -> int:
                with warnings.catch_warnings(action="ignore", category=FutureWarning):
                    graph = toolbox.create_graph_from_pytorch_model(model)
                return int(ranges.input_resolution_range(graph)[1][0])

            yield largest
