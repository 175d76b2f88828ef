"use strict";
// A question with folded answers becomes a card: choose, then see what the records say of the choice.
// Whether it was right is the first word of what the page computed. Without scripts the folds stay.

const words = (node) => node.textContent.trim();

function copyOf(node) {
  const copy = node.cloneNode(true);
  for (const inner of [copy, ...copy.querySelectorAll("[id]")]) inner.removeAttribute("id");
  return copy;
}

function make(tag, given, ...children) {
  const made = Object.assign(document.createElement(tag), given);
  made.append(...children);
  return made;
}

// "yes", "no", or "open" where the records say neither.
function markOf(text) {
  return (/^(Yes|No)\b/.exec(text)?.[1] ?? "open").toLowerCase();
}

const SIGNS = { yes: "✓", no: "✗", open: "◇" };

function optionOf(fold, name, index) {
  const title = copyOf(fold.querySelector(".sd-summary-text"));
  const choice = make("input", { type: "radio", name, value: index });
  return make("label", { className: "rf-option" }, choice, make("span", {}, ...title.childNodes));
}

function answerOf(fold) {
  const said = fold.querySelector(".sd-summary-content");
  const mark = markOf(words(said));
  const sign = make("span", { className: "rf-answer-sign", textContent: SIGNS[mark] });
  sign.setAttribute("aria-hidden", "true");
  const text = make("div", {}, ...[...copyOf(said).childNodes]);
  const answer = make("div", { className: "rf-feedback" }, sign, text);
  answer.dataset.mark = mark;
  return answer;
}

function cardOf(card, number) {
  const folds = [...card.querySelectorAll("details.sd-dropdown")];
  if (folds.length < 2) return;
  const question = [...card.querySelectorAll(":scope > p:not(.admonition-title)")];
  question.forEach((paragraph, index) => { paragraph.id ||= `predict-${number}-${index}`; });
  const options = folds.map((fold, index) => optionOf(fold, `predict-${number}`, index));
  const group = make("div", { className: "rf-options" }, ...options);
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-labelledby", question.map(({ id }) => id).join(" "));
  const check = make("button", { type: "submit", textContent: "Check with the records" });
  check.disabled = true;
  const others = make("button", { type: "button", textContent: "All options", hidden: true });
  others.setAttribute("aria-expanded", "false");
  const told = make("div", { className: "rf-told" });
  told.setAttribute("role", "status");
  told.setAttribute("aria-live", "polite");
  const form = make("form", { className: "rf-predict" }, group, make("p", {}, check, " ", others), told);
  form.addEventListener("change", () => {
    check.disabled = false;
    told.replaceChildren(); // what is said there is of another choice
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input:checked");
    if (!chosen) return;
    told.replaceChildren(answerOf(folds[chosen.value]));
    others.hidden = false;
  });
  others.addEventListener("click", () => {
    const shown = card.classList.toggle("rf-all");
    others.setAttribute("aria-expanded", String(shown));
    for (const fold of folds) fold.open = shown;
  });
  folds[0].before(form);
  card.classList.add("rf-card");
}

document.querySelectorAll(".predict.admonition").forEach(cardOf);
