"""Every stage that makes numbers, with its version: training, and each measure in one row.

Code is not hashed. A golden test pins what each stage computes on a tiny fixed input: a change that
alters a number fails that test until the stage's version is raised here, and that makes exactly its
dependents stale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from rfbook.experiments.spec import Run
from rfbook.records import requirements as needs
from rfbook.records.schemas import fields, layers
from rfbook.records.schemas.schema import Values

TRAINING = 1
"""`experiments.train`, `optimisation`, `models`, `pretrained`, `surgery`, `batches`, `placement`,
`warp`, `micro_object`, and the constants of `catalogue`."""

ROUNDING = 0.002
AN_IMAGE = 0.01
"""One of a few hundred, on the other side of a decision."""
A_FIT = 0.02
"""Another step of a solver, or another end of a fit."""
A_DIRECTION = 0.15
"""One of the eight that the narrowest layer has."""


@dataclass(frozen=True)
class Measure:
    """A measure in one row.

    function: where it is in `rfbook.measures`, "module:name". schema: what its record holds.
    may_differ: by how much two makings of it from the same weights may differ, as a share of the
    largest number. needs: what it needs of a run, each raising ValueError with what to do. shares:
    whether its numbers are shares of the test images. number: what of it is compared between seeds, a
    part of its values or an array (dots lead into it), or all `arrays`; empty where no seed changes it.
    """

    version: int
    function: str
    schema: type[Values]
    may_differ: float = ROUNDING
    needs: tuple[Callable[[Run, str], None], ...] = ()
    shares: bool = False
    number: str = ""


_PROBED = needs.one_class_an_image, needs.images_of_every_class

MEASURES: dict[str, Measure] = {
    "accuracy": Measure(
        1, "layers:accuracy", layers.Accuracy, AN_IMAGE, (needs.known_classes,), True, "accuracy"
    ),
    "learning_curve": Measure(
        1, "layers:learning_curve", layers.LearningCurve, AN_IMAGE, (needs.micro_object,), True,
        "test_accuracy",
    ),
    "saturation": Measure(
        1, "layers:layer_saturation", layers.Saturation, A_DIRECTION, number="saturation"
    ),
    "probes": Measure(2, "probes:probes", layers.Probes, A_FIT, _PROBED, True, "probes"),
    "probes_8x8": Measure(1, "probes:probes_8x8", layers.Probes8x8, A_FIT, _PROBED, True, "probes_8x8"),
    "probes_global": Measure(
        2, "probes:probes_global", layers.ProbesGlobal, A_FIT, _PROBED, True, "probes_global"
    ),
    "position_probes": Measure(
        2, "probes:positions", layers.PositionProbes, A_FIT, _PROBED, True, "arrays"
    ),
    "receptive_field": Measure(
        1, "layers:receptive_field", layers.ReceptiveField, 0.0, (needs.finite_fields,)
    ),
    "cost": Measure(1, "layers:cost", layers.Cost),
    "effective_field": Measure(
        1, "fields:effective_fields", fields.EffectiveField, A_FIT, number="targets.output.relative"
    ),
    "field_recipe": Measure(
        1, "fields:field_recipe", fields.FieldRecipe, A_FIT, (needs.resnet,), number="order_correlation"
    ),
    "single_gradients": Measure(
        1, "fields:single_gradients", fields.SingleGradients,
        needs=(needs.two_halves,), number="half",
    ),
    "kernel_padding": Measure(
        1, "padding:kernel_padding", layers.KernelPadding,
        needs=(needs.resnet, needs.even_maps, needs.plain_network), number="difference.all",
    ),
    "added_weights": Measure(
        1, "padding:added_weights", layers.AddedWeights, needs=(needs.padded_kernels,), number="share"
    ),
    "pixel_response": Measure(
        1, "perturbations:pixel_responses", fields.PixelResponse, number="changes"
    ),
    "saliency": Measure(
        1, "perturbations:saliency_patterns", fields.Saliency, needs=(needs.two_halves,), shares=True,
        number="saliency",
    ),
    "translation": Measure(
        1, "perturbations:translation", fields.Translation, AN_IMAGE, (needs.two_halves,), True, "change"
    ),
    "one_pixel_attack": Measure(
        1, "perturbations:one_pixel_attacks", fields.OnePixelAttack, ROUNDING, (needs.two_halves,), True,
        "strong_fall",
    ),
}  # fmt: skip
FITTED = tuple(name for name, measure in MEASURES.items() if issubclass(measure.schema, layers.Fitted))
"""The measures that fit one probe a layer."""


def require(run: Run, measure: str) -> None:
    """Raises ValueError, with what to do, if the measure cannot be taken on this run."""
    if measure not in MEASURES:
        near = get_close_matches(measure, MEASURES, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ValueError(f"there is no measure {measure!r}: {hint}Known: {', '.join(MEASURES)}")
    for need in MEASURES[measure].needs:
        need(run, measure)
