"""The interactive figures: scripts that agree with the package, controls that anybody can use."""

import itertools
import json
import math
import re
import shutil
import subprocess
from pathlib import Path

import jupytext
import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from torch import nn

from rfbook.backmatter.explorer_measured import cells
from rfbook.backmatter.explorer_packed import in_short, packed
from rfbook.backmatter.interactive import COLOURS, embed, steady_counts, toy_data
from rfbook.metrics.paths import window_counts
from rfbook.metrics.receptive_field import border_layer, conv_fields, receptive_fields
from tests.site import browser

BOOK = Path(__file__).parents[2] / "book"
SCRIPTS = {
    "explorer": ["explorer-model.js", "explorer-state.js", "explorer-draw.js", "explorer.js"],
    "stride-toy": ["stride-toy.js"],
}
NODE = shutil.which("node")
WINDOWS = [("conv", 3, 1, 1, 1), ("conv", 7, 2, 3, 1), ("conv", 13, 2, 6, 1), ("conv", 9, 2, 4, 1)]
SHORT = {"layers": ["a", "b.0", "b.1", "c"], "field": [3, 9, 33, 65], "jump": [1, 2, 4, 8]}
CURVES = {
    "setting": "cifar10, 32 px",
    "seeds": 2,
    "side": 32,
    "accuracy": 0.875,
    "saturation": [0.5, 0.4, 0.3, 0.1],
    "probes": [0.3, 0.5, 0.8, 0.9],
    "half": {"saturation": [0.1] * 4, "probes": None},
}
CANVAS = CURVES | {"setting": "cifar10, 64 px, placement canvas", "side": 64}
EFFECTIVE = {"setting": "cifar10, 32 px", "seeds": 2, "side": 32, "cells": {"b": cells(np.eye(32))}}
KNOWN = SHORT | {"windows": WINDOWS}
NETWORKS = [
    {"name": "measured", **KNOWN, "records": [CURVES, CANVAS], "fields": [EFFECTIVE]},
    {"name": "unmeasured", **KNOWN, "records": [], "fields": []},
]
DATA = {"explorer": packed({"networks": NETWORKS, "colours": COLOURS}), "stride-toy": toy_data()}
IDS = {"explorer": "explorer-data", "stride-toy": "toy-data"}

needs_node = pytest.mark.skipif(NODE is None, reason="no node on this machine")
needs_browser = pytest.mark.skipif(browser.PROGRAM is None, reason="no chromium on this machine")
each_page = pytest.mark.parametrize("page", SCRIPTS)


