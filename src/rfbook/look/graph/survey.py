"""What a network's graph alone says at one image side: fields, border layer, costs around it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from math import inf

from torch import nn

from rfbook.look.graph.gates import attention, looked_past, require_finite
from rfbook.look.networks import LookError
from rfbook.metrics.layer_costs import Cost, layer_costs
from rfbook.metrics.receptive_field import Layer, border_layer, conv_fields, receptive_fields

STATES = ("before", "border", "after", "readout")
"""before the border layer; the border layer itself; reading from a layer that sees more than the image;
seeing all of it whatever its side, as behind global pooling."""
LATE = ("border", "after")
"""The states of layers from the border layer on."""


@dataclass(frozen=True)
class Row:
    """One layer. state: of `STATES`. share: of the image that a unit in its middle sees, 0 to 1.

    layer: its fields, as `receptive_fields` gives them. cost: what it and all up to the next one costs.
    """

    layer: Layer
    state: str
    share: float
    cost: Cost


@dataclass(frozen=True)
class Total:
    """Convolutions, parameters and multiply-adds of one image, of a part of a network."""

    convolutions: int
    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class Survey:
    """All layers of a network at one side of square images.

    border: name of the border layer (Size Matters 3.4), None if there is none. whole_from: the smallest
    side without one; along the path through all skips there is none from skipped_from on. sees_all_to:
    the largest side of which a convolution sees the whole. past: how many modules of each class were
    looked past, 0 for the name of a function.
    """

    side: int
    channels: int
    rows: tuple[Row, ...]
    border: str | None
    whole_from: int
    skipped_from: int
    sees_all_to: int
    unused_parameters: int
    past: Mapping[str, int]

    @property
    def sequential(self) -> bool:
        """Whether every layer reads from one other: there are no skips and no branches."""
        return all(len(row.layer.sources) <= 1 for row in self.rows)

    def total(self, *states: str) -> Total:
        """What the layers in these states hold together; of all layers if none is named."""
        rows = [row for row in self.rows if row.state in (states or STATES)]
        return Total(
            sum(row.layer.kind == "conv" for row in rows),
            sum(row.cost.parameters for row in rows),
            sum(row.cost.multiply_adds for row in rows),
        )

    def main(self) -> list[Layer]:
        """The convolutions and poolings of the main path that slide a window, in order."""
        return [row.layer for row in self.rows if row.layer.main and row.layer.windows]


def survey_of(
    model: nn.Module, side: int, channels: int = 3, positionwise: Collection[str] = ()
) -> Survey:
    """Looks at the network's graph; nothing is trained and no value is computed.

    positionwise: as for `receptive_fields`. Raises LookError for what cannot be followed, for a network
    whose convolutions see everything through a gate, and where an image of this side cannot pass.
    """
    try:
        layers = receptive_fields(model, positionwise)
    except ValueError as error:
        raise LookError(attention(model) or str(error)) from error
    convolutions = conv_fields(layers)
    if not convolutions:
        raise LookError(
            "the network has no convolution between its images and its output: nothing to see"
        )
    require_finite(model, layers, positionwise)
    costs = costs_at(model, side, channels, positionwise)
    border = border_layer(convolutions, side)
    states = states_of(layers, side)
    rows = tuple(
        Row(layer, states[name], _share(layer, side), costs[name]) for name, layer in layers.items()
    )
    earlier = [layers[name] for name, _ in convolutions[:-1]]
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return Survey(
        side=side,
        channels=channels,
        rows=rows,
        border=border,
        whole_from=max([1, *(int(layer.size) for layer in earlier)]),
        skipped_from=max([1, *(int(max(layer.smallest)) for layer in earlier)]),
        sees_all_to=int(max(layer.size for layer in layers.values() if layer.size < inf)),
        unused_parameters=parameters - sum(cost.parameters for cost in costs.values()),
        past=looked_past(model, positionwise),
    )


def costs_at(
    model: nn.Module, side: int, channels: int, positionwise: Collection[str]
) -> dict[str, Cost]:
    """The cost of every layer at this side; what comes before the first stands with the first.

    Raises LookError, naming the layer, where an image of this side cannot pass.
    """
    try:
        costs = layer_costs(model, side, channels, positionwise)
    except ValueError as error:
        raise LookError(
            f"an image of {channels} x {side} x {side} cannot pass: {error}. Give the side and the "
            "--channels that the network takes, or a larger side if its strides leave nothing of it"
        ) from error
    ahead, first = costs.pop(""), next(iter(costs))
    costs[first] = replace(
        costs[first],
        parameters=costs[first].parameters + ahead.parameters,
        multiply_adds=costs[first].multiply_adds + ahead.multiply_adds,
    )
    return costs


def states_of(layers: Mapping[str, Layer], side: int) -> dict[str, str]:
    """The state of every layer in images of `side` pixels, one of `STATES`.

    As in the rule for the border layer, poolings do not count: one goes with what it reads.
    """
    border = border_layer(conv_fields(layers), side)
    states: dict[str, str] = {}
    seen: dict[str, float] = {}
    for name, layer in layers.items():
        read = [(source, layers[source]) for source in layer.sources]
        sizes = (field.size if field.kind == "conv" else seen[source] for source, field in read)
        seen[name] = max(sizes, default=1)
        late = seen[name] > side
        if layer.kind == "pool":
            late = any(states[source] in LATE for source in layer.sources)
        states[name] = "after" if late else "before"
        if layer.size == inf:
            states[name] = "readout"
        elif name == border:
            states[name] = "border"
    return states


def _share(layer: Layer, side: int) -> float:
    height, width = (min(size, side) / side for size in layer.field)
    return height * width
