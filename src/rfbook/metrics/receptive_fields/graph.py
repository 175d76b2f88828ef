"""Follows the receptive field from node to node of a traced network (torch.fx)."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from math import inf
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.utils._pytree import tree_leaves, tree_map

from rfbook.metrics.receptive_field_arithmetic import Map, Window, merge
from rfbook.metrics.receptive_fields.dimensions import Length, Pieces
from rfbook.metrics.receptive_fields.layout import LAYOUTS
from rfbook.metrics.receptive_fields.memory import OVERWRITES, UNKNOWN, Memory, assign, explained
from rfbook.metrics.receptive_fields.operations import (
    CONSTANTS,
    LAYER_KINDS,
    MODULE_SETTINGS,
    OPERATIONS,
    QUERIES,
    REFUSED,
    keep,
    slide,
)
from rfbook.metrics.receptive_fields.tracing import IN_PLACE, trace


class Walk:
    """What was met on the way through `model`, from the images to the output.

    passed: name of a layer -> (kind, the map it puts out), in the order of data flow.
    path: names of the layers on the path with the largest field to the output.
    sources: name of a layer -> names of those whose outputs reach it with no layer between.
    graph: the operations in order. places: operation -> the layer that it is, or the last one before it,
        or "" for none.
    Arguments and errors as in `receptive_fields`.
    """

    def __init__(
        self,
        model: nn.Module,
        positionwise: Collection[str] = (),
        exchange: Callable[[Window], Window] | None = None,
    ) -> None:
        self.passed: dict[str, tuple[str, Map]] = {}
        self.path: tuple[str, ...] = ()
        self.sources: dict[str, tuple[str, ...]] = {}
        self.places: dict[fx.Node, str] = {}
        self._upstream: dict[fx.Node, tuple[str, ...]] = {}
        self._modules = dict(model.named_modules(remove_duplicate=False))
        # Where the dimensions of a tensor lie is followed in any case: it leaves the field as it is.
        told = [name for name in positionwise if name not in LAYOUTS]
        self._operations = OPERATIONS | dict.fromkeys(told, keep)
        self._refused = {name: REFUSED[name] for name in REFUSED if name not in told}
        self._exchange = exchange
        self._memory = Memory()
        self._values = self._memory.values
        self.graph, self.tensors = trace(model, told)
        self._read: dict[str, fx.Node] = {}
        for node in self.graph.nodes:
            self._values[node] = self._value(node)
            target = self._written(node)
            self._remember(node, target)
            self._place(node, target)

    def _value(self, node: fx.Node) -> Any:
        if node.op == "placeholder":
            return UNKNOWN if self._values else Map()
        if node.op == "get_attr":
            return self._attribute(node)
        maps = self._maps(self._inputs(node))
        if node.op == "output":
            self.path = max((image.path for image in maps), key=len, default=())
            return UNKNOWN
        operation = self._operation(node)
        if operation == "setitem":
            return UNKNOWN
        if operation == "getitem" and isinstance(self._values[node.args[0]], Pieces):
            value = self._values[node.args[0]]
            return value.piece if isinstance(node.args[1], int) else value
        if operation in CONSTANTS:
            return UNKNOWN
        if not maps:
            return self._constant(node)
        if operation in QUERIES:
            args = () if node.target is getattr else node.args[1:]
            return _answer(operation, maps[0], *args, **node.kwargs)
        return self._call(node, maps)

    def _attribute(self, node: fx.Node) -> Any:
        first = self._read.setdefault(node.target, node)
        if first is not node:
            return self._values[first]
        tensor = self.tensors.get(node.target, UNKNOWN)
        return torch.empty_like(tensor, device="meta") if isinstance(tensor, Tensor) else tensor

    def _inputs(self, node: fx.Node) -> Sequence[fx.Node]:
        if self._operation(node) in _SHAPE_ONLY:
            return [argument for argument in node.args[:1] if isinstance(argument, fx.Node)]
        overwritten = [node.kwargs.get("out")]
        if self._operation(node) in OVERWRITES:
            overwritten += node.args[:1]
        return [source for source in node.all_input_nodes if source not in overwritten]

    def _place(self, node: fx.Node, target: fx.Node | None) -> None:
        """Note which layers' outputs the node puts out, worked on by no other layer."""
        upstream = [self._upstream[source] for source in self._inputs(node)]
        before = upstream[0] if len(upstream) == 1 else self._in_order(chain.from_iterable(upstream))
        if len(self.passed) > len(self.sources):
            name = next(reversed(self.passed))
            self.sources[name] = before
            before = (name,)
        self._upstream[node] = before if isinstance(self._values[node], Map | Pieces) else ()
        self.places[node] = before[-1] if before else ""
        if target is not None:
            self._upstream[target] = self._upstream[node]

    def _in_order(self, names: Iterable[str]) -> tuple[str, ...]:
        read = set(names)
        return tuple(name for name in self.passed if name in read)

    def _maps(self, nodes: Sequence[fx.Node]) -> list[Map]:
        values = (self._values[node] for node in nodes)
        maps = (value.piece if isinstance(value, Pieces) else value for value in values)
        return [value for value in maps if isinstance(value, Map)]

    def _constant(self, node: fx.Node) -> Any:
        # Kernels may be computed: on tensors without values only their shapes come out.
        operation = self._operation(node)
        args, kwargs = fx.map_arg((node.args, node.kwargs), self._values.__getitem__)
        if operation in ("to", "type_as") and args:
            return args[0]
        if operation in ("expand", "repeat"):  # A kernel for as many channels as the map has.
            args = tree_map(lambda leaf: 1 if getattr(leaf, "letter", "") in ("n", "c") else leaf, args)
        asked = any(leaf is UNKNOWN or isinstance(leaf, Length) for leaf in tree_leaves((args, kwargs)))
        if node.op == "call_module" or (asked and node.target not in (operator.mul, operator.getitem)):
            return UNKNOWN
        try:
            if node.op == "call_method":
                return getattr(args[0], node.target)(*args[1:], **kwargs)
            return node.target(*args, **kwargs)
        except Exception:  # Whatever fails on a stand-in; layers that need the value refuse it by name.
            return UNKNOWN

    def _call(self, node: fx.Node, maps: list[Map]) -> Map | Pieces:
        operation, where = self._operation(node), self._where(node)
        kind = LAYER_KINDS.get(operation)
        pair = len(maps) > 1 or operation not in self._operations
        if operation in self._refused and pair and any(map_.has_positions for map_ in maps):
            raise ValueError(f"{where} {self._refused[operation]}")
        image = merge(maps, where)
        if image.lost and kind:
            raise ValueError(f"{where} cannot be followed: {image.lost}")
        if image.lost:
            return image
        # A single unit that sees everything goes on to do so, whatever a classifier head does.
        if kind:  # What slid over the map before is another layer's.
            image = replace(image, windows=None)
        if image.has_positions:
            image = self._apply(node, image, where)
        if isinstance(image, Pieces):
            return image
        if image.lost:
            return replace(image, lost=f"{where}: {image.lost}")
        if max(image.sizes) == inf and not image.note:
            image = replace(image, note=f"{where} works over the whole map")
        return self._pass(self._name(node), kind, image) if kind else image

    def _apply(self, node: fx.Node, image: Map, where: str) -> Map | Pieces:
        operation = self._operation(node)
        if operation not in self._operations:
            raise ValueError(
                f"no receptive field is known for {where}. If it works on each position by itself, "
                f"pass positionwise=[{operation!r}]; otherwise take it out of the model or add it "
                f"to OPERATIONS in rfbook.metrics.receptive_fields.operations"
            )
        settings, named = self._arguments(node)
        result = explained(self._operations[operation], where, image, *settings, **named)
        if self._exchange and operation in LAYER_KINDS and isinstance(result, Map) and result.windows:
            height, width = map(self._exchange, result.windows)
            return slide(image, (height, width))
        return result

    def _arguments(self, node: fx.Node) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if node.op == "call_module":
            module = self._modules[node.target]
            names = MODULE_SETTINGS.get(self._operation(node), ())
            return tuple(getattr(module, name) for name in names), {}
        settings = fx.map_arg(node.args[1:], self._values.__getitem__)
        named = {key: value for key, value in node.kwargs.items() if key not in _TENSORS}
        return settings, fx.map_arg(named, self._values.__getitem__)

    def _remember(self, node: fx.Node, target: fx.Node | None) -> None:
        """Note what shares its memory with the node's output, and that it changed `target` in place."""
        first = self._read.get(node.target, node) if node.op == "get_attr" else node
        if first is not node:
            self._memory.share(node, first)
        elif node.op in _CALLS and self._operation(node) == "setitem":
            assign(self._memory, node, self._where(node))
        elif target is not None:
            self._change(node, target)
        elif node.op in _CALLS and isinstance(self._values[node], Map | Pieces):
            source = next(iter(self._inputs(node)))
            self._memory.share_as(node, source, self._operation(node))

    def _change(self, node: fx.Node, target: fx.Node) -> None:
        image, before, where = self._values[node], self._values[target], self._where(node)
        if self._operation(node) in LAYOUTS:
            name = self._operation(node)
            raise ValueError(f"{where} moves dimensions in place. Write y = y.{name}(...)")
        if isinstance(before, Map) or isinstance(image, Map):
            changed = image if isinstance(image, Map) else UNKNOWN
            if changed != before:
                self._memory.change(target, changed, where)
            self._values[node] = self._values[target]
        self._memory.share(node, target)

    def _written(self, node: fx.Node) -> fx.Node | None:
        """The input that the node changes in place, and puts out."""
        if node.op not in _CALLS or self._operation(node) == "setitem":
            return None
        out = node.kwargs.get("out")
        if isinstance(out, tuple | list):
            raise ValueError(f"{self._where(node)} writes into several tensors: use what it returns")
        target = out or (node.args[0] if node.args and self._in_place(node) else None)
        return target if isinstance(target, fx.Node) else None

    def _in_place(self, node: fx.Node) -> bool:
        if node.op == "call_module":
            return getattr(self._modules[node.target], "inplace", False)
        name = node.target if isinstance(node.target, str) else node.target.__name__
        if name.strip("_") in IN_PLACE or (name.endswith("_") and not name.endswith("__")):
            return getattr(node.target, "__module__", "") != "_operator" or name in IN_PLACE
        return node.op == "call_function" and _asked_in_place(node)

    def _operation(self, node: fx.Node) -> str:
        if node.op == "call_module":
            names = [class_.__name__ for class_ in type(self._modules[node.target]).__mro__]
            known = self._operations.keys() | self._refused.keys()
            return next((name for name in names if name in known), names[0])
        if node.target is getattr:
            return str(node.args[1])
        name = node.target if isinstance(node.target, str) else node.target.__name__
        return name.strip("_")

    def _where(self, node: fx.Node) -> str:
        return f"{self._operation(node)} at {self._name(node)!r}"

    def _name(self, node: fx.Node) -> str:
        return str(node.target) if node.op == "call_module" else self._owner(node) or node.name

    def _owner(self, node: fx.Node) -> str:
        if node.op == "get_attr":
            return str(node.target).rpartition(".")[0]
        varying = Map | Pieces | Length
        constants = (n for n in node.all_input_nodes if not isinstance(self._values[n], varying))
        return next(filter(None, map(self._owner, constants)), "")

    def _pass(self, name: str, kind: str, image: Map) -> Map:
        uses = sum(passed.partition("#")[0] == name for passed in self.passed)
        unique = f"{name}#{uses + 1}" if uses else name
        image = replace(image, path=(*image.path, unique))
        self.passed[unique] = (kind, image)
        return image


_CALLS = ("call_function", "call_method", "call_module")
_TENSORS = ("input", "tensors", "out")
_SHAPE_ONLY = ("to", "type_as", "expand_as")


def _asked_in_place(node: fx.Node) -> bool:
    try:
        given = inspect.signature(node.target).bind(*node.args, **node.kwargs).arguments
    except (TypeError, ValueError):  # Built-in functions have no signature, and no such argument.
        return False
    return given.get("inplace") is True


def _answer(operation: str, image: Map, dim: int | None = None) -> Any:
    if not image.has_positions or image.lost or operation in ("numel", "dtype", "device"):
        return UNKNOWN
    lengths = tuple(Length(letter, image) for letter in image.layout)
    if operation in ("dim", "ndim"):
        return len(lengths)
    return lengths if dim is None else lengths[dim]
