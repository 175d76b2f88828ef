"""Files of the cache: whole or absent, for all who share it; what stops one is said in a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError


@contextmanager
def in_words(
    path: Path, refusal: type[Exception], causes: tuple[type[Exception], ...] = (OSError,)
) -> Iterator[None]:
    """Raises `refusal`, with what to do, if the system does not let us read or write the file inside."""
    try:
        yield
    except causes as error:
        raise refusal(
            f"{path}: the cache cannot be used there ({error}). Make room, clear away what stands in "
            "its place, ask its owner for access, or name another directory in RFBOOK_CACHE."
        ) from error


def require_readable(path: Path) -> None:
    """Raises the system's own OSError for a file that cannot be read; safetensors calls it missing."""
    path.open("rb").close()


def require_place(path: Path, refusal: type[Exception]) -> None:
    """Raises `refusal`, before any work, if the file could not be written. Makes nothing."""
    with in_words(path, refusal):
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder")
        nearest = next(folder for folder in path.absolute().parents if folder.exists())
        if not nearest.is_dir():
            raise NotADirectoryError(f"{nearest} is no folder")
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(f"{nearest} is not yours to write to")


@contextmanager
def replacing(path: Path, refusal: type[Exception]) -> Iterator[Path]:
    """A partial file beside `path` to write to, which takes its place at the end.

    An error inside leaves the old file, or none, and nothing else. Raises `refusal` as `in_words`.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    with in_words(path, refusal, (OSError, SafetensorError)):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.touch()
        # What a new file may be here. safetensors puts one in its place that only its owner may read.
        permissions = partial.stat().st_mode
        try:
            yield partial
            partial.chmod(permissions)
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
