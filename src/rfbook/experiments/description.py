"""What every description is: frozen, validated, and hashed without the fields that hold defaults.

A new option with a neutral default so keeps every existing key. A default must therefore never change:
`tests/experiments/test_spec.py` pins them all.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[int, Field(ge=1, strict=True)]


class Spec(BaseModel):
    """A frozen, validated description; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def canonical(self) -> dict[str, Any]:
        """The description without defaults: what the key is made of."""
        return self.model_dump(mode="json", exclude_defaults=True)


class Edition(Spec):
    """What is at hand under the name of a set of the catalogue, and is not its published edition.

    fingerprint: of all its images and labels. train, test, classes: how many there are.
    """

    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    train: Positive
    test: Positive
    classes: Positive

    @property
    def pinned(self) -> bool:
        """Every pixel is checked, as of a set with a fingerprint in the catalogue."""
        return True

    @property
    def label(self) -> str:
        """A short name for people, which tells two editions apart."""
        return f"ed{self.fingerprint[:8]}"
