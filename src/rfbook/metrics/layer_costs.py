"""What each layer of a network costs, and the map it puts out: one image is sent through its graph.

    costs = layer_costs(torchvision.models.resnet18(), side=32)
    costs["conv1"].multiply_adds        # 2408448

No value is computed: only shapes are followed (torch's device "meta"), so a large image is as cheap as a
small one.
"""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.utils.flop_counter import FlopCounterMode

from rfbook.metrics.cost import COUNTED
from rfbook.metrics.receptive_fields.graph import Walk


@dataclass(frozen=True)
class Cost:
    """What a layer and all behind it up to the next one cost: batch norms and functions included.

    parameters: each counted once, where it is first used. multiply_adds: of one image, as
        `cost.multiply_adds` counts them. shape: of what the layer puts out, (1, channels, height, width)
        as a rule; empty where that is no tensor. own_parameters, own_multiply_adds: of the layer alone,
        without what is behind it.
    """

    parameters: int
    multiply_adds: int
    shape: tuple[int, ...]
    own_parameters: int
    own_multiply_adds: int


def layer_costs(
    model: nn.Module, side: int, channels: int = 3, positionwise: Collection[str] = ()
) -> dict[str, Cost]:
    """The cost of every layer that `receptive_fields` lists, for one image of `side` pixels.

    Under the name "" stands what comes before the first layer. Parameters that the forward pass does not
    use are in none. positionwise and errors: as for `receptive_fields`. Raises ValueError, naming the
    operation, where the image cannot pass, as one that is smaller than a kernel. The model is left as
    it was.
    """
    walk = Walk(model, positionwise)
    passing = _Passing(without_values(model), walk)
    # Not in inference mode, in which older releases of torch count nothing.
    with torch.no_grad(), torch.device("meta"), passing.counter:
        passing.run(torch.zeros(1, channels, side, side))
    return {
        name: Cost(*counts, passing.shapes.get(name, ()), *passing.own.get(name, (0, 0)))
        for name, counts in passing.counts.items()
    }


def without_values(model: nn.Module) -> nn.Module:
    """A copy in evaluation mode whose parameters and buffers have shapes and no values."""
    tensors = chain(model.parameters(), model.buffers())
    shells = {id(tensor): _shell(tensor) for tensor in tensors}
    return copy.deepcopy(model, shells).eval()


def _shell(tensor: Tensor) -> Tensor:
    empty = torch.empty_like(tensor, device="meta")
    return nn.Parameter(empty, tensor.requires_grad) if isinstance(tensor, nn.Parameter) else empty


class _Passing(fx.Interpreter):
    """Runs the graph operation by operation, and puts down what each costs at its layer."""

    def __init__(self, model: nn.Module, walk: Walk) -> None:
        super().__init__(model, graph=walk.graph)
        self.extra_traceback = False  # the operation is named, which is enough
        self.counts: dict[str, list[int]] = {name: [0, 0] for name in ("", *walk.passed)}
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.own: dict[str, tuple[int, int]] = {}
        self.counter = FlopCounterMode(display=False, custom_mapping=COUNTED)
        self._walk, self._seen = walk, set()
        self._modules = dict(model.named_modules(remove_duplicate=False))

    def run_node(self, n: fx.Node) -> Any:
        """What the operation puts out. Raises ValueError, naming it, if it refuses its input."""
        place = self._walk.places[n]
        before = self.counter.get_total_flops()
        try:
            result = super().run_node(n)
        except Exception as error:  # torch's own words for a map that is too small, or of another size
            raise ValueError(f"{self._where(n)} cannot work on its input: {error}") from error
        parameters = sum(map(self._parameters, self._owned(n)))
        multiply_adds = (self.counter.get_total_flops() - before) // 2
        self.counts[place][0] += parameters
        self.counts[place][1] += multiply_adds
        if place and isinstance(result, Tensor) and place not in self.shapes:  # the layer itself
            self.shapes[place] = tuple(result.shape)
            self.own[place] = parameters, multiply_adds
        return result

    def call_module(self, target: str, args: Any, kwargs: Any) -> Any:
        """What the module puts out: a batch norm costs nothing here and leaves the shape as it is."""
        if type(self._modules[target]) is nn.BatchNorm2d:  # their shapes take most of the time
            return args[0]
        return super().call_module(target, args, kwargs)

    def get_attr(self, target: str, args: Any, kwargs: Any) -> Any:
        """A tensor that the graph reads by name; what forward created is known to the walk alone."""
        tensor = self._walk.tensors.get(target)
        return super().get_attr(target, args, kwargs) if tensor is None else tensor.to("meta")

    def _where(self, node: fx.Node) -> str:
        return f"{node.target!r}" if node.op == "call_module" else f"{node.name!r}"

    def _owned(self, node: fx.Node) -> list[Tensor]:
        """The parameters that the operation uses."""
        if node.op == "call_module":
            return list(self._modules[node.target].parameters())
        read = (
            self._walk.tensors.get(node_in.target)
            for node_in in node.all_input_nodes
            if node_in.op == "get_attr"
        )
        return [tensor for tensor in read if isinstance(tensor, nn.Parameter)]

    def _parameters(self, tensor: Tensor) -> int:
        if id(tensor) in self._seen:
            return 0
        self._seen.add(id(tensor))
        return tensor.numel()
