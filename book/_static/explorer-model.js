"use strict";
// The arithmetic of the receptive-field explorer, and what it says in words. Nothing here draws.
// A window is {kind: "conv" or "pool", kernel, stride, padding, dilation}, along one axis.

const NUMBERS = { kernel: [1, 99], stride: [1, 16], padding: [0, 99], dilation: [1, 32] };
const MOST_LAYERS = 200;
const within = (value, least, most) => Math.min(Math.max(value, least), most);

// "7.2.3.1-p3.2.1.1-3.1.1.1*4" -> windows; null if it is no such text.
function parseWindows(text) {
  const windows = [];
  for (const part of text.split("-")) {
    const match = /^(p?)(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\*(\d+))?$/.exec(part);
    if (!match) return null;
    const numbers = Object.keys(NUMBERS).map((name, index) => [name, Number(match[index + 2])]);
    if (numbers.some(([name, value]) => value !== within(value, ...NUMBERS[name]))) return null;
    const times = Number(match[6] ?? 1);
    if (times < 1 || windows.length + times > MOST_LAYERS) return null;
    const made = { kind: match[1] ? "pool" : "conv", ...Object.fromEntries(numbers) };
    for (let time = 0; time < times; time += 1) windows.push({ ...made });
  }
  return windows;
}

function windowsText(windows) {
  const parts = [];
  for (const { kind, kernel, stride, padding, dilation } of windows) {
    const part = `${kind === "pool" ? "p" : ""}${kernel}.${stride}.${padding}.${dilation}`;
    if (parts.at(-1)?.part === part) parts.at(-1).times += 1;
    else parts.push({ part, times: 1 });
  }
  return parts.map(({ part, times }) => (times > 1 ? `${part}*${times}` : part)).join("-");
}

// Field, jump and the middle of what unit 0 sees, in pixels, after each window.
function mapsOf(windows) {
  let [field, jump, start] = [1, 1, 0];
  return windows.map(({ kernel, stride, padding, dilation }) => {
    const reach = dilation * (kernel - 1);
    field += reach * jump;
    start += (reach / 2 - padding) * jump;
    jump *= stride;
    return { field, jump, start };
  });
}

// Units along the map after each window, from a row of `side` pixels; below 1 there is no room.
function sizesOf(windows, side) {
  let size = side;
  return windows.map(({ kernel, stride, padding, dilation }) => {
    const room = size + 2 * padding - dilation * (kernel - 1) - 1;
    size = size < 1 || room < 0 ? 0 : Math.floor(room / stride) + 1;
    return size;
  });
}

// First and last unit that `unit` depends on, in its own map, then in each map before it, at last in
// pixels. What lies in the padding counts: a first one may be negative.
function tracedBack(windows, unit) {
  const spans = [[unit, unit]];
  for (const { kernel, stride, padding, dilation } of [...windows].reverse()) {
    const [first, last] = spans.at(-1);
    spans.push([first * stride - padding, last * stride - padding + dilation * (kernel - 1)]);
  }
  return spans;
}

// A network with what the drawings need of its convolutions; `at` is their place among all windows.
function described(network) {
  const places = network.windows.flatMap(({ kind }, index) => (kind === "conv" ? [index] : []));
  const maps = mapsOf(network.windows);
  const [field, jump] = ["field", "jump"].map((name) => places.map((at) => maps[at][name]));
  return { ...network, maps, at: places, field, jump };
}

// Index of the first convolution whose input comes from one that sees strictly more than the input.
function borderLayer(fields, side) {
  const larger = fields.findIndex((field) => field > side);
  return larger >= 0 && larger + 1 < fields.length ? larger + 1 : -1;
}

// The record to begin with: the first of this side, none if there is none.
function matching(records, side) {
  return records.findIndex((record) => record.side === side);
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

function describeUnit({ network, side, layer, unit }) {
  const windows = network.windows.slice(0, network.at[layer] + 1);
  const size = sizesOf(windows, side).at(-1);
  if (!size) return `At a side of ${side} there is no room for a window of this convolution.`;
  const [first, last] = tracedBack(windows, unit).at(-1);
  const inside = Math.max(Math.min(last, side - 1) - Math.max(first, 0) + 1, 0);
  const rest = inside < last - first + 1 ? ", the rest in the padding" : "";
  return (
    `Unit ${unit}, counted from 0, of the ${size} along a row of its map depends on pixels ${first} ` +
    `to ${last}: ${inside} of them lie in the image of ${side}${rest}.`
  );
}

function describeRecord({ network, side, record }) {
  if (!network.records.length) {
    return `No record for this network (${network.name}): its curves need a training.`;
  }
  if (!record) {
    const sides = [...new Set(network.records.map((one) => one.side))].sort((a, b) => a - b);
    const some = `there are some at ${sides.join(", ")} pixels`;
    return `No record of ${network.name} at a side of ${side}; ${some}.`;
  }
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

function describeMeasured({ network, side, effective }) {
  if (!network.fields.length) return "No effective field of this network is among the records.";
  if (!effective) {
    return `No effective field of this convolution at a side of ${side} is among the records.`;
  }
  const { setting, seeds, target } = effective;
  const unit = `the middle unit of ${target}`;
  const whose = target === "output" ? "the output, not of this convolution" : unit;
  const n = seeds > 1 ? `mean of ${seeds} seeds` : "one seed";
  return (
    `Bright: the effective field of ${whose}, measured on ${setting} (${n}). ` +
    "The photograph is none of the images that it was measured on."
  );
}

const explorerModel = {
  NUMBERS, within, parseWindows, windowsText, mapsOf, sizesOf, tracedBack, described, borderLayer, matching,
  describe, describeUnit, describeRecord, describeMeasured,
};
if (typeof module === "object") module.exports = explorerModel;
