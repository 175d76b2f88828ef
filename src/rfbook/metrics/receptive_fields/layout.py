"""Where height, width and channels lie in a tensor: the operations that move them, and no position.

With those of reshaping and indexing they make up one table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from rfbook.metrics.receptive_field_arithmetic import POSITIONS, Map, in_words
from rfbook.metrics.receptive_fields.dimensions import (
    Pieces,
    axes_at,
    dimensions,
    off_positions,
    with_layout,
    without,
)
from rfbook.metrics.receptive_fields.indexing import item, narrow, pieces, select, unbind
from rfbook.metrics.receptive_fields.reshaping import flatten, reshape, unflatten


def permute(image: Map, *dims: Any) -> Map:
    """The map with its dimensions in another order."""
    order = dimensions(image, dims[0] if isinstance(dims[0], Sequence) else dims)
    return with_layout(image, "".join(image.layout[number] for number in order))


def transpose(image: Map, dim0: int, dim1: int) -> Map:
    """The map with two dimensions exchanged."""
    letters, (first, second) = list(image.layout), dimensions(image, (dim0, dim1))
    letters[first], letters[second] = letters[second], letters[first]
    return with_layout(image, "".join(letters))


def move_dimension(image: Map, source: int, destination: int) -> Map:
    """The map with one dimension taken out and put in elsewhere."""
    (old, new), letters = dimensions(image, (source, destination)), list(image.layout)
    letters.insert(new, letters.pop(old))
    return with_layout(image, "".join(letters))


def unsqueeze(image: Map, dim: int, letter: str = "1") -> Map:
    """The map with a new dimension: of length one, or of another letter."""
    place = int(dim) % (len(image.layout) + 1)
    return with_layout(image, image.layout[:place] + letter + image.layout[place:])


def squeeze(image: Map, dim: Any = None) -> Map:
    """The map without dimensions of length one."""
    if dim is None:
        raise ValueError("squeeze needs the dimension that has length one: write squeeze(dim)")
    places = dimensions(image, dim)
    for place in places:
        letter = image.layout[place]
        axes = POSITIONS.get(letter, ())
        if letter in "nc" or any(image.axes[axis].step < inf for axis in axes):
            raise ValueError(f"dim={place} of {in_words(image.layout)} need not have length one")
    return with_layout(image, without(image.layout, places))


def reduce(image: Map, dim: Any = None, keepdim: bool = False, **_: object) -> Map:
    """The map after a mean, sum or extreme along dimensions; over all of them without `dim`."""
    if dim is None or isinstance(dim, bool):
        return with_layout(image.everything(), "")
    places = dimensions(image, dim)
    kept = "".join(
        letter if place not in places or letter in POSITIONS else "1"
        for place, letter in enumerate(image.layout)
    )
    layout = kept if keepdim else without(image.layout, places)
    return with_layout(image.everything(axes_at(image, dim)), layout)


def expand(image: Map, *shape: Any) -> Map:
    """The map repeated along dimensions of length one, and along new ones in front."""
    lengths = shape[0] if isinstance(shape[0], Sequence) else shape
    if len(lengths) < len(image.layout):
        raise ValueError(f"{len(lengths)} lengths are too few for {in_words(image.layout)}")
    return with_layout(image, image.layout.rjust(len(lengths), "c").replace("1", "c"))


def repeat(image: Map, *times: Any) -> Map:
    """The map copied several times along its dimensions."""
    counts = times[0] if isinstance(times[0], Sequence) else times
    moved = [place for place, count in enumerate(counts, len(image.layout) - len(counts)) if count != 1]
    off_positions(image, [place for place in moved if place >= 0], "repeats the map")
    return expand(image, *counts)


LAYOUTS: dict[str, Callable[..., Map | Pieces]] = {
    "permute": permute,
    **dict.fromkeys(["transpose", "swapaxes", "swapdims"], transpose),
    **dict.fromkeys(["movedim", "moveaxis"], move_dimension),
    "unsqueeze": unsqueeze,
    "squeeze": squeeze,
    **dict.fromkeys(["view", "reshape"], reshape),
    **dict.fromkeys(["flatten", "Flatten"], flatten),
    **dict.fromkeys(["unflatten", "Unflatten"], unflatten),
    **dict.fromkeys(["chunk", "split", "tensor_split"], pieces),
    "unbind": unbind,
    **dict.fromkeys(["select", "index_select"], select),
    "narrow": narrow,
    "getitem": item,
    "expand": expand,
    "repeat": repeat,
}
"""Operations that leave every position where it is and move its place in the tensor."""
