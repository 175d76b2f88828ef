"""Where height, width and channels lie in a tensor: reshaping, permuting and indexing of feature maps.

No position moves here. What would mix positions with channels, or cut a map by an unknown number, is
refused with a ValueError.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import takewhile
from typing import Any

from rfbook.metrics.receptive_field_arithmetic import POSITIONS, Axis, Map, in_words

WHOLE, CHANNELS, PLACES = range(3)
"""What an index takes of a map: all of it, some channels at all positions, or some positions."""


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


def permute(image: Map, *dims: Any) -> Map:
    """The map with its dimensions in another order."""
    order = dimensions(image, dims[0] if isinstance(dims[0], Sequence) else dims)
    return with_layout(image, "".join(image.layout[number] for number in order))


def transpose(image: Map, dim0: int, dim1: int) -> Map:
    """The map with two dimensions exchanged."""
    letters, (one, two) = list(image.layout), dimensions(image, (dim0, dim1))
    letters[one], letters[two] = letters[two], letters[one]
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
        if letter in "nc" or any(image.axes[axis].step < float("inf") for axis in axes):
            raise ValueError(f"dim={place} of {in_words(image.layout)} need not have length one")
    return with_layout(image, _without(image.layout, places))


def _without(layout: str, places: Sequence[int]) -> str:
    return "".join(letter for place, letter in enumerate(layout) if place not in places)


def reduce(image: Map, dim: Any = None, keepdim: bool = False, **_: object) -> Map:
    """The map after a mean, sum or extreme along dimensions; over all of them without `dim`."""
    if dim is None or isinstance(dim, bool):
        return with_layout(image.everything(), "")
    places = dimensions(image, dim)
    kept = "".join(
        letter if place not in places or letter in POSITIONS else "1"
        for place, letter in enumerate(image.layout)
    )
    layout = kept if keepdim else _without(image.layout, places)
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


def flatten(image: Map, start_dim: int = 0, end_dim: int = -1) -> Map:
    """The map with neighbouring dimensions in one: positions alone, or positions and channels."""
    first, last = dimensions(image, (start_dim, end_dim))
    joined = image.layout[first : last + 1].replace("t", "hw")
    rest = image.layout[:first], image.layout[last + 1 :]
    if not POSITIONS.keys() & set(joined):
        return with_layout(image, joined[:1].join(rest))
    if joined.strip("n1") in ("hw", "h", "w"):
        return with_layout(image, joined.strip("n1").replace("hw", "t").join(rest))
    if "c" not in joined or POSITIONS.keys() & set("".join(rest)):
        raise ValueError(
            f"flattening puts dimensions {first} to {last} of {in_words(image.layout)} into one, which is "
            "neither all positions nor all of an image"
        )
    return with_layout(image.everything(), "c".join(rest))


def unflatten(image: Map, dim: int, sizes: Sequence[Any]) -> Map:
    """The map with one dimension cut into several."""
    place = dimensions(image, dim)[0]
    asked = [Length("1", image) if letter in "1" else Length(letter, image) for letter in image.layout]
    return reshape(image, [*asked[:place], *sizes, *asked[place + 1 :]])


def reshape(image: Map, *shape: Any) -> Map:
    """The map after `view` or `reshape`, if positions stay what they are or all of them are flattened.

    Lengths of height and width must be those asked of the shape; -1 may stand for the channels.
    """
    lengths = list(shape[0] if isinstance(shape[0], Sequence) else shape)
    new = "".join(_letter(image, length) for length in lengths)
    old = image.layout.replace("t", "hw")
    if _positions(new) == _positions(old) and _keeps_positions(image, old, new, lengths):
        return with_layout(image, new)
    if not _positions(new):
        joined = _joined_positions(image, lengths)
        if joined is not None:
            return with_layout(image, joined)
        images = lengths[0] if isinstance(lengths[0], int) else getattr(lengths[0], "letter", "") == "n"
        if len(lengths) == 2 and old[-1] in "hw" and images:
            return with_layout(image.everything(), "nc")
    raise ValueError(
        "of all reshaping only flattening, to (images, features), and reshaping of channels are known, "
        f"not this one of {in_words(image.layout)}. Flatten positions with flatten(2), or flatten(1, 2) "
        "if channels are last; else write height and width as x.shape[2] and x.shape[3] of the same map"
    )


def _letter(image: Map, length: Any) -> str:
    if isinstance(length, Length):
        positions = [letter for letter in POSITIONS if length.fits(image, letter)]
        return positions[0] if positions else "n" if length.letter == "n" else "c"
    return "1" if length == 1 else "c"


def _positions(letters: str) -> str:
    return "".join(letter for letter in letters.replace("t", "hw") if letter in "hw")


def _keeps_positions(image: Map, old: str, new: str, lengths: Sequence[Any]) -> bool:
    # A tensor keeps its number of values: of the groups of dimensions before, between and behind the
    # positions one alone may be cut anew, for it then holds as many as before.
    groups = zip(_groups(old, list(old)), _groups(new, lengths), strict=True)
    return sum(not _alike(image, *group) for group in groups) <= 1


def _groups(letters: str, entries: Sequence[Any]) -> list[list[Any]]:
    groups: list[list[Any]] = [[]]
    for letter, entry in zip(letters, entries, strict=True):
        if letter == "t":
            groups += [[], []]
        elif letter in "hw":
            groups.append([])
        else:
            groups[-1].append(entry)
    return groups


def _alike(image: Map, letters: Sequence[str], lengths: Sequence[Any]) -> bool:
    kept = [letter for letter in letters if letter != "1"]
    asked = [length for length in lengths if length != 1 and getattr(length, "letter", "") != "1"]
    return len(kept) == len(asked) and all(map(_same_length, [image] * len(kept), kept, asked))


def _same_length(image: Map, letter: str, length: Any) -> bool:
    return isinstance(length, Length) and length.fits(image, letter)


def _joined_positions(image: Map, lengths: Sequence[Any]) -> str | None:
    letters = image.layout
    front = _matching(image, letters, lengths)
    back = _matching(image, letters[front:][::-1], lengths[front:][::-1])
    end = len(letters) - back
    if letters[front:end] in ("hw", "t") and len(lengths) - front - back == 1:
        return letters[:front] + "t" + letters[end:]
    return None


def _matching(image: Map, letters: str, lengths: Sequence[Any]) -> int:
    pairs = zip(letters, lengths, strict=False)
    return len(list(takewhile(lambda pair: _same_length(image, *pair), pairs)))


def takes_all(key: Any) -> bool:
    """Whether `x[key]` is all of x."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(part is Ellipsis or (isinstance(part, slice) and part == slice(None)) for part in parts)


