"""Files that a process reads: each is parsed once, and those behind its results are remembered."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeVar

import yaml

YAML: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader in C, ten times as fast as the one in Python, which reads the same where there is none."""

TICK = 20_000_000
"""Nanoseconds in which a file system may give two changes of a file the same time."""

looked_at: set[str] = set()
"""Names of the files that this process looked for to get its results, there or not: records, reports,
what executed pages left. A name that ends with `#` and a word means this part of a JSON file alone, that
of a folder which records lie in it."""

Parsed = TypeVar("Parsed")


def parsed_once(parse: Callable[[Path], Parsed]) -> Callable[[Path], Parsed]:
    """`parse`, which is called for a file again only if the file's time or size has changed.

    What it returns is shared by all who ask: whoever changes it works on a copy.
    """
    kept: dict[Path, tuple[tuple[int, int], Parsed]] = {}

    @wraps(parse)
    def parsed(path: Path) -> Parsed:
        status = path.stat()
        state = status.st_mtime_ns, status.st_size
        if path in kept and kept[path][0] == state:
            return kept[path][1]
        value = parse(path)
        if time.time_ns() - status.st_mtime_ns > TICK:
            kept[path] = state, value
        return value

    return parsed


@parsed_once
def read_yaml(path: Path) -> object:
    """What a YAML file holds. Raises YAMLError, which names the place in the file."""
    return yaml.load(path.read_text(encoding="utf-8"), YAML)
