"""From a name to a network: torchvision's, timm's, or what a callable of the user's own returns.

    network("torchvision:resnet50")
    network("timm:convnext_tiny")
    network("package.module:callable")
    network("net.py:build")

A callable takes no argument and returns a module. It is the user's own code and runs with their rights.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

FORMS = "torchvision:NAME, timm:NAME, package.module:callable, or FILE.py:callable"


class LookError(ValueError):
    """A network, an image folder or a layer cannot be looked at; the message says what to do."""


def network(name: str, values: bool = True) -> nn.Module:
    """The network of that name in evaluation mode, with random weights if it is torchvision's or timm's.

    values: whether its weights are needed; if not, those of torchvision and timm are given shapes alone.
    Raises LookError, with the nearest name, if there is none; and if what is there is no network.
    """
    source, colon, what = name.rpartition(":")
    if not (source and colon and what):
        raise LookError(f"{name!r} names no network: write {FORMS}")
    if source not in _LIBRARIES:
        return _own(source, what).eval()
    if not values:
        try:
            with torch.device("meta"):
                return _LIBRARIES[source](what).eval()
        except NotImplementedError:  # RegNet's constructor computes with tensors
            pass
    return _LIBRARIES[source](what).eval()


def _torchvision(name: str) -> nn.Module:
    models = _installed("torchvision.models")
    _require_among(name, models.list_models(module=models), "torchvision")
    # Drawing these two networks' weights takes long, and neither is asked for its own.
    settings = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return models.get_model(name, weights=None, **settings)


def _timm(name: str) -> nn.Module:
    timm = _installed("timm")
    _require_among(name.partition(".")[0], timm.list_models(), "timm")
    return timm.create_model(name, pretrained=False)


_LIBRARIES: dict[str, Callable[[str], nn.Module]] = {"torchvision": _torchvision, "timm": _timm}


def _installed(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        raise LookError(
            f"{package}:NAME needs the package {package}, which is not installed ({error}): "
            f"pip install {package}"
        ) from error


def _require_among(name: str, known: Sequence[str], where: str) -> None:
    if name not in known:
        raise LookError(f"{where} has no network {name!r}{_nearest(name, known)}")


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=3)
    return f": did you mean {' or '.join(near)}?" if near else ""


def _own(source: str, what: str) -> nn.Module:
    """What the user's callable returns. Raises LookError if it is not there or returns no module."""
    module = _file(Path(source)) if source.endswith(".py") else _module(source)
    build = getattr(module, what, None)
    if not callable(build):
        known = [key for key, value in vars(module).items() if callable(value) and key[0] != "_"]
        raise LookError(f"{source} has no callable {what!r}{_nearest(what, known)}")
    where = f"{source}:{what}"
    _require_no_arguments(build, where)
    model = _run(where, build)
    if not isinstance(model, nn.Module):
        raise LookError(f"{where} returns a {type(model).__name__}: let it return a torch.nn.Module")
    return model


def _file(path: Path) -> ModuleType:
    if not path.is_file():
        raise LookError(f"{path}: there is no such file. Name one that defines a callable: net.py:build")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.absolute().parent))  # what stands beside the file can be imported by it
    try:
        _run(str(path), lambda: spec.loader.exec_module(module))
    finally:
        sys.path.pop(0)
    return module


def _module(name: str) -> ModuleType:
    return _run(name, lambda: importlib.import_module(name))


def _run(where: str, code: Callable[[], Any]) -> Any:
    try:
        return code()
    except Exception as error:  # whatever the user's code does
        raise LookError(
            f"{where} ended with {type(error).__name__}: {error}. Mend it, or its name"
        ) from error


def _require_no_arguments(build: Callable[..., Any], where: str) -> None:
    try:
        inspect.signature(build).bind()
    except TypeError as error:
        raise LookError(
            f"{where} needs arguments ({error}): name a callable that takes none, such as "
            "`def build(): return Net(10)`"
        ) from None
    except ValueError:  # a class written in C has no signature: calling it will tell
        pass


def load_weights(model: nn.Module, path: Path) -> None:
    """Gives the network the weights in a file that torch.save(model.state_dict()) or safetensors wrote.

    Raises LookError if the file is not there, cannot be read, or is of another network.
    """
    if not path.is_file():
        raise LookError(
            f"--weights {path}: there is no such file. Save one by torch.save(model.state_dict())"
        )
    try:
        weights = _read(path)
        model.load_state_dict(weights)
    except Exception as error:  # torch and safetensors have many for a file of another kind
        first = str(error).strip().splitlines()
        raise LookError(
            f"--weights {path} does not hold the weights of this network ({' '.join(first[:2])[:300]}). "
            "Save model.state_dict() of the same network"
        ) from error


def _read(path: Path) -> dict[str, torch.Tensor]:
    if path.suffix == ".safetensors":
        return _installed("safetensors.torch").load_file(path)
    return torch.load(path, map_location="cpu", weights_only=True)
