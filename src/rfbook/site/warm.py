"""Kernels that start at once: forked from a process that has read the large libraries already.

A kernel reads torch, torchvision and matplotlib for seconds before its page begins; a fork has them.
What it computes is the same. For Jupyter the kernel is this file, run as a program: it hands its
arguments to the process that forks, and ends when the fork does.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ADDRESS = "RFBOOK_WARM_KERNELS"
"""The environment variable with the socket of the process that forks; without it kernels start cold."""
INLINE = "module://matplotlib_inline.backend_inline"
"""What a kernel that reads matplotlib itself draws with."""


@contextmanager
def warm_kernels(environment: Mapping[str, str]) -> Iterator[None]:
    """Inside, `ADDRESS` is set and kernels can be forked. Elsewhere than on Linux nothing happens.

    environment: what the libraries find as they are read, where it is not set already.
    Inside another one nothing happens either: kernels are forked from that one's process.
    """
    # Elsewhere than on Linux, libraries that were read do not survive a fork.
    if sys.platform != "linux" or ADDRESS in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        address = str(Path(folder) / "socket")
        server = socket.socket(socket.AF_UNIX)
        server.bind(address)
        server.listen(64)
        command = [sys.executable, "-c", f"from {__name__} import serve; serve({server.fileno()})"]
        around = {**environment, **os.environ}
        with subprocess.Popen(command, env=around, pass_fds=[server.fileno()]) as process:
            server.close()  # so that nobody waits for a process that died
            os.environ[ADDRESS] = address
            try:
                yield
            finally:
                del os.environ[ADDRESS]
                process.terminate()


def manager() -> type | None:
    """The kernel manager for papermill that starts warm kernels, or None where there are none."""
    if ADDRESS not in os.environ:
        return None
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class WarmKernelManager(AsyncKernelManager):
        """Starts this file instead of ipykernel."""

        @property
        def kernel_spec(self) -> KernelSpec:
            program = [sys.executable, "-I", "-S", __file__, "-f", "{connection_file}"]
            return KernelSpec(argv=program, display_name="Python 3", language="python")

    return WarmKernelManager


def serve(listening: int) -> None:
    """Reads the libraries, then forks a kernel for each connection, for ever."""
    import ipykernel.kernelapp
    import jinja2
    import jupytext
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg
    import matplotlib.pyplot
    import scipy.stats
    import torchvision

    import rfbook.backmatter.summary
    import rfbook.pages.figures
    import rfbook.pages.tables

    assert ipykernel and jinja2 and jupytext and matplotlib and scipy and torchvision and rfbook
    signal.signal(signal.SIGCHLD, _reap)
    server = socket.socket(fileno=listening)
    while True:
        connection, _ = server.accept()
        if os.fork() == 0:
            server.close()
            _become_kernel(connection)
        connection.close()


def _reap(*_: object) -> None:
    while True:
        try:
            process, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not process:
            return


def _become_kernel(connection: socket.socket) -> None:
    import matplotlib
    from ipykernel.kernelapp import launch_new_instance

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with connection.makefile() as stream:
        asked = json.loads(stream.readline())
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.environ.setdefault("MPLBACKEND", INLINE)
    matplotlib.rcParams["backend"] = os.environ["MPLBACKEND"]
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    sys.argv = ["ipykernel_launcher", *asked["arguments"]]
    launch_new_instance()
    os._exit(0)


def _end_with(connection: socket.socket) -> None:
    """The kernel ends when who asked for it is gone."""
    connection.recv(1)
    os._exit(1)


def _stand_in() -> None:
    """Asks for a kernel and stays as long as it does; Jupyter interrupts it before it asks it to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ[ADDRESS])
        asked = {"arguments": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}
        connection.sendall(json.dumps(asked).encode() + b"\n")
        connection.recv(1)


if __name__ == "__main__":
    _stand_in()
