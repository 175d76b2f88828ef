"""A repository of two small pages, and records for them that nobody measured."""

from pathlib import Path

from rfbook.experiments import places
from tests.left import whole

PAGE, OTHER = "size_matters/tiny", "background/other"
PAGE_TITLE, OTHER_TITLE = "A tiny page", "Another page"
HEAD = "---\nkernelspec: {name: python3, display_name: Python 3, language: python}\n"

TINY = f"""{HEAD}rfbook: {{tier: thin, claims: [SM-1-border, SM-1-accuracy, SM-1-never],
  section: "Size Matters, 9.9", minutes_to_read: 1}}
---
# A tiny page

```{{code-cell}} ipython3
:tags: [parameters]
tier = "thin"
device = "auto"
seeds = 2
models = "vgg11 vgg13"
side = None
width = None
epochs = None
images = None
```

```{{code-cell}} ipython3
:tags: [run]
from rfbook.pages.page import Page

page = Page.open("{PAGE}", globals())
```

```{{code-cell}} ipython3
field, jump, seen = 1, 1, []
```

```{{code-cell}} ipython3
:tags: [run]
family = page.runs(page.values["models"], data="cifar10", side=32)
outcomes = page.measure(family, "accuracy", "saturation", "probes", "receptive_field")
```
"""

LESS = f"""{HEAD}rfbook: {{tier: paper, claims: [SM-2-field],
  section: "Size Matters, 9.8", minutes_to_read: 2}}
---
# Another page

```{{code-cell}} ipython3
:tags: [parameters]
tier = "thin"
```

```{{code-cell}} ipython3
:tags: [run]
from rfbook.pages.page import Page

page = Page.open("{OTHER}", globals())
outcomes = page.measure(page.runs(["vgg11"]), "receptive_field")
```
"""

INDEX = f"{HEAD}---\n# A book\n\n```{{code-cell}} ipython3\n1 + 1\n```\n"

CLAIMS = f"""\
- id: SM-1-border
  where: "1, Figure 1"
  says: "the border layers are conv6 & conv8"
  quantity: border
  holds_if: near
  margin: 0
  printed: {{vgg11: 6, vgg13: 8}}
  page: {PAGE}
- id: SM-1-accuracy
  where: "1"
  says: "VGGs are more accurate than 50 %"
  quantity: accuracy
  holds_if: above
  margin: 50
  untested_at: {{smoke: "other data"}}
  page: {PAGE}
- id: SM-1-never
  where: "2"
  says: "something that <needs> ImageNet"
  untested: "ImageNet is not at hand"
  page: {PAGE}
- id: SM-2-field
  where: "3"
  says: "a field"
  quantity: last_field
  holds_if: above
  margin: 1
  page: {OTHER}
"""

BORDERS = {"vgg11": 6, "vgg13": 8}
SHARES = {"vgg11": (0.6, 0.62), "vgg13": (0.7, 0.74)}


def write(root: Path) -> Path:
    """Write the two pages, their claims and an index below `root`."""
    for name, text in {
        f"notebooks/{PAGE}.md": TINY,
        f"notebooks/{OTHER}.md": LESS,
        "book/index.md": INDEX,
        "claims/size_matters.yml": CLAIMS,
        "_toc.yml": "format: jb-book\nroot: book/index\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def seem_installed(monkeypatch, root: Path) -> None:
    """Let the package believe that it lies in the repository `root`."""
    monkeypatch.setattr(places, "__file__", str(root / "src/rfbook/experiments/places.py"))
    monkeypatch.chdir(root)
    monkeypatch.setenv("RFBOOK_CACHE", str(root / "cache"))


def values(run, measure):
    """What is not as in `tests.left`: eight convolutions, the border where the paper has it."""
    layers = [f"conv{number}" for number in range(1, 9)]
    recorded = [*layers, "classifier"]
    border = BORDERS[run.model.name]
    share = SHARES[run.model.name][run.seed]
    return {
        "accuracy": {"accuracy": share},
        "receptive_field": {
            "layers": layers,
            "field": [3, 7, 15, 31, 47, 63, 100, 150],
            "jump": [1] * 8,
            "border": layers[border - 1],
        },
        "saturation": {"layers": recorded, "saturation": [0.5, *[0.4] * 4, *[0.1] * 4]},
        "probes": {
            "layers": recorded,
            "probes": [0.3, 0.4, 0.5, *[share - 0.01] * 6],
            "loss": [1.0] * 9,
            "iterations": [9] * 9,
            "converged": [True] * 9,
        },
    }[measure]


def made(run, measure, **changed):
    """A record of a run, as if it had been measured, with some of its values changed."""
    return whole(run, measure, **values(run, measure) | changed)


def fill(store, asked) -> None:
    """Add all records that are asked for: pairs of a run and its measures."""
    for run, measures in asked:
        for measure in measures:
            store.add(made(run, measure))
