"""`python -m rfbook`: look, run, why, verify, recompute, compare, plan, work, lent, import, data,
outside, book, pdf, notebooks, teach."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rfbook.experiments.catalogue import CATALOGUE

LOOK = "look"
"""The command that needs neither a checkout nor the packages of the book."""


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command; errors that a user can mend are one message and exit status 2."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    given = list(sys.argv[1:] if words is None else words)
    if given[:1] == [LOOK]:
        from rfbook.look.command import main as look

        return look(given[1:])
    try:
        from rfbook.site import commands  # it imports all that the book needs
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"this command needs the packages of the book, and {error.name} is not there: "
            f"pip install 'rfbook[book]', or make in a checkout. {LOOK} needs none of them\n"
        )
        return 2
    arguments = parser().parse_args(given)
    status = 0
    try:
        os.chdir(commands.repository())
        for line, good in arguments.command(arguments):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()  # a reader of a pipe, too, sees each run as it is made
            status = status if good else 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped; a training goes on from its last whole epoch\n")
        return 130
    except BrokenPipeError:  # the reader of our lines went away: nothing more is to be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except commands.MENDABLE as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 2
    return status


def _absolute(path: str) -> Path:
    """A path as the user means it, from where they are."""
    return Path(path).absolute()


def _count(text: str) -> int:
    """A number of records: at least one."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from 1 on")
    return int(text)


def _shard(text: str) -> tuple[int, int]:
    """One of several parts, as "2/8"."""
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise argparse.ArgumentTypeError(f"{text!r}: the part and their number, such as 2/8, from 1 on")
    return int(part), int(parts)


Verb = Callable[..., argparse.ArgumentParser]
"""Adds a command: its name, its function, and its tier where it has one."""


def parser() -> argparse.ArgumentParser:
    """The whole command line. It imports all that the book needs."""
    from rfbook.site import commands

    whole = argparse.ArgumentParser(prog="python -m rfbook", description=__doc__)
    verbs = whole.add_subparsers(required=True, metavar="command")
    about = "look at a network of your own: look NETWORK --side PIXELS"
    verbs.add_parser(LOOK, help=about, add_help=False)

    def verb(name: str, function: Callable, **tier: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=function.__doc__.splitlines()[0])
        sub.set_defaults(command=function)
        if tier:
            sub.add_argument("--tier", choices=commands.CHOICES, default=tier["tier"])
        return sub

    _make(verb)
    _keep(verb)
    _show(verb)
    return whole


def _make(verb: Verb) -> None:
    """The commands that make records."""
    from rfbook.site import commands, lent

    run = verb("run", commands.run)
    run.add_argument("page")
    run.add_argument(
        "-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), dest="parameters"
    )
    run.add_argument("-o", "--output", type=_absolute, help="also write the executed notebook here")
    verb("why", commands.why, tier="published").add_argument("page")
    plan = verb("plan", commands.plan, tier="published")
    plan.add_argument("pages", nargs="*")
    plan.add_argument("--json", action="store_true", help="with keys and minutes, for other programs")
    work = verb("work", commands.work, tier="published")
    work.add_argument("pages", nargs="*")
    work.add_argument("--publish", action="store_true", help="write to results/, not runs/")
    part = work.add_mutually_exclusive_group()
    part.add_argument("--run", metavar="KEY", help="only the run of this key in plan --json")
    part.add_argument("--shard", type=_shard, metavar="M/N", help="only the M-th of N parts")
    device = verb("lent", lent.lent)
    device.add_argument("--minutes", type=float, default=12.0, help="after which it ends")
    device.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    device.add_argument("--images", type=_count, default=50_000, help="of an epoch that is timed")
    device.add_argument("--into", type=_absolute, default="build/lent", help="what to bring home")


def _keep(verb: Verb) -> None:
    """The commands that look after the published ones."""
    from rfbook.site import commands, upkeep

    verb("verify", upkeep.verify)
    recompute = verb("recompute", upkeep.recompute)
    recompute.add_argument("pages", nargs="*", help="those whose records are drawn; by default all")
    recompute.add_argument("--sample", type=_count, default=10, help="how many records")
    recompute.add_argument("--draw", type=int, default=0, help="another number draws others")
    recompute.add_argument("--keep", action="store_true", help="keep the outcome, for the book")
    verb("compare", upkeep.compare).add_argument("directory", type=_absolute)
    verb("import", upkeep.take_over).add_argument("directory", type=_absolute)
    verb("data", commands.data).add_argument("sets", nargs="+", choices=CATALOGUE, metavar="SET")
    verb("outside", commands.outside)


def _show(verb: Verb) -> None:
    """The commands that make what people read."""
    from rfbook.site import commands
    from rfbook.teaching import command as teaching

    verb("book", commands.book, tier="published")
    verb("pdf", commands.pdf, tier="published")
    verb("notebooks", commands.notebooks)
    about = "these alone, each by itself; by default everything, from the executed book"
    verb("teach", teaching.teach).add_argument("pages", nargs="*", help=about)


if __name__ == "__main__":
    sys.exit(main())
