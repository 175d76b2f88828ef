"""An executed page: where it is, what it was made from, what it leaves for the pages about all pages.

Beside `build/<tier>/executed/<page>.ipynb` stands a JSON file of that name. Its part `made_from` is the
page's key: as long as it would come out the same, the page is not executed again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from rfbook.experiments.digest import digest
from rfbook.experiments.editions import chosen
from rfbook.experiments.files import looked_at, parsed_once
from rfbook.pages import sources
from rfbook.pages.sources import folder_of, tier_of
from rfbook.records.store import write_atomically

PACKAGE = Path(__file__).parents[1]
CODE = ("*.py", "*.bin")
BESIDE = (
    "requirements.lock", "pyproject.toml", "CITATION.cff", "book/references.bib", "claims/**/*.yml",
)  # fmt: skip
"""Files of the checkout that may stand behind any page."""


def executed(page: str, tier: str, root: Path) -> Path:
    """Where the executed notebook of a page stands."""
    return folder_of(tier, root) / "executed" / f"{page}.ipynb"


def summary_of(page: str, tier: str, root: Path) -> Path:
    """Where its key stands, and what it leaves for other pages."""
    return executed(page, tier, root).with_suffix(".json")


def values_of(
    page: str, tier: str, root: Path, passed: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The values of a page's parameters: those passed, the tier, and the defaults of the others."""
    values = sources.defaults(sources.shared(page, root))
    if "tier" in values:
        values["tier"] = tier_of(page, tier, root)
    return values | dict(passed or {})


def made_from(
    page: str, values: Mapping[str, object], root: Path, files: Iterable[str] = (),
    package: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The key of a page, as JSON values: its source, the package, its parameters, the files it read.

    files: names as in `looked_at`, relative to `root`. package: `package_of(root)`, where it is known.
    """
    editions = {name: edition.fingerprint for name, edition in chosen().items()}
    return ({"editions": editions} if editions else {}) | {
        "source": _content(sources.find(page, root)),
        "package": package or package_of(root),
        "parameters": dict(values),
        "files": {name: _state(name, root) for name in sorted(files)},
    }


def current(
    page: str, tier: str, root: Path, passed: Mapping[str, object] | None = None,
    package: str | None = None,
) -> bool:  # fmt: skip
    """Whether a page was executed with these values, and would be made from the same again.

    package: as for `made_from`.
    """
    path = summary_of(page, tier, root)
    if not path.exists() or not executed(page, tier, root).exists():
        return False
    recorded = _parts(path)["made_from"]
    values = values_of(page, tier, root, passed)
    return recorded == made_from(page, values, root, recorded["files"], package)


def left(
    page: str, tier: str, root: Path, package: str | None = None
) -> Callable[[str], Any] | None:
    """What a page left, part by part; None if it was not executed, or not as it is now.

    Who asks for a part depends on it, and on no other. package: as for `made_from`.
    """
    path = summary_of(page, tier, root)
    if not current(page, tier, root, package=package):
        looked_at.add(str(path))
        return None

    def part(name: str) -> Any:
        looked_at.add(f"{path}#{name}")
        return _parts(path)[name]

    return part


def leave(path: Path, root: Path, parts: Mapping[str, Any]) -> None:
    """Writes what a page leaves, at its end and in its kernel, with the state of all that it read."""
    names = {_below(root, name) for name in looked_at}
    files = {name: _state(name, root) for name in sorted(names)}
    _write(path, {"files": files, **parts})


def keep(path: Path, key: Mapping[str, Any], left_at: Path) -> None:
    """Writes the summary of a page. key: `made_from` before it was executed. left_at: see `leave`."""
    parts = json.loads(left_at.read_bytes())
    _write(path, {"made_from": {**key, "files": parts.pop("files")}, **parts})


def _write(path: Path, body: Mapping[str, Any]) -> None:
    write_atomically(path, json.dumps(body, indent=1, allow_nan=False).encode())


def package_of(root: Path) -> str:
    """A digest of what may stand behind any page: the code, the lock, the claims, the list of pages."""
    paths = [path for pattern in CODE for path in sorted(PACKAGE.rglob(pattern))]
    contents = {path.relative_to(PACKAGE).as_posix(): _content(path) for path in paths}
    for pattern in BESIDE:
        paths = sorted(root.glob(pattern))
        contents |= {path.relative_to(root).as_posix(): _content(path) for path in paths}
    listed = {"pages": sources.pages(root), "planned": sources.planned(root)}
    return digest({"files": contents, **listed}, length=64)


def _state(name: str, root: Path) -> str | None:
    """A digest of what stands under a name, of a folder of records their names; None if nothing does."""
    path, _, part = name.partition("#")
    file = root / path
    try:
        return digest({part: _parts(file).get(part)}, length=64) if part else _content(file)
    except IsADirectoryError:
        return digest(sorted(record.relative_to(file).as_posix() for record in file.glob("*/*.json")))
    except (FileNotFoundError, NotADirectoryError):
        return None


def _below(root: Path, name: str) -> str:
    path = Path(name)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else name


@parsed_once
def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@parsed_once
def _parts(path: Path) -> dict[str, Any]:
    return json.loads(path.read_bytes())