def call(script, function, cases):
    """What a function of a script returns for each list of arguments."""
    program = (
        "const [path, name] = process.argv.slice(1);"
        "const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "const called = cases.map((given) => require(path)[name](...given));"
        "console.log(JSON.stringify(called));"
    )
    command = [NODE, "-e", program, str(BOOK / "_static" / script), function]
    done = subprocess.run(command, input=json.dumps(cases), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def run_in_node(expression, given):
    """The value of the last expression, with `given` and the `folder` of the scripts at hand."""
    program = (
        "const folder = process.argv[1];"
        "const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        f"console.log(JSON.stringify(eval({json.dumps(expression)})));"
    )
    command = [NODE, "-e", program, str(BOOK / "_static")]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def markup(page):
    """The HTML that the page's Markdown holds."""
    cells = jupytext.read(BOOK / f"{page}.md", fmt="md:myst").cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    tokens = MarkdownIt().parse(text)
    return "".join(token.content for token in tokens if token.type == "html_block")


def soup(page):
    return BeautifulSoup(markup(page), "html.parser")


# The arithmetic of the scripts.


def windows():
    """(side, layers) of many kernels, strides and paddings, with one to three layers."""
    choices = itertools.product(range(1, 10), (1, 2, 3), (0, 1, 3), (1, 2, 3), (8, 32))
    return [(side, [(k, s, p)] * depth) for k, s, p, depth, side in choices]


def as_objects(layers):
    return [dict(zip(("kernel", "stride", "padding"), layer, strict=True)) for layer in layers]


def counted(side, layers):
    try:
        return window_counts(side, layers).tolist()
    except ValueError:
        return None


@needs_node
def test_the_toy_counts_what_the_package_counts():
    cases = windows()
    given = [[side, as_objects(layers)] for side, layers in cases]
    found = call("stride-toy.js", "windowCounts", given)
    expected = [counted(side, layers) for side, layers in cases]
    assert found == expected
    assert None in expected


def settings():
    """Every setting of the controls, but for the side of the image: 720 of them."""
    controls = {tag["id"].removeprefix("toy-"): tag for tag in soup("stride-toy").find_all("input")}
    names = ("kernel", "stride", "padding", "layers")
    ranges = [range(int(controls[name]["min"]), int(controls[name]["max"]) + 1) for name in names]
    chosen = itertools.product(*ranges, (False, True))
    return [dict(zip((*names, "padded"), one, strict=True)) for one in chosen]


def stack(setting):
    window = (setting["kernel"] + setting["padded"], setting["stride"], setting["padding"])
    return [window] * setting["layers"]


def far_from_edges(layers):
    """The package's counts in the middle of a wide row, over two products of strides."""
    period = math.prod(stride for _, stride, _ in layers)
    counts = window_counts(60 * period, layers).astype(int).tolist()
    return counts[30 * period : 32 * period]


def smallest_period(counts):
    return next(n for n in range(1, len(counts)) if counts[n:] == counts[:-n])


@needs_node
def test_in_all_settings_the_toy_states_the_counts_and_the_period_of_the_package():
    chosen = settings()
    assert len(chosen) == 720
    found = call("stride-toy.js", "steadyCounts", [[as_objects(stack(one))] for one in chosen])
    said = call("stride-toy.js", "describe", [[one | {"side": 300}] for one in chosen])
    for setting, counts, words in zip(chosen, found, said, strict=True):
        expected = far_from_edges(stack(setting))
        period = smallest_period(expected)
        assert counts == expected[:period] == steady_counts(stack(setting)), setting
        if period > 1:
            assert f"and repeat every {period} pixels" in words, setting
        else:
            assert f"the count is {counts[0]} everywhere" in words, setting


@needs_node
def test_a_stretch_that_does_not_fill_the_product_of_strides_is_no_period():
    setting = {"kernel": 4, "stride": 3, "padding": 2, "side": 32, "layers": 1, "padded": False}
    (said,) = call("stride-toy.js", "describe", [[setting]])
    assert "the counts are 1, 2, 1, and repeat every 3 pixels" in said


@needs_node
def test_the_windows_that_light_up_are_as_many_as_the_package_counts():
    chosen = [one for one in settings() if one["layers"] == 1]
    lit = [(stack(one), pixel) for one in chosen for pixel in range(16)]
    given = [[pixel, 16, as_objects(layers)[0]] for layers, pixel in lit]
    found = call("stride-toy.js", "readersOf", given)
    for (layers, pixel), (first, end) in zip(lit, found, strict=True):
        assert max(end - first, 0) == window_counts(16, layers)[pixel], (layers, pixel)


def random_stacks(count):
    """Stacks of convolutions and pooling layers, with sides that leave room for every window."""
    draw = np.random.default_rng(0)
    stacks = []
    while len(stacks) < count:
        kinds = ["conv", *draw.choice(["conv", "conv", "pool"], draw.integers(0, 12))]
        numbers = draw.choice([1, 2, 3, 5, 8], len(kinds)), draw.choice([1, 1, 1, 2, 3], len(kinds))
        numbers += draw.integers(0, 5, len(kinds)), draw.integers(1, 4, len(kinds))
        windows = [
            (str(kind), int(k), int(s), int(p if kind == "conv" else min(p, k // 2)), int(d))
            for kind, k, s, p, d in zip(kinds, *numbers, strict=True)
        ]
        side = int(draw.integers(8, 100))
        if sizes(windows, side) is not None:
            stacks.append((windows, side))
    return stacks


def network(windows):
    made = {"conv": lambda *numbers: nn.Conv2d(1, 1, *numbers), "pool": nn.MaxPool2d}
    with torch.device("meta"):
        return nn.Sequential(*(made[kind](*numbers) for kind, *numbers in windows))


def sizes(windows, side):
    """Of every map, by torch; None if a window has no room."""
    image, found = torch.empty(1, 1, side, side, device="meta"), []
    try:
        for layer in network(windows):
            image = layer(image)
            found.append(image.shape[-1])
    except RuntimeError:
        return None
    return found


def as_windows(windows):
    return [dict(zip(("kind", *WINDOW), one, strict=True)) for one in windows]


WINDOW = ("kernel", "stride", "padding", "dilation")


@needs_node
def test_on_two_hundred_random_stacks_the_explorer_computes_what_the_package_computes():
    stacks = random_stacks(200)
    given = [as_windows(windows) for windows, _ in stacks]
    found = run_in_node(
        "const model = require(`${folder}/explorer-model.js`);"
        "given.map(([windows, side]) => {"
        "  const network = model.described({ windows });"
        "  const sizes = model.sizesOf(windows, side);"
        "  const spans = [0, 3, sizes.at(-1) - 1].map((unit) => model.tracedBack(windows, unit).at(-1));"
        "  const text = model.windowsText(windows);"
        "  const border = model.borderLayer(network.field, side);"
        "  return { maps: network.maps, field: network.field, sizes, spans, border, text,"
        "    read: model.parseWindows(text) };"
        "})",
        [[windows, side] for windows, (_, side) in zip(given, stacks, strict=True)],
    )
    for (windows, side), asked, answer in zip(stacks, given, found, strict=True):
        layers = receptive_fields(network(windows))
        maps = list(layers.values())
        assert [one["field"] for one in answer["maps"]] == [layer.size for layer in maps]
        assert [one["jump"] for one in answer["maps"]] == [layer.jump[1] for layer in maps]
        assert [one["start"] for one in answer["maps"]] == [layer.center[1] for layer in maps]
        assert answer["sizes"] == sizes(windows, side)
        units = [0, 3, answer["sizes"][-1] - 1]
        assert answer["spans"] == [list(maps[-1].axes[1].span(unit)) for unit in units]
        convolutions = conv_fields(layers)
        assert answer["field"] == [size for _, size in convolutions]
        border = border_layer(convolutions, side)
        names = [name for name, _ in convolutions]
        assert answer["border"] == (-1 if border is None else names.index(border))
        assert (answer["text"], answer["read"]) == (in_short(windows), asked)
    assert len({answer["border"] for answer in found}) > 3


@needs_node
def test_the_explorer_has_the_border_layer_of_the_package():
    """Equal to the side is not larger; a field that only the last layer exceeds marks none."""
    fields = [[3, 5, 9, 17], [7, 11, 11, 43, 43], [3], [33, 34], [3, 33], [3, 32, 33, 34]]
    cases = [[sizes, side] for sizes in fields for side in (2, 3, 8, 9, 16, 32, 33, 1024)]
    found = call("explorer-model.js", "borderLayer", cases)
    named = [border_layer([(str(i), f) for i, f in enumerate(sizes)], side) for sizes, side in cases]
    assert found == [-1 if name is None else int(name) for name in named]
    assert -1 in found and max(found) > 1


@needs_node
@pytest.mark.parametrize(
    "text", ["", "3", "3.1.1", "3.0.1.1", "3.1.1.1*0", "3.1.1.1*201", "x3.1.1.1", "3.1.1.1-"]
)
def test_what_is_no_stack_of_layers_is_not_read_as_one(text):
    assert call("explorer-model.js", "parseWindows", [[text]]) == [None]


def states(hashes):
    """What the explorer would draw at these addresses."""
    return run_in_node(
        "const model = require(`${folder}/explorer-state.js`);"
        "const { networks } = model.unpack(given.data);"
        "given.hashes.map((hash) => {"
        "  const chosen = model.readAddress(hash);"
        "  return { ...model.stateOf(chosen, networks), address: model.addressOf(chosen) };"
        "})",
        {"data": DATA["explorer"], "hashes": hashes},
    )


@needs_node
def test_what_the_page_holds_in_short_is_what_the_package_computed():
    (state,) = states(["#network=measured"])
    for name in ("layers", "field", "jump"):
        assert state["network"][name] == SHORT[name]
    for name in ("saturation", "probes"):
        assert state["record"][name] == pytest.approx(CURVES[name], abs=2e-4)
    assert state["record"]["half"] == {"saturation": pytest.approx([0.1] * 4, abs=2e-4), "probes": []}


@needs_node
def test_the_record_to_begin_with_is_that_of_the_side():
    small, large, none, chosen = states(
        [
            "#network=measured&side=32",
            "#network=measured&side=64",
            "#network=measured&side=96",
            "#network=measured&side=96&record=cifar10,+32+px",
        ]
    )
    assert (small["record"]["side"], large["record"]["side"]) == (32, 64)
    assert "record" not in none
    assert chosen["record"]["side"] == 32


@needs_node
def test_the_effective_field_is_shown_where_its_side_and_its_convolution_are_chosen():
    shown, other, larger = states(
        [f"#network=measured&side={side}&layer={layer}" for side, layer in ((32, 3), (32, 2), (64, 3))]
    )
    assert (shown["effective"]["target"], shown["effective"]["layer"]) == ("b", 2)
    assert "effective" not in other and "effective" not in larger


@needs_node
def test_an_address_says_all_that_was_chosen_and_a_wrong_one_is_put_right():
    own = "#network=own&side=48&object=9&layer=2&unit=5&layers=3.1.1.1*2-p2.2.0.1-5.1.2.2"
    good, bad = states([own, "#network=nonsense&side=-5&object=1e9&layer=99&unit=x&layers=p2.2.0.1"])
    assert good["address"] == own
    assert (good["side"], good["object"], good["layer"], good["unit"]) == (48, 9, 1, 5)
    assert good["network"]["field"] == [3, 5, 22]
    assert (bad["network"]["name"], bad["side"], bad["layer"]) == ("measured", 32, 3)


@needs_node
def test_the_explorer_says_in_words_what_it_draws():
    state = {"network": NETWORKS[0], "side": 32, "object": 16, "layer": 1}
    (said,) = call("explorer-model.js", "describe", [[state]])
    assert "Convolution 2 of measured (b.0) sees 9 pixels, 28 % of the side of 32" in said
    assert "An object of 16 pixels is seen whole from convolution 3 on" in said
    assert "The border layer is convolution 4: 1 of 4 convolutions" in said


@needs_node
def test_the_explorer_says_what_a_unit_depends_on():
    """Kernel 3 with padding 1, then kernel 7 with padding 3 and stride 2: unit 0 sees pixels -4 to 4."""
    network = {"windows": as_windows(WINDOWS), "at": [0, 1, 2, 3]}
    states = [{"network": network, "side": 32, "layer": 1, "unit": unit} for unit in (0, 8)]
    edge, middle = call("explorer-model.js", "describeUnit", [[state] for state in states])
    assert "of the 16 along a row of its map depends on pixels -4 to 4: 5 of them lie in" in edge
    assert edge.endswith("the rest in the padding.")
    assert middle.endswith("pixels 12 to 20: 9 of them lie in the image of 32.")


@needs_node
def test_the_explorer_says_how_many_seeds_there_are_and_where_there_is_no_record():
    states = [
        {"network": NETWORKS[0], "side": 32, "record": CURVES},
        {"network": NETWORKS[0], "side": 64, "record": CURVES | {"seeds": 1}},
        {"network": NETWORKS[1], "side": 32},
        {"network": NETWORKS[0], "side": 96},
    ]
    said = call("explorer-model.js", "describeRecord", [[state] for state in states])
    several, one, none, other = said
    assert "mean over 2 seeds" in several and "87.5 %" in several
    assert "one seed, no interval" in one and "for 32 pixels, not 64" in one
    assert none.startswith("No record for this network (unmeasured)")
    assert other == "No record of measured at a side of 96; there are some at 32, 64 pixels."


@needs_node
def test_the_explorer_says_whose_effective_field_it_shows():
    shown = EFFECTIVE | {"target": "layer3"}
    states = [
        {"network": NETWORKS[0], "side": 32, "effective": shown},
        {"network": NETWORKS[0], "side": 224, "effective": shown | {"target": "output", "seeds": 1}},
        {"network": NETWORKS[0], "side": 96},
        {"network": NETWORKS[1], "side": 32},
    ]
    unit, output, none, never = call("explorer-model.js", "describeMeasured", [[one] for one in states])
    assert "of the middle unit of layer3, measured on cifar10, 32 px (mean of 2 seeds)" in unit
    assert "of the output, not of this convolution" in output and "(one seed)" in output
    assert none.startswith("No effective field of this convolution at a side of 96")
    assert never.startswith("No effective field of this network")


@needs_node
def test_the_toy_says_whether_the_counts_are_even():
    state = {"kernel": 3, "stride": 2, "padding": 1, "side": 32, "layers": 1, "padded": False}
    states = [state, state | {"padded": True}, state | {"stride": 3, "kernel": 1}]
    states.append(state | {"side": 8, "kernel": 8, "padding": 0, "layers": 2})
    odd, even, unread, none = call("stride-toy.js", "describe", [[one] for one in states])
    assert "the counts are 1, 2, and repeat every 2 pixels" in odd
    assert "Kernel 4 (padded)" in even and "the count is 2 everywhere" in even
    assert "never read" in unread
    assert "No window fits" in none


# The pages.


@each_page
def test_every_control_has_a_name_and_every_label_a_control(page):
    found = soup(page)
    labels = {label["for"]: label.text for label in found.find_all("label")}
    controls = found.find_all(["input", "select"])
    named = {control["id"] for control in controls if control.has_attr("aria-label")}
    assert {control["id"] for control in controls} - named == labels.keys()
    assert all(text.strip() for text in labels.values())
    assert all(button.text.strip() for button in found.find_all("button"))
    assert {control["type"] for control in found.find_all("input")} <= {"range", "number"}


@each_page
def test_drawings_are_described_by_a_text_that_is_read_out_when_it_changes(page):
    found = soup(page)
    for drawing in found.find_all(["svg", "canvas"]):
        assert drawing["role"] == "img"
        for name in drawing["aria-labelledby"].split():
            assert found.find(id=name)["aria-live"] == "polite"


@each_page
def test_without_scripts_the_controls_are_hidden_and_a_figure_is_there(page):
    found = soup(page)
    assert found.find(class_="rf-play").has_attr("hidden")
    assert "JavaScript" in found.find("noscript").text
    cells = jupytext.read(BOOK / f"{page}.md", fmt="md:myst").cells
    assert "_figure(" in cells[-1].source and cells[-1].cell_type == "code"


@each_page
def test_a_page_takes_its_script_and_style_from_beside_it(page):
    found = soup(page)
    addresses = [tag["src"] for tag in found.find_all("script")]
    addresses += [tag["href"] for tag in found.find_all("link")]
    assert [a.removeprefix("../_static/") for a in addresses if a.endswith(".js")] == SCRIPTS[page]
    assert all((BOOK / address.removeprefix("../")).is_file() for address in addresses)


@pytest.mark.parametrize("name", [*itertools.chain(*SCRIPTS.values()), "interactive.css"])
def test_a_script_names_no_address_but_that_of_svg_and_is_short(name):
    text = (BOOK / "_static" / name).read_text()
    assert set(re.findall(r"\w+://[^\"\s]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(fetch|import|XMLHttpRequest|eval)\b", text)
    assert text.count("\n") <= 200


# In a browser, from the disk.

SET = """(() => {{
  const control = document.getElementById("{0}");
  control.focus();
  control.value = "{1}";
  control.dispatchEvent(new Event("input", {{ bubbles: true }}));
  return document.activeElement === control;
}})()"""
WIDTH = "document.documentElement.scrollWidth"
UNNAMED = (
    "[...document.querySelectorAll('select, input')]"
    ".filter((c) => !c.labels.length && !c.getAttribute('aria-label')).length"
)
SHOWN = "document.querySelector('.rf-play').offsetHeight > 0"


def seen(selector):
    return f"document.querySelector({selector!r}).checkVisibility()"


def text_of(name):
    return f"document.getElementById('{name}').textContent"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The two pages without the rest of the site, where the site has them."""
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(BOOK / "_static", root / "_static")
    (root / "book").mkdir()
    head = '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    for page in SCRIPTS:
        body = markup(page) + embed(IDS[page], DATA[page]).data
        (root / "book" / f"{page}.html").write_text(f"{head}<body>{body}</body>")
    return root / "book"


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    with browser.chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@needs_browser
@each_page
def test_a_page_works_from_the_disk_on_a_narrow_screen(reader, folder, page):
    address = (folder / f"{page}.html").as_uri()
    visit = reader.visit(address, width=400, ask=(WIDTH, UNNAMED, SHOWN))
    assert (visit.external, visit.errors) == ([], [])
    assert visit.answers[WIDTH] <= 400
    assert visit.answers[UNNAMED] == 0
    assert visit.answers[SHOWN] is True


@needs_browser
@each_page
def test_a_window_without_room_for_a_drawing_does_not_stop_the_page(reader, folder, page):
    """A browser that prints or takes a picture may make its window one pixel wide for a moment."""
    visit = reader.visit((folder / f"{page}.html").as_uri(), width=1, ask=("1 + 1",))
    assert visit.answers["1 + 1"] == 2
    assert visit.errors == []


@needs_browser
@pytest.mark.parametrize("page, drawing", [("explorer", "explorer-fields"), ("stride-toy", "toy-row")])
def test_a_drawing_fits_when_its_room_changes(reader, folder, page, drawing):
    narrow = "document.querySelector('.rf-play').style.width = '300px'"
    drawn = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    right = (
        f"Math.max(...[...document.querySelectorAll('#{drawing} rect')]"
        ".map((bar) => bar.getBoundingClientRect().right))"
    )
    room = f"document.getElementById('{drawing}').getBoundingClientRect().right"
    visit = reader.visit((folder / f"{page}.html").as_uri(), ask=(narrow, drawn, right, room))
    assert visit.errors == []
    assert 250 < visit.answers[right] <= visit.answers[room] < 320


@needs_browser
@each_page
def test_a_page_without_scripts_shows_no_control(reader, folder, page):
    visit = reader.visit((folder / f"{page}.html").as_uri(), scripts=False, ask=(SHOWN,))
    assert visit.answers[SHOWN] is False


def typed(name, value):
    """Type a number and leave the field."""
    return SET.format(name, value).replace('"input"', '"change"')


VALUE = "document.getElementById('explorer-{}').value"


@needs_browser
def test_the_controls_of_the_explorer_change_drawing_and_words(reader, folder):
    fields = "document.querySelectorAll('#explorer-fields rect').length"
    ask = [SET.format("explorer-layer", 3), text_of("explorer-summary"), fields]
    ask += [SET.format("explorer-network", "unmeasured"), text_of("explorer-measured")]
    visit = reader.visit((folder / "explorer.html").as_uri(), ask=tuple(ask))
    assert visit.errors == []
    assert visit.answers[ask[0]] is True
    assert "Convolution 3 of measured (b.1) sees 33 pixels" in visit.answers[ask[1]]
    assert visit.answers[fields] == 1 + len(SHORT["field"])  # the strip, and a bar a convolution
    assert "No record for this network" in visit.answers[ask[4]]


@needs_browser
def test_the_button_returns_to_the_side_of_the_record(reader, folder):
    button = "document.getElementById('explorer-use-side')"
    ask = [SET.format("explorer-side", 96), SET.format("explorer-record", "cifar10, 32 px")]
    ask += [f"{button}.disabled", f"{button}.click()", VALUE.format("side")]
    visit = reader.visit((folder / "explorer.html").as_uri(), ask=tuple(ask))
    assert visit.answers[ask[2]] is False
    assert visit.answers[ask[4]] == "32"


@needs_browser
def test_a_number_can_be_typed_and_the_address_brings_the_same_picture_back(reader, folder):
    ask = [typed("explorer-side-typed", 57), typed("explorer-unit-typed", 2), "location.href"]
    drawn = "['picture', 'trace', 'fields'].map((one) => find(one).innerHTML).join()"
    words = text_of("explorer-traced")
    first = reader.visit((folder / "explorer.html").as_uri(), ask=(*ask, drawn, words))
    address = first.answers["location.href"]
    again = reader.visit("about:blank") and reader.visit(address, ask=(drawn, words))
    assert "side=57" in address and "unit=2" in address
    assert first.errors == again.errors == []
    assert "of the image of 57" not in first.answers[words]
    assert "lie in the image of 57" in first.answers[words]
    assert again.answers == {name: first.answers[name] for name in (drawn, words)}


@needs_browser
def test_the_mouse_over_the_drawing_and_the_arrow_keys_trace_a_unit_back(reader, folder):
    move = """(() => {
      const box = find("trace").getBoundingClientRect();
      const clientX = box.left + 40 + (box.width - 48) * 0.25 / 1.5 + 1;
      find("trace").dispatchEvent(new PointerEvent("pointermove", { clientX, bubbles: true }));
      find("trace").dispatchEvent(new MouseEvent("click", { clientX, bubbles: true }));
      return document.activeElement.id;
    })()"""
    traced = "document.querySelectorAll('#explorer-trace .traced').length"
    keys = VALUE.format("unit")
    ask = (move, traced, keys)
    visit = reader.visit((folder / "explorer.html").as_uri(), ask=ask)
    assert visit.errors == []
    assert visit.answers[move] == "explorer-unit"
    assert visit.answers[traced] == 1 + len(WINDOWS)
    assert visit.answers[keys] == "0"


@needs_browser
def test_own_layers_begin_as_those_that_were_shown_and_each_number_counts(reader, folder):
    change = """(() => {
      const input = document.querySelector("[aria-label='stride of layer 1']");
      input.value = 2;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    })()"""
    press = "document.querySelector(\"[aria-label='Remove layer {}']\").click()"
    summary, again = text_of("explorer-summary"), f"{text_of('explorer-summary')} + ''"
    ask = [SET.format("explorer-network", "own"), summary, change, again]
    ask += [press.format(4), press.format(3), "find('add').click()", "location.hash"]
    visit = reader.visit((folder / "explorer.html").as_uri(), ask=tuple(ask))
    assert visit.errors == []
    assert "Convolution 4 of your own layers (layer 4) sees 65 pixels" in visit.answers[summary]
    assert "sees 127 pixels" in visit.answers[again]
    assert visit.answers["location.hash"].endswith("layers=3.2.1.1-7.2.3.1*2")


@needs_browser
def test_the_measured_field_lies_over_the_photograph(reader, folder):
    layers = "document.querySelectorAll('#explorer-picture image').length"
    options = "find('field').options.length"
    ask = (SET.format("explorer-field", 0), layers, VALUE.format("layer"), options)
    visit = reader.visit((folder / "explorer.html").as_uri(), ask=ask)
    assert visit.errors == []
    assert (visit.answers[layers], visit.answers[VALUE.format("layer")]) == (2, "3")


@needs_browser
def test_another_page_opens_the_explorer_at_its_own_setting(reader, folder):
    link = '<a href="explorer.html">it</a>'
    box = f'<div class="rf-explorer network-unmeasured side-64"><p>{link}</p></div>'
    page = folder / "other.html"
    page.write_text(f'<!doctype html>{box}<script defer src="../_static/rfbook.js"></script>')
    link, frame = "document.querySelector('a').href", "document.querySelector('iframe').src"
    unfold = (
        "new Promise((done) => { const fold = document.querySelector('details');"
        "fold.addEventListener('toggle', done); fold.open = true; }).then(() => 1)"
    )
    visit = reader.visit(page.as_uri(), ask=(link, unfold, frame))
    assert visit.errors == []
    assert visit.answers[link].endswith("explorer.html#network=unmeasured&side=64")
    address = visit.answers[frame]
    assert address.endswith("explorer.html?embedded#network=unmeasured&side=64")
    alone, words = "find('alone').href", text_of("explorer-summary")
    inside = reader.visit(address, ask=(alone, words, seen(".rf-alone"), seen(".rf-play")))
    assert inside.errors == []
    assert "of unmeasured" in inside.answers[words] and "the side of 64" in inside.answers[words]
    assert "?" not in inside.answers[alone] and "side=64" in inside.answers[alone]
    assert inside.answers[seen(".rf-alone")] is inside.answers[seen(".rf-play")] is True


@needs_browser
def test_padding_the_kernel_makes_the_counts_of_the_toy_even(reader, folder):
    pressed = "document.getElementById('toy-pad').getAttribute('aria-pressed')"
    ask = ["document.getElementById('toy-pad').click()", pressed, text_of("toy-summary")]
    visit = reader.visit((folder / "stride-toy.html").as_uri(), ask=tuple(ask))
    assert visit.errors == []
    assert visit.answers[pressed] == "true"
    assert "Kernel 4 (padded)" in visit.answers[ask[2]] and "Even" in visit.answers[ask[2]]


LIT = "document.querySelectorAll('#toy-row line.reads').length"
CLICK = """(() => {{
  const box = document.getElementById("toy-row").getBoundingClientRect();
  const clientX = box.left + 32 + (box.width - 40) * ({0} + 0.5) / 32;
  const click = new MouseEvent("click", {{ clientX, bubbles: true }});
  document.getElementById("toy-row").dispatchEvent(click);
  return document.activeElement.id;
}})()"""


@needs_browser
def test_a_pixel_that_is_chosen_lights_up_the_windows_that_read_it(reader, folder):
    """Kernel 3 with stride 2 and padding 1: odd pixels are read twice."""
    ask = [CLICK.format(6), text_of("toy-readers"), LIT, SET.format("toy-pixel", 7)]
    again = f"{LIT} + 0"
    visit = reader.visit((folder / "stride-toy.html").as_uri(), ask=(*ask, again))
    assert visit.errors == []
    assert visit.answers[ask[0]] == "toy-pixel"
    assert visit.answers[ask[1]] == "Pixel 6, counted from 0, is read by window 3 of the first layer."
    assert (visit.answers[LIT], visit.answers[again]) == (1, 2)
