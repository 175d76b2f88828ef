"""Another edition of a data set: the same pictures by name, other pixels than the published records'."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rfbook.experiments.description import Positive, Spec


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
