"""Where things are: the checkout, the cache, the data. No default depends on the working directory."""

from __future__ import annotations

import os
from pathlib import Path

from rfbook.experiments.errors import DataError

_known: dict[str, Path | None] = {}
"""Place -> the checkout that was found from it: to look through all folders above takes time."""


def checkout(place: Path | str | None = None) -> Path | None:
    """The folder at or above a place that holds `_toc.yml` and `notebooks/`; None where there is none.

    place: by default this code's, which is where the cache and the data are looked for.
    """
    asked = str(place or __file__)
    if asked not in _known or not _is_checkout(_known[asked]):
        here = Path(asked).resolve()
        around = [here, *here.parents]
        _known[asked] = next(filter(_is_checkout, around), None)
    return _known[asked]


def _is_checkout(folder: Path | None) -> bool:
    return bool(folder) and (folder / "_toc.yml").is_file() and (folder / "notebooks").is_dir()


def repository() -> Path:
    """The checkout that this code lies in, or else the one that it was started in.

    Raises FileNotFoundError if there is none: pages, claims and records are read from a checkout.
    """
    folder = checkout() or checkout(Path.cwd())
    if folder is None:
        raise FileNotFoundError(
            f"no folder with _toc.yml and notebooks/ above {__file__} or {Path.cwd()}: "
            "clone the repository and run from inside it"
        )
    return folder


def cache_directory() -> Path:
    """Where decoded data and weights are kept: RFBOOK_CACHE, or `.cache` in the checkout.

    Without a checkout it is `.cache/rfbook` in the home directory. Raises DataError as `_named`.
    """
    top = checkout()
    return _named("RFBOOK_CACHE") or (top / ".cache" if top else _home("~/.cache/rfbook"))


def data_directory() -> Path | None:
    """The folder in RFBOOK_DATA, None where it is not set. Raises DataError as `_named`."""
    return _named("RFBOOK_DATA")


def _named(variable: str) -> Path | None:
    """The folder that an environment variable names; None if it is not set or empty.

    `~` is the home directory, and a relative path counts from the checkout. Raises DataError if there
    is no such home or no checkout.
    """
    given = os.environ.get(variable)
    if not given:
        return None
    path, top = _home(given), checkout()
    if not path.is_absolute() and top is None:
        raise DataError(
            f"{variable}={given}: a relative path counts from the checkout, and {__name__} is not in "
            "one. Name the whole path."
        )
    return path if top is None else top / path


def _home(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise DataError(f"{path}: there is no such home directory. Name the whole path.") from error
