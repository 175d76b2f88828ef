"""Which data sets are meant as they are at hand, rather than in the edition of the published records.

RFBOOK_EDITIONS names them, as in `RFBOOK_EDITIONS="caltech101 imagenette"`. Their runs carry the edition
in their description, so their records have keys of their own, beside the published ones.
"""

from __future__ import annotations

import os
from difflib import get_close_matches

from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.description import Edition
from rfbook.experiments.errors import DataError

VARIABLE = "RFBOOK_EDITIONS"


def named() -> list[str]:
    """The sets that RFBOOK_EDITIONS names. Raises DataError for one that has no other edition."""
    names = os.environ.get(VARIABLE, "").replace(",", " ").split()
    for name in names:
        if name not in CATALOGUE:
            near = get_close_matches(name, CATALOGUE, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            known = ", ".join(CATALOGUE)
            raise DataError(f"{VARIABLE}: there is no data set {name}: {hint}Known: {known}")
        if CATALOGUE[name].shipped:
            raise DataError(f"{VARIABLE}: {name} comes with scikit-learn in one edition; leave it out")
    return names


def chosen() -> dict[str, Edition]:
    """The edition at hand of each set that is named; a set whose published edition it is is left out.

    A set that was never read here is fetched and decoded for it. Raises DataError as `named` does, and
    for a set that cannot be had.
    """
    names = named()
    if not names:
        return {}
    from rfbook.experiments.data import at_hand  # it imports torch, which takes seconds

    editions = {name: at_hand(name) for name in names}
    return {name: edition for name, edition in editions.items() if edition is not None}
