"""The narrative is written wherever a page is executed, and a name that is not there stops the page."""

import nbclient
import nbformat
import pytest
from papermill import execute_notebook

from rfbook.site import execution
from rfbook.site.handed_out import handed_out
from rfbook.site.papermill_io import handler
from tests.site.conftest import start_of

PAGE = "size_matters/told"
TOLD = f"""{start_of("Told")}
```{{code-cell}} ipython3
:tags: [remove-cell]
gain = 3
```

The {{term}}`probe` gains {{{{ gain }}}} points.
"""


def exported(root, monkeypatch):
    """As JupyterLab runs what `make notebooks` wrote."""
    return nbclient.NotebookClient(handed_out(PAGE, root)).execute()


def by_papermill(root, monkeypatch):
    monkeypatch.setattr(handler, "root", root)
    return execute_notebook(f"page://{PAGE}.ipynb", root / "out.ipynb", progress_bar=False, cwd=root)


def by_rfbook(root, monkeypatch):
    return nbformat.read(execution.execute(PAGE, "smoke", root=root), 4)


@pytest.mark.parametrize("executed", [exported, by_papermill, by_rfbook])
def test_an_executed_page_shows_its_sentences(executed, told, monkeypatch):
    notebook = executed(told, monkeypatch)
    (shown,) = [output.data for cell in notebook.cells for output in cell.get("outputs", [])]
    assert "".join(shown["text/markdown"]) == "The {term}`probe` gains 3 points.\n"
    assert "".join(shown["text/html"]) == "<p>The probe gains 3 points.</p>\n"


def test_an_unknown_name_stops_the_page_and_names_itself_and_the_page(told):
    path = told / f"notebooks/{PAGE}.md"
    path.write_text(TOLD.replace("{{ gain }}", "{{ gian }}"))
    with pytest.raises(execution.PageError, match=f"(?s){PAGE} stopped.*points.”: 'gian' is undefined"):
        execution.execute(PAGE, "smoke", root=told)
