"""Follows the receptive field from node to node of a traced network (torch.fx)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from math import inf
from typing import Any

from torch import fx, nn

from rfbook.metrics.receptive_field_arithmetic import Map, merge
from rfbook.metrics.receptive_field_operations import (
    LAYER_KINDS,
    MODULE_SETTINGS,
    OPERATIONS,
    QUERIES,
    keep,
)

_UNKNOWN = object()  # Stands for what only a real forward pass could tell.


class Walk:
    """What was met on the way through `model`, from the images to the output.

    passed: name of a layer -> (kind, the map it puts out), in the order of data flow.
    path: names of the layers on the path with the largest field to the output.
    Arguments and errors as in `receptive_fields`.
    """

    def __init__(self, model: nn.Module, positionwise: Collection[str] = ()) -> None:
        self.passed: dict[str, tuple[str, Map]] = {}
        self.path: tuple[str, ...] = ()
        self._modules = dict(model.named_modules(remove_duplicate=False))
        self._tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
        self._operations = OPERATIONS | dict.fromkeys(positionwise, keep)
        self._values: dict[fx.Node, Any] = {}
        for node in _trace(model).nodes:
            self._values[node] = self._value(node)

    def _value(self, node: fx.Node) -> Any:
        maps = [self._values[n] for n in node.all_input_nodes if type(self._values[n]) is Map]
        if node.op == "placeholder":
            return _UNKNOWN if self._values else Map()
        if node.op == "get_attr":
            return self._tensors.get(node.target, _UNKNOWN)
        if node.op == "output":
            self.path = max((image.path for image in maps), key=len, default=())
        if node.op == "output" or not maps or self._operation(node) in QUERIES:
            return _UNKNOWN
        return self._call(node, maps)

    def _call(self, node: fx.Node, maps: list[Map]) -> Map:
        operation, name = self._operation(node), _name(node)
        where = f"{operation} at {name!r}"
        image = merge(maps, where)
        # A single unit that sees everything goes on to do so, whatever a classifier head does.
        if image.has_positions:
            image = self._apply(node, image, where)
        if max(image.sizes) == inf and not image.note:
            image = replace(image, note=f"{where} works over the whole map")
        kind = LAYER_KINDS.get(operation)
        return self._pass(name, kind, image) if kind else image

    def _apply(self, node: fx.Node, image: Map, where: str) -> Map:
        operation = self._operation(node)
        if operation not in self._operations:
            raise ValueError(
                f"no receptive field is known for {where}. If it works on each position by itself, "
                f"pass positionwise=[{operation!r}]; otherwise take it out of the model or add it "
                f"to OPERATIONS in rfbook.metrics.receptive_field_operations"
            )
        settings, named = self._arguments(node)
        try:
            return self._operations[operation](image, *settings, **named)
        except TypeError as error:
            raise ValueError(
                f"receptive fields need arguments that do not depend on the input; those of "
                f"{where} do, or are not understood ({error}). Write them as numbers"
            ) from error
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error

    def _arguments(self, node: fx.Node) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if node.op == "call_module":
            module = self._modules[node.target]
            names = MODULE_SETTINGS.get(self._operation(node), ())
            return tuple(getattr(module, name) for name in names), {}
        settings = fx.map_arg(node.args[1:], self._values.__getitem__)
        named = {key: value for key, value in node.kwargs.items() if key not in _INPUTS}
        return settings, fx.map_arg(named, self._values.__getitem__)

    def _operation(self, node: fx.Node) -> str:
        if node.op == "call_module":
            return type(self._modules[node.target]).__name__
        if node.target is getattr:
            return str(node.args[1])
        name = node.target if isinstance(node.target, str) else node.target.__name__
        return name.rstrip("_")

    def _pass(self, name: str, kind: str, image: Map) -> Map:
        uses = sum(passed.partition("#")[0] == name for passed in self.passed)
        unique = f"{name}#{uses + 1}" if uses else name
        image = replace(image, path=(*image.path, unique))
        self.passed[unique] = (kind, image)
        return image


_INPUTS = ("input", "tensors")


def _trace(model: nn.Module) -> fx.Graph:
    before = set(vars(model))
    try:
        return fx.Tracer().trace(model)
    except fx.proxy.TraceError as error:
        raise ValueError(
            f"receptive fields need a forward pass that torch.fx can trace; that of "
            f"{type(model).__name__} cannot be: {error}. Pass a part of the model, as its features"
        ) from error
    finally:
        # The tracer leaves tensors that forward creates on the model, which is not ours to change.
        for name in set(vars(model)) - before:
            delattr(model, name)


def _name(node: fx.Node) -> str:
    if node.op == "call_module":
        return str(node.target)
    owners = (str(n.target).rpartition(".")[0] for n in node.all_input_nodes if n.op == "get_attr")
    return next(filter(None, owners), node.name)
