"""The registry: every claim and network as one row of a table that anybody can load."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rfbook.backmatter.census import opened
from rfbook.backmatter.claims import verdicts
from rfbook.backmatter.front import kind
from rfbook.claims.verdicts import Estimate
from rfbook.pages import sources
from rfbook.pages.addresses import EXTRA
from rfbook.records.store import write_atomically

COLUMNS = (
    "id", "paper", "kind", "page", "tier", "verdict", "network", "value", "low", "high", "n", "keys"
)  # fmt: skip
"""kind: see `kind`. low, high: the 95 % interval, empty where there is none; a value that no seed can
change is its own. n: seeds. keys: those of the records behind the value."""


def rows(tier: str) -> Iterator[dict[str, object]]:
    """One row a claim and network; a claim that was not tested has one row without a network."""
    pages = opened(tier)
    keys = {place: of_place for page in pages.values() if page for place, of_place in page.keys.items()}
    root = sources.repository()
    written = [*sources.pages(root), *sources.planned(root)]
    tiers = {name: sources.tier_of(name, tier) for name in written}
    for verdict in verdicts(pages):
        claim = verdict.claim
        fields = {
            "id": claim.id, "paper": claim.paper, "kind": kind(claim), "page": claim.page,
            "tier": tiers.get(claim.page, ""), "verdict": verdict.word,
        }  # fmt: skip
        if not verdict.estimates:
            yield fields
        for estimate in verdict.estimates:
            behind = keys.get((claim.id, estimate.network), [])
            yield fields | _numbers(estimate) | {"keys": " ".join(behind)}


def _numbers(estimate: Estimate) -> dict[str, object]:
    low, high = (estimate.mean, estimate.mean) if estimate.exact else estimate.interval or ("", "")
    return {
        "network": estimate.network,
        "value": estimate.mean,
        "low": low,
        "high": high,
        "n": estimate.n,
    }


def write(tier: str) -> Path:
    """Writes all rows to `build/<tier>/extra/registry.csv` and returns the path."""
    return write_table(tier, "registry.csv", COLUMNS, rows(tier))


def write_table(
    tier: str, name: str, columns: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> Path:
    """Writes rows under these columns as a CSV file at the root of the site; returns its path."""
    text = io.StringIO()
    table = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    path = sources.folder_of(tier, sources.repository()) / EXTRA / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.getvalue().encode())
    return path
