"""All that is found without images, in one call."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from torch import nn

from rfbook.look.graph.advice import Choice, choices
from rfbook.look.graph.survey import Survey, survey_of
from rfbook.look.graph.windows import Padding, padding


@dataclass(frozen=True)
class Look:
    """All that is found without images. network: its name, as it was asked for."""

    network: str
    survey: Survey
    padding: Padding
    choices: tuple[Choice, ...]


def look_at(
    model: nn.Module, name: str, side: int, channels: int = 3, positionwise: Collection[str] = ()
) -> Look:
    """What the network's graph says of square images of `side` pixels; errors as for `survey`.

    name: of the network, for who reads the result.
    """
    surveyed = survey_of(model, side, channels, positionwise)
    uneven = padding(model, surveyed)
    return Look(name, surveyed, uneven, tuple(choices(model, surveyed, uneven)))
