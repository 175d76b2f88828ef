"""Makes what a page asks for, run by run, and says how far it has come and how long the rest takes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rfbook.experiments.spec import Run
from rfbook.measures.obtain import merged, obtain
from rfbook.pages.page import store_of
from rfbook.pages.plan import Ask
from rfbook.pages.sources import PUBLISHED
from rfbook.records.expected import Pace, time_in_words
from rfbook.records.store import Store

UNKNOWN = "no published run of this network says how long"


@dataclass(frozen=True)
class Missing:
    """A run of which records are missing. minutes: what they will take, None if nothing says so."""

    run: Run
    measures: Sequence[str]
    store: Store
    minutes: float | None

    def __str__(self) -> str:
        """What is missing, and how long that takes: "missing accuracy, probes; about 12 minutes"."""
        return f"missing {', '.join(self.measures)}; {_time([self.minutes], 1.0)}"


def missing(asked: Mapping[str, Sequence[Ask]]) -> list[Missing]:
    """The runs that have to be made, by the tier at which they are asked for."""
    pace = Pace(store_of(PUBLISHED).published)
    pieces = []
    for tier, part in asked.items():
        store = store_of(tier)
        for run, measures in merged(part).items():
            lacking = [name for name in measures if store.find(run, name) is None]
            if lacking:
                minutes = pace.minutes(run, lacking, is_trained(run))
                pieces.append(Missing(run, lacking, store, minutes))
    return pieces


def is_trained(run: Run) -> bool:
    """Whether the cache holds weights of the run, whole or begun."""
    from rfbook.records.weights import Checkpoints  # it imports torch, which takes seconds

    return Checkpoints(run).path.exists()


def made(asked: Mapping[str, Sequence[Ask]], device: str) -> Iterator[str]:
    """Makes every missing run; yields a line before the first, one as each is made, and where they are.

    Of a page that asks for no run there is nothing to say. The remaining time is that of the published
    runs, corrected by how long those made now took. Raises as `obtain` does.
    """
    count = sum(len(merged(part)) for part in asked.values())
    if not count:
        return
    todo = missing(asked)
    yield in_a_line(count, todo)
    spent = expected = 0.0
    for place, piece in enumerate(todo, start=1):
        started = time.monotonic()
        obtain(piece.run, piece.measures, piece.store, device)
        took = (time.monotonic() - started) / 60
        if piece.minutes is not None:
            spent, expected = spent + took, expected + piece.minutes
        rest = _rest(todo[place:], spent / expected if expected else 1.0)
        yield f"{place} of {len(todo)}: {piece.run.slug()}: made in {time_in_words(took)}{rest}"
    for root in dict.fromkeys(piece.store.roots[-1] for piece in todo):
        yield f"the new records are in {root}"


def in_a_line(count: int, todo: Sequence[Missing]) -> str:
    """What is to be made: "runs asked for: 9; there: 8; to be made: 1, about 1.8 hours".

    count: all the runs that are asked for. todo: those that have to be made.
    """
    return f"runs asked for: {count}; there: {count - len(todo)}; to be made: {_all(todo)}"


def _all(todo: Sequence[Missing]) -> str:
    if not todo:
        return "none"
    return f"{len(todo)}, {_time([piece.minutes for piece in todo], 1.0)}"


def _rest(todo: Sequence[Missing], pace: float) -> str:
    return f"; to go: {_time([piece.minutes for piece in todo], pace)}" if todo else ""


def _time(minutes: Sequence[float | None], pace: float) -> str:
    known = [taken for taken in minutes if taken is not None]
    if not known:
        return UNKNOWN
    total = pace * sum(known)
    time = "less than a minute" if total < 1 else f"about {time_in_words(total)}"
    return time + f", and {len(minutes) - len(known)} more of which {UNKNOWN}" * (None in minutes)
