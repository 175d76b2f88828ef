"""The operations of a forward pass in order (torch.fx), those written as statements too."""

from __future__ import annotations

import operator
from collections.abc import Collection
from typing import Any

from torch import Tensor, fx, jit, nn

IN_PLACE = tuple(
    f"i{name}" for name in "add sub mul truediv floordiv mod pow and or xor lshift rshift matmul".split()
)
"""Names of `x += y` and its like in the module `operator`."""


class _Value(fx.Proxy):
    # torch.fx takes `x += y` for `x = x + y`, and knows no `x[i] = y`: both change what shares memory.
    def __setitem__(self, key: Any, value: Any) -> None:
        self.tracer.create_proxy("call_function", operator.setitem, (self, key, value), {})

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in ("tracer", "node"):
            raise TypeError(f"it sets .{name} of a tensor")
        super().__setattr__(name, value)


def _statement(name: str) -> Any:
    def change(self: _Value, other: Any) -> Any:
        return self.tracer.create_proxy("call_function", getattr(operator, name), (self, other), {})

    return change


for _name in IN_PLACE:
    setattr(_Value, f"__{_name}__", _statement(_name))


class _Tracer(fx.Tracer):
    def __init__(self, leaves: Collection[str]) -> None:
        super().__init__()
        self._leaves = leaves

    def proxy(self, node: fx.Node) -> fx.Proxy:
        return _Value(node, self)

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        named = type(m).__name__ in self._leaves or isinstance(m, jit.ScriptModule)
        return named or super().is_leaf_module(m, module_qualified_name)

    def call_module(self, m: nn.Module, forward: Any, args: Any, kwargs: Any) -> Any:
        compiled = m._compiled_call_impl is not None
        return super().call_module(m, m.forward if compiled else forward, args, kwargs)


def trace(model: nn.Module, leaves: Collection[str] = ()) -> tuple[fx.Graph, dict[str, Tensor]]:
    """The graph of the forward pass, and the tensors that it reads by name.

    leaves: class names of further modules that are not looked into. The model is left as it was.
    Raises ValueError if the model is compiled or cannot be traced.
    """
    _refuse_compiled(model)
    before, tracer = set(vars(model)), _Tracer(leaves)
    try:
        graph = tracer.trace(model)
    except Exception as error:  # The model's own code runs here, on values that are not numbers.
        raise ValueError(
            f"receptive fields need a forward pass that torch.fx can trace; that of "
            f"{type(model).__name__} cannot be: {type(error).__name__}: {error}. What Python "
            f"asks of images (if, len, int, range, f-strings) must be written as numbers. Pass a part "
            f"of the model, as its features, or change it so"
        ) from error
    finally:
        # The tracer leaves tensors that forward creates on the model, which is not ours to change.
        for name in set(vars(model)) - before:
            delattr(model, name)
    created = {name: value for value, name in tracer.tensor_attrs.items() if isinstance(value, Tensor)}
    return graph, created | dict(model.named_parameters(remove_duplicate=False)) | dict(
        model.named_buffers(remove_duplicate=False)
    )


def _refuse_compiled(model: nn.Module) -> None:
    for name, module in model.named_modules():
        if "_orig_mod" in module._modules:  # Its class lives in a part of torch that is slow to import.
            inner = f"{name}._orig_mod" if name else "_orig_mod"
            raise ValueError(
                f"receptive fields need modules that can be looked into; {name or 'the model'!r} is "
                f"compiled by torch.compile. Use what it was made of: model.{inner}"
            )
    if isinstance(model, jit.ScriptModule):
        raise ValueError(
            "receptive fields need modules that can be looked into; the model is compiled by torch.jit. "
            "Pass the model as it was before"
        )
