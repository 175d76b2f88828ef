"""Quantities of how fast a micro-object is learnt: Dead Pixel, section 5, Figure 5 and Table 4."""

from __future__ import annotations

from rfbook.claims.quantities.quantity import SHARE, Quantity
from rfbook.records.record import Records
from rfbook.statistics.survival import arrival


def _curve(records: Records) -> list[float]:
    return records["learning_curve"].values["test_accuracy"]


def epochs_to_90(records: Records) -> float:
    """First epoch after which the test accuracy exceeds 90 %; the last if it never does (Table 4)."""
    return arrival(_curve(records)).epoch


def accuracy_after_one_epoch(records: Records) -> float:
    """Test accuracy after the first epoch, percent."""
    return 100 * _curve(records)[0]


SPEED_QUANTITIES: dict[str, Quantity] = {
    "epochs_to_90": Quantity(epochs_to_90, ("learning_curve",), "epochs"),
    "accuracy_after_one_epoch": Quantity(
        accuracy_after_one_epoch, ("learning_curve",), "%", bounds=SHARE
    ),
}
