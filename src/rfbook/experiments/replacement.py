"""A new module in the place of an old one: with its settings, and under every name that it had.

It has every setting of the old one that is not changed, its type, mode and frozen state. What cannot be
kept is refused with a ValueError.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from torch import nn


def replace(model: nn.Module, name: str, new: nn.Module) -> None:
    """Puts `new` where the module of that dotted name is. Raises ValueError for the model itself."""
    parent, _, child = name.rpartition(".")
    if not child:
        raise ValueError(
            f"{type(model).__name__}: a module cannot be replaced within itself. Put it into a network, "
            "as by nn.Sequential."
        )
    setattr(model.get_submodule(parent), child, new)


def exchange(model: nn.Module, new: Mapping[nn.Module, nn.Module]) -> None:
    """Puts each new module where its old one is, under every name that this has.

    Raises ValueError, before anything is changed, for an old one whose parameter another module has too.
    """
    owners = Counter(
        id(own) for module in model.modules() for own in module.parameters(recurse=False)
    )
    places = [
        (name, old) for name, old in model.named_modules(remove_duplicate=False) if old in new
    ]
    for name, old in places:
        left = {id(own) for own in old.parameters()} - {id(own) for own in new[old].parameters()}
        if any(owners[own] > 1 for own in left):
            raise ValueError(
                f"{name}: it shares a parameter with another module, which would be cut in two. Give "
                "each its own, or share the whole module."
            )
    for name, old in places:
        replace(model, name, new[old])


def require_kept(old: nn.Module, lost: set[str] = frozenset()) -> None:
    """Raises ValueError for a module with hooks, or with anything else that is lost."""
    hooks = {name for name, hooked in vars(old).items() if name.endswith("_hooks") and hooked}
    if hooks or lost:
        raise ValueError(
            f"{old}: surgery makes it anew, without its {', '.join(sorted(hooks | lost))}. Remove these "
            "first, and add them to the changed network."
        )


def _parts(module: nn.Module) -> set[str]:
    kinds = module.named_parameters(), module.named_buffers(), module.named_children()
    return {*vars(module), *(name for kind in kinds for name, _ in kind)}


def as_before(new: nn.Module, old: nn.Module) -> nn.Module:
    """`new` in the mode of `old`, its tensors of the same type, on the same device and as frozen.

    Raises ValueError if the old one has hooks or something else that the new one has not.
    """
    require_kept(old, _parts(old) - _parts(new))
    for name, tensor in old.named_parameters():
        fresh = getattr(new, name).detach().to(tensor)
        setattr(new, name, nn.Parameter(fresh, requires_grad=tensor.requires_grad))
    for name, tensor in old.named_buffers():
        setattr(new, name, getattr(new, name).to(tensor))
    return new.train(old.training)


def require_kind(module: nn.Module, kind: type[nn.Module]) -> None:
    """Raises ValueError for a module of another class, subclasses included."""
    if type(module) is not kind:
        raise ValueError(
            f"{module}: surgery can make a {kind.__name__} anew, and this is a {type(module).__name__}, "
            "which may compute something else. Change it by hand."
        )


def convolution_like(old: nn.Conv2d, **changes: object) -> nn.Conv2d:
    """A fresh convolution with the settings of `old` except for the changes.

    Raises ValueError for a subclass, whose settings are unknown, and as `as_before`.
    """
    require_kind(old, nn.Conv2d)
    fields = (
        "in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups",
        "padding_mode",
    )  # fmt: skip
    settings = {field: getattr(old, field) for field in fields} | {"bias": old.bias is not None}
    return as_before(nn.Conv2d(**(settings | changes)), old)


def batch_norm_like(old: nn.BatchNorm2d, channels: int) -> nn.BatchNorm2d:
    """A fresh batch norm of other size with the settings of `old`. Raises as `convolution_like`."""
    require_kind(old, nn.BatchNorm2d)
    fields = "eps", "momentum", "affine", "track_running_stats"
    return as_before(nn.BatchNorm2d(channels, **{field: getattr(old, field) for field in fields}), old)


def linear_like(old: nn.Linear, inputs: int, outputs: int) -> nn.Linear:
    """A fresh linear layer of other size with the settings of `old`. Raises as `convolution_like`."""
    require_kind(old, nn.Linear)
    return as_before(nn.Linear(inputs, outputs, bias=old.bias is not None), old)
