"""What others say of networks, where records say what was measured here: printed tables and arrays."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from rfbook.claims.claim import Claim
from rfbook.claims.printed_tables import read_sizes
from rfbook.claims.published_fields import read_fits
from rfbook.claims.quantities.others import FINETUNED, TABLE, Evidence


def _sizes(table: str, shown: str) -> Callable[[Path], dict[str, dict[str, Any]]]:
    names = ("accuracy", "field", "sigma", "depth")

    def read(root: Path) -> dict[str, dict[str, Any]]:
        sizes = read_sizes(root / "claims", table)
        columns = {name: getattr(sizes, name).tolist() for name in names}
        return {shown: columns | {"networks": list(sizes.networks)}}

    return read


def _openerf(root: Path) -> dict[str, dict[str, Any]]:
    depth = read_sizes(root / "claims").column("depth")
    fits = read_fits(root / "results")["fits"]
    return {network: fit | {"depth": depth[network]} for network, fit in fits.items()}


SOURCES: dict[str, Callable[[Path], dict[str, dict[str, Any]]]] = {
    "table_1": _sizes("table_1", TABLE),
    "table_2": _sizes("table_2", FINETUNED),
    "openerf": _openerf,
}
"""What a quantity may name in place of a measure: of the repository's root, values by network."""


def on_numbers_of_others(claim: Claim) -> bool:
    """Whether what decides a claim was printed or published by others, and not measured here."""
    return claim.quantity is not None and bool(set(claim.measured.measures) & SOURCES.keys())


def evidence(sources: Collection[str], root: Path) -> dict[str, list[dict[str, Evidence]]]:
    """What the sources say, by network: one sample each, as a single run would be.

    Raises FileNotFoundError, with the command, if the arrays were not fitted yet.
    """
    networks: dict[str, dict[str, Evidence]] = {}
    for source in sources:
        for network, values in SOURCES[source](root).items():
            networks.setdefault(network, {})[source] = Evidence(values)
    return {network: [by_source] for network, by_source in networks.items()}
