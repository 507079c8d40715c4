// j and k walk through a list marked data-keyboard-list, Enter follows the first link of the row, / goes to the filter.
const ROWS = "[data-keyboard-list] > li, tbody > tr, [data-keyboard-row]";

function typing(target) {
  return target.closest?.("input, select, textarea, [contenteditable]") !== null;
}

function rows() {
  const list = document.querySelector("[data-keyboard-list]");
  return list ? [...list.querySelectorAll(ROWS)].filter((row) => row.querySelector("a, button")) : [];
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.classList.contains("is-current"));
  const next = all[Math.min(Math.max(now + by, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle("is-current", row === next));
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("a, button").focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "/") {
    const filter = document.querySelector("[data-filter]");
    if (!filter) return;
    event.preventDefault();
    filter.focus();
  }
});
