"""What the published records took: minutes by page and by machine, from their provenance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rfbook.backmatter.census import NOT_RUN, Asked, Cell, by_page, links, minutes
from rfbook.pages.tables.origins import origin
from rfbook.pages.tables.standard import Table
from rfbook.records.record import Record, run_key

MINUTES = ("training, min", "measuring, min")
Spent = tuple[float, float]
"""Minutes of training and of measuring."""


def machine(made: Mapping[str, object]) -> str:
    """Processor and cores of a session's provenance."""
    return f"{made['processor']}, {made.get('cores', '?')} cores"


def trained_on(record: Record) -> str:
    """The machine or machines on which a record's weights were trained."""
    sessions = record.provenance["training"]["sessions"]
    return " and ".join(sorted({machine(session) for session in sessions})) or "not trained"


def records(asked: Iterable[Asked]) -> list[Record]:
    """Every record once, whatever number of pages ask for it."""
    return list({row.record.key: row.record for row in asked if row.record}.values())


def trainings(made: Iterable[Record]) -> dict[tuple[str, float], Record]:
    """A record of every training, by the weights' key and the minutes it took.

    Weights that were lost and trained again count again: the minutes were spent.
    """
    return {(run_key(record.run), record.provenance["training"]["minutes"]): record for record in made}


def spent(made: Sequence[Record]) -> Spent:
    """Minutes of training each network once, and of taking every measure."""
    training = sum(taken for _, taken in trainings(made))
    return training, sum(record.provenance["measuring"]["minutes"] for record in made)


def _taken(asked: Iterable[Asked]) -> list[str]:
    made = records(asked)
    return [minutes(taken) for taken in spent(made)] if made else [NOT_RUN] * 2


def pages(asked: Sequence[Asked]) -> Table:
    """One row a page, and the sum over all, in which nothing counts twice: records, minutes, origin."""
    leads = links()
    rows: list[list[Cell]] = [
        [leads.get(page, page), part[0].tier, *_counts(part)] for page, part in by_page(asked).items()
    ]
    total: list[Cell] = ["all pages", "", *_counts(asked)]
    columns = ("page", "tier", "runs", "records", *MINUTES, "commits", "made")
    return Table(
        "By page; what pages share counts on each, and once in the sum", columns, [*rows, total]
    )


def _counts(asked: Sequence[Asked]) -> list[str]:
    made = records(asked)
    lacking = len({(row.tier, row.run, row.measure) for row in asked if not row.record})
    there = f"{len(made)} of {len(made) + lacking}, the rest {NOT_RUN}" if lacking else str(len(made))
    runs = {row.run for row in asked if row.record}
    origins = [origin(record) for record in made]
    days, commits = sorted({one.made for one in origins}), {one.commit for one in origins}
    made_on = " to ".join(dict.fromkeys([days[0], days[-1]])) if days else ""
    return [str(len(runs)), there, *_taken(asked), str(len(commits)), made_on]


def machines(asked: Iterable[Asked]) -> Table:
    """One row a machine: how many networks it trained, how many records it made, in how long."""
    made = records(asked)
    trained: dict[str, list[float]] = defaultdict(list)
    measured: dict[str, list[float]] = defaultdict(list)
    for (_, taken), record in trainings(made).items():
        if record.run.recipe.epochs:
            trained[trained_on(record)].append(taken)
    for record in made:
        session = record.provenance["measuring"]
        measured[machine(session)].append(session["minutes"])
    rows = [
        [name, *_number_and_sum(trained[name]), *_number_and_sum(measured[name])]
        for name in sorted({*trained, *measured})
    ]
    columns = ("machine", "networks trained", MINUTES[0], "records", MINUTES[1])
    return Table("By machine", columns, rows)


def _number_and_sum(taken: Sequence[float]) -> tuple[str, str]:
    return str(len(taken)), minutes(sum(taken))
