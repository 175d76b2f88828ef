"""The commands that keep `results/`: verify, recompute, compare, import. They do not read `runs/`."""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Container
from functools import cache, partial
from math import isfinite
from pathlib import Path

from rfbook.backmatter.census import in_book, wanted
from rfbook.claims.published_fields import read_fits
from rfbook.experiments.editions import VARIABLE
from rfbook.experiments.spec import Run
from rfbook.measures.obtain import made
from rfbook.pages import sources
from rfbook.pages.page import store_of
from rfbook.pages.sources import PUBLISHED
from rfbook.records.agreement import allowed, difference
from rfbook.records.exchange import brought, unpublishable
from rfbook.records.exchange import take_over as add_all
from rfbook.records.prediction import judged
from rfbook.records.provenance import tracked
from rfbook.records.record import Record, RecordError
from rfbook.records.reports import COMMANDS, NOT_NEEDED, read_report, write_report
from rfbook.records.store import Store, place, read
from rfbook.site import claim_files
from rfbook.site.commands import Lines

AGAIN = "trained again"
"""Of weights that recompute did not find in the cache."""


def verify(arguments: argparse.Namespace) -> Lines:
    """check all of results/ and claims/: seals, contents, versions, and that no page misses anything"""
    os.environ.pop(VARIABLE, None)  # what is published is of one edition
    store, known = _published(), set()
    paths = _paths(store)
    for path in paths:
        try:
            record = read(path)
        except RecordError as error:
            yield str(error), False
            continue
        known.add((record.run, record.measure))
        if not record.current:
            yield f"{path}: stale: a stage, the data or the description has a newer version", False
        elif fault := unpublishable(path, record):
            yield f"{path}: {fault}", False
    yield from _missing(store.roots[0], known)
    yield from _reports(store.roots[0])
    yield from ((fault, False) for fault in claim_files.wrong(sources.repository()))
    yield f"{len(paths)} records checked", True


def _published() -> Store:
    return store_of(PUBLISHED).published


def _paths(store: Store) -> list[Path]:
    """All published records; none at all is an error, or a check of nothing would pass."""
    paths = list(store.paths())
    if not paths:
        (root,) = store.roots
        raise FileNotFoundError(
            f"{root}: no records (folders of *.json), so nothing can be checked. Restore them (git "
            f"checkout -- {root}), or make them: python -m rfbook work --publish"
        )
    return paths


def _missing(results: Path, known: Container[tuple[Run, str]]) -> Lines:
    """Every record that a page of the book asks for and that is not there, not even a stale one."""
    pages: dict[Path, list[str]] = {}
    for page, tier, run, measure in wanted(in_book(sources.repository()), PUBLISHED):
        if tier == "smoke" or (run, measure) in known:
            continue
        path = results / place(run, measure)
        if not path.exists():
            pages.setdefault(path, []).append(page)
    known = tracked(results) if pages else ()
    for path, asking in pages.items():
        again = f"Restore it (git checkout -- {path}), or make it" if path in known else "Make it"
        yield (
            f"{path}: missing: asked for by {', '.join(asking)}. {again}: "
            f"python -m rfbook work --publish {asking[0]}"
        ), False


def _reports(results: Path) -> Lines:
    """The files that stand beside the records, by their own readers."""
    # A link that leads nowhere is there, and broken.
    there = {name for name in COMMANDS if os.path.lexists(results / f"{name}.json")}
    made = [name for name in COMMANDS if name in there or name not in NOT_NEEDED]
    readers = [partial(read_report, name) for name in made]
    for reader in (read_fits, *readers):
        try:
            reader(results)
        except (RecordError, FileNotFoundError) as error:
            yield str(error), False


def recompute(arguments: argparse.Namespace) -> Lines:
    """make published records, drawn at random, again from their descriptions, and compare"""
    published, rows = _published(), []
    paths = _behind(arguments.pages, published) if arguments.pages else _paths(published)
    for path in random.Random(arguments.draw).sample(paths, min(arguments.sample, len(paths))):
        kept = read(path)
        name, weights = f"{kept.run.slug()} {kept.measure}", _weights(kept.run)
        again = made(kept.run, kept.measure)
        differs, limit = difference(kept, again), allowed(kept.measure)
        rows.append({
            "record": name, "weights": weights, "allowed": limit,
            "difference": differs if isfinite(differs) else "other names or shapes",
        })  # fmt: skip
        words = f"differs by {differs:.2g} of the largest number, allowed is {limit:g}"
        good = differs <= limit
        if not good and weights == AGAIN and _processor(kept) != _processor(again):
            answer = judged(again, _measured(kept.measure, published))
            words += f"; trained again on another processor, as from another seed: {answer.said}"
            good = answer.inside is not False
        yield f"{name}: {words}", good
    if arguments.keep:
        yield f"kept: {write_report('recomputed', rows, published.roots[0])}", True


def _behind(pages: list[str], published: Store) -> list[Path]:
    """The published records that these pages ask for. Raises RecordError where there is none."""
    asked = {
        published.roots[0] / place(run, measure) for _, _, run, measure in wanted(pages, PUBLISHED)
    }
    paths = [path for path in _paths(published) if path in asked]
    if not paths:
        raise RecordError(f"there is no published record of {', '.join(pages)} to make again")
    return paths


def _weights(run: Run) -> str:
    """Where the weights of a record that is made again come from."""
    from rfbook.records.weights import Checkpoints

    if run.recipe.epochs == 0:
        return "not trained"
    return "from the cache" if Checkpoints(run).path.exists() else AGAIN


def _processor(record: Record) -> str:
    """What trained its weights to their end."""
    return record.provenance["training"]["sessions"][-1]["processor"]


def _measured(measure: str, published: Store) -> list[Record]:
    return [read(path) for path in published.paths(f"{measure}-*.json")]


def compare(arguments: argparse.Namespace) -> Lines:
    """say of each record in a directory whether it lies where ours do: other seeds, other processors"""
    published, asked = _published(), 0
    ours = cache(partial(_measured, published=published))
    for _, record in brought(arguments.directory):
        answer = judged(record, ours(record.measure))
        asked += answer.inside is not None
        yield f"{record.run.slug()} {record.measure}: {answer.said}", answer.inside is not False
    yield f"{asked} records compared with ours", asked > 0


def take_over(arguments: argparse.Namespace) -> Lines:
    """check the records in a directory and add them to results/; none is overwritten"""
    for record, kept in add_all(arguments.directory, _published()):
        answer, good = _taken(record, kept)
        yield f"{record.run.slug()} {record.measure} {record.key}: {answer}", good


def _taken(record: Record, kept: Record) -> tuple[str, bool]:
    """What became of a record that was handed in, and whether it agrees with the one that is kept."""
    if kept is record:
        return "taken", True
    differs, limit = difference(kept, record), allowed(kept.measure)
    if differs <= limit:
        return "already there", True
    apart = f"by {differs:.2g} of the largest number" if isfinite(differs) else "in its names or shapes"
    return (
        f"not taken: it differs from the one that is there {apart}, allowed is {limit:g}. That one "
        "stays. Weights trained on another processor may differ so much; if yours were not, one is wrong"
    ), False
