"""Flattening and reshaping of feature maps: positions stay what they are, or all are flattened.

What would mix positions with channels is refused with a ValueError.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from rfbook.metrics.receptive_field_arithmetic import POSITIONS, Map, in_words
from rfbook.metrics.receptive_fields.dimensions import Length, dimensions, with_layout


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
            f"puts dimensions {first} to {last} of {in_words(image.layout)} into one, which is neither "
            "all positions nor all of an image. Flatten height and width alone, flatten(2)"
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
        "if channels are last; else write height and width as x.shape[2] and x.shape[3] of the same "
        "map. Between positions and channels, pixel_shuffle and pixel_unshuffle are known"
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
