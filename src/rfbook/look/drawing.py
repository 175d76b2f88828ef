"""The graph of a network as SVG, top to bottom, coloured before, at and after its border layer.

Colours follow the reader's light or dark setting; every state has a shape of its own as well. A layer is
joined to the first layers that read it: what later ones read of it they get through the skips between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from math import inf, log2

from rfbook.look.graph.survey import Row, Survey
from rfbook.look.words import looked_past

ROW, TOP, WIDTH, SPINE, BRANCH = 20, 92, 860, 130, 152
"""Pixels: height of a layer, of the head, width of all, and where main path and branches stand."""
BOX, BAR, FIELD, SHARE = 14, 110, 560, 590
"""Pixels: side of a box, width of a bar, and where the columns of the field and of its share are."""
COST = SHARE + BAR + 30
READERS = {True: 2, False: 1}
"""How many readers of a layer are joined to it, on the main path and off it."""
WORDS = {
    "before": "before the border layer",
    "border": "border layer",
    "after": "reads from a layer that sees more than the image",
    "readout": "sees all of any image",
}
STYLE = """
text { font: 13px sans-serif; fill: #1a1a1a } .title { font-size: 17px; font-weight: bold }
.head { fill: #555 } .number { text-anchor: end } .edge { fill: none; stroke: #777; stroke-width: 1.2 }
.before { fill: #0072b2; stroke: #0072b2 } .border { fill: #e69f00; stroke: #1a1a1a; stroke-width: 2 }
.after { fill: #fff; stroke: #b0470a; stroke-width: 2; stroke-dasharray: 3 2 }
.readout { fill: #999; stroke: #999 } .bar { fill: #0072b2; stroke: none; opacity: .75 }
.room { fill: none; stroke: #bbb } .ground { fill: #fff }
@media (prefers-color-scheme: dark) {
text { fill: #eee } .head { fill: #bbb } .edge { stroke: #aaa } .ground { fill: #16181c }
.room { stroke: #555 } .before, .bar { fill: #56b4e9 } .before { stroke: #56b4e9 }
.border { stroke: #fff } .after { fill: #16181c; stroke: #ff9d5c }
}
"""


def svg(name: str, survey: Survey) -> str:
    """The whole picture. name: of the network, as the reader asked for it."""
    places = {row.layer.name: place for place, row in enumerate(survey.rows)}
    height = TOP + ROW * len(survey.rows) + 20
    heading, past = title(name, survey), looked_past(survey)
    whole = f"{heading}; {past}" if past else heading
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-label="{escape(whole)}">',
        f"<title>{escape(whole)}</title><style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
        *_head(heading, past),
        *_edges(survey, places),
        *(line for row in survey.rows for line in _row(row, survey, places)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def title(name: str, survey: Survey) -> str:
    """What the picture shows, in a sentence."""
    border = f"border layer {survey.border}" if survey.border else "no border layer"
    return f"{name} at {survey.side} pixels: {border}"


def _head(heading: str, past: str) -> Iterator[str]:
    yield f'<text class="title" x="16" y="26">{escape(heading)}</text>'
    if past:
        yield f'<text class="head" x="16" y="80">{escape(past)}</text>'
    for place, (state, words) in enumerate(WORDS.items()):
        x = (16, 200, 320, 670)[place]
        yield f'<rect class="{state}" x="{x}" y="40" width="{BOX}" height="{BOX}"/>'
        yield f'<text x="{x + BOX + 6}" y="52">{words}</text>'
    yield f'<text class="head number" x="{FIELD}" y="80">field, px</text>'
    yield f'<text class="head" x="{SHARE}" y="80">of the image</text>'
    yield f'<text class="head" x="{COST}" y="80">of the multiply-adds</text>'


def _row(row: Row, survey: Survey, places: Mapping[str, int]) -> Iterator[str]:
    layer, y = row.layer, _y(places[row.layer.name])
    x = SPINE if layer.main else BRANCH
    field = "all" if layer.size == inf else f"{layer.size:g}"
    cost = row.cost.multiply_adds / max(1, survey.total().multiply_adds)
    yield f'<rect class="{row.state}" x="{x - BOX / 2}" y="{y - BOX / 2}" width="{BOX}" height="{BOX}"/>'
    yield f'<text x="{BRANCH + BOX}" y="{y + 4.5}">{escape(layer.name)}</text>'
    yield f'<text class="number" x="{FIELD}" y="{y + 4.5}">{field}</text>'
    yield from _bar(SHARE, y, row.share)
    yield from _bar(COST, y, cost)


def _bar(x: float, y: float, share: float) -> Iterator[str]:
    yield f'<rect class="room" x="{x}" y="{y - 5}" width="{BAR}" height="10"/>'
    yield f'<rect class="bar" x="{x}" y="{y - 5}" width="{BAR * share:.1f}" height="10"/>'


def _edges(survey: Survey, places: Mapping[str, int]) -> Iterator[str]:
    readers = Counter()
    for row in survey.rows:
        above = [survey.rows[places[name]] for name in row.layer.sources]
        straight = [source for source in above if source.layer.main][-1:]
        for source in above:
            name = source.layer.name
            readers[name] += 1
            if readers[name] <= READERS[source.layer.main]:
                line = _line(places[name], places[row.layer.name], source in straight, row, source)
                yield f'<path class="edge" d="{line}"/>'


def _line(start: int, end: int, straight: bool, row: Row, source: Row) -> str:
    """From box to box: down the main path, over to a branch and back, or around as a skip."""
    first, last = _y(start), _y(end)
    x, to = (SPINE if node.layer.main else BRANCH for node in (source, row))
    if x != to or (straight and x == SPINE) or (x == BRANCH and end == start + 1):
        return f"M{x} {first} L{to} {last}"
    out = SPINE - min(SPINE - 12, 16 + 14 * log2(end - start)) * 4 / 3
    return f"M{x} {first} C{out:.1f} {first + ROW} {out:.1f} {last - ROW} {to} {last}"


def _y(place: int) -> float:
    return TOP + ROW * (place + 0.5)
