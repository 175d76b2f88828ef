"""How many channels a layer has at a width."""

from __future__ import annotations


def scaled(channels: int, width: float) -> int:
    """A channel count at that width: at least one."""
    return max(1, round(channels * width))
