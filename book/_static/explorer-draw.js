"use strict";
// The drawings of the receptive-field explorer. A state is what `explorer.js` makes of the controls.

function part(parent, tag, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return parent.appendChild(made);
}

function stroke(colour, width, dashes = "none") {
  return { stroke: colour, "stroke-width": width, "stroke-dasharray": dashes };
}

const [PICTURE, FRAME] = [300, 180];

// A picture of black whose holes are the effective field: the photograph is dark where it is small.
function shade({ cells }, levels) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.sqrt(cells.length);
  const paint = canvas.getContext("2d");
  const pixels = paint.createImageData(canvas.width, canvas.height);
  const most = levels.length - 1;
  [...cells].forEach((letter, index) => {
    pixels.data[4 * index + 3] = Math.round(225 * (1 - levels.indexOf(letter) / most));
  });
  paint.putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}

// Where the unit's square begins and how large it is, in pixels of the input; the row is the middle one.
function squareOf({ network, side, layer, unit }) {
  const windows = network.windows.slice(0, network.at[layer] + 1);
  const size = sizesOf(windows, side).at(-1);
  const [left, top] = [unit, Math.floor(size / 2)].map((place) => tracedBack(windows, place).at(-1)[0]);
  return { left, top, size: network.field[layer] };
}

function drawPicture(svg, state, { colours, photo, levels }) {
  const { network, side, object, layer, effective } = state;
  svg.replaceChildren();
  svg.style.height = `${PICTURE}px`;
  const [x, y, scale] = [(svg.clientWidth - FRAME) / 2, (PICTURE - FRAME) / 2, FRAME / side];
  const frame = { x, y, width: FRAME, height: FRAME };
  part(svg, "image", { ...frame, href: `data:image/jpeg;base64,${photo}` });
  if (effective) {
    const look = { ...frame, class: "effective", style: "image-rendering: pixelated" };
    part(svg, "image", { ...look, href: shade(effective, levels) });
  }
  part(svg, "rect", { ...frame, fill: "none", ...stroke(colours.border, 2) });
  const middle = { cx: x + FRAME / 2, cy: y + FRAME / 2, r: (scale * object) / 2, fill: "none" };
  part(svg, "circle", { ...middle, ...stroke("#fff", 5) });
  part(svg, "circle", { ...middle, ...stroke(colours.object, 2.5) });
  const { left, top, size } = squareOf(state);
  const square = { x: x + scale * left, y: y + scale * top, width: scale * size, height: scale * size };
  part(svg, "rect", { ...square, fill: "none", ...stroke("#fff", 6) });
  part(svg, "rect", { ...square, class: "field", fill: "none", ...stroke(colours.field, 3, "8 5") });
  const label = { x: svg.clientWidth / 2, "text-anchor": "middle", class: "rf-halo" };
  part(svg, "text", { ...label, y: y - 6 }, `input, ${side} px`);
  part(svg, "text", { ...label, y: y + FRAME + 16 }, `field, ${network.field[layer]} px`);
}

const ROOM = 0.25; // of the side, left and right of the image, for the padding

// Pixels of the input to places in the drawing, and back.
function along(svg, side) {
  const [start, width] = [LEFT, Math.max(svg.clientWidth - LEFT - 8, 1)];
  const whole = side * (1 + 2 * ROOM);
  const place = (pixel) => start + (width * within(pixel + ROOM * side, 0, whole)) / whole;
  return { place, pixel: (x) => ((x - start) * whole) / width - ROOM * side };
}

// Which unit of the chosen convolution's map lies at a place of the drawing.
function unitAt(svg, { network, side, layer }, x) {
  const at = network.at[layer];
  const { start, jump } = network.maps[at];
  const most = Math.max(sizesOf(network.windows.slice(0, at + 1), side).at(-1) - 1, 0);
  return within(Math.round((along(svg, side).pixel(x) - 0.5 - start) / jump), 0, most);
}

// Every map as a line, the input below; on each the units that the chosen one depends on.
function drawTrace(svg, { network, side, layer, unit }, { colours }) {
  svg.replaceChildren();
  const windows = network.windows.slice(0, network.at[layer] + 1);
  const rows = windows.length + 1;
  const step = within(300 / rows, 3, 18);
  svg.style.height = `${rows * step + 16}px`;
  const sizes = [side, ...sizesOf(windows, side)];
  if (sizes.includes(0)) return;
  const maps = [{ jump: 1, start: 0 }, ...network.maps];
  const { place } = along(svg, side);
  tracedBack(windows, unit).forEach((span, row) => {
    const { jump, start } = maps[rows - 1 - row];
    const y = 8 + row * step;
    const edge = (unit) => place(start + unit * jump + 0.5);
    const bar = ([first, last], look) => {
      const [from, to] = [edge(first - 0.5), edge(last + 0.5)];
      part(svg, "rect", { x: from, y, width: Math.max(to - from, 1.5), height: step - 1, ...look });
    };
    bar([0, sizes[rows - 1 - row] - 1], { fill: "#ccc" });
    bar(span, { fill: colours.field, class: "traced" });
  });
  for (const edge of [0, side]) {
    const ends = { x1: place(edge), x2: place(edge), y1: 4, y2: rows * step + 12 };
    part(svg, "line", { ...ends, ...stroke(colours.border, 1, "3 3") });
  }
  part(svg, "text", { x: 0, y: 18 }, `${layer + 1}`);
  part(svg, "text", { x: 0, y: rows * step + 6 }, "input");
}

