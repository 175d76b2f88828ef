"""What was measured on MobileNets that others trained: one field at three widths, and another design."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.pages.outcomes import Outcome
from rfbook.pages.page import Page
from rfbook.pages.tables.depth_series import widths_of
from rfbook.pages.tables.table import Table
from rfbook.records.schemas.schema import tested

SIZES = {
    "layer3_sigma": "effective size of layer3, px", "layer4_sigma": "of layer4, px",
    "layer4_r_squared": "R² of layer4",
}  # fmt: skip


def measured(page: Page, fields: Sequence[Outcome], right: Sequence[Outcome]) -> Table:
    """One row a network. fields: with theoretical and effective fields. right: with accuracies."""
    reach, *sizes = page.each("last_field", *SIZES, outcomes=fields)
    (accuracy,) = page.each("accuracy", outcomes=right)
    rows = [
        [
            share.name, str(share.value), str(reach[share.network].value),
            *widths_of(share.network, sizes),
        ]
        for share in accuracy
    ]  # fmt: skip
    columns = ["network", "right, %", "theoretical field, px", *SIZES.values()]
    shown, seen = (tested(outcomes[0].run) for outcomes in (right, fields))
    caption = (
        f"Measured here on MobileNets that others trained, all at {fields[0].run.data.side} pixels: "
        f"accuracies among 1,000 classes on {shown} test images of Imagenette, fields over {seen} "
        "(no seeds: no intervals)"
    )
    return Table(caption, columns, rows)
