"""What `python -m rfbook` can do. Every command yields (line to show, whether it is good)."""

from __future__ import annotations

import argparse
import ast
import os
import shutil
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

import nbformat
from pydantic import ValidationError

from rfbook.backmatter.census import in_book
from rfbook.claims.claim import ClaimError
from rfbook.claims.published_fields import write_fits
from rfbook.experiments.catalogue import TITLES
from rfbook.experiments.digest import digest
from rfbook.experiments.editions import VARIABLE
from rfbook.experiments.errors import DataError, TrainingError
from rfbook.experiments.progress import log
from rfbook.experiments.spec import Run
from rfbook.experiments.tiers import TIERS
from rfbook.measures.obtain import Busy, merged, obtain, status
from rfbook.pages import sources
from rfbook.pages.executed import current
from rfbook.pages.page import store_of
from rfbook.pages.parameters import ParameterError, require_valid
from rfbook.pages.plan import Ask, asks, asks_by_tier, declared
from rfbook.pages.sources import PUBLISHED, PageSourceError, UnknownPage, folder_of, repository, tier_of
from rfbook.records.record import RecordError, record_key
from rfbook.site import build, claim_files, printing
from rfbook.site.execution import PageError, execute
from rfbook.site.handed_out import handed_out
from rfbook.site.making import in_a_line, made, missing
from rfbook.site.planned import as_json, of_key, of_shard

Lines = Iterator[tuple[str, bool]]
CHOICES = (PUBLISHED, *TIERS)
OPEN = (
    'To open them: .venv/bin/python -m pip install --no-build-isolation -e ".[lab]", which adds '
    "JupyterLab and nbconvert, then .venv/bin/jupyter lab build/notebooks"
)
"""What is said of notebooks that were written."""
MENDABLE = (
    ParameterError, UnknownPage, PageError, RecordError, ClaimError, ValidationError,
    PageSourceError, OSError, DataError, TrainingError,
)  # fmt: skip
"""Errors whose message says what to do; any other is a fault of ours and shows where it happened."""


def run(arguments: argparse.Namespace) -> Lines:
    """execute one page with other parameters: run PAGE -p NAME VALUE ..."""
    passed = {name: _typed(value) for name, value in arguments.parameters}
    _require_place(arguments.output)
    require_valid(declared(arguments.page), passed)
    passed = {**_at(arguments.page, PUBLISHED), **passed}
    for line in claim_files.unmatched(repository(), [arguments.page]):
        yield f"{line}. The page is executed all the same", True
    device = (declared(arguments.page) | passed).get("device", "auto")
    for line in made(asks_by_tier(arguments.page, passed), str(device)):
        yield line, True
    executed = execute(arguments.page, f"rerun/{digest(passed)}", passed)
    if arguments.output:
        shutil.copyfile(executed, arguments.output)
    yield f"executed: {arguments.output or executed}", True


def _require_place(output: Path | None) -> None:
    if output and (output.is_dir() or not output.parent.is_dir()):
        raise ParameterError(f"-o {output}: name a file in a folder that exists")


