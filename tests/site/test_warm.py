"""Kernels that are forked from a process that has read the libraries."""

import os
import sys

import pytest

from rfbook.site import execution, warm
from tests.site.conftest import start_of

PAGE = "size_matters/told"
TOLD = f"""{start_of("Told")}
```{{code-cell}} ipython3
import os

from rfbook.pages import figures
from matplotlib import pyplot

figure, axis = pyplot.subplots()
axis.plot([1, 2, 4])
figures.style.show(figure, None, "A line that rises from one to four", "Three points.", "fig-line")
tier, os.path.basename(os.getcwd()), os.environ["OMP_NUM_THREADS"]
```
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


@pytest.fixture(scope="module")
def warmed():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        with warm.warm_kernels({}):
            yield


def test_a_page_has_the_same_bytes_as_from_a_cold_kernel(told, warmed, monkeypatch):
    first = execution.execute(PAGE, "published", root=told).read_bytes()
    monkeypatch.delenv(warm.ADDRESS)
    assert execution.execute(PAGE, "published", root=told).read_bytes() == first


def test_within_a_book_kernels_are_forked_from_the_process_that_is_there(warmed):
    there = os.environ[warm.ADDRESS]
    with warm.warm_kernels({}):
        assert os.environ[warm.ADDRESS] == there
    assert os.environ[warm.ADDRESS] == there


def test_a_cell_that_raises_stops_the_page_there_too(told, warmed):
    path = told / f"notebooks/{PAGE}.md"
    path.write_text(path.read_text() + "```{code-cell} ipython3\n1 / 0\n```\n")
    with pytest.raises(execution.PageError, match="ZeroDivisionError"):
        execution.execute(PAGE, "published", root=told)


def test_a_kernel_that_dies_is_told_as_one(told, warmed):
    path = told / f"notebooks/{PAGE}.md"
    path.write_text(path.read_text() + "```{code-cell} ipython3\nos._exit(1)\n```\n")
    with pytest.raises(execution.PageError, match="its kernel died"):
        execution.execute(PAGE, "published", root=told)


def test_outside_of_a_book_kernels_start_as_jupyter_starts_them(monkeypatch):
    monkeypatch.delenv(warm.ADDRESS, raising=False)
    assert warm.manager() is None
