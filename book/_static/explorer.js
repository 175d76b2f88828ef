"use strict";
// The controls of the receptive-field explorer. Its data are embedded in its page as JSON.

const find = (name) => document.getElementById(`explorer-${name}`);

function tell(name, value, most, words) {
  const [slider, number] = [find(name), find(`${name}-typed`)];
  if (most !== null) slider.max = number.max = most;
  number.value = slider.value = value;
  slider.setAttribute("aria-valuetext", words);
}

function options(name, labels, selected) {
  const found = labels.map(([label, value]) => new Option(label, value));
  find(name).replaceChildren(...found);
  find(name).value = selected;
  find(name).disabled = found.length === 1;
}

function showControls({ network, side, object, layer, size, unit, record, effective }, own) {
  find("network").value = own ? OWN : network.name;
  tell("side", side, null, `${side} px`);
  tell("object", object, side, `${object} px`);
  tell("layer", layer + 1, network.field.length, `${layer + 1} of ${network.field.length}`);
  tell("unit", unit, Math.max(size - 1, 0), `${unit} of ${size}`);
  const settings = network.records.map(({ setting }) => [setting, setting]);
  options("record", [["none at this side", ""], ...settings], record?.setting ?? "");
  const fields = network.fields.map(({ target, setting }, index) => [`${target}: ${setting}`, index]);
  const shown = effective ? network.fields.indexOf(effective) : "";
  options("field", [["none at this side and convolution", ""], ...fields], shown);
  find("use-side").disabled = !record || record.side === side;
  find("own").hidden = !own;
}

function show(state, data) {
  find("summary").textContent = describe(state);
  find("traced").textContent = describeUnit(state);
  find("measured").textContent = describeRecord(state);
  find("effective").textContent = describeMeasured(state);
  drawPicture(find("picture"), state, data);
  drawTrace(find("trace"), state, data);
  drawFields(find("fields"), state, data.colours);
  drawRecord(find("curves"), state, data.colours);
}

// The reader's own layers, a row of controls each.

function control(tag, name, given) {
  const made = Object.assign(document.createElement(tag), given);
  made.setAttribute("aria-label", name);
  return made;
}

function rowOf(window, index, remove) {
  const row = document.createElement("tr");
  const kind = control("select", `Kind of layer ${index + 1}`);
  kind.append(new Option("convolution", "conv"), new Option("pooling", "pool"));
  kind.value = window.kind;
  const numbers = Object.entries(NUMBERS).map(([name, [min, max]]) =>
    control("input", `${name} of layer ${index + 1}`, { type: "number", min, max, value: window[name] }),
  );
  const button = control("button", `Remove layer ${index + 1}`, { type: "button", textContent: "×" });
  button.addEventListener("click", remove);
  for (const child of [kind, ...numbers, button]) row.insertCell().append(child);
  return row;
}

// What the row says; a number out of bounds is brought within them, there as well.
function readRow(row) {
  const window = { kind: row.querySelector("select").value };
  Object.entries(NUMBERS).forEach(([name, bounds], index) => {
    const input = row.querySelectorAll("input")[index];
    window[name] = input.value = within(Math.round(input.value) || 0, ...bounds);
    window[name] = Number(input.value);
  });
  return window;
}

// One convolution stays: without any there is nothing to show.
function guardRows(body) {
  const rows = [...body.rows];
  const convolutions = rows.filter((row) => row.querySelector("select").value === "conv");
  for (const row of rows) {
    const last = convolutions.length === 1 && row === convolutions[0];
    row.querySelector("select").disabled = row.querySelector("button").disabled = last;
  }
}

function fillRows(body, windows, changed) {
  const remove = (index) => {
    const left = windows.filter((_, other) => other !== index);
    fillRows(body, left, changed);
    changed(left);
    find("add").focus();
  };
  body.replaceChildren(...windows.map((window, index) => rowOf(window, index, () => remove(index))));
  guardRows(body);
  body.onchange = () => {
    windows = [...body.rows].map(readRow);
    guardRows(body);
    changed(windows);
  };
}

function startExplorer() {
  const data = unpack(JSON.parse(find("data").textContent));
  let [chosen, state] = [readAddress(location.hash), {}];
  const draw = () => show(state, data);
  const choose = (changes) => {
    chosen = { ...chosen, ...changes };
    state = stateOf(chosen, data.networks);
    showControls(state, chosen.network === OWN);
    draw();
    if (location.hash !== addressOf(chosen)) history.replaceState(null, "", addressOf(chosen));
    find("alone").href = location.pathname + addressOf(chosen);
  };
  const changeOwn = (layers) => choose({ layers, unit: null });
  const open = () => {
    chosen = readAddress(location.hash);
    fillRows(find("rows"), chosen.layers, changeOwn);
    choose({});
  };
  const label = ({ name, records }) => [name + (records.length ? " (measured)" : ""), name];
  const labels = data.networks.map(label);
  options("network", [...labels, ["your own layers", OWN]], chosen.network);
  const sliders = { side: FREE, object: {}, layer: { unit: null }, unit: {} };
  for (const [name, forgotten] of Object.entries(sliders)) {
    const take = ({ target }) => choose({ ...forgotten, [name]: Math.round(target.value) || 0 });
    find(name).addEventListener("input", take);
    find(`${name}-typed`).addEventListener("change", take);
  }
  find("network").addEventListener("input", ({ target }) => {
    const own = target.value === OWN;
    const layers = own ? state.network.windows : chosen.layers; // to begin with, those that were shown
    if (own) fillRows(find("rows"), layers, changeOwn);
    choose({ ...FREE, network: target.value, layers });
  });
  find("record").addEventListener("input", ({ target }) => choose({ record: target.value || null }));
  find("field").addEventListener("input", ({ target }) => {
    const field = state.network.fields[target.value];
    if (field) choose({ ...FREE, side: field.side, layer: field.layer + 1, field: field.setting });
    else choose({ field: null });
  });
  find("use-side").addEventListener("click", () => choose({ side: state.record.side, unit: null }));
  find("add").addEventListener("click", () => {
    const layers = [...chosen.layers, { ...chosen.layers.at(-1) }].slice(0, MOST_LAYERS);
    fillRows(find("rows"), layers, changeOwn);
    choose({ layers });
  });
  find("trace").addEventListener("pointermove", ({ clientX }) => {
    choose({ unit: unitAt(find("trace"), state, clientX - find("trace").getBoundingClientRect().left) });
  });
  find("trace").addEventListener("click", () => find("unit").focus()); // the arrow keys go on from there
  addEventListener("hashchange", open);
  document.documentElement.classList.toggle("rf-embedded", location.search === "?embedded");
  document.getElementById("explorer").hidden = false;
  open();
  new ResizeObserver(draw).observe(find("picture")); // also when a side bar opens or closes
}

startExplorer();
