// Several rows of the chronology at once: a box for each, shift for a range, x for the current row; the count is told.
const boxes = () => [...document.querySelectorAll(".entry-pick")];
const chosen = () => boxes().filter((box) => box.checked);
let last = null;

function tell() {
  const count = document.querySelector("[data-bulk-count]");
  if (count) count.textContent = `${chosen().length} selected`;
}

// From the box that was pressed last to this one, all become what this one is.
function range(box) {
  const all = boxes();
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
  if (from < 0) return;
  for (const one of all.slice(from, to + 1)) one.checked = box.checked;
}

export function current() {
  const row = document.querySelector(".entry.is-current");
  return row ?? document.activeElement?.closest(".entry");
}

export function toggle() {
  const box = current()?.querySelector(".entry-pick");
  if (!box) return false;
  box.checked = !box.checked;
  last = box;
  tell();
  return true;
}

// Presses a button of the bar for the chosen rows; for the current one when none is chosen.
export function press(act) {
  if (!chosen().length && !toggle()) return false;
  const button = document.querySelector(`#bulk button[value="${act}"]`);
  button?.click();
  return Boolean(button);
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".entry-pick");
  if (!box) return;
  if (event.shiftKey && last && last !== box) range(box);
  last = box;
  tell();
});
document.addEventListener("reset", ({ target }) => {
  if (target.id === "bulk") setTimeout(tell);
});
document.addEventListener("htmx:after:swap", tell);
tell();
