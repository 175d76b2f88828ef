"""Results on images, kept under a key of all that made them, and found again by a later call."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from rfbook.experiments.digest import digest
from rfbook.experiments.errors import DataError
from rfbook.experiments.places import cache_directory
from rfbook.look.networks import LookError
from rfbook.metrics.receptive_fields.tracing import trace

VERSION = 1
"""Raised when what is measured changes its meaning, so that older results are not found any more."""


class Kept:
    """Results of one network on one set of images. key: what made them, network and images included."""

    def __init__(self, key: dict[str, Any]) -> None:
        try:
            self._folder = cache_directory() / "look"
        except DataError as error:
            raise LookError(str(error)) from error
        self._key = {"version": VERSION, **key}

    def or_made(self, what: str, make: Callable[[], Any]) -> Any:
        """The result of that name from the disk, or made now and put there. Plain values only.

        Raises LookError if it cannot be written.
        """
        path = self.path(what, "json")
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # not there, or cut off by a full disk
            result = make()
        self.write(path, json.dumps(result, allow_nan=False).encode())
        return result

    def path(self, what: str, ending: str) -> Path:
        """Where a result of that name lies."""
        return self._folder / f"{digest({**self._key, 'what': what}, 32)}.{ending}"

    @staticmethod
    def write(path: Path, content: bytes) -> None:
        """Writes a file, whole or not at all. Raises LookError if the system does not let us."""
        partial = path.with_suffix(".partial")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(content)
            partial.replace(path)
        except OSError as error:
            raise LookError(
                f"{path}: the result cannot be kept there ({error}). Make room, or name another folder "
                "in RFBOOK_CACHE"
            ) from error


def fingerprint(model: nn.Module, positionwise: list[str]) -> str:
    """SHA-256 over what the network does, operation by operation, and over its weights."""
    total = hashlib.sha256(f"{trace(model, positionwise)[0]}{model!r}".encode())
    for name, tensor in sorted(model.state_dict().items()):
        total.update(f"{name}{tuple(tensor.shape)}{tensor.dtype}".encode())
        total.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return total.hexdigest()
