"""What the published records took: minutes by run, by page and by machine, from their provenance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rfbook.backmatter.census import NOT_RUN, Asked, Cell, by_page, links, minutes
from rfbook.experiments.spec import Run
from rfbook.pages.tables.standard import Table
from rfbook.records.record import Record, run_key

MINUTES = ("training, min", "measuring, min")
COLUMNS = {"name", "side", "images", "epochs"}
"""Fields of a run's images and recipe that have a column of their own, or share one."""
Spent = tuple[float, float]
"""Minutes of training and of measuring."""


def machine(made: Mapping[str, object]) -> str:
    """Processor and cores of a session's provenance."""
    return f"{made['processor']}, {made.get('cores', '?')} cores"


def trained_on(record: Record) -> str:
    """The machine or machines on which a record's weights were trained."""
    sessions = record.provenance["training"]["sessions"]
    return " and ".join(sorted({machine(one) for one in sessions})) or "not trained"


def records(asked: Iterable[Asked]) -> list[Record]:
    """Every record once, whatever number of pages ask for it."""
    return list({one.record.key: one.record for one in asked if one.record}.values())


def trainings(held: Iterable[Record]) -> dict[tuple[str, float], Record]:
    """A record of every training, by the weights' key and the minutes it took.

    Weights that were lost and trained again count again: the minutes were spent.
    """
    return {(run_key(one.run), one.provenance["training"]["minutes"]): one for one in held}


def spent(held: Sequence[Record]) -> Spent:
    """Minutes of training each network once, and of taking every measure."""
    training = sum(taken for _, taken in trainings(held))
    return training, sum(one.provenance["measuring"]["minutes"] for one in held)


def runs(asked: Iterable[Asked]) -> Table:
    """One row for runs that differ in their seed only."""
    groups: dict[tuple[str, Run], list[Asked]] = defaultdict(list)
    for one in asked:
        groups[one.tier, one.run.model_copy(update={"seed": 0})].append(one)
    columns = (
        "network", "data", "side", "epochs", "width", "further settings", "tier", "seeds", *MINUTES
    )  # fmt: skip
    return Table("Every run of the pages", columns, [_run(*key, part) for key, part in groups.items()])


def _run(tier: str, run: Run, asked: Sequence[Asked]) -> list[str]:
    images = "" if run.data.images is None else f", {run.data.images} images"
    described = [
        run.model.label, f"{run.data.name}{images}", str(run.data.side), str(run.recipe.epochs),
        f"{run.model.width:g}", _further(run), tier,
    ]  # fmt: skip
    return [*described, _seeds(asked), *_taken(asked)]


def _further(run: Run) -> str:
    """What its description says of images and recipe beyond the other columns."""
    held = run.canonical()
    said = held.get("data", {}) | held.get("recipe", {})
    rest = {name: value for name, value in said.items() if name not in COLUMNS}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in rest.items())


def _seeds(asked: Sequence[Asked]) -> str:
    wanted = {one.run.seed for one in asked}
    missing = {one.run.seed for one in asked if one.record is None}
    return f"{len(wanted - missing)} of {len(wanted)}" if missing else str(len(wanted))


def _taken(asked: Iterable[Asked]) -> list[str]:
    held = records(asked)
    return [minutes(taken) for taken in spent(held)] if held else [NOT_RUN] * 2


def pages(asked: Sequence[Asked]) -> Table:
    """One row a page, and the sum over all, in which nothing counts twice."""
    leads = links()
    rows: list[list[Cell]] = [
        [leads.get(page, page), part[0].tier, *_counts(part)] for page, part in by_page(asked).items()
    ]
    total: list[Cell] = ["all pages", "", *_counts(asked)]
    columns = ("page", "tier", "records", *MINUTES)
    return Table(
        "By page; what pages share counts on each, and once in the sum", columns, [*rows, total]
    )


def _counts(asked: Sequence[Asked]) -> list[str]:
    wanted = {(one.tier, one.run, one.measure) for one in asked}
    held = len({(one.tier, one.run, one.measure) for one in asked if one.record})
    there = str(held) if held == len(wanted) else f"{held} of {len(wanted)}, the rest {NOT_RUN}"
    return [there, *_taken(asked)]


def machines(asked: Iterable[Asked]) -> Table:
    """One row a machine: how many networks it trained, how many records it made, in how long."""
    held = records(asked)
    lines: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0, 0.0])
    for (_, taken), record in trainings(held).items():
        if record.run.recipe.epochs:
            _add(lines[trained_on(record)], 0, taken)
    for record in held:
        made = record.provenance["measuring"]
        _add(lines[machine(made)], 2, made["minutes"])
    rows = [[name, f"{a:g}", minutes(b), f"{c:g}", minutes(d)] for name, (a, b, c, d) in lines.items()]
    columns = ("machine", "networks trained", MINUTES[0], "records", MINUTES[1])
    return Table("By machine", columns, sorted(rows))


def _add(line: list[float], place: int, taken: float) -> None:
    line[place] += 1
    line[place + 1] += taken
