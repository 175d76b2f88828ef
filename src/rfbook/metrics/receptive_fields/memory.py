"""Which values of a forward pass share memory, so that a change of one in place changes the others.

`y = x.view(...)` and `y = x[:, :2]` look at the memory of `x`; after `y.mul_(g)` is `x` another map too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from torch import fx

from rfbook.metrics.receptive_field_arithmetic import Map, common_layout, merge
from rfbook.metrics.receptive_fields.dimensions import Pieces, with_layout
from rfbook.metrics.receptive_fields.indexing import CHANNELS, PLACES, WHOLE, index, takes_all
from rfbook.metrics.receptive_fields.layout import LAYOUTS

PERHAPS = 3
"""Beside WHOLE, CHANNELS and PLACES of the memory: a view or a copy, as it happens."""

UNKNOWN: Any = object()
"""Stands for what does not depend on the images, or what only a real forward pass could tell."""

OVERWRITES = frozenset({"copy", "zero", "fill", "normal", "uniform", "bernoulli", "random"})
"""Operations of which nothing that was in their first tensor is left."""

_SAME = frozenset({"detach", "data", "Identity", "requires_grad", "expand_as", "expand"})
_COPIES_AT_TIMES = frozenset(
    "reshape flatten Flatten unflatten Unflatten contiguous to type type_as float double half bfloat16 "
    "dropout dropout2d alpha_dropout stochastic_depth Dropout Dropout2d AlphaDropout".split()
)
_PARTS = frozenset({"chunk", "split", "tensor_split", "unbind", "narrow", "select"})
_COPIES = frozenset({"index_select", "repeat"})


@dataclass(frozen=True)
class _Place:
    # Which memory, how much of it, and which of the pieces that a `chunk` cut.
    owner: fx.Node
    extent: int = WHOLE
    piece: tuple[fx.Node, Any] | None = None


class Memory:
    """The values of all nodes so far, and which of them share memory.

    values: node -> what it puts out: a Map, Pieces, a number or tensor, or UNKNOWN.
    """

    def __init__(self) -> None:
        self.values: dict[fx.Node, Any] = {}
        self._places: dict[fx.Node, _Place] = {}

    def share(self, node: fx.Node, source: fx.Node, extent: int = WHOLE) -> None:
        """Note that `node` looks at the memory of `source`, at this much of it."""
        place = self._place(source)
        if isinstance(self.values.get(source), Pieces):
            place = replace(place, piece=(source, node.args[1]))
        self._places[node] = replace(place, extent=max(place.extent, extent))

    def share_as(self, node: fx.Node, source: fx.Node, operation: str) -> None:
        """The same for an operation that may give a view of `source`; most give none."""
        extent = self._extent(node, source, operation)
        if extent is not None:
            self.share(node, source, extent)

    def _extent(self, node: fx.Node, source: fx.Node, operation: str) -> int | None:
        if operation in _PARTS:
            return CHANNELS
        if operation in _COPIES_AT_TIMES:
            return PERHAPS
        value = self.values[source]
        if operation == "getitem":
            return WHOLE if isinstance(value, Pieces) else _extent_of_index(value, node.args[1])
        return WHOLE if operation in _SAME or operation in LAYOUTS.keys() - _COPIES else None

    def change(self, node: fx.Node, image: Any, where: str) -> None:
        """Put another map, or UNKNOWN for a constant, in the memory that `node` looks at."""
        before, mine = self.values[node], self._place(node)
        for other in [other for other in self.values if self._place(other).owner is mine.owner]:
            self.values[other] = self._changed(other, mine, before, image, where)
        self.values[node] = _laid_out(image, before)

    def lose(self, node: fx.Node, reason: str) -> None:
        """Give up on all that shares memory with `node`: no layer may read it any more."""
        owner = self._place(node).owner
        for other, value in self.values.items():
            if self._place(other).owner is owner:
                self.values[other] = _without_trace(value, reason)

    def _changed(self, other: fx.Node, mine: _Place, before: Any, image: Any, where: str) -> Any:
        place, value = self._place(other), self.values[other]
        extents = mine.extent, place.extent
        if max(extents) <= CHANNELS and mine.extent == WHOLE:
            return _laid_out(image, value)
        if max(extents) <= CHANNELS and place.extent == WHOLE:
            return _merged(value, image, where)
        if _apart(mine.piece, place.piece) or _axes(image) == _axes(before):
            return value
        if image is UNKNOWN and max(extents) < PERHAPS:
            return UNKNOWN if mine.extent == WHOLE else value
        return _without_trace(
            value,
            f"{where} changes a tensor in place, and how much of this one shares its memory is not "
            "known. Write it without the change in place: y = y + x for y += x or y.add_(x)",
        )

    def _place(self, node: fx.Node) -> _Place:
        return self._places.get(node) or _Place(node)


def assign(memory: Memory, node: fx.Node, where: str) -> None:
    """What `x[key] = value` does to x and to all that shares its memory."""
    target = node.args[0]
    before = memory.values[target]
    key, image = fx.map_arg(node.args[1:], memory.values.__getitem__)
    maps = [value for value in (before, key, image) if isinstance(value, Map)]
    if isinstance(key, tuple) and any(isinstance(part, Map) for part in key):
        memory.lose(target, f"{where} writes to places that the images choose. Use torch.where")
    elif not isinstance(key, Map) and not isinstance(image, Map):
        if takes_all(key):
            memory.change(target, UNKNOWN, where)
    elif isinstance(key, Map) or not all(map_.has_positions for map_ in maps):
        memory.change(target, merge(maps, where), where)
    else:
        _write(memory, target, key, image, where)


def _write(memory: Memory, target: fx.Node, key: Any, image: Map, where: str) -> None:
    before = memory.values[target]
    base = before if isinstance(before, Map) else image
    region, extent = (image, PLACES) if base.lost else explained(index, where, base, key)
    if extent == PLACES or (base is image and len(region.layout) != len(image.layout)):
        memory.lose(
            target,
            f"{where} writes into some places only, so that units differ in what they see. Build the "
            "whole tensor from maps: cat along channels, torch.where",
        )
        return
    common_layout([region.layout, image.layout], where)
    image = with_layout(image, base.layout)
    memory.change(target, merge([base, image], where) if extent == CHANNELS else image, where)


def explained(function: Callable[..., Any], where: str, *args: Any, **named: Any) -> Any:
    """The function's result; its errors as ValueErrors that say which operation they mean."""
    try:
        return function(*args, **named)
    except TypeError as error:
        raise ValueError(
            f"receptive fields need arguments that do not depend on the input; those of "
            f"{where} do, or are not understood ({error}). Write them as numbers"
        ) from error
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error


