"""One thread, and a cache that is thrown away: nothing here touches the repository."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from filelock import FileLock

from rfbook.experiments.data import Splits, cache_directory, load

KEPT = cache_directory() / "data"
"""Where a reader's own decoded data lie; tests read them and never write there."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache directory of this test: empty, and away from the repository."""
    monkeypatch.setenv("RFBOOK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def decoded(shared: Path) -> Path:
    """A cache directory where decoded data are kept for all tests. Only `load` writes into it."""
    (shared / "decoded").mkdir(exist_ok=True)
    return shared / "decoded"


@pytest.fixture
def load_once(decoded: Path):
    """As `load`, decoding a set at most once for all tests."""

    def load_from_decoded(name: str) -> Splits:
        with pytest.MonkeyPatch.context() as patch, FileLock(decoded / f"{name}.lock"):
            patch.setenv("RFBOOK_CACHE", str(decoded))
            return load(name)

    return load_from_decoded


@pytest.fixture
def digits(load_once) -> Splits:
    """The digits that scikit-learn ships."""
    return load_once("digits")


@pytest.fixture
def real(load_once, decoded: Path, monkeypatch: pytest.MonkeyPatch):
    """Opens a real data set, from a decoded copy or from RFBOOK_DATA; skips the test without."""

    def open_or_skip(name: str, decode: bool = True) -> Splits:
        kept, copy = (folder / f"{name}.safetensors" for folder in (KEPT, decoded / "data"))
        if kept.exists() and not copy.exists():
            copy.parent.mkdir(exist_ok=True)
            copy.symlink_to(kept)
        if not (copy.exists() or (decode and os.environ.get("RFBOOK_DATA"))):
            pytest.skip(f"{name} is not decoded here, and decoding it takes long")
        monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(decoded / "huggingface"))
        return load_once(name)

    return open_or_skip
