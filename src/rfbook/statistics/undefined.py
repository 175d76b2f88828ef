"""What has no value: said with the reason, and never as a number."""

from __future__ import annotations


class Undefined(ValueError):
    """A quantity has no value for this network; the message says why."""
