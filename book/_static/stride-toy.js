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

// The counts far from both edges: the shortest stretch that repeats, from the class of pixel 0.
function steadyCounts(layers) {
  const period = layers.reduce((product, layer) => product * layer.stride, 1);
  const field = layers.reduceRight((size, layer) => (size - 1) * layer.stride + layer.kernel, 1);
  const start = Math.ceil((2 * field) / period) * period;
  const middle = windowCounts(2 * start + period, layers).slice(start, start + period);
  let length = 1;
  while (middle.some((count, index) => count !== middle[index % length])) length += 1;
  return middle.slice(0, length);
}

function layersOf({ kernel, padded, stride, padding, layers }) {
  const layer = { kernel: kernel + (padded ? 1 : 0), stride, padding };
  return new Array(layers).fill(layer);
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
function drawWindows(svg, state, cell, colour) {
  const [{ kernel, stride, padding }] = layersOf(state);
  const rows = Math.ceil((kernel + 1) / stride);
  const total = windowsAlong(state.side, { kernel, stride, padding });
  const bound = (pixel) => LEFT + Math.min(Math.max(pixel, 0), state.side) * cell;
  for (let index = 0; index < total; index += 1) {
    const y = TOP + BARS + 10 + 7 * (index % rows);
    const first = index * stride - padding;
    const end = first + kernel;
    const own = state.padded ? end - 1 : end;
    const look = { y1: y, y2: y, stroke: colour, "stroke-width": 3 };
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
  const height = drawWindows(svg, state, cell, colours.probes) + 8;
  svg.style.height = `${height}px`;
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

const CONTROLS = ["kernel", "stride", "padding", "side", "layers"];

function readState(find) {
  const state = { padded: find("toy-pad").getAttribute("aria-pressed") === "true" };
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
    drawRow(find("toy-row"), state, counts, colours);
    drawGrid(find("toy-grid"), counts, shades);
  };
  find("toy").hidden = false;
  find("toy").addEventListener("input", draw);
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
    draw();
  });
  new ResizeObserver(draw).observe(find("toy-row")); // also when a side bar opens or closes
  draw();
}

if (typeof module === "object") module.exports = { windowCounts, steadyCounts, describe };
else startToy();
