"""What each measure could have left of a run: whole records that nobody measured, and that are kept."""

import numpy as np

from rfbook.experiments.architecture import FIELD_STAGES
from rfbook.records.record import Record
from rfbook.records.schemas.schema import shown, tested
from rfbook.records.stages import MEASURES
from tests.samples import PROVENANCE, tiny

LAYERS = ["conv1", "conv2", "fc"]
FIT = {
    "sigma_x": 3.0, "sigma_y": 4.0, "centre_x": 16.0, "centre_y": 16.0, "r_squared": 0.9, "offset": 0.0,
}  # fmt: skip
ARMS = ("plain", "convs", "all")
CHANNELS = 10
"""Of every layer: shares of saturation are tenths."""


def whole(run=None, measure="accuracy", provenance=None, arrays=None, **changed):
    """A record that can be kept, with some of its values changed."""
    run = run or tiny()
    values = left(run, measure) | changed
    if measure == "saturation":
        values = _counted(values) | values
    held = _arrays(run, measure, values) | (arrays or {})
    return Record.made(run, measure, values, held, provenance or PROVENANCE)


def left(run, measure):
    """The values that a measure could have left."""
    epochs, side, images, half = run.recipe.epochs, run.data.side, tested(run), -(-tested(run) // 2)
    layers = {"layers": LAYERS}
    probed = {"loss": [1.0] * 3, "iterations": [9] * 3, "converged": [True] * 3}
    probed |= layers | {"training_images": shown(run)}
    lengths = {arm: {"layer3": 8, "layer4": 4} for arm in ARMS}
    return {
        "accuracy": {
            "accuracy": 0.5, "test_images": images,
            "training_loss": [1.0] * epochs, "training_accuracy": [0.5] * epochs,
        },
        "learning_curve": {
            "test_accuracy": [0.5] * epochs, "training_loss": [1.0] * epochs,
            "steps": -(-shown(run) // run.recipe.batch), "test_images": 2 * images,
        },
        "saturation": layers | {"saturation": [0.5, 0.4, 0.1]},
        "receptive_field": {
            "layers": LAYERS, "field": [3, 5, 7], "jump": [1, 1, 2], "border": "fc", "side": side,
        },
        "cost": {"parameters": 10, "multiply_adds": 100, "side": side},
        "probes": probed | {"probes": [0.5] * 3},
        "probes_8x8": probed | {"probes_8x8": [0.5] * 3},
        "probes_global": probed | {"probes_global": [0.5] * 3},
        "position_probes": layers | {
            "converged": [True] * 3, "training_images": min(20_000, shown(run)),
        },
        "added_weights": layers | {"share": [0.0, 0.5, 1.0]},
        "kernel_padding": {
            "operations": ["conv1"], "parameters": dict.fromkeys(ARMS, 10), "fields": lengths,
            "sizes": lengths, "difference": {"convs": 0.0, "all": 0.1},
        },
        "effective_field": {"images": images, "targets": {name: target() for name in _targets(run)}},
        "field_recipe": FIT | {
            "images": images, "batch_difference": 0.0, "order_correlation": 0.7, "order_mass": 0.2,
            "unit_center": 16.0,
        },
        "single_gradients": {
            "images": images, "half": 0.1, "half_of_noise": 0.2, "correlation": 0.1,
        },
        "pixel_response": {
            "images": half, "field_images": images - half, "epsilon": 0.1, "steps": [0.1, 0.01],
            "pixels": [[1, 2], [3, 4]], "response": [0.0] * 2, "gradient": [0.0] * 2, "field": [0.0] * 2,
        },
        "saliency": {"images": images, "period": 8},
        "translation": {
            "images": half, "shifts": [1, 2], "change": [[0.0, 0.0]] * 2, "flipped": [[0.0, 0.0]] * 2,
        },
        "one_pixel_attack": {
            "images": half, "tries": 10, "p": 1.0,
            "changed": {"strong": 0.0, "weak": 0.0}, "fall": {"strong": 0.0, "weak": 0.0},
        },
    }[measure]  # fmt: skip


def target():
    """What is said of one effective field."""
    pairs = {name: [0.1, 0.2] for name in ("imbalance", "relative", "split_half")}
    residues = {str(period): [[1.0] * period] * period for period in (2, 4, 8)}
    waves = {str(period): 0.1 for period in (2, 4, 8)}
    fits = {"gaussian": FIT, "gaussian_with_offset": None}
    return fits | pairs | {"residues": residues, "fourier": waves}


def _targets(run):
    return (*FIELD_STAGES.get(run.model.name, ()), "output")


def _counted(values):
    """Of layers with ten channels: the directions behind each saturation."""
    counts = [round(CHANNELS * share) for share in values["saturation"]]
    return {
        "directions": counts,
        "directions_delve": [max(0, count - 1) for count in counts],
        "observations": [1000] * len(counts),
    }


def _arrays(run, measure, values):
    """Zeros where the schema has an array; a spectrum of as many equal directions as are counted."""
    if measure == "saturation":
        counts = zip(values["layers"], values["directions"], strict=True)
        return {name: np.repeat([1.0, 0.0], [count, CHANNELS - count]) for name, count in counts}
    needed = MEASURES[measure].schema.model_validate(values).arrays(run)
    return {
        name: np.zeros([length or 2 for length in array.shape], array.dtype)
        for name, array in needed.items()
    }
