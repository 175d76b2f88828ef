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
