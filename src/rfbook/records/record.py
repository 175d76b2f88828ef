"""A record: what was measured on one run, with its description, its provenance and its checksum."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from types import UnionType
from typing import Any

import numpy as np
from pydantic import ValidationError

from rfbook.experiments.digest import digest
from rfbook.experiments.spec import Run
from rfbook.records import contents, packing, stages

PARTS: dict[str, type | UnionType] = {
    "key": str, "measure": str, "run": dict, "description": dict, "values": dict,
    "arrays_sha256": str | None, "provenance": dict,
}  # fmt: skip
"""What a record's JSON holds beside its checksum."""


class RecordError(Exception):
    """A record is damaged, or is not what its name says."""


def run_key(run: Run) -> str:
    """The identity of a run's weights: its description, the data's fingerprint, the training version."""
    return digest(_made_from(run.weights()))


def record_key(run: Run, measure: str) -> str:
    """The identity of a record: what made the weights, and the measure with its version."""
    return digest(description(run, measure))


def description(run: Run, measure: str) -> dict[str, Any]:
    """Everything that a record's key is made of, as JSON values."""
    return _made_from(run) | {"measure": measure, "measure_version": stages.MEASURES[measure].version}


def _made_from(run: Run) -> dict[str, Any]:
    made_from = {
        "run": run.canonical(),
        "data_fingerprint": run.data.held.fingerprint,
        "training_version": stages.TRAINING,
    }
    if run.source is not None:
        made_from["source"] = _made_from(run.source)
    return made_from


@dataclass(frozen=True)
class Record:
    """values: numbers and lists per layer; arrays: what is too large for JSON.

    provenance: commit, machine, minutes and so on; never part of the key.
    """

    run: Run
    measure: str
    description: dict[str, Any]
    values: dict[str, Any]
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def made(cls, run: Run, measure: str, values: dict, arrays: dict, provenance: dict) -> Record:
        """A record of a measurement that was just made."""
        return cls(run, measure, description(run, measure), values, arrays, provenance)

    @property
    def key(self) -> str:
        """Twelve hexadecimal digits, from the description the record was made with."""
        return digest(self.description)

    @property
    def current(self) -> bool:
        """Whether its run would be described so today: no stage and no data set is newer."""
        known = self.measure in stages.MEASURES
        return known and self.key == record_key(self.run, self.measure)

    @property
    def mistake(self) -> str:
        """What it holds that its measure does not leave, empty if nothing; a stale one is not judged."""
        if not self.current:
            return ""
        schema = stages.MEASURES[self.measure].schema
        return contents.wrong(schema, self.run, self.values, self.arrays, self.provenance)

    def encode(self) -> tuple[str, bytes | None]:
        """The record as (JSON text, NPZ bytes or None); the text holds checksums of both."""
        packed = packing.pack(self.arrays) if self.arrays else None
        body = {
            "key": self.key,
            "measure": self.measure,
            "run": self.run.model_dump(mode="json"),
            "description": self.description,
            "values": self.values,
            "arrays_sha256": hashlib.sha256(packed).hexdigest() if packed else None,
            "provenance": self.provenance,
        }
        return json.dumps(body | {"sha256": _checksum(body)}, indent=1, allow_nan=False), packed

    @classmethod
    def decode(cls, text: str | bytes, packed: bytes | None, where: str) -> Record:
        """The record that `encode` wrote.

        Raises RecordError, naming `where`, if a checksum, the key or the description does not agree, or
        the arrays are more than a record can have. What they hold is not judged: see `mistake`.
        """
        body = _body(text, where)
        if body["arrays_sha256"] != (hashlib.sha256(packed).hexdigest() if packed else None):
            arrays = f"{where.removesuffix('.json')}.npz"
            why = "its arrays are missing or do not agree with their checksum"
            raise damaged(f"{where} {arrays}", why)
        try:
            run = Run.model_validate(body["run"])
        except ValidationError as error:
            raise damaged(where, f"its run is not valid any more ({error})") from error
        if run.canonical() != body["description"].get("run"):
            raise damaged(where, "its run is not the one it was keyed by: a default has changed")
        record = cls(
            run, body["measure"], body["description"], body["values"],
            _unpack(packed, where), body["provenance"],
        )  # fmt: skip
        if record.key != body["key"]:
            raise damaged(where, "its key does not follow from its description")
        return record


def _body(text: str | bytes, where: str) -> dict[str, Any]:
    """What the JSON holds beside its checksum, which must agree."""
    try:
        body = json.loads(text)
        stated, computed = body.pop("sha256"), _checksum(body)
        wrong = _wrong_parts(body)
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise damaged(where, "it is not a record's JSON") from error
    if stated != computed:
        raise damaged(where, "its checksum does not agree with its content")
    if wrong:
        raise damaged(where, wrong)
    return body


def _wrong_parts(body: dict[str, Any]) -> str:
    """Which parts are missing, foreign or no mapping or text, in words; empty if none is."""
    missing, foreign = PARTS.keys() - body, body.keys() - PARTS
    if missing:
        return f"it does not have {', '.join(sorted(missing))}"
    if foreign:
        return f"it has {len(foreign)} parts that no record has"
    other = [name for name, kind in PARTS.items() if not isinstance(body[name], kind)]
    return f"of another type than a record has: {', '.join(other)}" if other else ""


def damaged(where: str, why: str) -> RecordError:
    """The error for a record that is not as it was made, with the remedy.

    Published records are in git; others, of a reader or to be taken over, are restored elsewhere.
    """
    back = f" (of results/: git checkout -- {where})"
    return RecordError(f"{where}: {why}. Restore it{back} or delete it to have it made again.")


def _checksum(body: dict[str, Any]) -> str:
    return digest(body, length=64)


def _unpack(packed: bytes | None, where: str) -> dict[str, np.ndarray]:
    if packed is None:
        return {}
    try:
        return packing.unpack(packed)
    except ValueError as error:
        raise damaged(where, f"its arrays are refused: {error}") from error


Records = dict[str, Record]
"""The records of one run, by the name of their measure."""
