// What is wider than its box can be moved with the keyboard, as long as it is.
const WIDE = ".rf-table, .pst-scrollable-table-container, .cell_output, div.math";

const sizes = new ResizeObserver((boxes) => {
  for (const { target } of boxes) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

for (const box of document.querySelectorAll(WIDE)) sizes.observe(box);

// Who comes to a claim by its address finds it unfolded.
function unfold() {
  const claim = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = claim?.closest(".rf-verdicts") && claim.querySelector("details");
  if (fold) fold.open = true;
}
addEventListener("hashchange", unfold);
unfold();

// The explorer can be opened inside a page, at the setting that the classes of its paragraph name.
for (const box of document.querySelectorAll(".rf-explorer")) {
  const link = box.querySelector("a[href$='explorer.html']");
  const named = [...box.classList].map((name) => /^(network|side)-(.+)$/.exec(name)).filter(Boolean);
  const setting = new URLSearchParams(named.map(([, name, value]) => [name, value]));
  if (!link || !named.length) continue;
  const address = link.href;
  link.href = `${address}#${setting}`;
  const fold = document.createElement("details");
  const summary = fold.appendChild(document.createElement("summary"));
  summary.textContent = "Open the explorer here";
  fold.addEventListener("toggle", () => {
    const frame = document.createElement("iframe");
    Object.assign(frame, { src: `${address}?embedded#${setting}`, title: "Receptive-field explorer" });
    if (fold.open && !fold.querySelector("iframe")) fold.append(frame);
  });
  box.append(fold);
}
