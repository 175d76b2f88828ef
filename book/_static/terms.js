"use strict";
// The definition of a glossary term, over its first use on a page: pointed at, focused, or tapped.

const data = document.getElementById("rf-terms");
const definitions = data ? JSON.parse(data.textContent) : {};
const tip = Object.assign(document.createElement("div"), { id: "rf-tip", hidden: true });
tip.setAttribute("role", "tooltip");
let shownAt = null;
let leaving = 0;

function hide() {
  clearTimeout(leaving);
  shownAt?.removeAttribute("aria-describedby");
  shownAt = null;
  tip.hidden = true;
}

function show(link) {
  hide();
  shownAt = link;
  tip.textContent = definitions[link.hash.slice(1)];
  tip.hidden = false;
  link.setAttribute("aria-describedby", tip.id);
  const [box, own] = [link.getBoundingClientRect(), tip.getBoundingClientRect()];
  const from = (tip.offsetParent ?? document.body).getBoundingClientRect(); // what it is placed in
  const left = Math.max(Math.min(box.left, document.documentElement.clientWidth - own.width - 8), 8);
  const below = box.bottom + own.height + 8 < innerHeight || box.top < own.height + 8;
  tip.style.left = `${left - from.left}px`;
  tip.style.top = `${(below ? box.bottom + 4 : box.top - own.height - 4) - from.top}px`;
}

// A pointer on its way from the term to the definition does not lose it.
function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(hide, 300);
}

const marked = [...document.querySelectorAll("a.rf-term")];
const terms = marked.filter(({ hash }) => hash.slice(1) in definitions);
for (const link of terms) {
  let touched = false;
  link.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && show(link));
  link.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && leave());
  link.addEventListener("pointerdown", ({ pointerType }) => {
    touched = pointerType === "touch" && shownAt !== link;
  });
  link.addEventListener("focus", () => show(link));
  link.addEventListener("blur", hide);
  link.addEventListener("click", (event) => {
    if (!touched) return; // a second tap, a click and the enter key follow the link
    event.preventDefault();
    show(link);
    touched = false;
  });
}
if (terms.length) {
  document.querySelector("article").append(tip); // within the landmark that it belongs to
  tip.addEventListener("pointerenter", () => clearTimeout(leaving));
  tip.addEventListener("pointerleave", leave);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  document.addEventListener("pointerdown", ({ target }) => {
    if (target !== shownAt && !tip.contains(target)) hide();
  });
}
