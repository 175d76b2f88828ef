"""Tensors that lie on the disk, and come into memory only where they are looked at.

The kept files are safetensors. They are mapped for reading alone: whoever would write to one of these
tensors would end the process.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from torch import Tensor

CHUNK = 1_000
"""Images that are copied at once."""
KINDS = {"U8": np.dtype("u1"), "I64": np.dtype("<i8")}
"""Types of the images' tensors, by their names in a safetensors file."""


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file, mapped. Raises SafetensorError for a damaged one, KeyError for
    one of other types, FileNotFoundError where there is none."""
    with safe_open(path, framework="np"):
        pass
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        starts = {name: 8 + length + entry["data_offsets"][0] for name, entry in header.items()}
        return {
            name: _mapped(file, KINDS[entry["dtype"]], entry["shape"], starts[name])
            for name, entry in header.items()
        }


def write(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Writes a safetensors file, a part at a time, however large the tensors are."""
    names, header, start = {kind: name for name, kind in KINDS.items()}, {}, 0
    ordered = sorted(tensors, key=lambda name: tensors[name].element_size(), reverse=True)  # aligned
    for name in ordered:
        array = tensors[name].numpy()
        stop = start + array.nbytes
        kind = names[array.dtype]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [start, stop]}
        start = stop
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name in ordered:
            for part in chunks(tensors[name]):
                file.write(part)


def scratch(parts: Iterable[np.ndarray], folder: Path) -> Tensor:
    """Arrays (n, ...) of uint8, one after another, in a file without a name, gone with the tensor."""
    count, shape = 0, ()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        for part in parts:
            file.write(np.ascontiguousarray(part))
            count, shape = count + len(part), part.shape[1:]
        file.flush()
        return _mapped(file, KINDS["U8"], (count, *shape), 0)


def chunks(tensor: Tensor) -> Iterator[np.ndarray]:
    """The parts of a tensor in order, as contiguous arrays."""
    for part in tensor.split(CHUNK):
        yield np.ascontiguousarray(part.numpy())


def _mapped(file: object, kind: np.dtype, shape: Iterable[int], offset: int) -> Tensor:
    shape = tuple(shape)
    if 0 in shape:  # which the system does not map
        return torch.from_numpy(np.empty(shape, kind))
    array = np.memmap(file, kind, "r", offset, shape)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(array)
