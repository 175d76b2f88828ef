"""The JSON of every record that the pages show, beside the site: each under its key."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from rfbook.backmatter.census import Asked, census
from rfbook.pages import sources
from rfbook.pages.addresses import EXTRA, RECORDS
from rfbook.pages.page import store_of
from rfbook.records.store import place


def shown(asked: Iterable[Asked]) -> dict[str, Path]:
    """Key -> JSON file of every record that is there; its arrays stay in the store."""
    keyed = [(ask.record.key, ask) for ask in asked if ask.record]
    return {key: _file(ask) for key, ask in keyed}


def _file(ask: Asked) -> Path:
    paths = [root / place(ask.run, ask.measure) for root in store_of(ask.tier).roots]
    return next(path for path in paths if path.exists())


def link(tier: str) -> Path:
    """Links all of them into `build/<tier>/extra/records` and returns that folder."""
    folder = sources.folder_of(tier, sources.repository()) / EXTRA / RECORDS
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for key, path in shown(census(tier)).items():
        (folder / f"{key}.json").symlink_to(path)
    return folder
