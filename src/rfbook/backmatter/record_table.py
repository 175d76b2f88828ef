"""Every record that the pages ask for as one row of a table that anybody can load."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from rfbook.backmatter.census import Asked, census
from rfbook.backmatter.registry import write_table
from rfbook.experiments.spec import Run
from rfbook.pages.tables.origins import origin

NAME = "records.csv"
COLUMNS = (
    "key", "run", "measure", "tier", "pages", "network", "width", "data", "images", "side", "epochs",
    "seed", "training_minutes", "measuring_minutes", "commit", "data_fingerprint", "made", "machine",
)  # fmt: skip
"""key: empty for a record that is not there yet. pages: those that show it, apart by spaces. images:
empty for all of the data set. epochs: 0 for a network at initialisation, or as others trained it."""


def rows(asked: Iterable[Asked]) -> Iterator[dict[str, object]]:
    """One row a record, in the order of the pages that show it first."""
    shown: dict[tuple[str, Run, str], list[Asked]] = {}
    for ask in asked:
        if not ask.planned:
            shown.setdefault((ask.tier, ask.run, ask.measure), []).append(ask)
    for (tier, run, measure), places in shown.items():
        pages = " ".join(dict.fromkeys(ask.page for ask in places))
        yield {
            "run": run.slug(), "measure": measure, "tier": tier, "pages": pages,
            "network": run.model.label, "width": run.model.width, "data": run.data.name,
            "images": run.data.images, "side": run.data.side, "epochs": run.recipe.epochs,
            "seed": run.seed, **_made(places[0]),
        }  # fmt: skip


def _made(ask: Asked) -> dict[str, object]:
    if ask.record is None:
        return {}
    made, place = ask.record.provenance, asdict(origin(ask.record))
    minutes = {f"{stage}_minutes": made[stage]["minutes"] for stage in ("training", "measuring")}
    return {"key": ask.record.key, "data_fingerprint": place.pop("data"), **minutes, **place}


def write(tier: str) -> Path:
    """Writes all rows to `build/<tier>/extra/records.csv` and returns the path."""
    return write_table(tier, NAME, COLUMNS, rows(census(tier)))
