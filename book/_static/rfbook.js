// What is wider than its box can be moved with the keyboard, as long as it is.
const WIDE = ".rf-table, .pst-scrollable-table-container, .cell_output, div.math";

const sizes = new ResizeObserver((boxes) => {
  for (const { target } of boxes) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

for (const box of document.querySelectorAll(WIDE)) sizes.observe(box);
