"""Where the numbers of a page come from: its runs, each with a link to the JSON of every record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from rfbook.experiments.spec import Run
from rfbook.pages import minutes
from rfbook.pages.addresses import record_address
from rfbook.pages.outcomes import Outcome
from rfbook.pages.page import Page
from rfbook.pages.tables.table import Cell, Table
from rfbook.records.record import Record


@dataclass(frozen=True)
class Origin:
    """Where a record was made: commit of the code, data by their fingerprint, day, machine."""

    commit: str
    data: str
    made: str
    machine: str


NAMES = ("commit", "data", "made", "machine")
"""How a table calls what an `Origin` says."""


def origin(record: Record) -> Origin:
    """Of a record, as its provenance has it; hashes by their first digits."""
    made = record.provenance["measuring"]
    data = (made.get("pixels") or record.description["data_fingerprint"])[:12]
    machine = f"{made['processor']}, {made['threads']} thread{'s' * (made['threads'] != 1)}"
    return Origin(_commit(made["commit"]), data, made["made"][:10], machine)


def _commit(full: str) -> str:
    """The first digits, and whether the code was changed after the commit."""
    commit, plus, changes = full.partition("+")
    return commit[:12] + plus + changes


def footer(page: Page) -> Table:
    """Provenance of everything that a page shows, one row a run; what all rows share stands above.

    Seeds of a run whose records were made in one place share a row.
    """
    every = [page, *page.parts]
    outcomes = [outcome for part in every for outcome in part.outcomes]
    places = _places(outcomes)
    shared, others = _shared([place for _, place in places])
    rows = [_row(page, run, place, others, records) for (run, place), records in places.items()]
    tiers = ", ".join(dict.fromkeys(f"tier {part.tier}" for part in every))
    runs, total = len({outcome.run for outcome in outcomes}), minutes.in_words(minutes.taken(outcomes))
    caption = f"Where every number comes from: {runs} runs, {total} of computing ({tiers})"
    columns = ["run", "records", "minutes (training + measuring)", *(NAMES[index] for index in others)]
    return Table(caption, columns, rows, folded=True, note=shared)


def _places(outcomes: Iterable[Outcome]) -> dict[tuple[Run, Origin], list[Record]]:
    """The records of each run, whatever its seed, that were made in one place."""
    places: dict[tuple[Run, Origin], list[Record]] = {}
    for outcome in outcomes:
        run = outcome.run.model_copy(update={"seed": 0})
        for record in outcome.records.values():
            places.setdefault((run, origin(record)), []).append(record)
    return {place: _once(records) for place, records in places.items()}


def _once(records: Iterable[Record]) -> list[Record]:
    return list({record.key: record for record in records}.values())


def _shared(places: Sequence[Origin]) -> tuple[str, list[int]]:
    """What all rows share, in words, and the places in `NAMES` of what they do not."""
    values = [set(column) for column in zip(*map(astuple, places), strict=True)]
    words = [f"{NAMES[index]} {min(some)}" for index, some in enumerate(values) if len(some) == 1]
    others = [index for index, some in enumerate(values) if len(some) > 1]
    return f"All: {'; '.join(words)}." if words else "", others


def _row(
    page: Page, run: Run, place: Origin, others: Iterable[int], records: Sequence[Record]
) -> list[Cell]:
    seeds = dict.fromkeys(record.run.seed for record in records)
    training = sum(
        next(one for one in records if one.run.seed == seed).provenance["training"]["minutes"]
        for seed in seeds
    )
    measuring = sum(record.provenance["measuring"]["minutes"] for record in records)
    minutes_of = [f"{training:.1f}"] * bool(training) + [f"{measuring:.1f}"]
    slug = run.slug().removesuffix("-s0")
    name = slug if len(seeds) > 1 else f"{slug}-s{next(iter(seeds))}"
    rest = astuple(place)
    return [
        name, _links(page, records, len(seeds) > 1), " + ".join(minutes_of),
        *(rest[index] for index in others),
    ]  # fmt: skip


def _links(page: Page, records: Sequence[Record], several: bool) -> list[tuple[str, str]]:
    """To the JSON of every record, by measure: "accuracy s0, s1, probes s0"; one seed has no number."""
    by_measure: dict[str, list[Record]] = {}
    for record in records:
        by_measure.setdefault(record.measure, []).append(record)
    return [
        (_words(record, index == 0, several), record_address(record.key, page.name))
        for some in by_measure.values() for index, record in enumerate(some)
    ]  # fmt: skip


def _words(record: Record, first: bool, several: bool) -> str:
    return " ".join([record.measure] * first + [f"s{record.run.seed}"] * several)
