"""The arrays of a record as NPZ bytes; what comes from elsewhere is weighed before it is unpacked."""

from __future__ import annotations

import io
import math
import zipfile
from typing import IO

import numpy as np

UNPACKED = 64 * 2**20
"""Bytes that the arrays of a record may have; those of all images of ImageNet have half of it."""
SUFFIX = ".npy"


def pack(arrays: dict[str, np.ndarray]) -> bytes:
    """The arrays under their names, compressed."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def unpack(packed: bytes) -> dict[str, np.ndarray]:
    """What `pack` wrote. Raises ValueError, before it unpacks, for what `pack` cannot have written."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            _require_small(archive)
        with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except _Refused:
        raise
    except Exception as error:  # what a forged file makes zipfile, zlib and numpy raise is no short list
        raise ValueError(f"they cannot be unpacked ({type(error).__name__}: {error})") from error


class _Refused(ValueError):
    """The arrays are not unpacked."""


def _require_small(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(set(names)) < len(names) or not all(name.endswith(SUFFIX) for name in names):
        raise _Refused("they hold something else than arrays with a name each")
    size = sum(member.file_size for member in members)
    if size > UNPACKED:
        raise _Refused(f"unpacked they would have {size:,} bytes, the limit is {UNPACKED:,}")
    for member in members:
        with archive.open(member) as file:
            if _stated(file) != member.file_size:
                raise _Refused(f"{member.filename} does not have the size that its shape needs")


def _stated(file: IO[bytes]) -> int:
    """The size of an array by its header: numpy takes so much memory before it reads on."""
    np.lib.format.read_magic(file)
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    return file.tell() + math.prod(shape) * dtype.itemsize