def _typed(text: str) -> object:
    """A number, truth value or None written as in Python; anything else is the text itself."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def why(arguments: argparse.Namespace) -> Lines:
    """say of each record of a page: there, missing, or stale and by what"""
    tier = tier_of(arguments.page, arguments.tier)
    for run, measures in merged(_asked([arguments.page], arguments.tier)).items():
        for measure in measures:
            state = status(run, measure, store_of(tier))
            where = "there" if state.found else state.nearest
            yield f"{run.slug()} {measure} {record_key(run, measure)}: {where}", True


def plan(arguments: argparse.Namespace) -> Lines:
    """list every run that pages ask for, planned ones last, with what is missing and its minutes"""
    asked = merged(_asked(arguments.pages, arguments.tier))
    if arguments.json:
        yield as_json(asked, store_of(arguments.tier), arguments.tier, arguments.pages), True
        return
    todo = {piece.run: piece for piece in missing({arguments.tier: list(asked.items())})}
    for run in asked:
        yield f"{run.slug()}: {todo.get(run, 'done')}", True
    if asked:
        yield in_a_line(len(asked), list(todo.values())), True


def work(arguments: argparse.Namespace) -> Lines:
    """make every missing record of the plan, run by run; can be killed, started again, run twice at once

    A run that another process makes is left to it and looked at again at the end. One that fails is
    noted, and the next begins.
    """
    if arguments.publish and arguments.tier == "smoke":
        raise ParameterError(
            "--publish writes to results/, which holds no runs of tier smoke: theirs stay in "
            "build/smoke/records. Leave out --publish, or use another tier."
        )
    store = store_of(arguments.tier)
    if arguments.publish:
        store = store.published
    asked = merged(_asked(arguments.pages, arguments.tier))
    if arguments.run:
        asked = of_key(asked, arguments.run)
    if arguments.shard:
        asked = of_shard(asked, arguments.shard)
    left: list[Run] = []
    failed = []
    # The second part is read when the first has filled it.
    for run, wait in chain(((run, False) for run in asked), ((run, True) for run in left)):
        try:
            obtain(run, asked[run], store, wait=wait)
        except Busy:
            left.append(run)
        except Exception as error:
            if not isinstance(error, MENDABLE):
                log.exception("%s: a fault of ours, or too little memory", run.slug())
            failed.append(run.slug())
            yield f"{run.slug()}: failed: {type(error).__name__}: {error}", False
        else:
            yield f"{run.slug()}: done", True
    if failed:
        yield f"failed: {len(failed)} of {len(asked)} runs: {', '.join(failed)}", False


def _asked(pages: list[str], tier: str) -> list[Ask]:
    root = repository()
    names = pages or [*in_book(root), *sources.planned(root)]
    return [ask for page in names for ask in asks(page, _at(page, tier))]


def _at(page: str, tier: str) -> Mapping[str, object]:
    """The page's tier as a parameter, for pages that have one."""
    return {"tier": tier_of(page, tier)} if "tier" in declared(page) else {}


def data(arguments: argparse.Namespace) -> Lines:
    """get data sets from RFBOOK_DATA or the hub, decode them, and say which edition each is"""
    from rfbook.experiments.data import fetched

    for name in arguments.sets:
        edition = fetched(name)
        if edition is None:
            yield f"{name}: the edition of the published records", True
        else:
            size = f"{edition.train} training and {edition.test} test images, {edition.classes} classes"
            yield (
                f"{name}: another edition of {TITLES[name]} than the published records' ({size}, "
                f"fingerprint {edition.fingerprint[:16]}). To run pages on it: {VARIABLE}={name}"
            ), True


def outside(arguments: argparse.Namespace) -> Lines:
    """fit the effective fields that others publish, from RFBOOK_DATA, into results/"""
    yield f"fitted: {write_fits(repository() / 'results')}", True


def book(arguments: argparse.Namespace) -> Lines:
    """execute every page and build the site"""
    if arguments.tier == "smoke":
        # From nothing: smoke trusts no weights and no data that an earlier build left.
        folder = folder_of("smoke", repository())
        shutil.rmtree(folder, ignore_errors=True)
        os.environ["RFBOOK_CACHE"] = str(folder / "cache")
    yield f"the site is {build.build(arguments.tier)}", True


def pdf(arguments: argparse.Namespace) -> Lines:
    """print the site that was built, and the report, as PDF"""
    for path in printing.print_all(arguments.tier):
        yield f"printed: {path}", True


def notebooks(arguments: argparse.Namespace) -> Lines:
    """write every page as .ipynb into build/notebooks, to open in Jupyter"""
    root = repository()
    for page in sources.pages(root):
        path = root / "build/notebooks" / f"{page}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(handed_out(page, root), path)
        results = "" if current(page, PUBLISHED, root) else " (without results: `make book` first)"
        yield f"{path}{results}", True
    yield OPEN, True