def index(image: Map, key: Any) -> tuple[Map, int]:
    """The map after `x[key]`, and what that takes of it: WHOLE, CHANNELS or PLACES.

    Slices with steps are strides, as in the parameter-free shortcut of He et al. (2016).
    """
    layout, axes, taken = "", list(image.axes), WHOLE
    for letter, part in _parts(image.layout, key):
        layout += _after(letter, part)
        if part is None or (isinstance(part, slice) and part == slice(None)):
            continue
        taken = max(taken, PLACES if letter in POSITIONS else CHANNELS)
        if letter in POSITIONS:
            (axis,) = POSITIONS[letter]
            axes[axis] = _slice(axes[axis], part)
    return with_layout(image.with_axes(axes), layout), taken


def _parts(layout: str, key: Any) -> list[tuple[str, Any]]:
    parts = list(key) if isinstance(key, tuple) else [key]
    used = sum(part is not None and part is not Ellipsis for part in parts)
    missing = [slice(None)] * (len(layout) - used)
    place = next((i for i, part in enumerate(parts) if part is Ellipsis), len(parts))
    letters = iter(layout)
    full = [*parts[:place], *missing, *parts[place + 1 :]]
    return [("1" if part is None else next(letters), part) for part in full]


def _after(letter: str, part: Any) -> str:
    if part is None or (isinstance(part, slice) and (letter != "t" or part == slice(None))):
        return letter
    if letter in POSITIONS:
        raise _unknown_index()
    if isinstance(part, int):
        return ""
    if isinstance(part, list) or getattr(part, "ndim", 0) == 1:
        return letter
    raise _unknown_index()


def _unknown_index() -> ValueError:
    return ValueError(
        "of all indexing only slices, x[:, :, ::2, ::2], and picking of channels, x[:, 0], are known"
    )


def _slice(axis: Axis, part: slice) -> Axis:
    start, step = part.start or 0, part.step or 1
    if start < 0:
        raise ValueError(f"a slice that starts at {start} depends on the side of the input")
    return axis.resample(Fraction(1, step), lambda unit: [start + unit * step])


def pieces(image: Map, *settings: Any, dim: int = 0, **_: object) -> Pieces:
    """The maps that `chunk` and `split` give: some channels each."""
    along = settings[1] if len(settings) > 1 else dim
    off_positions(image, along, "cuts the map")
    return Pieces(replace(image))


def unbind(image: Map, dim: int = 0) -> Pieces:
    """The maps that `unbind` gives: one channel each."""
    off_positions(image, dim, "cuts the map")
    return Pieces(with_layout(image, _without(image.layout, dimensions(image, dim))))


def select(image: Map, dim: int, number: Any) -> Map:
    """The map after `select` and `index_select`: of one channel, or of several."""
    off_positions(image, dim, "picks positions")
    kept = not isinstance(number, int)
    return with_layout(image, image.layout if kept else _without(image.layout, dimensions(image, dim)))


def narrow(image: Map, dim: int, start: Any, *_: object) -> Map:
    """The map after `narrow`: a slice along one dimension."""
    place = dimensions(image, dim)[0]
    return item(image, (*[slice(None)] * place, slice(start, None, None)))


def item(image: Map, key: Any) -> Map:
    """The map after `x[key]`."""
    return index(image, key)[0]


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
