"""Where a number comes from: commit, versions, machine, data, minutes."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

PACKAGES = ("torch", "torchvision", "numpy", "scikit-learn", "lmfit")


@cache
def commit() -> str:
    """The commit of the code that runs, with "+changes" if `src` differs; "unknown" outside git."""
    top = Path(__file__).parents[3]
    try:
        head = _git(top, "rev-parse", "HEAD")
        return f"{head}+changes" if _git(top, "status", "--porcelain", "--", "src") else head
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def tracked(folder: Path) -> frozenset[Path]:
    """The files below a folder that git knows, whether or not they are there; none without git."""
    try:
        names = _git(folder, "ls-files", "-z").split("\0")
    except (OSError, subprocess.CalledProcessError):
        return frozenset()
    return frozenset(folder / name for name in names if name)


def _git(top: Path, *words: str) -> str:
    # Without optional locks: `git status` would otherwise stop a commit that is made meanwhile.
    command = ["git", "--no-optional-locks", "-C", str(top), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((li.partition(":")[2].strip() for li in lines if li.startswith("model name")), "?")


def here(device: torch.device | str = "cpu") -> dict[str, Any]:
    """Provenance of work that is done now: commit, time, machine, versions of what computes.

    device: where it computes, which decides what is named as the processor.
    """
    import torch

    kind = torch.device(device).type
    return {
        "commit": commit(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "device": kind,
        "processor": torch.cuda.get_device_name(device) if kind == "cuda" else _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "versions": {name: version(name) for name in PACKAGES},
    }
