"""Effective fields that OpenERF publishes, measured by others: fitted here, with provenance.

The arrays are not part of this repository; `results/openerf.json` holds what was fitted to them.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from rfbook.experiments.errors import DataError
from rfbook.experiments.places import data_directory, repository
from rfbook.metrics import imbalance
from rfbook.metrics.gaussian import fit_gaussian
from rfbook.records.provenance import here
from rfbook.records.record import RecordError
from rfbook.records.reports import judged, read_sealed, write_sealed
from rfbook.records.schemas.fields import Described
from rfbook.records.schemas.strict import Strict, Work

NAME = "openerf.json"
REPOSITORY = "https://github.com/kmbmjn/OpenERF"
COMMIT = "0df554210cc51475b3a41c7eb290ee05e9cf4666"
LICENCE = "MIT"
ONES = "results_debug/npy_checks/validation_run"
"""The folder of the other three; those of "smoke" runs beside it are of a few images."""
FOLDERS = {"resnet18": ONES, "resnet34": ONES, "resnet50": ONES, "resnet101": "results_npy"}
PINNED = {
    "resnet18": "3ca8afe76158cc6f5d9227223c86dbd9b2b3226008ff68c3f16d7baaaff53c51",
    "resnet34": "e020ec7399a5afa6721dbfb89dc2a6546d46af0c8a1fcf075510b50cada9f300",
    "resnet50": "6e5af3ea1ec209c7b3982d928f8d3575d2d0400d8c026902266d3b5f66879dc5",
    "resnet101": "666219b44993b32b2a6c496c1bf76ce9a8aad0fb1384949435f3192e32ccf63b",
}
"""SHA-256 of each network's file: layer4, unit (3, 3), 224 x 224, sum 1; timm's `a1_in1k` weights."""
PERIODS = (2, 4, 8)


class Fits(Strict):
    """All of `openerf.json`."""

    source: dict[str, Any]
    fits: Annotated[dict[Literal[tuple(PINNED)], Described], Field(min_length=len(PINNED))]
    provenance: Work


def read_array(network: str) -> np.ndarray:
    """The published effective field of a network, from RFBOOK_DATA/openerf.

    Raises DataError, saying where it is published, if it is absent or another file than is meant.
    """
    name = f"{network}.a1_in1k.npy"
    folder = data_directory()
    path = folder / "openerf" / name if folder else None
    source = f"{REPOSITORY}/blob/{COMMIT}/{FOLDERS[network]}/OpenERF_{name}"
    if path is None or not path.exists():
        missing = f"{path}: there is no such file" if path else f"{name}: RFBOOK_DATA is not set"
        raise DataError(
            f"{missing}. It is published ({LICENCE}) at {source}: save it under this name in a folder "
            "`openerf`, and let RFBOOK_DATA name the folder above."
        )
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != PINNED[network]:
        raise DataError(
            f"{path}: its SHA-256 begins with {sha256[:16]}, meant is {PINNED[network][:16]}. Fetch it "
            f"again from {source}."
        )
    return np.load(io.BytesIO(content), allow_pickle=False)


def described(field: np.ndarray) -> dict[str, Any]:
    """Both Gaussian fits of a field, its imbalance indices of both orders, and its residue classes."""
    orders = (1, 2)
    return {
        "gaussian": asdict(fit_gaussian(field)),
        "gaussian_with_offset": asdict(fit_gaussian(field, offset=True)),
        "relative": [imbalance.relative_imbalance_index(field, order) for order in orders],
        "residues": {str(p): imbalance.residue_means(field, p).tolist() for p in PERIODS},
    }


def write_fits(results: Path) -> Path:
    """Fits every published array and keeps the numbers with their provenance, in place of those before.

    Raises DataError as `read_array` does.
    """
    fits = {network: described(read_array(network)) for network in PINNED}
    source = {"repository": REPOSITORY, "commit": COMMIT, "licence": LICENCE, "files": PINNED}
    body = {"source": source, "fits": fits, "provenance": here()}
    path = results / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    write_sealed(path, body)
    return path


def read_fits(results: Path | None = None) -> dict[str, Any]:
    """What `write_fits` kept, by default in the checkout: source, fits by network, provenance.

    Raises FileNotFoundError if nothing was kept, RecordError if it is damaged, of other arrays, or
    holds anything but fits.
    """
    path = (results or repository() / "results") / NAME
    if not path.exists():
        raise FileNotFoundError(
            f"{path}: the arrays were not fitted yet; `python -m rfbook outside` does it, with the "
            f"files of {REPOSITORY} in RFBOOK_DATA/openerf"
        )
    body = judged(path, Fits, read_sealed(path, "python -m rfbook outside"))
    if body["source"].get("files") != PINNED:
        raise RecordError(
            f"{path}: its checksums do not agree with those of the arrays that are meant; run python -m "
            "rfbook outside again"
        )
    return body
