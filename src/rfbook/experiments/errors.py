"""What can go wrong for reasons outside the code; the message says what to do."""

from __future__ import annotations


class DataError(Exception):
    """The data are missing or are not what the catalogue names."""


class TrainingError(Exception):
    """The run cannot go on: its loss is not finite, its file is damaged, or the device is missing."""
