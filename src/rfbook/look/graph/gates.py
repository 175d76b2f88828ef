"""Networks whose convolutions all see everything, through a gate or a norm over the whole map."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf

from torch import nn

from rfbook.look.networks import LookError
from rfbook.metrics.receptive_field import Layer, receptive_fields
from rfbook.metrics.receptive_fields.operations import LAYER_KINDS


def require_finite(model: nn.Module, layers: Mapping[str, Layer], positionwise: Collection[str]) -> None:
    """Raises LookError if a convolution of the main path sees everything: from which on, and why."""
    infinite = [layer for layer in layers.values() if _sees_all(layer)]
    if not infinite:
        return
    first = infinite[0]
    remedy = _remedy(model, positionwise)
    told = (
        f"Pass --positionwise {remedy} to look at it without"
        if remedy
        else "Pass --positionwise CLASS with the class of the module that does it, to look at it without"
    )
    raise LookError(
        f"{len(infinite)} convolutions from {first.name} on see the whole image at any side: "
        f"{first.note}. {told}"
    )


def looked_past(model: nn.Module, positionwise: Collection[str]) -> dict[str, int]:
    """How many modules of the network have each of these class names, in the order in which they were
    named; 0 where it has none, as for the name of a function."""
    classes = [type(module).__name__ for module in model.modules()]
    return {name: classes.count(name) for name in positionwise}


def attention(model: nn.Module) -> str:
    """In words that the network has attention, where it first has; empty if it has none."""
    classes = {name: type(module).__name__.lower() for name, module in model.named_modules()}
    first = next((name for name, kind in classes.items() if "attention" in kind), None)
    if first is None:
        return ""
    return (
        f"The network has attention, first at {first!r}: what a unit sees depends on the image itself, "
        "and no field is left to tell. A part before it can be looked at, as FILE.py:callable"
    )


def _sees_all(layer: Layer) -> bool:
    return layer.kind == "conv" and layer.main and layer.size == inf and min(layer.jump) < inf


def _remedy(model: nn.Module, positionwise: Collection[str]) -> str | None:
    """The class of modules without which all fields are finite, and most layers stay; None for none."""
    left: dict[str, int] = {}
    names = {type(module).__name__ for module in model.modules()} - {type(model).__name__}
    for name in sorted(names - LAYER_KINDS.keys()):
        try:
            layers = receptive_fields(model, [*positionwise, name]).values()
        except ValueError:
            continue
        if not any(map(_sees_all, layers)):
            left[name] = len(layers)
    return max(left, key=left.get, default=None)
