"use strict";

// The filter above the list of claims. Without it every claim is listed.

const FIELDS = ["verdict", "paper", "page"];

/** Whether a line with these data is among those chosen; "" chooses all. */
function fits(data, chosen) {
  return FIELDS.every((name) => !chosen[name] || data[name] === chosen[name]);
}

/** The different values of a field, in the order of the lines. */
function values(lines, name) {
  return [...new Set(lines.map((data) => data[name]))];
}

function start() {
  const form = document.getElementById("claims-filter");
  const rows = [...document.querySelectorAll(".rf-claims tbody tr")];
  const data = rows.map((row) => ({ ...row.dataset }));
  for (const name of FIELDS) {
    for (const value of values(data, name)) form.elements[name].add(new Option(value, value));
  }
  const apply = () => {
    const chosen = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
    rows.forEach((row, index) => { row.hidden = !fits(data[index], chosen); });
    const shown = rows.filter((row) => !row.hidden).length;
    form.querySelector("output").textContent = `${shown} of ${rows.length} claims`;
    for (const list of document.querySelectorAll(".rf-claims")) {
      list.closest("section").hidden = !list.querySelector("tbody tr:not([hidden])");
    }
  };
  const open = () => {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!row || !rows.includes(row)) return;
    if (row.hidden) { form.reset(); apply(); }
    row.scrollIntoView();
  };
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", open);
  form.hidden = false;
  apply();
  open();
}

if (typeof module === "object") module.exports = { fits, values };
else start();
