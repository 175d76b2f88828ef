"""What may stand in a sealed file: finite numbers in range, names, text without markup; provenance."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

LARGE = 1e100
"""What no measurement comes near; sums and products of larger numbers overflow."""
MENTIONED = 3
"""Mistakes that an error names; a damaged file may have thousands."""

Share = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[float, Field(ge=-LARGE, le=LARGE)]
Amount = Annotated[float, Field(ge=0, le=LARGE)]
Natural = Annotated[int, Field(ge=0, le=10**15)]
Count = Annotated[int, Field(ge=1, le=10**15)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]{1,100}$")]
Text = Annotated[str, Field(pattern=r"^[^<>`\x00-\x1f\x7f]*$", max_length=300)]
"""Text as a page shows it: no markup, and one line."""
Fingerprint = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
Minutes = Annotated[float, Field(ge=0, le=1e7)]


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a time needs its zone, such as 2026-11-22T10:24:48+00:00")
    return text


class Strict(BaseModel):
    """Values with exactly these names and types; a number is finite, and no text stands for one."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Work(Strict):
    """Where and when something was computed (`provenance.here`)."""

    commit: Annotated[str, Field(pattern=r"^([0-9a-f]{40}(\+changes)?|unknown)$")]
    made: Annotated[str, Field(max_length=40), AfterValidator(_moment)]
    device: Annotated[str, Field(pattern=r"^[a-z]{1,20}$")] = "cpu"
    processor: Text
    cores: Count | None
    threads: Count
    system: Text
    versions: Annotated[dict[Name | Text, Text], Field(min_length=1, max_length=50)]


class TrainingSession(Work):
    """A process that took part in a training."""

    first_epoch: Natural
    pixels: Fingerprint = ""


class Training(Strict):
    """How the weights came to be (`Trained.provenance`)."""

    minutes: Minutes
    sessions: list[TrainingSession]
    start: Text = ""


class Measuring(Work):
    """How the measurement was made (`measures.measure`)."""

    minutes: Minutes
    pixels: Fingerprint = ""


class Provenance(Strict):
    """Where the numbers of a record come from."""

    training: Training
    measuring: Measuring


def mistakes(schema: type[Strict], content: Any) -> tuple[Strict | None, str]:
    """The content as the schema reads it, or None and what is wrong with it, in words."""
    try:
        return schema.model_validate_json(json.dumps(content)), ""
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
        sentences = [_sentence(detail["loc"], detail["msg"]) for detail in details[:MENTIONED]]
        more = [f"and {len(details) - MENTIONED} more"] if len(details) > MENTIONED else []
        return None, "; ".join([*sentences, *more])


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part) for part in place)[:100]
    return f"{where}: {message.removeprefix('Value error, ')}".removeprefix(": ")
