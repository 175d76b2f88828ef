"""The cache can be shared, keeps whole files only, and says in a sentence what stops it."""

import errno
import os
import stat
from pathlib import Path

import pytest

from rfbook.experiments import data
from rfbook.experiments.cache import in_words, replacing
from rfbook.experiments.data import load
from rfbook.experiments.errors import DataError, TrainingError

REMEDY = "Make room, clear away what stands in its place, ask its owner for access, or name another"


@pytest.fixture
def decodings(monkeypatch):
    """How often shipped images are decoded."""
    counted, ship = [], data._ship
    monkeypatch.setattr(data, "_ship", lambda name: counted.append(name) or ship(name))
    return counted


@pytest.mark.parametrize("umask, file, folder", [(0o002, 0o664, 0o775), (0o077, 0o600, 0o700)])
def test_a_decoded_set_is_for_whom_new_files_are(umask, file, folder, cache):
    before = os.umask(umask)
    try:
        load("digits")
    finally:
        os.umask(before)
    path = cache / "data/digits.safetensors"
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (path, path.parent)]
    assert modes == [file, folder]


STANDING = {
    "a file for the cache": lambda cache: cache.write_text("mine"),
    "a file for its folder": lambda cache: (cache.mkdir(), (cache / "data").write_text("mine")),
    "a folder for the file": lambda cache: (cache / "data/digits.safetensors").mkdir(parents=True),
    "a link to nowhere": lambda cache: cache.symlink_to(cache.parent / "gone/for/good"),
}


@pytest.mark.parametrize("stand", STANDING.values(), ids=STANDING)
def test_what_stands_in_the_place_of_the_cache_is_named_and_stays(stand, cache):
    stand(cache)
    before = sorted(cache.parent.rglob("*"))
    with pytest.raises(DataError, match=f"digits.safetensors: the cache cannot be used .*{REMEDY}"):
        load("digits")
    assert sorted(cache.parent.rglob("*")) == before


def test_a_cache_that_is_not_ours_is_refused_before_anything_is_decoded(cache, decodings, monkeypatch):
    monkeypatch.setattr(os, "access", lambda folder, mode: folder != cache.parent)
    with pytest.raises(DataError, match=f"{cache.parent} is not yours to write to.*{REMEDY}"):
        load("digits")
    assert decodings == [] and not cache.exists()


def test_a_decoded_set_that_is_not_ours_to_read_is_not_decoded_again(cache, decodings, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(errno.EACCES, "Permission denied")

    load("digits")
    decodings.clear()
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError, match=f"digits.safetensors: .*Permission denied.*{REMEDY}"):
        load("digits")
    assert decodings == []


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left"), data.SafetensorError("No space left")]
)
def test_a_full_cache_is_said_and_nothing_half_is_left(error, cache, monkeypatch):
    def fill(path, tensors):
        path.write_bytes(b"half of it")
        raise error

    monkeypatch.setattr(data.mapped, "write", fill)
    with pytest.raises(DataError, match=f"digits.safetensors: .*No space left.*{REMEDY}"):
        load("digits")
    assert list((cache / "data").iterdir()) == []


def test_an_error_while_writing_leaves_the_file_before_and_nothing_else(tmp_path):
    path = tmp_path / "kept"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt), replacing(path, TrainingError) as partial:
        partial.write_text("half of it")
        raise KeyboardInterrupt
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("kept", "before")]


def test_errors_that_are_not_the_systems_stay_what_they_are(tmp_path):
    with pytest.raises(ZeroDivisionError), in_words(tmp_path, DataError):
        raise ZeroDivisionError
