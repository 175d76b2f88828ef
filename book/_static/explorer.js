"use strict";
// The receptive-field explorer. Fields, records and colours are embedded in its page as JSON.

// Index of the first convolution whose input comes from one that sees strictly more than the input.
function borderLayer(fields, side) {
  const larger = fields.findIndex((field) => field > side);
  return larger >= 0 && larger + 1 < fields.length ? larger + 1 : -1;
}

function describe({ network, side, object, layer }) {
  const { name, layers, field, jump } = network;
  const whole = field.findIndex((size) => size >= object);
  const border = borderLayer(field, side);
  return [
    `Convolution ${layer + 1} of ${name} (${layers[layer]}) sees ${field[layer]} pixels, ` +
      `${Math.round((100 * field[layer]) / side)} % of the side of ${side}; neighbouring units lie ` +
      `${jump[layer]} apart.`,
    whole < 0
      ? `No convolution sees all of an object of ${object} pixels.`
      : `An object of ${object} pixels is seen whole from convolution ${whole + 1} on.`,
    border < 0
      ? "There is no border layer at this side."
      : `The border layer is convolution ${border + 1}: ${field.length - border} of ` +
        `${field.length} convolutions lie at or after it.`,
  ].join(" ");
}

function describeRecord({ network, side, record }) {
  if (!record) return `No record for this network (${network.name}): its curves need a training.`;
  const { seeds } = record;
  const n = seeds > 1 ? `mean over ${seeds} seeds, whiskers: 95 % intervals` : "one seed, no interval";
  return (
    `Measured on ${record.setting} (${n}). Bars: saturation of each convolution. Line with dots: ` +
    "accuracy of its probe. Dotted line: accuracy of the network, " +
    `${(100 * record.accuracy).toFixed(1)} %. ` +
    (record.side === side
      ? "Black vertical line: the border layer begins."
      : `This record is for ${record.side} pixels, not ${side}: it does not show the border layer.`)
  );
}

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

function drawPicture(svg, { network, side, object, layer }, colours) {
  svg.replaceChildren();
  svg.style.height = `${PICTURE}px`;
  const [x, y] = [svg.clientWidth / 2, PICTURE / 2];
  const square = (size, look) => {
    part(svg, "rect", { x: x - size / 2, y: y - size / 2, width: size, height: size, ...look });
  };
  square(FRAME, { fill: "#eee", ...stroke(colours.border, 2) });
  const circle = { cx: x, cy: y, r: (FRAME * object) / side / 2, ...stroke(colours.object, 2) };
  part(svg, "circle", { ...circle, fill: colours.object, "fill-opacity": 0.3 });
  const dashed = { fill: colours.field, "fill-opacity": 0.15, ...stroke(colours.field, 3, "8 5") };
  square((FRAME * network.field[layer]) / side, dashed);
  const middle = { x, "text-anchor": "middle" };
  part(svg, "text", { ...middle, y: y - FRAME / 2 - 6 }, `input, ${side} px`);
  part(svg, "text", { ...middle, y: y + FRAME / 2 + 16 }, `field, ${network.field[layer]} px`);
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

const find = (name) => document.getElementById(`explorer-${name}`);
const fill = (name, labels) =>
  find(name).replaceChildren(...labels.map((label, index) => new Option(label, index)));

function readState(networks) {
  const network = networks[find("network").value];
  find("object").max = find("side").value;
  const [side, object, layer] = ["side", "object", "layer"].map((name) => Number(find(name).value));
  return { network, side, object, layer: layer - 1, record: network.records[find("record").value] };
}

function tell(name, words) {
  find(name).setAttribute("aria-valuetext", words);
  find(name).nextElementSibling.textContent = words;
}

function show(state, colours) {
  tell("side", `${state.side} px`);
  tell("object", `${state.object} px`);
  tell("layer", `${state.layer + 1} of ${state.network.field.length}`);
  find("use-side").disabled = !state.record || state.record.side === state.side;
  find("summary").textContent = describe(state);
  find("measured").textContent = describeRecord(state);
  drawPicture(find("picture"), state, colours);
  drawFields(find("fields"), state, colours);
  drawRecord(find("curves"), state, colours);
}

function startExplorer() {
  const { networks, colours } = JSON.parse(find("data").textContent);
  const draw = () => show(readState(networks), colours);
  const chooseNetwork = () => {
    const { field, records } = networks[find("network").value];
    find("layer").max = field.length;
    fill("record", records.length ? records.map((record) => record.setting) : ["none"]);
    find("record").disabled = records.length === 0;
    draw();
  };
  fill("network", networks.map(({ name, records }) => name + (records.length ? " (measured)" : "")));
  document.getElementById("explorer").hidden = false;
  find("network").addEventListener("input", chooseNetwork);
  for (const name of ["side", "object", "layer", "record"]) find(name).addEventListener("input", draw);
  find("use-side").addEventListener("click", () => {
    find("side").value = readState(networks).record.side;
    draw();
  });
  new ResizeObserver(draw).observe(find("picture")); // also when a side bar opens or closes
  chooseNetwork();
}

if (typeof module === "object") module.exports = { borderLayer, describe, describeRecord };
else startExplorer();