const [LEFT, TOP, CHART] = [40, 12, 150];
// Empties the chart, draws its axes; returns where a convolution and a share of the height are.
function startChart(svg, { network, layer }, marks) {
  svg.replaceChildren();
  svg.style.height = `${TOP + CHART + 36}px`;
  const count = network.field.length;
  const step = Math.max((svg.clientWidth - LEFT - 8) / count, 1);
  const x = (index) => LEFT + (index + 0.5) * step;
  const y = (share) => TOP + CHART * (1 - share);
  const chart = { svg, step, x, y };
  const width = Math.max(step, 4);
  part(svg, "rect", { x: x(layer) - width / 2, y: TOP, width, height: CHART, fill: "#ccc" });
  for (const [share, label] of marks) {
    part(svg, "text", { x: LEFT - 6, y: y(share) + 4, "text-anchor": "end" }, label);
    drawLevel(chart, share, { stroke: "#ddd" });
  }
  const centred = { y: TOP + CHART + 15, "text-anchor": "middle" };
  for (let index = 0; index < count; index += Math.ceil(30 / step)) {
    part(svg, "text", { ...centred, x: x(index) }, index + 1);
  }
  part(svg, "text", { ...centred, x: x((count - 1) / 2), dy: 16 }, "convolution");
  return chart;
}

function drawLevel({ svg, y }, share, look) {
  part(svg, "line", { x1: LEFT, x2: svg.clientWidth - 8, y1: y(share), y2: y(share), ...look });
}

function drawBar({ svg, step, x, y }, index, share, look) {
  const width = Math.max(0.8 * step, 1);
  part(svg, "rect", { x: x(index) - width / 2, y: y(share), width, height: CHART * share, ...look });
}

function drawBorder({ svg, step, x }, index, colours) {
  if (index < 0) return;
  const ends = { x1: x(index) - step / 2, x2: x(index) - step / 2, y1: TOP, y2: TOP + CHART };
  part(svg, "line", { ...ends, ...stroke(colours.border, 3) });
}

function drawFields(svg, state, colours) {
  const { network, side, object } = state;
  const share = (pixels) => Math.log2(pixels) / Math.log2(2 * Math.max(side, ...network.field));
  const powers = [1, 4, 16, 64, 256, 1024].filter((pixels) => share(pixels) <= 1);
  const chart = startChart(svg, state, powers.map((pixels) => [share(pixels), pixels]));
  const bar = { fill: colours.counts, "fill-opacity": 0.75 };
  network.field.forEach((field, index) => drawBar(chart, index, share(field), bar));
  drawLevel(chart, share(side), stroke(colours.border, 2));
  drawLevel(chart, share(object), stroke(colours.object, 3, "6 4"));
  drawBorder(chart, borderLayer(network.field, side), colours);
}

function drawWhiskers({ svg, x, y }, values, halves, colours) {
  const within = (share) => y(Math.min(Math.max(share, 0), 1));
  (halves ?? []).forEach((half, index) => {
    const ends = { y1: within(values[index] - half), y2: within(values[index] + half) };
    part(svg, "line", { x1: x(index), x2: x(index), ...ends, ...stroke(colours.context, 1.5) });
  });
}

function drawRecord(svg, state, colours) {
  const { network, record, side } = state;
  svg.style.display = record ? "block" : "none";
  if (!record) return;
  const chart = startChart(svg, state, [0, 0.25, 0.5, 0.75, 1].map((share) => [share, share]));
  const bar = { fill: colours.saturation, ...stroke(colours.border, 0.5) };
  record.saturation.forEach((share, index) => drawBar(chart, index, share, bar));
  const points = record.probes.map((share, index) => [chart.x(index), chart.y(share)]);
  part(svg, "polyline", { points: points.join(" "), fill: "none", ...stroke(colours.probes, 2) });
  for (const [cx, cy] of points) part(svg, "circle", { cx, cy, r: 3.5, fill: colours.probes });
  drawWhiskers(chart, record.saturation, record.half.saturation, colours);
  drawWhiskers(chart, record.probes, record.half.probes, colours);
  drawLevel(chart, record.accuracy, stroke(colours.border, 2, "2 4"));
  if (record.side === side) drawBorder(chart, borderLayer(network.field, side), colours);
}

