"""What lies along the dimensions of a feature map's tensor, and how long they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rfbook.metrics.receptive_field_arithmetic import POSITIONS, Map, in_words


@dataclass(frozen=True, eq=False)
class Length:
    """How long a dimension of a map is, as its shape says: a number that only an image would tell.

    letter: of the dimension, as in `Map.layout`. of: the map that was asked.
    """

    letter: str
    of: Map

    def __mul__(self, other: object) -> object:
        if isinstance(other, Length) and {self.letter, other.letter} == {"h", "w"}:
            return Length("t", self.of)
        return NotImplemented

    def fits(self, image: Map, letter: str) -> bool:
        """Whether the dimension of `image` with this letter is as long."""
        if self.letter != letter:
            return False
        axes = POSITIONS.get(letter, ())
        return (
            all(self.of.jumps[axis] == image.jumps[axis] for axis in axes)
            if axes
            else letter == "n" or (self.of is image and image.layout.count(letter) == 1)
        )


@dataclass(frozen=True)
class Pieces:
    """A tuple of maps that are alike, as `chunk` gives."""

    piece: Map


def dimensions(image: Map, dim: Any) -> list[int]:
    """The numbers of the dimensions, counted from 0, for one number or several."""
    numbers = dim if isinstance(dim, Sequence) else (dim,)
    return [int(number) % len(image.layout) for number in numbers]


def axes_at(image: Map, dim: Any) -> list[int]:
    """The axes (0 height, 1 width) whose positions lie along the dimensions."""
    letters = (image.layout[number] for number in dimensions(image, dim))
    return sorted({axis for letter in letters for axis in POSITIONS.get(letter, ())})


def off_positions(image: Map, dim: Any, what: str) -> None:
    """Raises ValueError, saying what the operation does, if positions lie along the dimensions."""
    if axes_at(image, dim):
        raise ValueError(
            f"dim={dim} {what}, and positions lie along it in {in_words(image.layout)}; "
            "channels (dim=1) can be treated so"
        )


def spatial(image: Map) -> list[int]:
    """The axes along the last two dimensions of a map that a layer reads as a picture.

    Raises ValueError unless both are positions, and the two before them are not.
    """
    if image.layout[2:] not in ("hw", "wh") or len(image.layout) != 4:
        raise ValueError(
            f"reads (images, channels, height, width), and gets {in_words(image.layout)}. Bring the map "
            "to this order with permute"
        )
    return [POSITIONS[letter][0] for letter in image.layout[2:]]


def with_layout(image: Map, layout: str) -> Map:
    """The same map in a tensor of another layout."""
    return replace(image, layout=layout)


def without(layout: str, places: Sequence[int]) -> str:
    """The layout without the dimensions at these places."""
    return "".join(letter for place, letter in enumerate(layout) if place not in places)
