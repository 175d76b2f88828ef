"""The environment: what is pinned, and which versions the records were made with."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from rfbook.backmatter.census import Asked
from rfbook.backmatter.cost import machine, records
from rfbook.pages import sources
from rfbook.pages.tables.standard import Table

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;]+)")


def pins(lock: Path) -> dict[str, str]:
    """Name -> version of every line of a lock file."""
    matches = map(PINNED.match, lock.read_text(encoding="utf-8").splitlines())
    return {match[1]: match[2] for match in matches if match}


def declared() -> Table:
    """What the package and the book use themselves, at the versions of the lock."""
    root = sources.repository()
    locked = pins(root / "requirements.lock")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[\[=<>~! ;]", text)[0] for text in project["dependencies"]]
    rows = [["Python", project["requires-python"].removeprefix("==")]]
    rows += [[name, locked[name]] for name in names]
    caption = f"Declared dependencies; requirements.lock pins {len(locked)} packages in all"
    return Table(caption, ("package", "version"), rows)


def made_with(asked: Iterable[Asked]) -> Table:
    """One row a machine and set of versions that published records were measured with."""
    counts = Counter(_session(record.provenance["measuring"]) for record in records(asked))
    rows = [[*session, str(count)] for session, count in sorted(counts.items())]
    columns = ("machine", "system", "threads", "versions", "records")
    return Table("What the records were measured on", columns, rows)


def _session(made: dict) -> tuple[str, str, str, str]:
    versions = ", ".join(f"{name} {version}" for name, version in made.get("versions", {}).items())
    return machine(made), made.get("system", "not recorded"), str(made["threads"]), versions
