"""The cache and the data are where the reader says, or in the checkout, wherever Python was started."""

from pathlib import Path

import pytest

from rfbook.experiments import places
from rfbook.experiments.errors import DataError
from rfbook.experiments.places import cache_directory, checkout, data_directory

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """The working directory of these tests, which are given no folders."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for variable in ("RFBOOK_CACHE", "RFBOOK_DATA"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def without_checkout(monkeypatch):
    """As if the package was installed in a place of its own."""
    monkeypatch.setattr(places, "checkout", lambda: checkout("/nowhere/site-packages/places.py"))


def test_by_default_the_cache_is_in_the_checkout_and_data_are_not_local():
    assert checkout() == REPOSITORY
    assert cache_directory() == REPOSITORY / ".cache"
    assert data_directory() is None


@pytest.mark.parametrize(
    "given, meant",
    {
        "~/kept": "home/kept", "~": "home", "/big/disk": "/big/disk", "": None,
        "kept": REPOSITORY / "kept", "../kept": REPOSITORY / "../kept",
    }.items(),
)  # fmt: skip
def test_a_named_folder_may_be_at_home_or_count_from_the_checkout(given, meant, tmp_path, monkeypatch):
    monkeypatch.setenv("RFBOOK_CACHE", given)
    monkeypatch.setenv("RFBOOK_DATA", given)
    assert cache_directory() == (REPOSITORY / ".cache" if meant is None else tmp_path / meant)
    assert data_directory() == (None if meant is None else tmp_path / meant)


def test_without_a_checkout_the_cache_is_at_home(without_checkout, tmp_path):
    """Not in one around the working directory."""
    (tmp_path / "_toc.yml").touch()
    (tmp_path / "notebooks").mkdir()
    assert checkout(Path.cwd()) == tmp_path
    assert cache_directory() == tmp_path / "home/.cache/rfbook"


@pytest.mark.parametrize(
    "variable, ask", [("RFBOOK_CACHE", cache_directory), ("RFBOOK_DATA", data_directory)]
)
@pytest.mark.parametrize("given, why", [("kept", "relative path"), ("~nobody-here/x", "no such home")])
def test_a_folder_that_is_nowhere_is_refused(given, why, variable, ask, without_checkout, monkeypatch):
    monkeypatch.setenv(variable, given)
    with pytest.raises(DataError, match=f"{given}: .*{why}.* Name the whole path"):
        ask()
