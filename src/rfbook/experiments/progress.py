"""Long work shows progress: a bar on a terminal, one log line a minute elsewhere."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

log = logging.getLogger("rfbook")
Item = TypeVar("Item")


def track(items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
    """Yields the items unchanged and shows how far it has come. total: their number, if unsized."""
    if sys.stderr.isatty():
        yield from tqdm(items, desc=label, total=total, leave=False)
        return
    total = total if total is not None else getattr(items, "__len__", lambda: None)()
    started = logged = time.monotonic()
    for done, item in enumerate(items):
        yield item
        now = time.monotonic()
        if now - logged >= 60:
            logged = now
            log.info("%s: %d of %s, %.0f s so far", label, done + 1, total or "?", now - started)
