"""The version of every stage that makes numbers. Raising one makes exactly its dependents stale.

Code is not hashed. A golden test pins what each stage computes on a tiny fixed input: a change that
alters a number fails that test until the stage's version is raised here.
"""

from __future__ import annotations

TRAINING = 1
"""`experiments.train`, `optimisation`, `models`, `pretrained`, `surgery`, `replacement`, `batches`,
`placement`, `warp`, `micro_object`, and the constants of `catalogue`."""

MEASURES: dict[str, int] = {
    "accuracy": 1,
    "learning_curve": 1,
    "saturation": 1,
    "probes": 2,
    "probes_global": 2,
    "position_probes": 2,
    "receptive_field": 1,
    "cost": 1,
    "effective_field": 1,
    "field_recipe": 1,
    "kernel_padding": 1,
    "pixel_response": 1,
    "saliency": 1,
    "translation": 1,
    "one_pixel_attack": 1,
}
"""Name and version of every measure in `measures.layers`."""
