"use strict";
// What the explorer draws, from what its page holds and from what was chosen; and its address.

if (typeof require === "function") Object.assign(globalThis, require("./explorer-model.js"));

const OWN = "own";
const TWO = parseWindows("3.1.1.1*2-p2.2.0.1-3.1.1.1*2");
const FREE = { unit: null, record: null, field: null }; // not chosen: they follow from the others
const START = { network: "vgg16", side: 32, object: 16, layer: 4, ...FREE };
const COUNTED = ["side", "object", "layer", "unit"];
const NAMED = ["network", "record", "field"];

// What the page holds in short: a share as two letters, each path of layers once.
function unpack({ networks, paths, levels, ...shared }) {
  const steps = levels.length ** 2 - 1;
  const share = ([high, low]) => (levels.indexOf(high) * levels.length + levels.indexOf(low)) / steps;
  const shares = (text) => (text.match(/../g) ?? []).map(share);
  const spelled = (one) => ({ saturation: shares(one.saturation), probes: shares(one.probes) });
  const record = (packed) => ({ ...packed, ...spelled(packed), half: spelled(packed.half) });
  const network = ({ name, path, records, fields }) => {
    const layers = paths[path][0].split(" ");
    const windows = parseWindows(paths[path][1]);
    const targets = fields.flatMap((field) => byTarget(field, layers));
    return described({ name, layers, windows, records: records.map(record), fields: targets });
  };
  return { ...shared, levels, networks: networks.map(network) };
}

// The measured fields of one setting, each with the convolution that ends its target.
function byTarget({ cells, ...shared }, layers) {
  return Object.entries(cells).map(([target, text]) => {
    const ends = layers.map((layer) => target === "output" || layer.startsWith(`${target}.`));
    return { ...shared, target, cells: text, layer: ends.lastIndexOf(true) };
  });
}

function ownNetwork(windows) {
  const layers = windows.flatMap(({ kind }, index) => (kind === "conv" ? [`layer ${index + 1}`] : []));
  return described({ name: "your own layers", layers, windows, records: [], fields: [] });
}

// Everything is brought within its bounds; what was not chosen of records is of this side.
function stateOf(chosen, networks) {
  const known = networks.find(({ name }) => name === chosen.network) ?? networks[0];
  const network = chosen.network === OWN ? ownNetwork(chosen.layers) : known;
  const side = within(chosen.side, 4, 4096);
  const object = within(chosen.object, 1, side);
  const layer = within(chosen.layer, 1, network.field.length) - 1;
  const size = sizesOf(network.windows, side)[network.at[layer]];
  const unit = within(chosen.unit ?? Math.floor(size / 2), 0, Math.max(size - 1, 0));
  const { records, fields } = network;
  const named = records.find(({ setting }) => setting === chosen.record);
  const record = named ?? records[matching(records, side)];
  const here = fields.filter((field) => field.side === side && field.layer === layer);
  const effective = here.find(({ setting }) => setting === chosen.field) ?? here[0];
  return { network, side, object, layer, size, unit, record, effective };
}

// What was not chosen is not in the address.
function addressOf({ layers, ...chosen }) {
  const entries = Object.entries(chosen).filter(([, value]) => value !== null);
  if (chosen.network === OWN) entries.push(["layers", windowsText(layers)]);
  return `#${new URLSearchParams(entries)}`;
}

// What is wrong in an address counts as not there.
function readAddress(hash) {
  const given = new URLSearchParams(hash.slice(1));
  const chosen = { ...START };
  for (const name of NAMED) chosen[name] = given.get(name) ?? chosen[name];
  for (const name of COUNTED) {
    if (/^\d{1,6}$/.test(given.get(name))) chosen[name] = Number(given.get(name));
  }
  const layers = parseWindows(given.get("layers") ?? "");
  return { ...chosen, layers: layers?.some(({ kind }) => kind === "conv") ? layers : TWO };
}

if (typeof module === "object") module.exports = { unpack, stateOf, addressOf, readAddress };
