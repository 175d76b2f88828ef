"use strict";
// The stride toy: how often each pixel of a row is read. Windows are {kernel, stride, padding}.

function windowsAlong(pixels, { kernel, stride, padding }) {
  return Math.floor((pixels + 2 * padding - kernel) / stride) + 1;
}

function countsBefore(counts, pixels, { kernel, stride, padding }) {
  const padded = new Array(pixels + 2 * padding).fill(0);
  counts.forEach((count, index) => {
    for (let offset = 0; offset < kernel; offset += 1) padded[index * stride + offset] += count;
  });
  return padded.slice(padding, padding + pixels);
}

// Paths from each pixel to the last layer's output; null if a layer has no room for a window.
function windowCounts(side, layers) {
  const sides = [side];
  for (const layer of layers) sides.push(windowsAlong(sides.at(-1), layer));
  if (sides.some((pixels) => pixels < 1)) return null;
  const outputs = new Array(sides.pop()).fill(1);
  return layers.reduceRight((counts, layer) => countsBefore(counts, sides.pop(), layer), outputs);
}

// The counts far from both edges: the shortest stretch that repeats (it divides the product of strides).
function steadyCounts(layers) {
  const period = layers.reduce((product, layer) => product * layer.stride, 1);
  const field = layers.reduceRight((size, layer) => (size - 1) * layer.stride + layer.kernel, 1);
  const start = Math.ceil((2 * field) / period) * period;
  const middle = windowCounts(2 * start + period, layers).slice(start, start + period);
  const repeats = (length) =>
    period % length === 0 && middle.every((count, index) => count === middle[index % length]);
  let length = 1;
  while (!repeats(length)) length += 1;
  return middle.slice(0, length);
}

function layersOf({ kernel, padded, stride, padding, layers }) {
  const layer = { kernel: kernel + (padded ? 1 : 0), stride, padding };
  return new Array(layers).fill(layer);
}

// Which windows of the layer read the pixel: the first, and one past the last.
function readersOf(pixel, side, layer) {
  const { kernel, stride, padding } = layer;
  const first = Math.ceil((pixel + padding - kernel + 1) / stride);
  const last = Math.floor((pixel + padding) / stride);
  return [Math.max(first, 0), Math.min(last + 1, Math.max(windowsAlong(side, layer), 0))];
}

function describePixel({ pixel, side, ...state }) {
  const [layer] = layersOf(state);
  const [first, end] = readersOf(pixel, side, layer);
  if (first >= end) return `No window of the first layer reads pixel ${pixel}.`;
  const added = state.padded && first * layer.stride - layer.padding + layer.kernel - 1 === pixel;
  const which = end - first === 1 ? `window ${first}` : `windows ${first} to ${end - 1}`;
  const only = added ? `; window ${first} does so with its added column of zeros` : "";
  return `Pixel ${pixel}, counted from 0, is read by ${which} of the first layer${only}.`;
}

function describe(state) {
  const layers = layersOf(state);
  const [{ kernel, stride, padding }] = layers;
  const made =
    `Kernel ${kernel}${state.padded ? " (padded)" : ""}, stride ${stride}, padding ${padding}, ` +
    `${layers.length} layer${layers.length > 1 ? "s" : ""}, ${state.side} pixels. `;
  if (!windowCounts(state.side, layers)) {
    return `${made}No window fits: choose a larger side, more padding or fewer layers.`;
  }
  const steady = steadyCounts(layers);
  if (steady.length === 1) {
    return `${made}Even: far from the edges the count is ${steady[0]} everywhere.`;
  }
  const unread = steady.includes(0) ? " A pixel with 0 is never read." : "";
  return (
    `${made}Uneven: far from the edges the counts are ${steady.join(", ")}, ` +
    `and repeat every ${steady.length} pixels.${unread}`
  );
}

function part(parent, tag, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return parent.appendChild(made);
}

const LEFT = 32;
const TOP = 24;
const BARS = 120;

function drawBars(svg, counts, cell, colour) {
  const most = Math.max(...counts, 1);
  const widest = String(most).length * 7;
  counts.forEach((count, index) => {
    const height = (BARS * count) / most;
    const x = LEFT + index * cell;
    const y = TOP + BARS - height;
    part(svg, "rect", { x: x + 0.5, y, width: Math.max(cell - 1, 1), height, fill: colour });
    if (cell >= widest) {
      part(svg, "text", { x: x + cell / 2, y: y - 4, "text-anchor": "middle" }, count);
    }
  });
  for (const value of [0, most]) {
    const y = TOP + BARS - (BARS * value) / most + 4;
    part(svg, "text", { x: LEFT - 6, y, "text-anchor": "end" }, value);
  }
}

