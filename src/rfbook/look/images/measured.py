"""What `look` measures on images: effective fields, saturation, and probes where there are classes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict
from difflib import get_close_matches
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from rfbook.experiments.progress import track
from rfbook.look.graph.survey import Survey
from rfbook.look.images.kept import Kept, fingerprint
from rfbook.look.images.pictures import MODES, Pictures, batches
from rfbook.look.networks import LookError
from rfbook.metrics.area_ratio import SHARES, area_ratio
from rfbook.metrics.effective_field import effective_field
from rfbook.metrics.gaussian import fit_gaussian
from rfbook.metrics.probes import Standardiser, accuracy, fit_probe, pool_features
from rfbook.metrics.saturation import Covariance, saturation, spectrum
from rfbook.metrics.taps import forward_to, tap

BATCH = 8
HELD_OUT = 4
"""Of each class every fourth image is for the test of the probes."""
OUTPUT = "output"


def require_layers(model: nn.Module, layers: Sequence[str], channels: int) -> None:
    """Raises LookError for a layer that the network does not have, and for a number of channels that no
    image file has."""
    known = [name for name, _ in model.named_modules() if name]
    for name in layers:
        if name not in known:
            near = get_close_matches(name, known, n=3)
            hint = f": did you mean {' or '.join(near)}?" if near else ""
            raise LookError(f"--layer {name}: the network has no such layer{hint}")
    if channels not in MODES:
        raise LookError(f"--channels {channels}: image files give 1 channel or 3; look without --images")


def measured(
    model: nn.Module, survey: Survey, shown: Pictures, layers: Sequence[str], positionwise: list[str]
) -> dict[str, Any]:
    """All that is measured on these images, from the disk where it is there; long work shows progress.

    layers: whose effective field is wanted beside that of the output. Raises LookError where a network
    puts out something else than class scores, or numbers that are not finite.
    """
    key = {"network": fingerprint(model, positionwise), "images": shown.fingerprint}
    kept = Kept({**key, "side": survey.side, "channels": survey.channels})
    names = _recorded(model, survey)
    try:
        result: dict[str, Any] = {
            "images": len(shown),
            "effective_fields": {
                name or OUTPUT: _field(kept, model, survey, shown, name) for name in (None, *layers)
            },
            "saturation": kept.or_made("saturation", lambda: _saturation(model, survey, shown, names)),
        }
        if shown.labels and names:
            result["probes"] = {
                name: kept.or_made(f"probe {name}", lambda name=name: _probe(model, survey, shown, name))
                for name in names
            }
            result["guessing"] = _guessing(shown)
    except (ValueError, RuntimeError, TypeError) as error:
        raise LookError(str(error)) from error
    return result


def _recorded(model: nn.Module, survey: Survey) -> list[str]:
    """Convolutions and linear layers that are modules, used once, on the main path or behind it."""
    modules = dict(model.named_modules())
    wanted = (row.layer for row in survey.rows if row.layer.kind in ("conv", "linear"))
    return [layer.name for layer in wanted if layer.main and layer.name in modules]


def _field(
    kept: Kept, model: nn.Module, survey: Survey, shown: Pictures, layer: str | None
) -> dict[str, Any]:
    name = layer or OUTPUT
    array = kept.path(f"field {name}", "npy")

    def make() -> dict[str, Any]:
        seen = track(_batches(survey, shown), f"effective field of {name}", -(-len(shown) // BATCH))
        mean = effective_field(model, seen, layer).mean
        content = io.BytesIO()
        np.save(content, mean.astype(np.float32))
        kept.write(array, content.getvalue())
        return {"gaussian": _gaussian(mean), "area_ratio": {str(s): area_ratio(mean, s) for s in SHARES}}

    return {**kept.or_made(f"field {name}", make), "array": str(array)}


def _gaussian(field: np.ndarray) -> dict[str, Any]:
    """The fit, or under "none" why there is none: a field of few images may have no peak."""
    try:
        return asdict(fit_gaussian(field))
    except (ValueError, RuntimeError) as error:
        return {"none": str(error)}


def _batches(survey: Survey, shown: Pictures, files: Sequence[Any] | None = None) -> Any:
    return batches(tuple(files or shown.files), survey.side, survey.channels, BATCH)


def _saturation(
    model: nn.Module, survey: Survey, shown: Pictures, names: Sequence[str]
) -> dict[str, float]:
    covariances = {name: Covariance() for name in names}
    seen = track(_batches(survey, shown), "saturation", -(-len(shown) // BATCH))
    with torch.inference_mode(), tap(model, names, lambda name, maps: covariances[name].update(maps)):
        for images, _ in seen:
            model(images)
    return {name: saturation(spectrum(covariances[name].matrix())) for name in names}


def _probe(model: nn.Module, survey: Survey, shown: Pictures, name: str) -> dict[str, Any]:
    """Share of held-out images whose class a linear classifier reads from the layer."""
    labels, test = torch.tensor(shown.labels), _held_out(shown)
    if not test.any():
        raise LookError(f"probes need {HELD_OUT} images of a class at least, some of them for the test")
    features = _features(model, survey, shown, name)
    standardiser = Standardiser.of(features[~test])
    probe = fit_probe(standardiser.apply_(features[~test]), labels[~test])
    share = accuracy(probe, standardiser.apply_(features[test]), labels[test])
    return {"accuracy": share, "converged": probe.converged, "test_images": int(test.sum())}


def _held_out(shown: Pictures) -> Tensor:
    """Which images are for the test of the probes, (n,)."""
    labels = torch.tensor(shown.labels)
    places = torch.cat(
        [torch.arange(int((labels == label).sum())) for label in range(len(shown.classes))]
    )
    return places % HELD_OUT == HELD_OUT - 1


def _guessing(shown: Pictures) -> float:
    """Accuracy on the held-out images of naming always the class that most of them have."""
    held_out = torch.tensor(shown.labels)[_held_out(shown)]
    return int(held_out.bincount().max()) / len(held_out)


def _features(model: nn.Module, survey: Survey, shown: Pictures, name: str) -> Tensor:
    seen = track(_batches(survey, shown), f"probe of {name}", -(-len(shown) // BATCH))
    with torch.no_grad():
        maps = [forward_to(model, images, name) for images, _ in seen]
    return torch.cat([pool_features(stack) if stack.ndim == 4 else stack for stack in maps])


def lines(result: dict[str, Any]) -> list[str]:
    """The same as lines of text."""
    return [
        "",
        f"On {result['images']} images; weights: {result['weights']}. Colours are normalised by",
        "ImageNet's mean and deviation, grey values by 0.5 and 0.5.",
        *(
            _field_line(name, result_of_layer)
            for name, result_of_layer in result["effective_fields"].items()
        ),
        "",
        f"Saturation, share of directions that hold 99 % of the variance{_of_probes(result)}:",
        *(_layer_line(name, share, result) for name, share in result["saturation"].items()),
    ]


def _of_probes(result: dict[str, Any]) -> str:
    """What the second column is, if there is one; every probe has the same held-out images."""
    tested = {probe["test_images"] for probe in result.get("probes", {}).values()}
    return "".join(
        f"; accuracy of a probe on {images} held-out images (guessing the most frequent class: "
        f"{100 * result['guessing']:.1f} %)"
        for images in tested
    )


def _field_line(name: str, field: dict[str, Any]) -> str:
    fit, ratios = field["gaussian"], field["area_ratio"]
    peak = (
        f"no Gaussian fits ({fit['none']})"
        if "none" in fit
        else f"Gaussian {fit['sigma_x']:.1f} x {fit['sigma_y']:.1f} px around ({fit['centre_x']:.1f}, "
        f"{fit['centre_y']:.1f}), R^2 {fit['r_squared']:.2f}"
    )
    shares = ", ".join(
        f"{100 * float(share):.0f} % on {100 * ratio:.0f} %" for share, ratio in ratios.items()
    )
    where = f"share of it on share of the image: {shares}"
    return f"  effective field of {name}: {peak}; {where}; {field['array']}"


def _layer_line(name: str, share: float, result: dict[str, Any]) -> str:
    probe = result.get("probes", {}).get(name)
    read = "" if probe is None else f"   {100 * probe['accuracy']:.1f} %"
    return f"  {name}: {100 * share:.1f} %{read}" + (
        "" if not probe or probe["converged"] else " (not converged)"
    )
