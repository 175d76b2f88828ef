"""Taps: see what chosen layers put out, by hooks that cannot outlive the `with` that set them.

    with tap(model, ["conv1", "layer1.0.conv1"], lambda name, output: ...):
        model(images)

A hook is gone when the block ends, however it ends. Nothing is ever set on the modules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches

from jaxtyping import Shaped
from torch import Tensor, nn

Observer = Callable[[str, Tensor], object]
"""What a tap calls: `observer(name of the layer, its output)`. The return value is ignored."""


@contextmanager
def tap(model: nn.Module, names: Sequence[str], function: Observer) -> Iterator[None]:
    """Call `function(name, output)` on every forward pass of each named layer inside the `with`.

    names: dotted module names, as `model.named_modules()` prints them; "" is the model itself.
    function: runs at once, before the next layer can overwrite the map in place. The output is
        detached and shares its memory with the model: clone it to keep it, and do not write to it.
        A layer that is used twice in one forward pass calls twice.
    Raises ValueError for unknown names, before any hook is set; TypeError if a named layer puts
    out anything but one tensor. An exception of `function` ends the forward pass and passes on.
    """
    with _hooks(model, names, lambda name, output: function(name, output.detach())):
        yield


@contextmanager
def record(model: nn.Module, names: Sequence[str]) -> Iterator[dict[str, Shaped[Tensor, "n ..."]]]:
    """Yield a dict that holds, after each forward pass, the last output of every named layer.

    The values are detached clones, so an in-place ReLU that follows does not change them, and they
    stay valid after the `with`. Memory: one copy of each named map. Names and errors as in `tap`.
    """
    outputs: dict[str, Tensor] = {}

    def keep(name: str, output: Tensor) -> None:
        outputs[name] = output.clone()

    with tap(model, names, keep):
        yield outputs


def forward_to(
    model: nn.Module, inputs: Shaped[Tensor, "n ..."], name: str
) -> Shaped[Tensor, "n ..."]:
    """Output of layer `name` for `inputs`; no layer called after it is run.

    The output keeps its autograd graph, unlike that of a tap. A layer that is used several times
    is stopped at its first use. Raises ValueError for an unknown name and RuntimeError if the
    forward pass never calls the layer.
    """
    with _hooks(model, [name], _stop):
        try:
            model(inputs)
        except _Reached as reached:
            return reached.output
    raise RuntimeError(f"the forward pass never calls layer {name!r}: name one that it does call")


class _Reached(BaseException):
    """Carries the output out of the forward pass, past any `except Exception` of the model."""

    def __init__(self, output: Tensor) -> None:
        self.output = output


def _stop(name: str, output: Tensor) -> None:
    raise _Reached(output)


@contextmanager
def _hooks(model: nn.Module, names: Sequence[str], function: Observer) -> Iterator[None]:
    modules = _find(model, names)
    with ExitStack() as removals:
        for name, module in modules.items():
            handle = module.register_forward_hook(_hook(name, function))
            removals.callback(handle.remove)
        yield


def _hook(name: str, function: Observer) -> Callable[[nn.Module, object, object], None]:
    # A hook that returns something replaces the layer's output, so this one returns nothing.
    def call(module: nn.Module, inputs: object, output: object) -> None:
        if not isinstance(output, Tensor):
            raise TypeError(
                f"a tap needs a layer whose output is one tensor; {name!r} "
                f"({type(module).__name__}) returned {type(output).__name__}. Tap a layer inside it"
            )
        function(name, output)

    return call


def _find(model: nn.Module, names: Sequence[str]) -> dict[str, nn.Module]:
    if isinstance(names, str):
        raise ValueError(f"names must be a list of layer names, not one string: use [{names!r}]")
    modules = dict(model.named_modules(remove_duplicate=False))
    unknown = [name for name in names if name not in modules]
    if unknown:
        raise ValueError("; ".join(_suggestion(name, list(modules)) for name in unknown))
    return {name: modules[name] for name in names}


def _suggestion(name: str, known: list[str]) -> str:
    nearest = get_close_matches(name, known, n=3, cutoff=0.4)
    advice = f"did you mean {', '.join(map(repr, nearest))}?" if nearest else "see named_modules()"
    return f"the model has no layer {name!r}: {advice}"
