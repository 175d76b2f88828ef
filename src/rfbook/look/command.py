"""`python -m rfbook look NETWORK --side 32`: arguments in, table, JSON and pictures out.

It needs neither a checkout nor the packages of the book.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from rfbook.look.drawing import svg
from rfbook.look.graph.look import look_at
from rfbook.look.images.pictures import pictures
from rfbook.look.networks import FORMS, LookError, load_weights, network
from rfbook.look.words import lines, values

SIDES = range(1, 65537)
HELP = "which layers of a network do no work at an image side, and which pixels are read less"


def main(words: Sequence[str]) -> int:
    """Looks at one network; a mistake that the user can mend is one sentence and exit status 2."""
    arguments = parser().parse_args(words)
    try:
        _require_places(arguments)
        sys.stdout.write(_answer(arguments))
        sys.stdout.flush()
    except LookError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except BrokenPipeError:  # the reader of our lines went away: nothing more is to be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped; what was finished is kept and found again\n")
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = argparse.ArgumentParser(prog="python -m rfbook look", description=HELP)
    made.add_argument("network", help=f"{FORMS}; your own code runs with your rights")
    made.add_argument("--side", type=_count, required=True, help="of the square images, in pixels")
    made.add_argument("--channels", type=_count, default=3, help="of the images (3)")
    made.add_argument(
        "--positionwise", action="append", default=[], metavar="CLASS",
        help="class of modules to look past, as they work on each position by itself or as a gate",
    )  # fmt: skip
    made.add_argument("--json", action="store_true", help="print JSON and no table")
    made.add_argument("--svg", type=Path, metavar="FILE", help="draw the graph into this file")
    made.add_argument("--images", type=Path, metavar="FOLDER", help="also measure on these images")
    made.add_argument(
        "--layer", action="append", default=[], metavar="NAME", dest="layers",
        help="with --images: a layer whose effective field is measured beside that of the output",
    )  # fmt: skip
    made.add_argument("--weights", type=Path, metavar="FILE", help="a state dict for the network")
    return made


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) not in SIDES:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from {SIDES[0]} to {SIDES[-1]}")
    return int(text)


def _require_places(arguments: argparse.Namespace) -> None:
    """Raises LookError for files and folders that cannot be used, before anything is computed."""
    if arguments.svg and (arguments.svg.is_dir() or not arguments.svg.absolute().parent.is_dir()):
        raise LookError(f"--svg {arguments.svg}: name a file in a folder that exists")
    if arguments.layers and not arguments.images:
        raise LookError(f"--layer {arguments.layers[0]}: it is measured on images: add --images FOLDER")


def _answer(arguments: argparse.Namespace) -> str:
    """What is printed; the picture is written on the way."""
    shown = pictures(arguments.images) if arguments.images else None
    torch.manual_seed(0)  # random weights are the same each time, so that results are found again
    model = network(arguments.network, values=bool(shown or arguments.weights))
    if arguments.weights:
        load_weights(model, arguments.weights)
    if shown:
        from rfbook.look.images import measured  # only here: it waits for torchvision

        measured.require_layers(model, arguments.layers, arguments.channels)
    passed = arguments.side, arguments.channels, arguments.positionwise
    look = look_at(model, arguments.network, *passed)
    if shown:
        weights = str(arguments.weights or "as the network is made, which may be random")
        on_images = measured.measured(
            model, look.survey, shown, arguments.layers, arguments.positionwise
        )
        on_images["weights"] = weights
    if arguments.svg:
        arguments.svg.write_text(svg(look.network, look.survey), encoding="utf-8")
    if arguments.json:
        every = values(look) | ({"images": on_images} if shown else {})
        return json.dumps(every, indent=1, allow_nan=False) + "\n"
    return "\n".join([*lines(look), *(measured.lines(on_images) if shown else []), ""])
