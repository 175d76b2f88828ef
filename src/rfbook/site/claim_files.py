"""Whether the files of `claims/` are whole: the pages list what must stand in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from rfbook.claims import sealed
from rfbook.claims.claim import ClaimError, read_claims
from rfbook.claims.printed_tables import TABLES, read_paddings, read_sizes, read_skip_ablation
from rfbook.experiments.files import read_yaml
from rfbook.pages import sources

CLAIMS = "claims"
"""Folder of the claims, in a checkout."""

READERS: dict[str, Callable[[Path], Any]] = {
    "table_1": read_sizes,
    "table_2": partial(read_sizes, table="table_2"),
    "table_3": read_paddings,
    "skip_ablation": read_skip_ablation,
}
"""Who reads each printed table; a column that is missing or too short stops them."""
UNREADABLE = (OSError, yaml.YAMLError, TypeError, KeyError, AttributeError, ValueError)
"""What a file that is gone, cut or not of this kind makes its reader raise."""


def wrong(root: Path) -> Iterator[str]:
    """What is missing, double, foreign or cut in the claims and tables, with the remedy."""
    try:
        claims = read_claims(root / CLAIMS)
    except ClaimError as error:
        yield str(error)
    else:
        yield from unmatched(root)
        yield from sealed.wrong(claims, root / CLAIMS)
        yield from _sentences({claim.id for claim in claims}, root)
    yield from _tables(root / CLAIMS)


def unmatched(root: Path, pages: Sequence[str] | None = None) -> Iterator[str]:
    """Claims that a page lists in its front matter and that are not there, and the reverse.

    pages: those that are looked at; by default all, and pages that are named by a claim alone.
    Raises ClaimError for claims that cannot be read, UnknownPage for an unknown page.
    """
    claims = read_claims(root / CLAIMS)
    there = {(claim.id, claim.page) for claim in claims if pages is None or claim.page in pages}
    fronts = _fronts(root, pages)
    listed = {(name, page) for page, front in fronts for name in front.get("claims", ())}
    for name, page in sorted(listed - there):
        yield (
            f"{root / CLAIMS}: {page} lists claim {name}, and no row has both. Write the row, or take "
            f"it off the list; if it was lost: git checkout -- {CLAIMS}, which undoes changes there"
        )
    for name, page in sorted(there - listed):
        yield (
            f"{root / CLAIMS}: claim {name} names the page {page}, whose front matter does not list it. "
            "Add it to `claims` there"
        )


def _fronts(root: Path, pages: Sequence[str] | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pages, by default all, each with what its front matter says of it."""
    for page in [*sources.pages(root), *sources.planned(root)] if pages is None else pages:
        yield page, sources.matter(sources.find(page, root)).get("rfbook", {})


def _sentences(claims: set[str], root: Path) -> Iterator[str]:
    """Conclusions that do not have as many sentences as their page says, or name claims that are not."""
    for page, front in _fronts(root):
        if "sentences" not in front:
            continue
        path = root / CLAIMS / TABLES / f"conclusion_{page.partition('/')[0]}.yml"
        try:
            rows = read_yaml(path)
            stated = {row["says"] for row in rows}
            unknown = {name for row in rows for name in row.get("claims", ())} - claims
        except UNREADABLE as error:
            yield f"{path}: it cannot be read ({error}). {_restore()}"
            continue
        if not len(rows) == len(stated) == front["sentences"]:
            told = f"{page} says {front['sentences']}"
            yield f"{path}: {len(stated)} sentences in {len(rows)} rows, {told}"
        if unknown:
            yield f"{path}: there is no claim {', '.join(sorted(unknown))}. {_restore()}"


def _tables(claims: Path) -> Iterator[str]:
    for name, read in READERS.items():
        path = claims / TABLES / f"{name}.yml"
        try:
            table = read(claims)
        except UNREADABLE as error:
            yield f"{path}: it is not the whole table ({error}). {_restore()}"
            continue
        if name == "table_2" and table.validation is None:
            yield f"{path}: the column `validation` is missing. {_restore()}"


def _restore() -> str:
    return f"Restore it: git checkout -- {CLAIMS}"
