"""What a notebook uses: parameters, records, verdicts, and the tables, figures and sentences about them.

These names are all that a page needs; modules are loaded when the first of their names is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FROM = {
    "titled": "rfbook.experiments.architecture",
    "Model": "rfbook.experiments.spec",
    "Recipe": "rfbook.experiments.spec",
    "RECIPES": "rfbook.experiments.spec",
    "Page": "rfbook.pages.page",
    "eigenvalues_of": "rfbook.pages.spectra",
    "position_maps": "rfbook.pages.positions",
    "position_means": "rfbook.pages.positions",
    "position_seeds": "rfbook.pages.positions",
    "position_spreads": "rfbook.pages.positions",
    "mobilenets": "rfbook.pages.by_others",
    "resnets": "rfbook.pages.parameters",
    "accuracies_of": "rfbook.pages.spreads",
    "by_network": "rfbook.pages.outcomes",
    "check": "rfbook.pages.checking",
    "changes_of": "rfbook.pages.spreads",
    "curves_of": "rfbook.pages.outcomes",
    "fine_tuned": "rfbook.pages.fine_tuning",
    "guessing": "rfbook.pages.outcomes",
    "hardly_learnt": "rfbook.pages.outcomes",
    "mean_field": "rfbook.pages.outcomes",
    "means": "rfbook.pages.outcomes",
    "of_seeds": "rfbook.pages.outcomes",
    "saturations": "rfbook.pages.spectra",
    "printed_spreads": "rfbook.pages.spreads",
    "skipped": "rfbook.pages.positions",
    "spreads_of": "rfbook.pages.spreads",
    "starts": "rfbook.pages.outcomes",
    "trained_by_others": "rfbook.pages.by_others",
    "with_copies": "rfbook.pages.fine_tuning",
    "with_imagenet_weights": "rfbook.pages.by_others",
}
"""A public name -> the module that defines it."""

__all__ = [*_FROM, "figures", "prose", "tables", "trials"]


def __getattr__(name: str) -> Any:
    if name in _FROM:
        return getattr(import_module(_FROM[name]), name)
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