// Windows that overlap lie in different rows, so that the lines above each other can be counted.
function drawWindows(svg, state, cell, colours) {
  const [{ kernel, stride, padding }] = layersOf(state);
  const reading = readersOf(state.pixel, state.side, { kernel, stride, padding });
  const rows = Math.ceil((kernel + 1) / stride);
  const total = windowsAlong(state.side, { kernel, stride, padding });
  const bound = (pixel) => LEFT + Math.min(Math.max(pixel, 0), state.side) * cell;
  for (let index = 0; index < total; index += 1) {
    const y = TOP + BARS + 10 + 7 * (index % rows);
    const first = index * stride - padding;
    const end = first + kernel;
    const own = state.padded ? end - 1 : end;
    const reads = index >= reading[0] && index < reading[1];
    const lit = { stroke: colours.border, "stroke-width": 6, class: "reads" };
    const look = { y1: y, y2: y, ...(reads ? lit : { stroke: colours.probes, "stroke-width": 3 }) };
    part(svg, "line", { x1: bound(first) + 1, x2: Math.max(bound(own) - 1, bound(first) + 1), ...look });
    if (state.padded && bound(end) > bound(own)) {
      part(svg, "line", { x1: bound(own), x2: bound(end) - 1, ...look, "stroke-dasharray": "2 2" });
    }
  }
  return TOP + BARS + 10 + 7 * rows;
}

function drawRow(svg, state, counts, colours) {
  svg.replaceChildren();
  const cell = Math.max((svg.clientWidth - LEFT - 8) / state.side, 1);
  drawBars(svg, counts, cell, colours.counts);
  const height = drawWindows(svg, state, cell, colours) + 8;
  svg.style.height = `${height}px`;
  const column = { x: LEFT + state.pixel * cell, y: 4, width: Math.max(cell, 2), height: height - 8 };
  part(svg, "rect", { ...column, class: "chosen", fill: "none", stroke: colours.border });
}

function drawGrid(canvas, counts, shades) {
  canvas.width = counts.length;
  canvas.height = counts.length;
  const paint = canvas.getContext("2d");
  const most = Math.max(...counts) ** 2 || 1;
  counts.forEach((down, row) => {
    counts.forEach((right, column) => {
      paint.fillStyle = shades[Math.round(((shades.length - 1) * down * right) / most)];
      paint.fillRect(column, row, 1, 1);
    });
  });
}

const CONTROLS = ["kernel", "stride", "padding", "side", "layers", "pixel"];

function readState(find) {
  const state = { padded: find("toy-pad").getAttribute("aria-pressed") === "true" };
  find("toy-pixel").max = find("toy-side").value - 1;
  for (const name of CONTROLS) {
    const input = find(`toy-${name}`);
    state[name] = Number(input.value);
    input.nextElementSibling.textContent = input.value;
  }
  return state;
}

function startToy() {
  const find = (id) => document.getElementById(id);
  const { colours, shades } = JSON.parse(find("toy-data").textContent);
  const button = find("toy-pad");
  const draw = () => {
    const state = readState(find);
    const counts = windowCounts(state.side, layersOf(state)) ?? new Array(state.side).fill(0);
    find("toy-summary").textContent = describe(state);
    find("toy-readers").textContent = describePixel(state);
    drawRow(find("toy-row"), state, counts, colours);
    drawGrid(find("toy-grid"), counts, shades);
  };
  find("toy").hidden = false;
  find("toy").addEventListener("input", draw);
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
    draw();
  });
  find("toy-row").addEventListener("click", (event) => {
    const { left, width } = find("toy-row").getBoundingClientRect();
    const share = (event.clientX - left - LEFT) / (width - LEFT - 8);
    find("toy-pixel").value = Math.floor(share * find("toy-side").value); // kept within its bounds
    find("toy-pixel").focus(); // from here on the arrow keys choose
    draw();
  });
  new ResizeObserver(draw).observe(find("toy-row")); // also when a side bar opens or closes
  draw();
}

const shared = { windowCounts, steadyCounts, readersOf, describe, describePixel };
if (typeof module === "object") module.exports = shared;
else startToy();
