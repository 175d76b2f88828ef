"""All that is found without images, in one call."""

from __future__ import annotations

from collections.abc import Collection

from torch import nn

from rfbook.look.advice import choices
from rfbook.look.survey import survey
from rfbook.look.windows import padding
from rfbook.look.words import Look


def look_at(
    model: nn.Module, name: str, side: int, channels: int = 3, positionwise: Collection[str] = ()
) -> Look:
    """What the network's graph says of square images of `side` pixels; errors as for `survey`.

    name: of the network, for who reads the result.
    """
    found = survey(model, side, channels, positionwise)
    uneven = padding(found)
    return Look(name, found, uneven, tuple(choices(model, found, uneven, positionwise)))
