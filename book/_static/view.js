"use strict";
// The teaching view: larger, the question first, answer, figure and verdicts covered until asked for.
// It is remembered in this browser, where that is allowed. This script is read before the page is drawn.

const KEY = "rfbook-view";
const html = document.documentElement;

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a browser may forbid it to files
  }
}

function remember(view) {
  try {
    localStorage.setItem(KEY, view);
  } catch {
    // then it lasts until another page is opened
  }
}

const isTeaching = () => html.dataset.view === "teaching";
if (remembered() === "teaching") html.dataset.view = "teaching";

// What follows a node, also behind its parents, up to the next section.
function following(node) {
  const found = [];
  const inside = (one) => one && one.tagName !== "SECTION";
  for (let at = node; inside(at); at = at.parentElement) {
    for (let next = at.nextElementSibling; inside(next); next = next.nextElementSibling) found.push(next);
  }
  return found;
}

// Puts a button before the elements, which in the teaching view are seen only once it was pressed.
function cover(elements, what) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "rf-ask";
  const set = (asked) => {
    button.textContent = `${asked ? "Cover" : "Show"} ${what}`;
    button.setAttribute("aria-expanded", String(asked));
    for (const element of elements) element.classList.toggle("rf-asked", asked);
  };
  for (const element of elements) element.classList.add("rf-covered");
  button.addEventListener("click", () => set(!elements[0].classList.contains("rf-asked")));
  set(false);
  elements[0].before(button);
  return { elements, set };
}

// A link to something that is covered asks for it.
function uncoverTarget(covers) {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (const { elements, set } of covers) {
    if (target && elements.some((element) => element.contains(target))) {
      set(true);
      target.scrollIntoView();
    }
  }
}

// Moves the question behind the title, and back to where it stood.
function questionMover(article) {
  const [title, question] = [article.querySelector("h1"), article.querySelector(".predict.admonition")];
  if (!title || !question) return () => {};
  const place = document.createComment("the question");
  question.before(place);
  return () => (isTeaching() ? title : place).after(question);
}

function addSwitch(changed) {
  const place = document.querySelector(".article-header-buttons");
  if (!place) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm rf-view";
  button.innerHTML = '<i class="fas fa-chalkboard" aria-hidden="true"></i> <span>Teaching view</span>';
  button.addEventListener("click", () => {
    html.dataset.view = isTeaching() ? "reading" : "teaching";
    remember(html.dataset.view);
    show();
  });
  const show = () => {
    button.setAttribute("aria-pressed", String(isTeaching()));
    changed();
  };
  place.prepend(button);
  show();
}

document.addEventListener("DOMContentLoaded", () => {
  const article = document.querySelector("article");
  const answer = article?.querySelector(".answer.admonition");
  const covers = [];
  if (answer) {
    covers.push(cover([answer, ...following(answer)], "the answer and the figure"));
    const verdicts = [...article.querySelectorAll("#verdicts > :not(h2)")];
    if (verdicts.length) covers.push(cover(verdicts, "the verdicts"));
  }
  addSwitch(article ? questionMover(article) : () => {});
  uncoverTarget(covers);
  addEventListener("hashchange", () => uncoverTarget(covers));
});
