"""From page sources to the static site: execute every page, stage the results, render.

Everything is written below `build/<tier>/`: `executed/` holds a notebook and a summary of each page,
`extra/` the tables of all claims and of all records and their JSON, `stage/` what Jupyter Book reads,
`_build/html/` the site. The tier `published` runs each page at the tier that its own front matter names
(`rfbook: {tier: thin}`).
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import subprocess
import sysconfig
import time
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from rfbook.backmatter import record_files, record_table, registry
from rfbook.experiments.digest import digest
from rfbook.pages import sources
from rfbook.pages.executed import current, executed
from rfbook.pages.plan import declared
from rfbook.pages.sources import folder_of
from rfbook.site.execution import PageError, execute
from rfbook.site.staging import stage
from rfbook.site.warm import warm_kernels

WITH = ("_config.yml", "_toc.yml", "requirements.lock")
"""What decides how the staged files are rendered."""

log = logging.getLogger("rfbook")


def build(tier: str, root: Path | None = None, workers: int = 2) -> Path:
    """Execute, stage and render the whole book at `tier`; returns its first page.

    What would come out the same is not made again. Raises PageError if a page stops or Sphinx warns of
    anything.
    """
    root = root or sources.repository()
    execute_all(tier, root, workers)
    registry.write(tier)
    record_table.write(tier)
    record_files.link(tier)
    stage(tier, root)
    return render(tier, root)


def execute_all(tier: str, root: Path | None = None, workers: int = 2) -> list[Path]:
    """Execute every page whose key changed in `workers` processes; returns all notebooks.

    Each has one line of the log. Pages that sum up what others leave come last. A page that stops does
    not stop the rest: PageError at the end names all that did.
    """
    root = root or sources.repository()
    names = sources.pages(root)
    planned = sources.planned(root) if tier == "smoke" else []
    names += planned  # no part of the site, but they have to run
    given = {name: {"seeds": 2} for name in planned if "seeds" in declared(name)}
    failures: list[str] = []
    started, count = time.monotonic(), 0
    pool = ProcessPoolExecutor(workers, initializer=_share_cores, initargs=(workers,))
    with warm_kernels(_threads(workers)), pool:
        for last in (False, True):
            group = [
                name for name in names
                if sources.sums_up(name, root) == last and not current(name, tier, root, given.get(name))
            ]  # fmt: skip
            futures = {
                pool.submit(execute, name, tier, given.get(name), root): name for name in group
            }
            for future in as_completed(futures):
                outcome, seconds = _outcome(future, failures), time.monotonic() - started
                log.info("%5.0f s  %s at %s: %s", seconds, futures[future], tier, outcome)
            count += len(group)
    log.info("%d of %d pages executed, the others are as they would come out", count, len(names))
    if failures:
        raise PageError("\n\n".join(failures))
    return [executed(name, tier, root) for name in names]


def render(tier: str, root: Path | None = None) -> Path:
    """Let Jupyter Book render the staged pages, warnings as errors; returns the first page.

    A site that was rendered from the same files stays as it is. Raises PageError with the warnings; the
    whole output is in `build/<tier>/sphinx.log`.
    """
    root = root or sources.repository()
    folder = folder_of(tier, root)
    first, stamp, inputs = folder / "_build/html/index.html", folder / "rendered", _inputs(folder, root)
    if first.exists() and stamp.exists() and stamp.read_text() == inputs:
        log.info("site: %s, as it was", first)
        return first
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder / "_build", ignore_errors=True)
    program = Path(sysconfig.get_path("scripts")) / "jupyter-book"
    command = [program, "build", folder / "stage", "--path-output", folder, "-W", "-n"]
    command += ["-q", "--keep-going", "--config", root / "_config.yml", "--toc", root / "_toc.yml"]
    merged = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run(command, cwd=root, check=False, **merged)
    (folder / "sphinx.log").write_text(done.stdout, encoding="utf-8")
    if done.returncode:
        raise PageError(_unrendered(done.stdout, folder / "sphinx.log"))
    stamp.write_text(inputs)
    log.info("site: %s", first)
    return first


def _inputs(folder: Path, root: Path) -> str:
    """A digest of everything that the site is rendered from, and with."""
    stage = folder / "stage"
    paths = {str(path.relative_to(stage)): path for path in stage.rglob("*") if path.is_file()}
    paths |= {name: root / name for name in WITH if (root / name).exists()}
    digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items()}
    return digest(digests, length=64)


def _threads(workers: int) -> dict[str, str]:
    # For kernels: two that take all cores each are slower than two that share them.
    return {"OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // workers))}


def _share_cores(workers: int) -> None:
    os.environ.update(_threads(workers) | os.environ)


def _outcome(future: Future[Path], failures: list[str]) -> str:
    try:
        future.result()
    except PageError as error:
        failures.append(str(error))
        return "stopped"
    return "executed"


def _unrendered(output: str, path: Path) -> str:
    lines = re.sub(r"\x1b\[[0-9;]*m", "", output).splitlines()
    warnings = [line for line in lines if "WARNING" in line or "ERROR" in line] or lines[-20:]
    lines_once = dict.fromkeys(warnings)
    return "\n".join(["the site was not rendered:", *lines_once, f"The whole output is {path}"])
