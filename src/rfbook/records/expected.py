"""How long a run will take: what the published runs of its network took, scaled by their size."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import log
from pathlib import Path
from statistics import median

from rfbook.experiments.files import looked_at, parsed_once
from rfbook.experiments.spec import Model, Run
from rfbook.records.stages import FITTED
from rfbook.records.store import Store

PROCESS = 2_000
"""Megabytes of Python, torch, a network in training and a batch of its maps."""
FEATURES = dict.fromkeys((*FITTED, "position_probes"), 10_000) | {"probes_8x8": 16_000}
"""Megabytes that a probe needs at most: its features, and a copy.

They are 4 GiB by `measures.probes`, or one layer, if that is larger: 512 channels at 8x8 places are
6.5 GB for 50,000 images.
"""


@dataclass(frozen=True)
class Timed:
    """A published record, as far as it says how long things took, in minutes."""

    run: Run
    measure: str
    measuring: float
    training: float


class Pace:
    """What the published runs took. store: their records; those of a network are read when asked for."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._timed: dict[str, list[Timed]] = {}

    def minutes(self, run: Run, measures: Iterable[str], trained: bool = False) -> float | None:
        """Minutes of training and of taking the measures; None without a published run to go by.

        trained: whether its weights are there. Of each part the published runs that are nearest in size
        count, by their median, on whatever machines they were made: of the network built alike (its
        width and skips aside), or where there are none of the network as it is.
        """
        timed = self._of(run.model.name)
        parts = [
            _expected(run, _seen, {t.run: t.measuring for t in timed if t.measure == name})
            for name in measures
        ]
        if run.recipe.epochs and not trained:
            taken = {t.run: t.training for t in timed if t.run.recipe.epochs}
            parts.append(_expected(run, _shown, taken))
        return None if None in parts else sum(parts)

    def _of(self, network: str) -> list[Timed]:
        if network not in self._timed:
            paths = [p for p in self.store.paths() if p.parent.name.startswith(f"{network}-")]
            looked_at.update(map(str, paths))
            self._timed[network] = [timed for path in paths if (timed := _timed(path))]
        return self._timed[network]


@parsed_once
def _timed(path: Path) -> Timed | None:
    """What a record's JSON says of its time. Its seal and its arrays are not checked, and a damaged
    record counts for nothing here: it says so where its numbers are needed."""
    try:
        body = json.loads(path.read_bytes())
        minutes = {part: body["provenance"][part]["minutes"] for part in ("measuring", "training")}
        return Timed(Run.model_validate(body["run"]), body["measure"], **minutes)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _seen(run: Run) -> float:
    """Pixels of all training images, times the width squared: what one epoch takes is like that."""
    images = run.data.images or run.data.held.train
    return images * run.data.side**2 * run.model.width**2


def _shown(run: Run) -> float:
    """The same of a whole training."""
    return run.recipe.epochs * _seen(run)


def _built(run: Run) -> Model:
    """The network but for its width and skips, which change little of what an image takes at a size."""
    return run.model.model_copy(update={"width": 1.0, "skips": Model(name=run.model.name).skips})


def _expected(run: Run, size: Callable[[Run], float], taken: Mapping[Run, float]) -> float | None:
    """Minutes for a run: the median of those that are nearest to it in size, each scaled to it.

    taken: the minutes of published runs.
    """
    if not taken:
        return None
    alike = {one: taken[one] for one in taken if _built(one) == _built(run)} or taken
    far = {one: abs(log(size(one) / size(run))) for one in alike}
    near = [one for one in alike if far[one] == min(far.values())]
    return median(alike[one] * size(run) / size(one) for one in near)


def memory(measures: Iterable[str]) -> int:
    """Megabytes that a run needs at most: a process with torch, and the features of probes."""
    return PROCESS + max((FEATURES.get(name, 0) for name in measures), default=0)


def time_in_words(minutes: float) -> str:
    """A length of time as one says it: "40 seconds", "12 minutes", "3.5 hours"."""
    if minutes < 1.5:
        seconds = max(1, round(60 * minutes))
        return f"{seconds} second{'s' * (seconds > 1)}"
    if minutes < 90:
        return f"{minutes:.0f} minutes"
    return f"{minutes / 60:.1f} hours"
