"""The plan as jobs, for a workflow engine or several machines: each a run with the records wanted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from rfbook.experiments.digest import digest
from rfbook.experiments.spec import Run
from rfbook.pages.page import store_of
from rfbook.pages.parameters import ParameterError
from rfbook.pages.sources import PUBLISHED
from rfbook.records.expected import Pace, memory
from rfbook.records.provenance import commit
from rfbook.records.record import record_key, run_key
from rfbook.records.store import Store
from rfbook.site.making import is_trained

Asked = Mapping[Run, Sequence[str]]
"""The measures that are wanted of each run."""
Shard = tuple[int, int]
"""Which one, from 1, of how many."""


@dataclass(frozen=True)
class Job:
    """One run to be made, as a line of the plan. minutes: None where no published run says how long.

    memory: megabytes that its process is expected to need at most. missing: measures without a record.
    after: the keys of jobs whose weights it starts from.
    """

    key: str
    run: str
    measures: list[str]
    missing: list[str]
    minutes: float | None
    memory: int
    after: list[str]


def job_key(run: Run, measures: Sequence[str]) -> str:
    """The identity of a job: the weights, and the records that are wanted."""
    return digest({"run": run_key(run), "records": sorted(record_key(run, name) for name in measures)})


def jobs(asked: Asked, store: Store) -> list[Job]:
    """Every run as a job, in the order in which they are asked for."""
    pace = Pace(store_of(PUBLISHED).published)
    missing = {
        run: [name for name in measures if store.find(run, name) is None]
        for run, measures in asked.items()
    }
    keys = {run: job_key(run, measures) for run, measures in asked.items()}
    return [
        Job(
            keys[run], run.slug(), list(measures), missing[run],
            pace.minutes(run, missing[run], is_trained(run)) if missing[run] else 0.0,
            memory(measures),
            [keys[run.source]] if missing.get(run.source) else [],
        )
        for run, measures in asked.items()
    ]  # fmt: skip


def as_json(asked: Asked, store: Store, tier: str, pages: Sequence[str]) -> str:
    """The plan as a file for a workflow engine: what it was made from, and its jobs."""
    made_from = {"commit": commit(), "tier": tier, "pages": list(pages)}
    return json.dumps(made_from | {"jobs": [asdict(job) for job in jobs(asked, store)]}, indent=1)


def of_key(asked: Asked, key: str) -> Asked:
    """The run of a job alone. Raises ParameterError for a key that no run of the plan has."""
    named = {run: names for run, names in asked.items() if job_key(run, names) == key}
    if not named:
        raise ParameterError(
            f"--run {key}: no run that these pages ask for has this key. The plan was made from other "
            "code, other data or for other pages; make it again: python -m rfbook plan --json"
        )
    return named


def of_shard(asked: Asked, shard: Shard) -> Asked:
    """The part of the runs that one of several machines makes: every run is in exactly one.

    A run is in the same part as those that start from its weights. Records that are made meanwhile
    change no part.
    """
    groups = sorted({_first(run) for run in asked})
    part, parts = shard
    mine = set(groups[part - 1 :: parts])
    return {run: names for run, names in asked.items() if _first(run) in mine}


def _first(run: Run) -> str:
    """The key of the weights that must be there first: those of its source, or its own."""
    return run_key(run.source or run)
