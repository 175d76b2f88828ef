"""The part of TinyImageNet that the `thin` tier uses: 50 of its 200 classes, drawn once.

Of each class 200 of 500 training and 40 of 50 validation images are taken. Which ones is not a rule
but a list: an image is in if the first bytes of its digest are in `tiny_imagenet_50.bin`. So the hub's
whole set and a copy of the part give the same images, and the same fingerprint.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from datasets import Dataset

WNIDS = tuple(
    """
    n01443537 n01742172 n01768244 n01784675 n01910747 n02132136 n02226429 n02480495 n02666196
    n02788148 n02795169 n02814533 n02814860 n02906734 n02927161 n02948072 n02999410 n03014705
    n03026506 n03042490 n03201208 n03400231 n03584254 n03662601 n03670208 n03733131 n03804744
    n03838899 n03937543 n03992509 n04023962 n04067472 n04118538 n04149813 n04285008 n04311004
    n04328186 n04371430 n04376876 n04398044 n04399382 n04465501 n04487081 n04532106 n04560804
    n04562935 n07615774 n07875152 n09246464 n10148035
    """.split()
)
"""The classes, by their WordNet ids; the label is the place in this list."""

CHOSEN, LENGTH = Path(__file__).with_name("tiny_imagenet_50.bin"), 5
"""Where the digests of the images are, and how many bytes of each."""


def labels_of_the_part(rows: Dataset) -> dict[int, int]:
    """The labels here of the rows of the 50 classes, by row. Class names begin with the WordNet id."""
    places = {wnid: place for place, wnid in enumerate(WNIDS)}
    ids = [name.partition(" ")[0] for name in rows.features["label"].names]
    return {row: places[ids[old]] for row, old in enumerate(rows["label"]) if ids[old] in places}


def chosen(keys: Iterable[bytes]) -> list[int]:
    """Where images whose digest is in the list stand, in the order they come in. keys: their digests."""
    packed = CHOSEN.read_bytes()
    listed = {packed[start : start + LENGTH] for start in range(0, len(packed), LENGTH)}
    return [index for index, key in enumerate(keys) if key[:LENGTH] in listed]
