"""Stands in for SLURM: each of its commands, by the name under which this file is called.

Jobs run one after another on this machine, when they are submitted. What was submitted, and how it
ended, stands in the folder that STUB_SLURM names. A file `kill` there has the next one kill the engine.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

BOOKS = Path(os.environ["STUB_SLURM"])
NAME = Path(sys.argv[0]).name


def option(*names):
    """The value of an option, given as `--name value`, `--name=value` or `-n value`."""
    for place, word in enumerate(sys.argv):
        if word in names:
            return sys.argv[place + 1]
        if word.partition("=")[0] in names:
            return word.partition("=")[2]
    return ""


def sbatch():
    if (BOOKS / "kill").exists():
        (BOOKS / "kill").unlink()
        os.killpg(0, signal.SIGKILL)  # the engine, and all that it started
    number = len(list(BOOKS.glob("*.json"))) + 1
    book = BOOKS / f"{number}.json"
    book.write_text(json.dumps({"words": sys.argv[1:], "state": "RUNNING"}))
    environment = os.environ | {"SLURM_JOB_ID": str(number)}
    script = option("--wrap") or sys.stdin.read()
    done = subprocess.run(script, shell=True, env=environment, capture_output=True, text=True)
    state = "COMPLETED" if done.returncode == 0 else "FAILED"
    book.write_text(json.dumps({"words": sys.argv[1:], "state": state, "said": done.stderr}))
    print(number)


def states():
    name = option("--name")
    for path in sorted(BOOKS.glob("*.json")):
        book = json.loads(path.read_text())
        if not name or any(name in word for word in book["words"]):
            print(f"{path.stem}|{book['state']}")


def srun():
    words = sys.argv[1:]
    while words and words[0].startswith("-"):
        words.pop(0)
    sys.exit(subprocess.run(words).returncode)


if NAME == "sinfo":
    print("gpu")
elif NAME in ("sacctmgr", "sshare"):
    print("default")
elif NAME in ("sacct", "squeue"):
    states()
elif NAME in ("sbatch", "srun"):
    {"sbatch": sbatch, "srun": srun}[NAME]()