def _apart(piece: tuple[fx.Node, Any] | None, other: tuple[fx.Node, Any] | None) -> bool:
    return piece is not None and other is not None and piece[0] is other[0] and piece[1] != other[1]


def _extent_of_index(value: Any, key: Any) -> int | None:
    parts = key if isinstance(key, tuple) else (key,)
    views = all(part is None or part is Ellipsis or isinstance(part, slice | int) for part in parts)
    if not views or not isinstance(value, Map):
        return None if not views else PERHAPS
    return index(value, key)[1] if value.has_positions and not value.lost else PERHAPS


def _axes(value: Any) -> Any:
    return value.axes if isinstance(value, Map) else None


def _laid_out(image: Any, old: Any) -> Any:
    if isinstance(old, Pieces):
        return Pieces(_laid_out(image, old.piece)) if isinstance(image, Map) else old
    both = isinstance(image, Map) and isinstance(old, Map)
    return replace(image, layout=old.layout) if both else image


def _merged(value: Any, image: Any, where: str) -> Any:
    if not isinstance(image, Map) or not isinstance(value, Map):
        return value if image is UNKNOWN else image
    return merge([value, _laid_out(image, value)], where)


def _without_trace(value: Any, reason: str) -> Any:
    if isinstance(value, Pieces):
        return Pieces(_without_trace(value.piece, reason))
    return replace(value if isinstance(value, Map) else Map(), lost=reason)
