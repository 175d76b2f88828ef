"""Whether a record holds what its measure leaves: values, arrays and provenance by their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rfbook.experiments.spec import Run
from rfbook.records.schemas.schema import Arrays, Values
from rfbook.records.schemas.strict import Provenance, mistakes

ROUNDING = 1e-4
"""Arrays are kept in single precision, the means of them in double."""


def wrong(
    schema: type[Values], run: Run, values: Any, arrays: Mapping[str, np.ndarray], provenance: Any
) -> str:
    """What a record of this schema cannot hold, in words; empty where all is as it should be."""
    content, mistake = mistakes(schema, values)
    if content is None:
        return f"its values are not those of its measure: {mistake}"
    for name, (stated, needed) in content.follows(run).items():
        if stated != needed:
            return f"its values are not those of its run: {name} is {stated}, the run has {needed}"
    if mistake := _wrong_arrays(content, content.arrays(run), arrays):
        return mistake
    mistake = mistakes(Provenance, provenance)[1]
    return f"its provenance is not as it is written: {mistake}" if mistake else ""


def _wrong_arrays(values: Values, needed: Arrays, arrays: Mapping[str, np.ndarray]) -> str:
    if needed.keys() != arrays.keys():
        foreign, missing = sorted(arrays.keys() - needed), sorted(needed.keys() - arrays)
        return f"its arrays are not those of its values: foreign {foreign}, missing {missing}"
    for name, array in arrays.items():
        if mistake := needed[name].wrong(array):
            return f"array {name}: {mistake}"
    for name, (stated, computed) in values.restated(arrays).items():
        if not np.allclose(stated, computed, rtol=ROUNDING, atol=ROUNDING * np.abs(computed).max()):
            return f"its values are not those of its arrays: {name}"
    return ""
